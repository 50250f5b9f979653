"""How we talk to an archive's server: politely, patiently, within limits, on its own host only.

The one user of urllib3. Retrying is done here and not by urllib3's `Retry`, which stops where the
body begins: a month that was cut in the middle must be asked for again like one that was refused.
When to wait is `patience.py`'s business; what an address means, and whose failure it is, the
sources know.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from importlib import metadata
from typing import Any, TypeVar
from urllib.parse import urldefrag, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)
from urllib3.exceptions import (
    TimeoutError as TimedOut,
)
from urllib3.response import BaseHTTPResponse, HTTPResponse

from ingest.errors import BodyBroken, PageMissing, RedirectRefused, WebError
from ingest.own_links import may_follow
from ingest.patience import Patience, read_retry_after
from ingest.unpacking import CutShort, NotUnpackable, unpack_stream
from ingest.web_answers import Answer, Page, WebCounts, WebSettings

T = TypeVar("T")

_CHUNK = 64 * 1024
_MOST_REDIRECTS = 8
_MOVED = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))


@contextlib.contextmanager
def _within_the_timeout(connection: socket.socket) -> Iterator[None]:
    """Cut a connection that takes longer than its timeout for what is done inside."""
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(connection.gettimeout() or 60.0, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if expired.is_set():
            raise TimeoutError("the headers took too long")


class _Passing(Exception):
    """A failure that may be over at the next try; `wait` is what the server asked for."""

    def __init__(self, failure: WebError, wait: float = 0.0) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.wait = wait


class _PromptHTTP(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _within_the_timeout(self.sock):
            return super().getresponse()


class _PromptHTTPS(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _within_the_timeout(self.sock):
            return super().getresponse()


class _PromptHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PromptHTTP


class _PromptHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PromptHTTPS


class _PromptPoolManager(urllib3.PoolManager):
    """A socket's timeout is for each byte; here the headers as a whole must come within it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.pool_classes_by_scheme = {"http": _PromptHTTPPool, "https": _PromptHTTPSPool}


