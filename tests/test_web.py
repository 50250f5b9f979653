"""The web client is patient with servers and their faults, and fooled by none of them."""

from __future__ import annotations

import gzip
import time

import pytest

from ingest.errors import BodyBroken, PageMissing, RedirectRefused, WebError
from ingest.web import WebClient, WebSettings
from tests.loopback import (
    Clock,
    Loopback,
    chunked,
    cut,
    cut_chunks,
    drip,
    redirect,
    refused_address,
    reply,
    silence,
    until_closed,
)

BODY = b"From ana at example.org  Mon Sep 14 12:00:00 2015\n" * 400


def get(web: WebClient, server: Loopback, path: str = "/x") -> bytes:
    return web.get_page(server.url + path).body


def test_a_404_is_asked_once(web: WebClient, server: Loopback) -> None:
    with pytest.raises(PageMissing, match="/x is not there \\(404\\)"):
        get(web, server)
    assert len(server.requests) == 1


def test_a_403_is_not_asked_again(web: WebClient, server: Loopback) -> None:
    server.serve("/x", reply(b"", 403))
    with pytest.raises(WebError, match="answers 403 Forbidden"):
        get(web, server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "broken",
    [cut(BODY[:5000], announced=len(BODY)), cut(b"", announced=len(BODY)), cut_chunks(BODY[:5000])],
    ids=["connection cut in mid-body", "connection cut before the body", "chunks without an end"],
)
def test_a_body_that_breaks_off_is_asked_for_again(
    broken: object, web: WebClient, server: Loopback
) -> None:
    server.serve("/x", broken, reply(BODY))  # type: ignore[arg-type]
    assert get(web, server) == BODY
    assert len(server.requests) == 2


def test_a_body_shorter_than_announced_is_an_error(web: WebClient, server: Loopback) -> None:
    server.serve("/x", cut(BODY, announced=len(BODY) + 1))
    with pytest.raises(BodyBroken, match="/x broke off before its end: sync again later"):
        get(web, server)


def test_a_gzip_that_breaks_off_is_asked_for_again(web: WebClient, server: Loopback) -> None:
    whole = gzip.compress(BODY)
    server.serve("/x", chunked(whole[:-9]), until_closed(whole[:-1]), chunked(whole))
    assert get(web, server) == BODY
    assert len(server.requests) == 3


def test_a_connection_cut_behind_the_headers_is_no_empty_page(
    web: WebClient, server: Loopback
) -> None:
    server.serve("/x", until_closed(b""))
    with pytest.raises(BodyBroken):
        get(web, server)
    server.serve("/x", reply(b""))
    assert get(web, server) == b""


def test_a_body_that_ends_with_its_connection_is_whole(web: WebClient, server: Loopback) -> None:
    server.serve("/x", until_closed(BODY))
    assert get(web, server) == BODY


@pytest.mark.parametrize("headers_only", [False, True], ids=["slow drip", "slow drip of headers"])
def test_a_slow_drip_is_cut_off(headers_only: bool, server: Loopback) -> None:
    server.serve("/x", drip(headers_only))
    client = WebClient(WebSettings(read_timeout=0.3, deadline=0.3, tries=1))
    began = time.monotonic()
    with pytest.raises(WebError):
        client.get_page(server.url + "/x")
    assert time.monotonic() - began < 5
    client.close()


def test_a_host_that_does_not_answer_is_named(server: Loopback) -> None:
    server.serve("/x", silence())
    client = WebClient(WebSettings(read_timeout=0.2, tries=1))
    with pytest.raises(WebError, match=r"127.0.0.1:\d+ does not answer in time: check the address"):
        client.get_page(server.url + "/x")
    client.close()


def test_a_host_that_refuses_is_named(web: WebClient, clock: Clock) -> None:
    with pytest.raises(WebError, match="refuses the connection: check the address"):
        web.get_page(refused_address() + "/x")
    assert len(clock.slept) == 4


@pytest.mark.parametrize("address", ["http://", "http:///x", "http://[::1", "http://a:99999/x"])
def test_what_is_no_address_is_said_to_be_none(address: str, web: WebClient) -> None:
    with pytest.raises(WebError, match="no web address"):
        web.get_page(address)


def test_redirects_within_the_host_are_followed(web: WebClient, server: Loopback) -> None:
    server.serve("/x", redirect("/y", 301))
    server.serve("/y", redirect(server.url + "/z#top", 308))
    server.serve("/z", reply(b"here"))
    page = web.get_page(server.url + "/x")
    assert (page.address, page.body) == (server.url + "/z", b"here")


def test_a_redirect_loop_is_an_error(web: WebClient, server: Loopback) -> None:
    server.serve("/x", redirect("/y"))
    server.serve("/y", redirect("/x"))
    with pytest.raises(RedirectRefused, match="redirects in a circle"):
        get(web, server)
    assert len(server.requests) == 8


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/y",
        "//other.example.org/y",
        "file:///etc/passwd",
        "http://[bad",
        "http://127.0.0.1:1/y",
        "https://127.0.0.1:{port}/y",
        "http://user@evil.example.org/y",
    ],
)
def test_a_redirect_to_another_host_is_refused(
    location: str, web: WebClient, server: Loopback
) -> None:
    port = server.url.rsplit(":", 1)[1]
    server.serve("/x", redirect(location.format(port=port)))
    server.serve("/y", reply(b"elsewhere"))
    with pytest.raises(RedirectRefused, match="on another host"):
        get(web, server)
    assert server.paths == ["/x"]


def test_a_redirect_to_an_allowed_host_is_followed(server: Loopback) -> None:
    server.serve("/x", redirect(server.url.replace("127.0.0.1", "localhost") + "/y"))
    server.serve("/y", reply(b"there"))
    client = WebClient(WebSettings(other_hosts=frozenset({"localhost"})))
    assert client.get_page(server.url + "/x").body == b"there"
    client.close()


def test_a_gzip_bomb_is_defused(server: Loopback) -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    server.serve("/x", reply(bomb))
    client = WebClient(WebSettings(page_limit=1_000_000))
    with pytest.raises(BodyBroken, match="unpacks to more than 1000000 bytes"):
        client.get_page(server.url + "/x")
    client.close()
    assert len(server.requests) == 1


def test_a_body_beyond_the_limit_is_not_received(server: Loopback) -> None:
    server.serve("/x", reply(bytes(3_000_000)))
    client = WebClient(WebSettings(received_limit=1_000_000))
    with pytest.raises(BodyBroken, match="is larger than 1000000 bytes"):
        client.get_page(server.url + "/x")
    assert client.counts.received < 2_000_000
    client.close()


def test_a_broken_gzip_is_an_error(web: WebClient, server: Loopback) -> None:
    broken = bytearray(gzip.compress(BODY))
    broken[60:70] = b"0123456789"
    server.serve("/x", reply(bytes(broken)))
    with pytest.raises(BodyBroken, match="is a broken gzip: tell the archive's keeper"):
        get(web, server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "utf-8", "identity", "GZIP", ""])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_bytes_tell_how_often_a_file_is_packed(
    encoding: str, times: int, web: WebClient, server: Loopback
) -> None:
    data = BODY
    for _ in range(times):
        data = gzip.compress(data)
    server.serve("/x", reply(data, content_encoding=encoding) if encoding else reply(data))
    assert get(web, server) == BODY


def test_gzip_members_and_padding_are_read_to_the_end(web: WebClient, server: Loopback) -> None:
    data = gzip.compress(b"one") + gzip.compress(b"two") + bytes(512)
    server.serve("/x", chunked(data[:5], data[5:30], data[30:]))
    assert get(web, server) == b"onetwo"
