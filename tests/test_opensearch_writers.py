"""Writers that crash, stall and take over: the lease under which one of them writes an index."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.search_corpus import VOCABULARY
from ingest.records import Candidacy
from search import open_writer
from search.errors import EngineUnavailable, IndexBusy, SearchError
from search.opensearch_writer import OpenSearchWriter
from tests.engine_places import PLACES
from tests.opensearch.faults import ALL, ROOT, needs_opensearch

pytestmark = needs_opensearch

WRITER = """
import os, signal, sys
from ingest.records import Candidacy
from search import open_writer
from bench.search_corpus import VOCABULARY, make_candidacies
with open_writer(sys.argv[1], VOCABULARY, lease_seconds=3.0) as writer:
    def documents():
        for number, candidacy in enumerate(make_candidacies(20)):
            if number == 10:
                os.kill(os.getpid(), signal.SIGKILL)
            yield candidacy, "never"
    getattr(writer, sys.argv[2])(*((documents(), ()) if sys.argv[2] == "apply" else (documents(),)))
"""


@pytest.mark.parametrize("act", ["apply", "rebuild"])
def test_a_crashed_writer_loses_its_lease_and_leaves_the_index_as_it_was(
    act: str, tmp_path: Path
) -> None:
    with PLACES["opensearch"](tmp_path) as place:
        place.index(*list(ALL.values())[:5]).close()
        crashed = subprocess.run([sys.executable, "-c", WRITER, place.location, act], cwd=ROOT)
        assert crashed.returncode == -signal.SIGKILL
        with (
            pytest.raises(IndexBusy, match="Another process"),
            open_writer(place.location, VOCABULARY),
        ):
            pass
        deadline = time.monotonic() + 10
        while True:
            try:
                with open_writer(place.location, VOCABULARY) as writer:
                    assert len(writer.digests()) == 5
                    assert "never" not in writer.digests().values()
                break
            except IndexBusy:
                assert time.monotonic() < deadline
                time.sleep(0.2)


def test_a_writer_that_lives_keeps_its_lease_beyond_its_time(tmp_path: Path) -> None:
    with (
        PLACES["opensearch"](tmp_path) as place,
        open_writer(place.location, VOCABULARY, lease_seconds=0.8) as writer,
    ):
        time.sleep(2)
        with pytest.raises(IndexBusy), open_writer(place.location, VOCABULARY):
            pass
        writer.rebuild([(next(iter(ALL.values())), "kept")])
        assert list(writer.digests().values()) == ["kept"]


def test_a_writer_whose_lease_was_taken_over_writes_no_more(tmp_path: Path) -> None:
    one = next(iter(ALL.values()))
    with PLACES["opensearch"](tmp_path) as place:
        place.index(one).close()
        with open_writer(place.location, VOCABULARY) as stalled:
            assert isinstance(stalled, OpenSearchWriter)
            assert stalled._lease._thread
            # As a machine that slept: its lease ran out, and nobody renewed it.
            stalled._lease._ended.set()
            stalled._lease._thread.join()
            stalled._lease._write(clean=False, seconds=0)
            with open_writer(place.location, VOCABULARY) as other:
                with pytest.raises(SearchError):
                    stalled.apply([(replace(one, subject="late"), "late")], [])
                assert list(other.digests().values()) == [f"digest-{one.id}"]


def ask_node(address: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body else None
    asked = urllib.request.Request(
        address + path, data, {"Content-Type": "application/json"}, method="PUT" if data else "GET"
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def let_memory_be(address: str, limit: str | None) -> None:
    """Set how full the node's heap may be before it refuses requests."""
    settings = {"transient": {"indices.breaker.total.limit": limit}}
    ask_node(address, "/_cluster/settings", settings)


def refusals(address: str) -> int:
    (node,) = ask_node(address, "/_nodes/stats/breaker")["nodes"].values()
    return int(node["breakers"]["parent"]["tripped"])


def test_a_rebuild_waits_while_the_cluster_has_no_memory_left(tmp_path: Path) -> None:
    with PLACES["opensearch"](tmp_path) as place:
        address = str(place.location).rpartition("/")[0]
        before = refusals(address)
        relief = threading.Timer(1.5, let_memory_be, (address, None))

        def documents() -> Iterator[tuple[Candidacy, str]]:
            for number, candidacy in enumerate(list(ALL.values())[:20]):
                if number == 10:
                    let_memory_be(address, "1%")
                    relief.start()
                yield candidacy, "written"

        try:
            with open_writer(place.location, VOCABULARY) as writer:
                writer.rebuild(documents())
                assert list(writer.digests().values()) == ["written"] * 20
        finally:
            relief.join()
        assert refusals(address) > before


@pytest.mark.parametrize(
    ("block", "words"),
    [("read_only_allow_delete", "disk usage exceeded"), ("write", "index write")],
)
def test_an_index_that_may_not_be_written_is_told_with_the_reason(
    block: str, words: str, tmp_path: Path
) -> None:
    # As a node sets it by itself when its disk is nearly full.
    one = next(iter(ALL.values()))
    with PLACES["opensearch"](tmp_path) as place:
        place.index(one).close()
        settings = f"{place.location!s}-1/_settings"
        ask_node(settings, "", {f"index.blocks.{block}": True})
        with pytest.raises(EngineUnavailable) as told, open_writer(place.location, VOCABULARY) as w:
            w.apply([(one, "changed")], [])
        assert words in str(told.value)
        ask_node(settings, "", {f"index.blocks.{block}": None})
        with open_writer(place.location, VOCABULARY) as writer:
            writer.apply([(one, "changed")], [])
            assert list(writer.digests().values()) == ["changed"]
