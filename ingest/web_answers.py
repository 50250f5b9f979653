"""What the web client is told and what it gives back: records only.

They stand apart from the client so that sources and tests can speak of answers without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.unpacking import unpack_stream


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How patient and how greedy the client is. Times are in seconds, sizes in bytes.

    `deadline` is for one answer from its request to its last byte; `longest_wait` is the longest
    pause that a server may ask for with Retry-After before we give up for this time. `other_hosts`
    are hosts beside the archive's own that a redirect may lead to; `contact` is told to the server.
    """

    pause: float = 0.0
    connections: int = 2
    tries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    deadline: float = 900.0
    page_limit: int = 32 * 2**20
    received_limit: int = 256 * 2**20
    unpacked_limit: int = 512 * 2**20
    other_hosts: frozenset[str] = frozenset()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class WebCounts:
    """What was asked so far: requests sent, answers with a body (status 200), bytes as received."""

    asked: int = 0
    bodies: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer while it is being read; `address` is where redirects led, names are lower case.

    `received` is the body as it comes in, to be read once; `limit` bounds what it may unpack to.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    received: Iterator[bytes] = field(repr=False)
    limit: int

    @property
    def unpacked(self) -> Iterator[bytes]:
        """The body unpacked, in place of `received`; raise `NotUnpackable` where it cannot be."""
        return unpack_stream(self.received, self.limit)


@dataclass(frozen=True, slots=True)
class Page:
    """A whole body, unpacked; `address` is where redirects led."""

    address: str
    body: bytes
    content_type: str = ""
