"""Many clients at once, some of them rude, while a sync and a reindex run beside the server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bench.bench_load import mixed_paths, rudeness
from bench.load import ask_all, resident_mib
from bench.peers_public_inbox import free_port, wait_for
from tests.hostile_site import sync_mails, write_answer, write_mail
from tests.pipermail_site import TEAMS

COMMAND = (sys.executable, "-m", "api.commands")
SEARCH = "/api/v1/candidacies?q=review&per_page=20"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of eighty candidacies with replies, beside the mailbox that it was synced from."""
    mails = []
    for number in range(80):
        team = TEAMS[number % len(TEAMS)]
        name = f"Ana Number{chr(65 + number % 26)}{chr(97 + number // 26)}"
        more = f"Review bandwidth is what I care about, release {number}. " * 20
        subject = f"[{team}] PTL candidacy"
        mails.append(write_mail(number, name=name, team=team, subject=subject, more=more))
        mails.append(write_answer(200 + number, number, "+1, thank you\n"))
    folder = tmp_path_factory.mktemp("load") / "sample"
    assert sync_mails(folder, mails).candidacies == 80
    return folder


@contextmanager
def serving(data: Path, **settings: object) -> Iterator[tuple[int, int]]:
    """Serve with the command that users have; give port and process."""
    port = free_port()
    named = {f"HUSTINGS_{name.upper()}": str(value) for name, value in settings.items()}
    command = [*COMMAND, "serve", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(
        command, env=os.environ | named, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port, 60)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(60)
    assert server.returncode == 0  # it ends in order, whatever it went through


def test_no_answer_fails_while_others_are_rude_and_a_sync_and_a_reindex_run(data: Path) -> None:
    box = data.with_name("sample-dev.mbox")
    with serving(data) as (port, pid):
        ask_all(port, mixed_paths()[:100], 16)
        before = resident_mib(pid)
        beside = (["reindex"], ["sync", str(box)], ["reindex"])
        with rudeness(port):
            for words in beside:
                with subprocess.Popen([*COMMAND, *words, "--data", str(data)]) as busy:
                    tally = ask_all(port, mixed_paths(), 16, seconds=1.5)
                assert busy.returncode == 0, words
                assert set(tally.statuses) == {200}, words
                assert tally.broken == 0, words
                assert tally.requests > 16, words
                assert max(tally.times) < 30_000, words  # a bound, not a measure of this machine
        # A rebuild is opened beside the index before it; what is held must not add up.
        assert resident_mib(pid) < 1.5 * before + 20


def test_the_same_requests_again_hold_no_more_memory(data: Path) -> None:
    with serving(data) as (port, pid):
        held = []
        for _ in range(4):
            assert ask_all(port, mixed_paths()[:160], 16).failures == 0
            held.append(resident_mib(pid))
        assert held[-1] < held[0] + 12, held


def test_a_full_queue_says_when_to_come_back_and_then_answers(data: Path) -> None:
    with (
        serving(data, search_concurrency=1, search_queue=1) as (port, _),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: client.get(SEARCH), range(96)))
        assert Counter(one.status_code for one in answers).keys() == {200, 503}
        for answer in (one for one in answers if one.status_code == 503):
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["type"] == "urn:hustings:problem:too-busy"
            assert answer.headers["content-security-policy"]
        assert client.get("/healthz").status_code == 200
        assert client.get(SEARCH).status_code == 200


def test_exports_that_nobody_reads_stop_neither_searches_nor_later_exports(data: Path) -> None:
    with serving(data, export_concurrency=2) as (port, _):
        held = []
        for _ in range(2):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.connect(("127.0.0.1", port))
            one.sendall(b"GET /api/v1/export?format=jsonl HTTP/1.1\r\nHost: x\r\n\r\n")
            held.append(one)
        assert all(one.recv(1) == b"H" for one in held)
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
            assert client.get(SEARCH).status_code == 200
            for one in held:
                one.close()
            until = time.monotonic() + 60
            while client.get("/api/v1/export?format=csv").status_code != 200:
                assert time.monotonic() < until  # the server sees that they hung up, and soon
                time.sleep(0.01)


def test_requests_cut_off_at_any_byte_leave_the_server_as_it_was(data: Path) -> None:
    request = f"GET {SEARCH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()
    with serving(data) as (port, _):
        for cut in range(1, len(request) + 1):
            with socket.create_connection(("127.0.0.1", port), 10) as one:
                one.sendall(request[:cut])
        assert ask_all(port, [SEARCH] * 16, 4).statuses == Counter({200: 16})
