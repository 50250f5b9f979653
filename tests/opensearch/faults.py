"""What tests of faults share: three nodes, a sync that tries again, readers, the API."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from http.client import HTTPException
from pathlib import Path

import pytest

from bench.search_corpus import VOCABULARY, make_candidacies
from ingest.records import Candidacy
from search import bring_up_to_date, open_writer
from search.errors import EngineUnavailable, IndexBusy
from tests.opensearch.cluster import INSTALLED, Cluster, Node

needs_opensearch = pytest.mark.skipif(
    not (INSTALLED / "lib").is_dir(),
    reason="needs HUSTINGS_TEST_OPENSEARCH (.ci/opensearch installs it)",
)
SIZE = 240
ALL = {candidacy.id: candidacy for candidacy in make_candidacies(SIZE)}
DIGESTS = dict.fromkeys(ALL, "first")
RECOVERED_WITHIN = 60
ROOT = Path(__file__).resolve().parents[2]


@cache
def _three_nodes() -> Cluster:
    """Start three nodes when the first test of this process wants them; they end with it."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="hustings-cluster-")), 3, heap="320m")
    cluster.__enter__()
    atexit.register(shutil.rmtree, cluster.folder, ignore_errors=True)
    atexit.register(cluster.close)
    return cluster


def whole_cluster() -> Cluster:
    """Give three nodes, those that a test before has killed started again."""
    cluster = _three_nodes()
    for node in cluster.nodes:
        if node.process is None:
            cluster.start(node)
    cluster.wait(3, "green")
    return cluster


def filled(cluster: Cluster, test: str) -> str:
    """Fill an index of a test's own; give its location."""
    place = f"{','.join(cluster.urls)}/t{abs(hash(test))}"
    sync_until_done(place, DIGESTS)
    cluster.wait(3, "green")
    return place


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


def start_api(location: str, port: int) -> subprocess.Popen[bytes]:
    """Start the API as a process of its own, and wait until it listens."""
    environment = {
        **os.environ, "HUSTINGS_INDEX": location, "HUSTINGS_PORT": str(port),
        "HUSTINGS_DATA": "/nonexistent/hustings", "HUSTINGS_RATE_LIMIT": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "api.commands", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    try:
        while get(f"http://127.0.0.1:{port}/healthz")[0] != 200:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


@contextmanager
def serving(location: str, port: int) -> Iterator[str]:
    """Run the API as a process of its own; give its address."""
    process = start_api(location, port)
    try:
        yield f"http://127.0.0.1:{port}"
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
    except (OSError, HTTPException):  # nobody there, or an answer that was cut
        return 0, {}, b""
