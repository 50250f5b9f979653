"""What many tests share: a loopback server, and a web client whose clock passes only when told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.web import WebClient, WebSettings
from tests.loopback import Clock, Loopback, loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web(clock: Clock) -> Iterator[WebClient]:
    client = WebClient(WebSettings(read_timeout=5), clock=clock.time, sleep=clock.sleep)
    yield client
    client.close()
