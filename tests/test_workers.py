"""Several processes before one socket: the same answers from each; a dead one is replaced."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.search_corpus import VOCABULARY, make_candidacies
from search import open_writer
from tests.engine_places import PLACES

ROOT = Path(__file__).resolve().parents[1]
PATHS = ("/api/v1/candidacies?q=review&per_page=5", "/?q=team+work", "/api/v1/cycles")
PATIENCE = 90


@contextmanager
def serving(location: str, data: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve an index with two workers; give the address and the process that watches them."""
    environment = {**os.environ, "HUSTINGS_INDEX": location, "HUSTINGS_RATE_LIMIT": "0"}
    command = [sys.executable, "-m", "api.commands", "serve", "--workers", "2", "--port", "0"]
    told = data.with_name("told.txt")  # a file: a pipe that nobody reads would stop the server
    with told.open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--data", str(data)], cwd=ROOT, env=environment, stderr=errors
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"Hustings is at (\S+)", told.read_text())):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield found[1], process
    finally:
        process.terminate()
        assert process.wait(30) == 0


def ask_each(address: str) -> dict[str, dict[str, tuple[str, bytes]]]:
    """Ask until both workers have answered every path; which one it was its figures tell."""
    seen: dict[str, dict[str, tuple[str, bytes]]] = {}
    deadline = time.monotonic() + PATIENCE
    while len(seen) < 2 or any(len(answers) < len(PATHS) for answers in seen.values()):
        assert time.monotonic() < deadline, {pid: list(answers) for pid, answers in seen.items()}
        worker = Worker(address)
        for path in PATHS:
            seen.setdefault(worker.pid, {})[path] = worker.get(path)
        worker.close()
    return seen


class Worker:
    """One kept connection, so that one and the same worker answers all that is asked on it."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
        figures = self.get("/metrics")[1].decode()
        found = re.search(r'hustings_process_info\{pid="(\d+)",workers="2"\}', figures)
        assert found
        self.pid = found[1]

    def get(self, path: str) -> tuple[str, bytes]:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, body[:300])
        return str(answer.getheader("ETag", "")), body

    def close(self) -> None:
        self._connection.close()


@pytest.mark.parametrize("engine", sorted(PLACES))
def test_each_worker_gives_the_same_answers_and_etags(engine: str, tmp_path: Path) -> None:
    with PLACES[engine](tmp_path) as place:
        with open_writer(place.location, VOCABULARY) as writer:
            writer.rebuild((candidacy, "digest") for candidacy in make_candidacies(40))
        with serving(str(place.location), tmp_path / "data") as (address, _):
            first, second = ask_each(address).values()
            assert first == second
            assert all(etag for etag, _ in first.values())


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with PLACES["whoosh"](tmp_path) as place:
        place.index(*make_candidacies(3)).close()
        with serving(str(place.location), tmp_path / "data") as (address, process):
            workers = set(ask_each(address))
            assert str(process.pid) not in workers
            killed = workers.pop()
            os.kill(int(killed), signal.SIGKILL)
            after = set(ask_each(address))
            deadline = time.monotonic() + PATIENCE
            while killed in after or len(after) < 2:
                assert time.monotonic() < deadline
                after = set(ask_each(address))
            assert workers < after
