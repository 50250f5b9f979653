"""A client that hangs up in the middle of an export leaves nothing behind."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.api_site import make_app, make_index, serving
from tests.builders import make_candidacy, make_reply

MANY = [
    make_candidacy(
        message_id=f"many{number}@example.org",
        statement=f"I stand. {'Words and words. ' * 500}",
        replies=(make_reply(text="+1 " * 3000),),
        raw=b"Subject: candidacy\n\n" + os.urandom(12_000).hex().encode(),
    )
    for number in range(150)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aborted")
    make_index(folder, MANY)
    return folder


@pytest.fixture
def app(folder: Path) -> FastAPI:
    return make_app(folder, export_concurrency=1)


@pytest.fixture
def site(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as client:
        yield client


def hang_up(site: httpx.Client, path: str) -> None:
    """Ask, read the beginning of the answer, and cut the connection."""
    with socket.create_connection((site.base_url.host, site.base_url.port)) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert line.recv(2000).startswith(b"HTTP/1.1 200")


def until(condition: Callable[[], bool]) -> bool:
    pause = threading.Event()
    for _ in range(200):
        if condition():
            return True
        pause.wait(0.05)
    return False


def is_idle(site: httpx.Client) -> bool:
    """Tell whether the asking for the figures is the only request at work."""
    return "hustings_requests_at_work 1.0" in site.get("/metrics").text


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux tells")
@pytest.mark.parametrize("form", ["jsonl", "csv", "mbox"])
def test_an_export_that_nobody_reads_to_its_end_is_let_go(
    app: FastAPI, site: httpx.Client, form: str
) -> None:
    path = f"/api/v1/export?format={form}"
    assert len(site.get("/api/v1/export").text.splitlines()) == len(MANY)
    before = open_files()
    for _ in range(5):
        hang_up(site, path)
        # There is one turn for exports: the next one is refused until this one is let go.
        assert until(lambda: is_idle(site))
    gc.collect()
    assert len(site.get("/api/v1/export").text.splitlines()) == len(MANY)
    assert until(lambda: open_files() <= before)
    assert app.state.engine.status().documents == len(MANY)


def test_an_index_is_let_go_of_after_its_last_reader_hung_up(tmp_path: Path) -> None:
    make_index(tmp_path, MANY)
    app = make_app(tmp_path)
    with serving(app) as site:
        hang_up(site, "/api/v1/export?format=mbox")
        assert until(lambda: is_idle(site))
        old = sorted((tmp_path / "index").glob("build-*"))[-1]
        for _ in range(2):
            make_index(tmp_path, MANY[:3])
        assert until(lambda: site.get("/api/v1/candidacies").json()["total"] == 3)
        gc.collect()
        names = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
        assert not [n for n in names if os.path.exists(n) and str(old) in os.readlink(n)]
