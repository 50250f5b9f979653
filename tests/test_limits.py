"""What one client and all of them together may ask, spoken to as a server would speak."""

from __future__ import annotations

import asyncio
import json
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.clients import RootPath, TrustedProxies, client_of, path_of, share_of
from api.limits import RateLimit, SizeLimits, Turns


def make_scope(path: str = "/api/v1/candidacies", client: str = "192.0.2.1", **more: Any) -> Scope:
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [], "client": (client, 1), "scheme": "http", **more,
    }  # fmt: skip


class Answering:
    """An application that answers at once, or once it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.finish = asyncio.Event()
        self.waits = False
        self.seen: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope)
        if self.waits:
            await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.waits:
            await self.finish.wait()
        await send({"type": "http.response.body", "body": b""})


async def ask(app: Any, scope: Scope) -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_client_that_asks_too_often_is_told_when_to_come_back(clock: Clock) -> None:
    app = RateLimit(Answering(), 5, clock)

    async def go() -> None:
        for _ in range(5):
            assert (await ask(app, make_scope()))[0] == 200
        status, headers, body = await ask(app, make_scope())
        assert status == 429
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["status"] == 429
        wait = int(headers["retry-after"])
        assert 0 < wait <= 12
        assert (await ask(app, make_scope(client="192.0.2.2")))[0] == 200
        clock.now += wait
        assert (await ask(app, make_scope()))[0] == 200

    asyncio.run(go())


@pytest.mark.parametrize(
    ("limit", "client", "path"),
    [
        (None, "127.0.0.1", "/api/v1/candidacies"),
        (None, "::1", "/api/v1/candidacies"),
        (0, "192.0.2.1", "/api/v1/candidacies"),
        (1, "192.0.2.1", "/healthz"),
        (1, "192.0.2.1", "/metrics"),
        (1, "192.0.2.1", "/static/style.css"),
    ],
)
def test_some_are_never_slowed(clock: Clock, limit: int | None, client: str, path: str) -> None:
    app = RateLimit(Answering(), limit, clock)

    async def go() -> None:
        for _ in range(400):
            assert (await ask(app, make_scope(path, client)))[0] == 200

    asyncio.run(go())


def test_a_limit_that_is_set_counts_on_loopback_too(clock: Clock) -> None:
    app = RateLimit(Answering(), 1, clock)

    async def go() -> list[int]:
        return [(await ask(app, make_scope(client="127.0.0.1")))[0] for _ in range(2)]

    assert asyncio.run(go()) == [200, 429]


def test_many_clients_do_not_fill_the_memory(clock: Clock) -> None:
    app = RateLimit(Answering(), 1, clock)

    async def go() -> None:
        for number in range(20_200):
            await ask(
                app, make_scope(client=f"198.{number >> 16}.{number >> 8 & 255}.{number & 255}")
            )

    asyncio.run(go())
    assert len(app._due) <= 20_000


def test_one_customer_of_ipv6_is_one_client() -> None:
    assert share_of("2001:db8::1") == share_of("2001:db8::ffff:1")
    assert share_of("2001:db8::1") != share_of("2001:db8:0:1::1")
    assert share_of("192.0.2.1") != share_of("192.0.2.2")
    assert share_of("unix socket") == "unix socket"


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (make_scope(query_string=b"q=" + b"a" * 9000), 414),
        (make_scope(headers=[(b"x", b"a" * 40_000)]), 431),
        (make_scope(headers=[(b"x", b"a" * 100)] * 400), 431),
        (make_scope(headers=[(b"content-length", b"99999999")]), 413),
        (make_scope(headers=[(b"content-length", b"9" * 5000)]), 413),
        (make_scope(headers=[(b"content-length", b"-1")]), 413),
        (make_scope(headers=[(b"content-length", b"10")]), 200),
    ],
)
def test_what_no_honest_client_sends_is_refused(scope: Scope, status: int) -> None:
    app = SizeLimits(Answering())
    assert asyncio.run(ask(app, scope))[0] == status


def test_more_searches_than_wait_are_told_to_come_back() -> None:
    async def go() -> None:
        inner = Answering()
        inner.waits = True
        app = Turns(inner, at_once=1, queue=1, wait=60, exports=1)
        working = asyncio.create_task(ask(app, make_scope()))
        waiting = asyncio.create_task(ask(app, make_scope()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        status, headers, body = await ask(app, make_scope())
        assert (status, headers["retry-after"]) == (503, "2")
        assert json.loads(body)["type"] == "urn:hustings:problem:too-busy"
        assert (await ask(Turns(Answering(), 1, 0, 1, 1), make_scope("/healthz")))[0] == 200
        inner.go.set()
        inner.finish.set()
        assert [(await working)[0], (await waiting)[0]] == [200, 200]

    asyncio.run(go())


def test_nobody_waits_longer_than_the_setting() -> None:
    async def go() -> None:
        inner = Answering()
        inner.waits = True
        app = Turns(inner, at_once=1, queue=5, wait=0.01, exports=1)
        working = asyncio.create_task(ask(app, make_scope()))
        await asyncio.sleep(0)
        assert (await ask(app, make_scope()))[0] == 503
        inner.go.set()
        inner.finish.set()
        await working

    asyncio.run(go())


def test_a_client_that_reads_slowly_keeps_nobody_waiting() -> None:
    async def go() -> None:
        inner = Answering()
        inner.waits = True
        inner.go.set()
        app = Turns(inner, at_once=1, queue=0, wait=1, exports=1)
        slow = asyncio.create_task(ask(app, make_scope()))
        await asyncio.sleep(0)
        inner.waits = False
        assert (await ask(app, make_scope()))[0] == 200
        inner.finish.set()
        await slow

    asyncio.run(go())


def test_a_request_that_breaks_gives_its_turn_back() -> None:
    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    async def go() -> None:
        app = Turns(breaking, at_once=1, queue=0, wait=1, exports=1)
        for path in ("/api/v1/candidacies", "/api/v1/export") * 3:
            with pytest.raises(ZeroDivisionError):
                await ask(app, make_scope(path))

    asyncio.run(go())


def test_an_export_is_at_work_until_it_was_read() -> None:
    async def go() -> None:
        inner = Answering()
        inner.waits = True
        inner.go.set()
        app = Turns(inner, at_once=1, queue=0, wait=1, exports=1)
        first = asyncio.create_task(ask(app, make_scope("/api/v1/export")))
        await asyncio.sleep(0)
        inner.waits = False
        assert (await ask(app, make_scope("/api/v1/export")))[0] == 503
        assert (await ask(app, make_scope()))[0] == 200
        inner.finish.set()
        await first
        assert (await ask(app, make_scope("/api/v1/export")))[0] == 200

    asyncio.run(go())


FORWARDED = [
    (b"x-forwarded-for", b"203.0.113.9, 198.51.100.7, 10.0.0.2"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"hustings.example.org"),
    (b"host", b"10.0.0.1:8000"),
]


def test_a_trusted_proxy_tells_who_asks() -> None:
    inner = Answering()
    app = TrustedProxies(inner, (ip_network("10.0.0.0/8"),))
    asyncio.run(ask(app, make_scope(client="10.0.0.1", headers=list(FORWARDED))))
    seen = inner.seen[0]
    assert client_of(seen) == "198.51.100.7"
    assert seen["scheme"] == "https"
    assert dict(seen["headers"])[b"host"] == b"hustings.example.org"


def test_nobody_else_is_believed() -> None:
    inner = Answering()
    app = TrustedProxies(inner, (ip_network("10.0.0.0/8"),))
    asyncio.run(ask(app, make_scope(client="192.0.2.1", headers=list(FORWARDED))))
    assert client_of(inner.seen[0]) == "192.0.2.1"
    assert inner.seen[0]["scheme"] == "http"


@pytest.mark.parametrize("path", ["/hustings/healthz", "/healthz"])
def test_a_root_path_may_have_been_cut_off_or_not(path: str) -> None:
    inner = Answering()
    asyncio.run(ask(RootPath(inner, "/hustings"), make_scope(path)))
    assert inner.seen[0]["path"] == "/hustings/healthz"
    assert path_of(inner.seen[0]) == "/healthz"
