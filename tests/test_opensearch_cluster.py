"""A cluster of three nodes that lose one another, and writers that crash: what users see of it.

The nodes are processes that are killed as a power cut would; the API runs as processes of its own
with uvicorn, asked over HTTP.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from pathlib import Path

import pytest

from bench.search_corpus import VOCABULARY, make_candidacies
from ingest.records import Candidacy
from search import SearchRequest, bring_up_to_date, open_engine, open_writer, parse_query
from search.errors import EngineUnavailable, IndexBusy, SearchError
from search.query_tree import Everything
from tests.engine_places import PLACES
from tests.opensearch.cluster import INSTALLED, Cluster, Node, free_ports

pytestmark = pytest.mark.skipif(
    not (INSTALLED / "lib").is_dir(),
    reason="needs HUSTINGS_TEST_OPENSEARCH (.ci/opensearch installs it)",
)

SIZE = 240
ALL = {candidacy.id: candidacy for candidacy in make_candidacies(SIZE)}
DIGESTS = dict.fromkeys(ALL, "first")
RECOVERED_WITHIN = 60
ROOT = Path(__file__).resolve().parents[1]


def read(ids: object) -> list[Candidacy]:
    return [ALL[each] for each in ids]  # type: ignore[attr-defined]


def sync_until_done(location: str, digests: dict[str, str], rebuild: bool = False) -> Counter[str]:
    """Bring the index up to date as a sync does, again after each failure; count the failures."""
    failures: Counter[str] = Counter()
    deadline = time.monotonic() + RECOVERED_WITHIN
    while time.monotonic() < deadline:
        try:
            with open_writer(location, VOCABULARY, lease_seconds=4.0) as writer:
                bring_up_to_date(writer, digests, read, rebuild=rebuild)
                return failures
        except (EngineUnavailable, IndexBusy) as error:
            failures[type(error).__name__] += 1
            time.sleep(0.5)
    raise AssertionError(f"not written within {RECOVERED_WITHIN} s: {failures}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), 3, heap="320m") as running:
        yield running


@pytest.fixture
def whole(cluster: Cluster) -> Cluster:
    """The cluster with all its nodes, those that a test before has killed started again."""
    for node in cluster.nodes:
        if node.process is None:
            cluster.start(node)
    cluster.wait(3, "green")
    return cluster


@pytest.fixture
def location(whole: Cluster, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.name))}"
    place = f"{','.join(whole.urls)}/{name}"
    sync_until_done(place, DIGESTS)
    whole.wait(3, "green")
    return place


@dataclass
class Readers:
    """Threads that search all the time, and compare each answer with the right ones."""

    ask: Callable[[], object]
    right: list[object]
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[object] = field(default_factory=list)
    slowest: float = 0.0

    @contextmanager
    def running(self, threads: int = 2) -> Iterator[Readers]:
        ended = threading.Event()

        def work() -> None:
            while not ended.wait(0.02):
                self.one()

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield self
        finally:
            ended.set()
            for worker in workers:
                worker.join()

    def one(self) -> None:
        began = time.monotonic()
        try:
            answer = self.ask()
        except EngineUnavailable:
            self.answers["unavailable"] += 1
        else:
            self.answers["right" if answer in self.right else "wrong"] += 1
            if answer not in self.right:
                self.wrong.append(answer)
        self.slowest = max(self.slowest, time.monotonic() - began)


def manager_of(cluster: Cluster) -> Node:
    """Find the node that leads the others: losing it costs most."""
    for node in cluster.nodes:
        if node.process is None:
            continue
        told = cluster.ask(node, "/_cluster/state/cluster_manager_node")
        known = cluster.ask(node, "/_nodes/_all/name")
        if told and known:
            name = known["nodes"][told["cluster_manager_node"]]["name"]
            return next(each for each in cluster.nodes if each.name == name)
    raise AssertionError("no node leads")


def test_a_node_killed_during_searches_costs_no_wrong_answer(whole: Cluster, location: str) -> None:
    query = parse_query("office:PTL review", VOCABULARY).query
    with closing(open_engine(location, VOCABULARY)) as engine:

        def ask() -> object:
            results = engine.search(SearchRequest(query, per_page=5, facets=("status",)))
            facts = [(value.value, value.count) for value in results.facets[0].values]
            return results.total, [hit.candidacy.id for hit in results.hits], facts

        readers = Readers(ask, [ask()])
        with readers.running():
            time.sleep(2)
            whole.kill(manager_of(whole))
            whole.wait(2)
            time.sleep(3)
        before = readers.answers["unavailable"]
        readers.one()
        assert readers.answers["unavailable"] == before, "the others do not answer"
        assert {each.id for each in engine.scan(SearchRequest(Everything()))} == set(ALL)
    print(f"\nkilled during searches: {dict(readers.answers)}, slowest {readers.slowest:.1f} s")
    assert readers.wrong == []
    assert readers.answers["right"] > 50
    assert readers.slowest < 20


def test_a_node_killed_during_a_rebuild_loses_no_candidacy(whole: Cluster, location: str) -> None:
    first = next(iter(ALL))
    query = Everything()
    with closing(open_engine(location, VOCABULARY)) as engine:
        readers = Readers(lambda: engine.search(SearchRequest(query, per_page=0)).total, [SIZE])
        began, failed = threading.Event(), Counter[str]()

        def slowly() -> Iterator[tuple[Candidacy, str]]:
            for number, candidacy in enumerate(ALL.values()):
                if number == SIZE // 3:
                    began.set()
                time.sleep(0.01)
                yield candidacy, "second"

        def rebuild() -> None:
            try:
                with open_writer(location, VOCABULARY, lease_seconds=4.0) as writer:
                    writer.rebuild(slowly())
            except (EngineUnavailable, IndexBusy) as error:
                failed[type(error).__name__] += 1

        with readers.running(1):
            worker = threading.Thread(target=rebuild)
            worker.start()
            assert began.wait(30)
            whole.kill(manager_of(whole))
            worker.join()
            failed += sync_until_done(location, dict.fromkeys(ALL, "second"))
        with open_writer(location, VOCABULARY, lease_seconds=4.0) as writer:
            assert writer.digests() == dict.fromkeys(ALL, "second")
        assert engine.read([first]) == [ALL[first]]
        found = {each.id for each in engine.scan(SearchRequest(query))}
    print(
        f"\nkilled during a rebuild: {dict(readers.answers)}, writer's failures {dict(failed)}, "
        f"lost {len(set(ALL) - found)} of {SIZE}"
    )
    assert found == set(ALL)
    assert readers.wrong == []


def test_a_killed_node_comes_back_without_hands(whole: Cluster, location: str) -> None:
    node = whole.nodes[1]
    whole.kill(node)
    whole.wait(2)
    sync_until_done(location, {**DIGESTS, next(iter(ALL)): "changed"})
    whole.start(node)
    whole.wait(3, "green")
    with closing(open_engine(f"{node.url}/{location.rsplit('/')[-1]}", VOCABULARY)) as engine:
        assert engine.search(SearchRequest(Everything())).total == SIZE


WRITER = """
import os, signal, sys
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
            # As a machine that slept: its lease ran out, and nobody renewed it.
            stalled._lease._ended.set()
            stalled._lease._thread.join()
            stalled._lease._write(clean=False, seconds=0)
            with open_writer(place.location, VOCABULARY) as other:
                with pytest.raises(SearchError):
                    stalled.apply([(replace(one, subject="late"), "late")], [])
                assert list(other.digests().values()) == [f"digest-{one.id}"]


