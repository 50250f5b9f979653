"""How we talk to an archive's server: politely, patiently, within limits, on its own host only.

Retrying is done here and not by urllib3's `Retry`, which stops where the body begins: a month that
was cut in the middle must be asked for again like one that was refused. One request is made by
`exchange.py`, when to wait is `patience.py`'s business; what an address means the sources know.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import urldefrag, urljoin, urlsplit

from ingest import __version__
from ingest.errors import BodyBroken, PageMissing, RedirectRefused, WebError
from ingest.exchange import BrokenOff, Exchange, NoAnswer, Transport
from ingest.own_links import may_follow
from ingest.patience import Patience, read_retry_after
from ingest.unpacking import CutShort, NotUnpackable
from ingest.web_answers import Answer, Page, WebCounts, WebSettings

__all__ = ["Answer", "Page", "WebClient", "WebCounts", "WebSettings"]

T = TypeVar("T")

_MOST_REDIRECTS = 8
_MOVED = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))


class _Passing(Exception):
    """A failure that may be over at the next try; `wait` is what the server asked for."""

    def __init__(self, failure: WebError, wait: float = 0.0) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.wait = wait


class WebClient:
    """A client for all archives of one sync; may be used by several threads.

    `clock` and `sleep` are given by tests that would not wait.
    """

    def __init__(
        self,
        settings: WebSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.settings = settings or WebSettings()
        self._stopped = threading.Event()
        self._patience = Patience(self.settings, clock, sleep or self._stopped.wait)
        self._transport = Transport(self.settings)
        self._slots = threading.BoundedSemaphore(self.settings.connections)
        self._lock = threading.Lock()
        self._counts = WebCounts()
        self._headers = {
            "User-Agent": _name_us(self.settings.contact),
            "Accept-Encoding": "gzip",
            "Accept": "*/*",
        }

    @property
    def counts(self) -> WebCounts:
        """What was asked and received since the client was made."""
        with self._lock:
            return self._counts

    def close(self) -> None:
        self._transport.close()

    def stop(self) -> None:
        """Wait for nothing any more: answers break off, pauses end, nothing more is asked."""
        self._stopped.set()
        self._transport.cut()

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
        host = _find_host(address)
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
            with self._slots:
                self._patience.take_turn()
                if self._stopped.is_set():
                    raise WebError(
                        f"{address} was not asked: we were told to stop", address=address
                    )
                self._count(asked=1)
                try:
                    with self._transport.ask(here, {**self._headers, **headers}) as exchange:
                        if exchange.status not in _MOVED:
                            return self._read(here, exchange, read, limit)
                        here = self._next_address(here, exchange, address)
                except NoAnswer as error:
                    raise (_Passing(error.failure) if error.passing else error.failure) from error
        raise RedirectRefused(
            f"{address} redirects in a circle: give the archive's final address", address=address
        )

    def _next_address(self, here: str, exchange: Exchange, address: str) -> str:
        there = exchange.headers.get("location", "")
        with contextlib.suppress(ValueError):
            there = urldefrag(urljoin(here, there)).url
        if not may_follow(here, there, self.settings.other_hosts):
            raise RedirectRefused(
                f"{address} redirects to {there[:200]}, on another host: "
                "give that address if the archive moved there",
                address=address,
            )
        return there

    def _read(self, address: str, exchange: Exchange, read: Callable[[Answer], T], limit: int) -> T:
        _check_status(address, exchange)
        chunks = self._receive(address, exchange) if exchange.status == 200 else iter(())
        most = limit or self.settings.unpacked_limit
        try:
            return read(Answer(address, exchange.status, exchange.headers, chunks, most))
        except (BrokenOff, CutShort) as error:
            raise _broken_off(address, "broke off before its end") from error
        except NotUnpackable as error:
            raise BodyBroken(
                f"{address} {error}: tell the archive's keeper", address=address
            ) from error

    def _receive(self, address: str, exchange: Exchange) -> Iterator[bytes]:
        """Give the body as it comes in, bounded in size and time."""
        self._count(bodies=1)
        began, received = self._patience.clock(), 0
        for chunk in exchange.read():
            received += len(chunk)
            self._count(received=len(chunk))
            if received > self.settings.received_limit:
                raise BodyBroken(
                    f"{address} is larger than {self.settings.received_limit} bytes: "
                    "raise the limit if it is an archive",
                    address=address,
                )
            if self._patience.clock() - began > self.settings.deadline:
                raise _broken_off(address, f"took more than {self.settings.deadline:.0f} s")
            yield chunk

    def _count(self, asked: int = 0, bodies: int = 0, received: int = 0) -> None:
        with self._lock:
            old = self._counts
            self._counts = WebCounts(
                old.asked + asked, old.bodies + bodies, old.received + received
            )


def _find_host(address: str) -> str:
    try:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts.netloc
    except ValueError:
        pass
    raise WebError(f"{address} is no web address: correct it", address=address)


def _name_us(contact: str) -> str:
    return f"hustings/{__version__}" + (f" (+{contact})" if contact else "")


def _check_status(address: str, exchange: Exchange) -> None:
    """Let answers through that can be read; raise what the others mean."""
    status = exchange.status
    if status in (200, 304):
        return
    if status in _GONE:
        raise PageMissing(f"{address} is not there ({status})", address=address)
    line = f"{address} answers {status} {exchange.reason}".rstrip()
    if status in _PASSING:
        wait = read_retry_after(exchange.headers.get("retry-after", ""))
        raise _Passing(WebError(f"{line}: sync again later", address=address), wait)
    raise WebError(f"{line}: look at it in a browser", address=address)


def _broken_off(address: str, how: str) -> _Passing:
    return _Passing(BodyBroken(f"{address} {how}: sync again later", address=address))
