"""Serving over HTTP: uvicorn and the signals.

SIGTERM and SIGINT stop taking connections, let what is being answered end, and leave with status 0;
a second signal leaves at once. Which application is served, and what runs beside it, the commands
say.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.asking import Asking
from api.front import SECURITY_HEADERS
from api.links import Links
from api.page_frame import Site, draw
from api.search_page import make_search_page
from api.templating import read_templates
from search.errors import SearchError

GRACE_SECONDS = 10
LONGEST_HEAD = 48 * 1024


class _Protocol(HttpToolsProtocol):
    """HTTP by llhttp, with the bound that it lacks: a head that does not end is not gathered.

    Its answer to what is no HTTP bears the headers of all others.
    """

    _head = 0  # bytes of a head that has not ended yet
    _in_head = False

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            raise ValueError("RFC 9112, 3.2: one host")  # llhttp makes it a 400
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if not self._in_head:
            self._head = 0
        elif self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request does not end.")

    def send_400_response(self, msg: str) -> None:
        headers = {
            **SECURITY_HEADERS,
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(msg)),
            "Connection": "close",
        }
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {headers[name]}" for name in headers)]
        self.transport.write("\r\n".join([*lines, "", msg]).encode("ascii"))
        self.transport.close()


SERVER_OPTIONS: dict[str, Any] = {
    "http": _Protocol,
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


def spare_collections() -> None:
    """Let the garbage collector pass over what stays for good, and look for garbage less often.

    What is open and imported is a quarter of a million objects, and looking at them all held up a
    search for 100 ms now and then. A search leaves next to no cycles behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


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
