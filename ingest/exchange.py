"""One request and its answer: the only user of urllib3.

Owns connections, timeouts, and what a failure is called. Whether to ask again, where a redirect may
lead, and how much is too much are `web.py`'s business.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as TimedOut
from urllib3.response import BaseHTTPResponse, HTTPResponse

from ingest.errors import WebError
from ingest.web_answers import WebSettings

_CHUNK = 64 * 1024


class NoAnswer(Exception):
    """Nothing usable came, or it broke off; `passing` tells whether asking again may help."""

    def __init__(self, failure: WebError, passing: bool) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.passing = passing


class BrokenOff(Exception):
    """The answer stopped before the end that it had announced."""


class Exchange:
    """An answer whose body is yet to be read; header names are in lower case."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self.status = response.status
        self.reason = (response.reason or "")[:60]
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }

    def read(self) -> Iterator[bytes]:
        """Give the body as it comes in, still packed; raise `BrokenOff` if its end is missing."""
        received = 0
        while True:
            try:
                # read1 gives what is there; read would wait for a full chunk, drop by drop.
                chunk = self._response.read1(_CHUNK, decode_content=False)
            except (HTTPError, HTTPException, OSError) as error:
                raise BrokenOff from error
            if not chunk:
                break
            received += len(chunk)
            yield chunk
        # A body without length or chunks ends with its connection: nothing at all is then no body.
        announced = self.headers.get("content-length") == "0" or self.is_chunked
        if not received and not announced:
            raise BrokenOff

    @property
    def is_chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()


class Transport:
    """The connections to all servers; used by several threads."""

    def __init__(self, settings: WebSettings) -> None:
        timeout = urllib3.Timeout(connect=settings.connect_timeout, read=settings.read_timeout)
        self._pool = _PromptPoolManager(
            num_pools=4, maxsize=settings.connections, retries=False, timeout=timeout
        )

    def close(self) -> None:
        self._pool.clear()

    def cut(self) -> None:
        """Break off whatever is being asked or answered, from any thread."""
        self._pool.cut()

    @contextlib.contextmanager
    def ask(self, address: str, headers: Mapping[str, str]) -> Iterator[Exchange]:
        """Ask for an address once, redirects not followed; raise `NoAnswer`."""
        try:
            response = self._pool.request(
                "GET",
                address,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except HTTPError as error:
            raise _explain(address, error) from error
        try:
            yield Exchange(response)
        finally:
            # What was read to its end has left its connection to the next request by itself.
            if response.length_remaining == 0:
                response.drain_conn()
            response.close()


def _explain(address: str, error: HTTPError) -> NoAnswer:
    host = urlsplit(address).netloc
    if isinstance(error, LocationValueError):
        return NoAnswer(
            WebError(f"{address} is no web address: correct it", address=address), False
        )
    if isinstance(error, SSLError):
        line = f"{host} has no certificate that can be trusted: check the address and the clock"
        return NoAnswer(WebError(line, address=address), False)
    why = "broke the connection"
    if isinstance(error, NameResolutionError):
        why = "is not known"
    elif isinstance(error, NewConnectionError):
        why = "refuses the connection"
    elif isinstance(error, TimedOut):
        why = "does not answer in time"
    line = f"{host} {why}: check the address {address} and the network, then sync again"
    return NoAnswer(WebError(line, address=address), True)


@contextlib.contextmanager
def _within(timeout: float | None, connection: socket.socket) -> Iterator[None]:
    """Cut a connection that takes longer than its timeout for all that is done inside."""
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout or 60.0, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if expired.is_set():
            raise TimeoutError("the headers took too long")


class _PromptHTTP(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _within(self.timeout, self.sock):
            return super().getresponse()


class _PromptHTTPS(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _within(self.timeout, self.sock):
            return super().getresponse()


class _PromptHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PromptHTTP


class _PromptHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PromptHTTPS


class _PromptPoolManager(urllib3.PoolManager):
    """A socket's timeout is for each byte; here the headers as a whole must come within it.

    All sockets that are open can be cut at once, by whoever must not wait for an answer any more.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.pool_classes_by_scheme = {"http": _PromptHTTPPool, "https": _PromptHTTPSPool}
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()

    def _new_pool(self, *words: Any, **more: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(*words, **more)
        make = pool._new_conn

        def make_known() -> Any:
            connection = make()
            self._connections.add(connection)
            return connection

        pool._new_conn = make_known  # type: ignore[method-assign]
        return pool

    def cut(self) -> None:
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)
