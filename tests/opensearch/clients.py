"""Clients that search over HTTP all the time and judge each answer, while something is killed."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter

from tests.opensearch.faults import RECOVERED_WITHIN, get

SEARCH = "/api/v1/candidacies?q=review&per_page=5"


class Clients:
    """Threads that search over HTTP all the time; whatever is no 200 must be a 503 that says so."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._right = get(address + SEARCH)[2]
        self.answers: Counter[str] = Counter()
        self.slowest = 0.0
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(4)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._ended.wait(0.02):
            began = time.monotonic()
            self.answers[self._judge(*get(self._address + SEARCH))] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def _judge(self, code: int, headers: dict[str, str], body: bytes) -> str:
        if code == 200:
            return "right" if body == self._right else "wrong"
        if not headers.get("content-type", "").startswith("application/problem+json"):
            return f"status {code}, not ours" if code else "no answer, or one that was cut"
        kind = json.loads(body)["type"].rpartition(":")[2]
        if code == 503 and kind == "engine-unavailable" and headers.get("retry-after"):
            return "503"
        return f"status {code} {kind}"

    def wait_for(self, what: str, more: int) -> None:
        """Wait until so many more answers were of a kind."""
        wanted = self.answers[what] + more
        deadline = time.monotonic() + RECOVERED_WITHIN
        while self.answers[what] < wanted:
            assert time.monotonic() < deadline, (what, self.answers)
            time.sleep(0.05)
