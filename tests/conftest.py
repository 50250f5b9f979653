"""What many tests share: a loopback server, a web client whose clock passes only when told, and
how a test is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.web import WebClient, WebSettings
from tests.loopback import Clock, Loopback, loopback


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case that is bytes by its parameter: a gzip holds the time of day, and processes that
    share the tests must all collect the same ones."""
    return argname if isinstance(val, bytes) else None


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
