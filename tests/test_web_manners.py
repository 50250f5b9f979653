"""The web client is polite: it waits when asked to, and never asks too much at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.errors import WebError
from ingest.web import WebClient, WebSettings
from tests.loopback import (
    Clock,
    Loopback,
    redirect,
    reply,
)

BODY = b"From ana at example.org  Mon Sep 14 12:00:00 2015\n" * 400


def get(web: WebClient, server: Loopback, path: str = "/x") -> bytes:
    return web.get_page(server.url + path).body


def test_the_program_names_itself(web: WebClient, server: Loopback) -> None:
    server.serve("/x", reply(b"hello"))
    assert get(web, server) == b"hello"
    assert server.requests[0].headers["user-agent"].startswith("hustings/")


def test_the_contact_is_told_to_the_server(server: Loopback) -> None:
    server.serve("/x", reply(b"hello"))
    client = WebClient(WebSettings(contact="https://example.org/bot"))
    client.get_page(server.url + "/x")
    client.close()
    assert server.requests[0].headers["user-agent"].endswith(" (+https://example.org/bot)")


def test_a_429_with_retry_after_is_obeyed(web: WebClient, server: Loopback, clock: Clock) -> None:
    server.serve("/x", reply(b"", 429, retry_after="17"), reply(b"here"))
    assert get(web, server) == b"here"
    assert clock.slept == [17.0]


def test_a_retry_after_may_be_a_date(web: WebClient, server: Loopback, clock: Clock) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    server.serve("/x", reply(b"", 503, retry_after=moment), reply(b"here"))
    assert get(web, server) == b"here"
    assert 50 < clock.slept[0] <= 60


def test_a_server_that_asks_for_an_hour_is_left_alone_for_an_hour(
    web: WebClient, server: Loopback, clock: Clock
) -> None:
    server.serve("/x", reply(b"", 429, retry_after="3600"), reply(b"here"))
    with pytest.raises(WebError, match="answers 429"):
        get(web, server)
    with pytest.raises(WebError, match="asked us to wait 3600 s more"):
        get(web, server, "/y")
    assert server.paths == ["/x"]
    assert clock.slept == []
    clock.now += 3601
    assert get(web, server) == b"here"


@pytest.mark.parametrize("value", ["", "soon", "-5", "9" * 400, "Mon, 99 Foo 2015", "\x01"])
def test_a_retry_after_that_cannot_be_read_is_ignored(
    value: str, web: WebClient, server: Loopback, clock: Clock
) -> None:
    server.serve("/x", reply(b"", 503, retry_after=value), reply(b"here"))
    assert get(web, server) == b"here"
    assert 0 < clock.slept[0] <= 1


def test_a_503_then_200_is_a_success(web: WebClient, server: Loopback, clock: Clock) -> None:
    server.serve("/x", reply(b"", 503), reply(b"", 502), reply(b"here"))
    assert get(web, server) == b"here"
    assert len(server.requests) == 3
    assert 0.5 <= clock.slept[0] <= 1 <= clock.slept[1] <= 2


def test_a_server_that_never_recovers_is_asked_five_times(
    web: WebClient, server: Loopback, clock: Clock
) -> None:
    server.serve("/x", reply(b"", 503))
    with pytest.raises(WebError, match="answers 503 Service Unavailable: sync again later"):
        get(web, server)
    assert len(server.requests) == 5
    assert clock.slept == sorted(clock.slept)


def test_after_three_addresses_in_vain_each_is_asked_once(web: WebClient, server: Loopback) -> None:
    server.serve("/x", reply(b"", 500))
    for _ in range(4):
        with pytest.raises(WebError):
            get(web, server)
    assert len(server.requests) == 5 + 5 + 5 + 1
    server.serve("/x", reply(b"here"))
    get(web, server)
    server.serve("/x", reply(b"", 500), reply(b"here"))
    assert get(web, server) == b"here"


def test_the_pause_is_kept_between_requests(server: Loopback, clock: Clock) -> None:
    server.serve("/x", reply(b"here"))
    client = WebClient(WebSettings(pause=3), clock=clock.time, sleep=clock.sleep)
    for _ in range(3):
        client.get_page(server.url + "/x")
    assert clock.slept == [3, 3]
    client.close()


def test_no_more_than_two_connections_are_open(server: Loopback) -> None:
    open_now, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2, timeout=10)

    def behave(handler: object) -> None:
        nonlocal open_now, most
        with lock:
            open_now += 1
            most = max(most, open_now)
        both.wait()
        with lock:
            open_now -= 1
        reply(b"here")(handler)  # type: ignore[arg-type]

    server.serve("/x", behave)
    client = WebClient(WebSettings())
    threads = [
        threading.Thread(target=client.get_page, args=(server.url + "/x",)) for _ in "123456"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert (most, len(server.requests)) == (2, 6)


def test_what_was_asked_is_counted(web: WebClient, server: Loopback) -> None:
    server.serve("/x", reply(b"", 503), redirect("/y"))
    server.serve("/y", reply(b"12345"))
    get(web, server)
    counts = web.counts
    assert (counts.asked, counts.bodies, counts.received) == (3, 1, 5)


def test_connections_are_used_again(web: WebClient, server: Loopback) -> None:
    ports = set()

    def behave(handler: object) -> None:
        ports.add(handler.client_address[1])  # type: ignore[attr-defined]
        reply(BODY)(handler)  # type: ignore[arg-type]

    server.serve("/x", behave)
    for _ in range(4):
        get(web, server)
    assert len(ports) == 1
