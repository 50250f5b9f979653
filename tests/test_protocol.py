"""HTTP as it is read from the socket: what is one request, what is none, and how long a head is."""

from __future__ import annotations

import gc
import http.client
import socket
from collections.abc import Iterator

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from api.protocol import LONGEST_HEAD
from tests.api_site import make_app, make_index, serving

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client.base_url.host, client.base_url.port or 0


def statuses(address: tuple[str, int], *pieces: bytes) -> list[int]:
    """Send pieces on one connection until the server ends it; give the status of each answer."""
    answer = b""
    with socket.create_connection(address, 20) as one:
        try:
            for piece in pieces:
                one.sendall(piece)
            while more := one.recv(65536):
                answer += more
        except (ConnectionResetError, BrokenPipeError):
            pass  # it was refused before it was sent whole
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((GET, LAST), [200, 200]),
        ((GET * 20 + LAST,), [200] * 21),
        ((GET[:9], GET[9:] + LAST[:20], LAST[20:]), [200, 200]),
        ((b"GET /healthz HTTP/1.0\r\n\r\n",), [200]),
        ((b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", LAST), [405, 200]),
    ],
)
def test_requests_are_told_apart(
    address: tuple[str, int], pieces: tuple[bytes, ...], expected: list[int]
) -> None:
    assert statuses(address, *pieces) == expected


def test_an_offer_to_speak_something_else_is_not_taken_and_the_connection_goes_on(
    address: tuple[str, int],
) -> None:
    offer = GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with socket.create_connection(address, 20) as one:
        # Whoever offers waits for what comes of it: what he sent behind might be the other speech.
        for request in (offer, offer, GET):
            one.sendall(request)
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert (answer.status, answer.read() != b"") == (200, True)


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "junk",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        GET[:-2] + b"Host: y\r\n\r\n",
        HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nz\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_two_readers_could_read_differently_is_refused(
    address: tuple[str, int], junk: bytes
) -> None:
    """A proxy before us must not see other requests than we do."""
    assert statuses(address, junk, LAST) == [400]


@pytest.mark.parametrize("begin", [b"GET /", GET[:-2] + b"X: ", GET[:-2]])
def test_a_head_without_end_is_refused_and_not_gathered(
    address: tuple[str, int], begin: bytes
) -> None:
    line = b"x" * 4000 if begin != GET[:-2] else b"X: " + b"x" * 4000 + b"\r\n"
    pieces = [begin, *[line] * (2 * LONGEST_HEAD // len(line))]
    assert statuses(address, *pieces) in ([400], [])  # [] where the refusal was cut off by a reset


def test_many_requests_at_once_are_not_one_long_head(address: tuple[str, int]) -> None:
    count = LONGEST_HEAD // len(GET) + 100
    assert statuses(address, GET * count + LAST) == [200] * (count + 1)


def test_an_answer_leaves_in_one_piece(address: tuple[str, int]) -> None:
    """A process killed between head and body would have answered half, which no proxy mends."""
    with socket.create_connection(address, 20) as one:
        for _ in range(500):
            one.sendall(GET)
            head, _, body = one.recv(65536).partition(b"\r\n\r\n")
            assert b"\r\ncontent-length: %d" % len(body) in head, "its body came later"
            assert body


@pytest.mark.parametrize(
    ("request_head", "status", "ends_with"),
    [
        (b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n", 200, b"\r\n\r\n"),
        (b"GET /api/v1/candidacies HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n", 304, b"\r\n\r\n"),
        (b"GET /api/v1/export?format=jsonl HTTP/1.1\r\nHost: x\r\n", 200, b"\r\n0\r\n\r\n"),
    ],
)
def test_an_answer_without_a_body_or_of_unknown_length_leaves_whole(
    address: tuple[str, int], request_head: bytes, status: int, ends_with: bytes
) -> None:
    with socket.create_connection(address, 20) as one:
        for again in range(2):
            one.sendall(request_head + (b"Connection: close\r\n\r\n" if again else b"\r\n"))
            answer = b""
            while not answer.endswith(ends_with):
                more = one.recv(65536)
                assert more, answer[-200:]
                answer += more
            assert answer.startswith(b"HTTP/1.1 %d" % status)
        assert one.recv(65536) == b""


def test_who_asks_whether_to_go_on_is_answered_as_everybody(address: tuple[str, int]) -> None:
    asked = b"GET /api/v1/export?format=jsonl HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(address, 20) as one:
        for _ in range(3):
            one.sendall(asked)
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert (answer.status, answer.read()[:1]) == (200, b"{")


def test_a_request_leaves_no_circle_behind(address: tuple[str, int]) -> None:
    """What waits for the collector of circles is memory that grows for thousands of requests."""
    gc.collect()
    before = count_cycles()
    gc.disable()
    try:
        with socket.create_connection(address, 20) as one:
            for _ in range(100):
                one.sendall(GET)
                assert one.recv(65536)
        left = count_cycles() - before
    finally:
        gc.enable()
    assert left <= 2, "the last one, and one before it that is just ending"


def count_cycles() -> int:
    return sum(type(one) is RequestResponseCycle for one in gc.get_objects())