@contextmanager
def serving(location: str, port: int) -> Iterator[str]:
    """Run the API as a process of its own; give its address once it listens."""
    environment = {
        **os.environ, "HUSTINGS_INDEX": location, "HUSTINGS_PORT": str(port),
        "HUSTINGS_DATA": "/nonexistent/hustings",
    }  # fmt: skip
    command = [sys.executable, "-m", "api.commands", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while get(f"{url}/healthz")[0] != 200:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def in_lower_case(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(url, timeout=40) as answer:
            return answer.status, in_lower_case(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, in_lower_case(error.headers), error.read()
    except OSError:
        return 0, {}, b""


def test_the_api_waits_for_a_cluster_that_is_away_at_start_and_later(tmp_path: Path) -> None:
    node_port, transport_port, first_port, second_port = free_ports(4)
    cluster = Cluster(tmp_path, 1, heap="320m")
    cluster.nodes = [Node("n0", tmp_path / "n0", node_port, transport_port)]
    location = f"http://127.0.0.1:{node_port}/away"
    try:
        with serving(location, first_port) as first, serving(location, second_port) as second:
            code, headers, body = get(f"{first}/readyz")
            assert code == 503
            assert "does not answer" in json.loads(body)["why_not"]
            code, headers, _ = get(f"{first}/api/v1/candidacies?q=review")
            assert (code, headers["retry-after"]) == (503, "5")
            cluster.start(cluster.nodes[0])
            cluster.wait(1)
            sync_until_done(location, DIGESTS)
            answers = []
            for url in (first, second):
                assert get(f"{url}/readyz")[0] == 200
                code, headers, body = get(f"{url}/api/v1/candidacies?q=review")
                assert code == 200
                answers.append((headers["etag"], body))
            assert answers[0] == answers[1]
            cluster.kill(cluster.nodes[0])
            for path in ("/api/v1/candidacies?q=review", "/api/v1/cycles", "/?q=review", "/readyz"):
                began = time.monotonic()
                assert get(first + path)[0] == 503, path
                assert time.monotonic() - began < 20
            assert get(f"{first}/healthz")[0] == 200
            cluster.start(cluster.nodes[0])
            cluster.wait(1)
            deadline = time.monotonic() + RECOVERED_WITHIN
            while get(f"{first}/readyz")[0] != 200:
                assert time.monotonic() < deadline
                time.sleep(0.3)
            code, headers, body = get(f"{first}/api/v1/candidacies?q=review")
            assert (code, headers["etag"], body) == (200, *answers[0])
    finally:
        cluster.close()
