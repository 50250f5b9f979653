"""Pieces of mails that an archive keeps elsewhere become text, and come from nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import MonthBroken, MonthMissing
from ingest.part_text import read_part
from ingest.records import Part
from ingest.sources import Source, open_source
from ingest.web import WebClient
from tests.loopback import Loopback, missing, reply

DATA = Path(__file__).parent / "data" / "pipermail"
LIST = "/pipermail/dev/"


@pytest.fixture
def source(web: WebClient, server: Loopback) -> Source:
    return open_source(server.url + LIST, web)


def test_a_scrubbed_html_part_reads_as_text(source: Source, server: Loopback) -> None:
    path = f"{LIST}attachments/20151005/abc/attachment.html"
    server.serve(path, reply((DATA / "html_part.html").read_bytes(), content_type="text/html"))
    part = Part(url=f"http://alias.example.net{path}", kind="text/html")
    assert source.fetch_part(part) == (
        "Hi all,\n\nI run for Nova PTL, <again>.\nReviews first.\n\n* cafés\n"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://alias.example.net/pipermail/other/attachments/1/x.html",
        "http://alias.example.net/pipermail/dev/attachments/../../../etc/x.html",
        "http://alias.example.net/pipermail/dev/attachments/%252e%252e/x.html",
        "http://alias.example.net/pipermail/dev/2015-October.txt.gz",
        "file:///pipermail/dev/attachments/x.html",
        "http://[broken/pipermail/dev/attachments/x.html",
    ],
)
def test_no_part_is_fetched_from_elsewhere(url: str, source: Source, server: Loopback) -> None:
    with pytest.raises(MonthBroken, match="is no part of"):
        source.fetch_part(Part(url=url, kind="text/html"))
    assert server.requests == []


def test_a_part_that_is_gone_is_missing(source: Source, server: Loopback) -> None:
    url = f"{server.url}{LIST}attachments/1/x.html"
    server.serve(f"{LIST}attachments/1/x.html", missing())
    with pytest.raises(MonthMissing, match="is not there"):
        source.fetch_part(Part(url=url, kind="text/html"))


def html(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


ESCAPED = b"<tt>\n&lt;p&gt;a&nbsp;b&lt;/p&gt;<br>\n</tt>"
RUSSIAN = "<tt>&lt;meta&nbsp;charset=&quot;koi8-r&quot;&gt;&lt;p&gt;да&lt;/p&gt;</tt>"
# What comes: kind, name, bytes, Content-Type, and the text it is.
PARTS = {
    "escaped HTML": ("text/html", "x.html", ESCAPED, "", "a b\n"),
    "letters the scrubber could not write": (
        "text/html",
        "x.html",
        b"<tt>We\\u2019d \\U0001f600 C:\\users \\ud800 \\u0041</tt>",
        "",
        "We\u2019d \U0001f600 C:\\users \\ud800 \\u0041\n",
    ),
    "HTML as it was": ("text/html", "x.html", html("<p>a</p>"), "", "a\n"),
    "HTML by its name": ("", "x.HTM", html("<p>a</p>"), "", "a\n"),
    "a declared charset": ("text/html", "x.html", RUSSIAN.encode("koi8-r"), "text/html", "да\n"),
    "text": ("text/plain", "x.txt", b"a <b>\r\n", "text/plain", "a <b>\n"),
    "text in the server's charset": (
        "text/plain",
        "x.txt",
        "да, это так".encode("koi8-r"),
        'text/plain; charset="KOI8-R"',
        "да, это так",
    ),
    "UTF-8 whatever the server says": (
        "text/plain",
        "x.txt",
        "Olá".encode(),
        "text/plain; charset=iso-8859-1",
        "Olá",
    ),
    "a mail": (
        "message/rfc822",
        "x.eml",
        b"From: A &lt;a at b.c&gt;\n",
        "",
        "From: A <a at b.c>\n",
    ),
    "nothing": ("text/html", "x.html", b"", "", ""),
}


@pytest.mark.parametrize("title", PARTS)
def test_a_part_becomes_text(title: str) -> None:
    kind, name, data, content_type, text = PARTS[title]
    part = Part(url=f"http://lists.example.org{LIST}attachments/1/{name}", kind=kind)
    assert read_part(data, part, content_type) == text
