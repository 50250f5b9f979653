"""Serving over HTTP: the socket, uvicorn, the signals, several processes.

SIGTERM and SIGINT stop taking connections, let what is being answered end, and leave with status 0; a
second signal leaves at once. Which application is served, and what runs beside it, the commands say.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 10
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOG = logging.getLogger("hustings.serving")


class CannotListen(Exception):
    """The address is taken, not ours, or not allowed; `str()` says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; raise `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise CannotListen(
            f"cannot listen on {host} port {port} ({error.strerror or error}): stop what else uses"
            " it, or give --host or --port"
        ) from error


def address_of(sock: socket.socket) -> str:
    """Give the address to open in a browser on this machine."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Uvicorn, but a signal is an end like any other instead of being raised again afterwards."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
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
    """Make the server with what an open network asks for: no banner, bounded headers, short waits."""
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_keep_alive=20,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=48 * 1024,
        )
    )


def serve(app: FastAPI, sock: socket.socket, on_end: Callable[[], None] | None = None) -> None:
    """Serve until a signal; `on_end` runs once nobody is being answered any more."""
    try:
        make_server(app).run(sockets=[sock])
    finally:
        sock.close()
        if on_end is not None:
            on_end()
