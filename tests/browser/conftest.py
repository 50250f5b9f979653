"""A real Chromium before a real server on a real index, for the tests in this folder.

HUSTINGS_TEST_BROWSER names the folder that `.ci/browser` made; without it these tests are skipped.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from ingest.elections import load_elections
from ingest.records import Candidacy
from tests.page_community import make_community, open_community

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

TOOLS = Path(os.environ.get("HUSTINGS_TEST_BROWSER", "/nonexistent"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not (TOOLS / "chromium").exists():
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="needs Chromium: see .ci/browser"))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of the loopback interface; give its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield address
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def serving_candidacies(
    folder: Path, candidacies: list[Candidacy], state: str = ""
) -> Iterator[str]:
    """Serve some candidacies, and a sync's state, as they would be served for real."""
    engine = open_community(folder, candidacies, state)
    vocabulary = load_elections().vocabulary()
    with closing(engine), serving(create_app(engine, vocabulary, Settings())) as address:
        yield address


@pytest.fixture(scope="session")
def community_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("community") / "index"
    with serving_candidacies(folder, make_community()) as address:
        yield address


# Ended with the tests of this folder: it keeps a loop running, and others begin their own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(TOOLS / "chromium"), args=ARGUMENTS)
        yield browser
        browser.close()
