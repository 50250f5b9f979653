"""Serving over HTTP: uvicorn and the signals.

SIGTERM and SIGINT stop taking connections, let what is being answered end, and leave with status 0;
a second signal leaves at once. Which application is served, and what runs beside it, the commands
say.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.asking import Asking
from api.garbage import spare_collections
from api.links import Links
from api.page_frame import Site, draw
from api.protocol import Protocol
from api.search_page import make_search_page
from api.templating import read_templates
from search.errors import SearchError

GRACE_SECONDS = 10

SERVER_OPTIONS: dict[str, Any] = {
    "http": Protocol,
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "lifespan": "off",
    "timeout_keep_alive": 20,
    "timeout_graceful_shutdown": GRACE_SECONDS,
}
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Server(uvicorn.Server):
    """Uvicorn, but a signal is an end like any other instead of being raised again afterwards."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set handlers; a test serves from another
            return
        kept = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def make_server(app: FastAPI) -> uvicorn.Server:
    """Make the server as an open network needs it: no banner, bounded headers, short waits."""
    return _Server(uvicorn.Config(app, **SERVER_OPTIONS))


def serve(app: FastAPI, sock: socket.socket) -> None:
    """Serve until a signal."""
    warm_up(app)
    spare_collections()
    with closing(sock):
        make_server(app).run(sockets=[sock])


def warm_up(app: FastAPI) -> None:
    """Do what the first requests would otherwise wait for: the document, templates, the index."""
    app.openapi()
    read_templates()
    engine, vocabulary = app.state.engine, app.state.vocabulary
    with contextlib.suppress(SearchError):
        for query in ("", "candidacy"):
            content = make_search_page(engine, vocabulary, Asking(q=query), Links())
            draw(content, Links(), Site(documents=1))


@contextlib.contextmanager
def leaving_on_sigterm() -> Iterator[None]:
    """End the block on SIGTERM as on Ctrl-C, so that what it opened is closed; the status is 0."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    kept = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, kept)
