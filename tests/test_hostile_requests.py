"""Requests by somebody who means harm: whatever is asked of whatever route, nothing fails.

`HUSTINGS_TEST_TRIES` asks more of them; each run names its seed.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.api_site import make_app, make_index, serving
from tests.every_answer import routes_of

TRIES = int(os.environ.get("HUSTINGS_TEST_TRIES", "400"))
NAMES = (
    "q", "page", "per_page", "sort", "cycle", "project", "office", "year", "candidate", "status",
    "outcome", "format", "letter", "limit", "bogus", "date", "view",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "1", "9" * 20, "1e9", "NaN", "nova", "review", "*", "a*", "*a", "a~9", "~", '"',
    "(", "((((", "NOT", "OR OR", "candidate:", "date:9999-99", "date:99999999999..",
    "after:2015-02-31", "cycle:juno..", "cycle:..", "id:x", "has:", "is:x", "\x00", "\ud7ff",
    "\u202e", "%00", "../", "..%2f", "..\\", "<script>", "\\", "a" * 3000, "review " * 400,
    "id:<" + "a" * 500 + ">", "2015-01..2014-01", "newest", "jsonl", "csv", "mbox", "PTL", "TC",
    "mitaka", "a\r\nX-Evil: 1", "q=1&q=2", ";", "date:0000-00-00", "date:10000-01-01",
    "after:0001-01-01", "before:9999-12-31", "cycle:l*", '"a b"~99999999999', "a~2 b~2 c~2 d~2",
)  # fmt: skip
HEADERS = ("Accept", "If-None-Match", "Range", "Accept-Encoding", "X-Request-ID", "Origin")


def invent(chance: random.Random, routes: list[str]) -> tuple[str, str, dict[str, str]]:
    """Make a request: its method, its address, and a header or none."""
    path = re.sub(
        r"\{\w+\}", lambda _: quote(chance.choice(VALUES)[:300], safe=""), chance.choice(routes)
    )
    asked = "&".join(
        f"{chance.choice(NAMES)}={quote(chance.choice(VALUES))}" for _ in range(chance.randrange(4))
    )
    headers = {chance.choice(HEADERS): chance.choice(["*/*", "text/html", 'W/"a"', "bytes=0-,"])}
    given = headers if chance.random() < 0.3 else {}
    return chance.choice(["GET", "GET", "HEAD"]), f"{path}?{asked}" if asked else path, given


def test_no_request_whatever_makes_the_server_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("HUSTINGS_TEST_SEED", "0")) or random.randrange(10**6)
    chance = random.Random(seed)
    make_index(tmp_path)
    app = make_app(tmp_path, rate_limit=0)
    routes, statuses = sorted(routes_of(app)), Counter[int]()
    with serving(app) as client:
        for _ in range(TRIES):
            method, address, headers = invent(chance, routes)
            began = time.process_time()
            answer = client.request(method, address, headers=headers)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, (seed, method, address, headers)
            assert "x-evil" not in answer.headers, (seed, address)
            # Client and server are one process here. A bound, not a measure of this machine.
            assert time.process_time() - began < 10, (seed, address)
    with capsys.disabled():
        print(f"\n{TRIES} requests, seed {seed}: {dict(statuses)}")
    assert statuses[200]