class WebClient:
    """A client for all archives of one sync; may be used by several threads.

    `clock` and `sleep` are given by tests that would not wait.
    """

    def __init__(
        self,
        settings: WebSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or WebSettings()
        self._patience = Patience(self.settings, clock, sleep)
        self._slots = threading.BoundedSemaphore(self.settings.connections)
        self._lock = threading.Lock()
        self._counts = WebCounts()
        self._headers = {
            "User-Agent": _name_us(self.settings.contact),
            "Accept-Encoding": "gzip",
            "Accept": "*/*",
        }
        self._pool = _PromptPoolManager(
            num_pools=4,
            maxsize=self.settings.connections,
            retries=False,
            timeout=urllib3.Timeout(
                connect=self.settings.connect_timeout, read=self.settings.read_timeout
            ),
        )

    @property
    def counts(self) -> WebCounts:
        """What was asked and received since the client was made."""
        with self._lock:
            return self._counts

    def close(self) -> None:
        self._pool.clear()

    def get_page(self, address: str, limit: int = 0) -> Page:
        """Give a page whole, or raise `WebError`; `limit` is for its unpacked bytes."""

        def read(answer: Answer) -> Page:
            body = b"".join(answer.unpacked)
            return Page(answer.address, body, answer.headers.get("content-type", ""))

        return self.fetch(address, read, limit=limit or self.settings.page_limit)

    def fetch(
        self,
        address: str,
        read: Callable[[Answer], T],
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = 0,
    ) -> T:
        """Ask for an address and let `read` have the answer (200, or 304 if asked conditionally).

        `read` begins anew when an answer breaks off and is asked for again. Raise `WebError`.
        """
        host = urlsplit(address).netloc
        if held := self._patience.held_for(host):
            raise WebError(
                f"{host} asked us to wait {held:.0f} s more: sync again after that", address=address
            )
        tries = self._patience.tries
        for number in range(1, tries + 1):
            try:
                result = self._follow(address, read, headers or {}, limit)
            except _Passing as passing:
                if number == tries or passing.wait > self.settings.longest_wait:
                    self._patience.give_up(host, passing.wait)
                    raise passing.failure from passing
                self._patience.wait(number, passing.wait)
            else:
                break
        self._patience.succeed()
        return result

    def _follow(
        self, address: str, read: Callable[[Answer], T], headers: Mapping[str, str], limit: int
    ) -> T:
        here = urldefrag(address).url
        for _ in range(_MOST_REDIRECTS):
            with self._exchange(here, headers) as response:
                if response.status not in _MOVED:
                    return self._read(here, response, read, limit or self.settings.unpacked_limit)
                here = self._next_address(here, response, address)
        raise RedirectRefused(
            f"{address} redirects in a circle: give the archive's final address", address=address
        )

    def _next_address(self, here: str, response: BaseHTTPResponse, address: str) -> str:
        there = urldefrag(urljoin(here, response.headers.get("location", ""))).url
        if not may_follow(here, there, self.settings.other_hosts):
            raise RedirectRefused(
                f"{address} redirects to {there[:200]}, on another host: "
                "give that address if the archive moved there",
                address=address,
            )
        return there

    @contextlib.contextmanager
    def _exchange(self, address: str, headers: Mapping[str, str]) -> Iterator[BaseHTTPResponse]:
        with self._slots:
            self._patience.take_turn()
            self._count(asked=1)
            try:
                response = self._pool.request(
                    "GET",
                    address,
                    headers={**self._headers, **headers},
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
            except HTTPError as error:
                raise _no_answer(address, error) from error
            try:
                yield response
            finally:
                # What was read to its end has left its connection to the next request by itself.
                if response.length_remaining == 0:
                    response.drain_conn()
                response.close()

    def _read(
        self, address: str, response: BaseHTTPResponse, read: Callable[[Answer], T], limit: int
    ) -> T:
        _check_status(address, response)
        headers = {name.lower(): value for name, value in response.headers.items()}
        chunks = self._receive(address, response) if response.status == 200 else iter(())
        try:
            answer = Answer(address, response.status, headers, unpack_stream(chunks, limit))
            return read(answer)
        except CutShort as error:
            raise _Passing(BodyBroken(f"{address} {error}", address=address)) from error
        except NotUnpackable as error:
            raise BodyBroken(f"{address} {error}", address=address) from error

    def _receive(self, address: str, response: BaseHTTPResponse) -> Iterator[bytes]:
        """Give the body as it comes in, bounded in size and time, to the end that was announced."""
        self._count(bodies=1)
        began, received = self._patience.clock(), 0
        while True:
            try:
                # read1 gives what is there; read would wait for a full chunk, drop by drop.
                chunk = response.read1(_CHUNK, decode_content=False)
            except (HTTPError, HTTPException, OSError) as error:
                raise _broken_off(address) from error
            if not chunk:
                break
            received += len(chunk)
            self._count(received=len(chunk))
            if received > self.settings.received_limit:
                limit = self.settings.received_limit
                raise BodyBroken(f"{address} is larger than {limit} bytes", address=address)
            if self._patience.clock() - began > self.settings.deadline:
                raise _broken_off(address, f"took more than {self.settings.deadline:.0f} s")
            yield chunk
        if not received and not _may_be_empty(response):
            raise _broken_off(address)

    def _count(self, asked: int = 0, bodies: int = 0, received: int = 0) -> None:
        with self._lock:
            old = self._counts
            self._counts = WebCounts(
                old.asked + asked, old.bodies + bodies, old.received + received
            )


def _name_us(contact: str) -> str:
    try:
        version = metadata.version("hustings")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"hustings/{version}" + (f" (+{contact})" if contact else "")


def _check_status(address: str, response: BaseHTTPResponse) -> None:
    """Let answers through that can be read; raise what the others mean."""
    status = response.status
    if status in (200, 304):
        return
    if status in _GONE:
        raise PageMissing(f"{address} is not there ({status})", address=address)
    failure = WebError(
        f"{address} answers {status} {(response.reason or '')[:60]}".rstrip(), address=address
    )
    if status in _PASSING:
        raise _Passing(failure, read_retry_after(response.headers.get("retry-after", "")))
    raise failure


def _may_be_empty(response: BaseHTTPResponse) -> bool:
    """Whether an empty body was announced; a connection that was cut looks the same otherwise."""
    return response.headers.get("content-length") == "0" or response.status != 200


def _broken_off(address: str, how: str = "broke off before its end") -> _Passing:
    return _Passing(BodyBroken(f"{address} {how}: sync again later", address=address))


def _no_answer(address: str, error: HTTPError) -> Exception:
    host = urlsplit(address).netloc
    if isinstance(error, LocationValueError):
        return WebError(f"{address} is no web address: correct it", address=address)
    if isinstance(error, SSLError):
        line = f"{host} has no certificate that can be trusted: check the address and the clock"
        return WebError(line, address=address)
    why = "broke the connection"
    if isinstance(error, NameResolutionError):
        why = "is not known"
    elif isinstance(error, (ConnectTimeoutError, TimedOut)) and not isinstance(
        error, NewConnectionError
    ):
        why = "does not answer in time"
    elif isinstance(error, NewConnectionError):
        why = "refuses the connection"
    line = f"{host} {why}: check the address {address} and the network, then sync again"
    return _Passing(WebError(line, address=address))
