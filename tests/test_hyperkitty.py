"""HyperKitty archives are pulled by their exports, and empty decades passed over."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.errors import ArchiveUnreachable, MonthBroken, NotAnArchive
from ingest.export_boundaries import number_boundaries
from ingest.hyperkitty import HyperKittySource
from ingest.month_files import Validators
from ingest.own_links import find_list
from ingest.records import ArchiveKind, Part, message_id_hash
from ingest.sources import open_source
from ingest.web import WebClient
from tests.builders import make_message
from tests.loopback import Handler, Loopback, chunked, cut_chunks, redirect, reply, until_closed

LIST = "/archives/list/dev@lists.example.org/"
HEAD = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="


def mail(name: str, boundary: int = 7) -> bytes:
    line = b"===============%019d==" % boundary
    return (
        f"From ana@example.org Mon Sep 14 12:00:00 2015\nFrom: Ana <ana@example.org>\n"
        f"Subject: {name}\nMessage-ID: <{name}@example.org>\n".encode()
        + HEAD
        + b'"%b"\n\n--%b\nContent-Type: text/plain\n\nHi.\n\n--%b--\n\n' % (line, line, line)
    )


def overview(*months: str, base: str = LIST) -> bytes:
    links = "".join(f'<a class="x" href="{base}{month}/">{month}</a>' for month in months)
    return f'<html><link href="/static/hyperkitty/x.css"><body>{links}</body></html>'.encode()


class Exports:
    """Answers exports from mails by their days, as HyperKitty does."""

    def __init__(self, server: Loopback, mails: dict[str, bytes]) -> None:
        self.mails = mails
        self.ranges: list[tuple[str, str]] = []
        server.serve_below(f"{LIST}export/", self.behave)

    def behave(self, handler: Handler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        start, end = asked["start"][0], asked["end"][0]
        self.ranges.append((start, end))
        found = [text for day, text in sorted(self.mails.items()) if start <= day < end]
        packed = gzip.compress(b"".join(found))
        chunked(packed[:30], packed[30:], content_type="application/gzip")(handler)


@pytest.fixture
def source(web: WebClient, server: Loopback) -> HyperKittySource:
    found = open_source(server.url + LIST, web)
    assert isinstance(found, HyperKittySource)
    return found


ADDRESSES = {
    "https://h/archives/list/dev@l.example.org/": "https://h/archives/list/dev@l.example.org/",
    "https://h/archives/list/dev@l.example.org": "https://h/archives/list/dev@l.example.org/",
    "https://h/hyperkitty/list/dev%40l.example.org/2015/9/?page=2": (
        "https://h/hyperkitty/list/dev@l.example.org/"
    ),
    "http://h:81/list/dev@l.example.org/thread/ABC/#x": "http://h:81/list/dev@l.example.org/",
    "https://h/a/b/c/list/dev@l.example.org/latest": "https://h/a/b/c/list/dev@l.example.org/",
    "https://h/pipermail/dev/": "",
    "https://h/list/dev/": "",
    "https://h/archives/": "",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_list_is_told_by_the_shape_of_any_address_in_it(address: str) -> None:
    assert find_list(address) == ADDRESSES[address]


def test_the_name_is_the_posting_address(source: HyperKittySource) -> None:
    assert (source.name, source.kind) == ("dev@lists.example.org", ArchiveKind.HYPERKITTY)


def test_all_months_between_the_first_and_the_newest_are_named(
    source: HyperKittySource, server: Loopback
) -> None:
    server.serve(LIST, reply(overview("2015/11", "2015/9", "2015/13", "2016/1")))
    months = source.list_months()
    assert [month.name for month in months] == [
        "2015-09",
        "2015-10",
        "2015-11",
        "2015-12",
        "2016-01",
    ]
    assert months[3].url.endswith("-2015-12.mbox.gz?start=2015-12-01&end=2016-01-01")


def test_the_newest_month_takes_mails_from_the_future(
    source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("2015/9", "2015/10")))
    Exports(server, {"2015-09-14": mail("one"), "2015-10-01": mail("two"), "2038-01-01": mail("f")})
    months = source.list_months()
    assert source.fetch_month(months[-1], None, tmp_path / "x") is not None
    data = gzip.decompress((tmp_path / "x").read_bytes())
    assert b"<two@" in data
    assert b"<f@" in data
    assert b"<one@" not in data


def test_a_site_mounted_twice_is_read_under_both_prefixes(web: WebClient, server: Loopback) -> None:
    other = LIST.replace("archives", "hyperkitty")
    server.serve(other, reply(overview("2015/9", base=LIST)))
    assert len(open_source(server.url + other, web).list_months()) == 1


def test_decades_without_mails_are_asked_about_at_once(
    source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("1970/1", "2026/11")))
    mails = {"1970-01-01": mail("old"), "2015-09-14": mail("one"), "2015-11-02": mail("two")}
    exports = Exports(server, mails)
    months = source.list_months()
    written = {}
    for month in months:
        found = source.fetch_month(month, None, tmp_path / month.name)
        assert found is not None
        written[month.name] = found.size
    assert len(months) == 683
    assert {name for name, size in written.items() if size} == {"1970-01", "2015-09", "2015-11"}
    assert len(exports.ranges) < 60


def test_a_lone_empty_month_asked_for_again_costs_one_request(
    source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("1970/1", "2026/11")))
    exports = Exports(server, {"2015-09-14": mail("one")})
    month = source.list_months()[40]
    known = Validators("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)
    assert source.fetch_month(month, known, tmp_path / "x") is None
    assert len(exports.ranges) == 1


def test_exports_of_an_unchanged_month_are_equal_though_boundaries_differ(
    source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("2015/9")))
    exports = Exports(server, {"2015-09-14": mail("one", 123), "2015-09-15": mail("two", 456)})
    month = source.list_months()[0]
    known = source.fetch_month(month, None, tmp_path / "x")
    exports.mails = {"2015-09-14": mail("one", 98), "2015-09-15": mail("two", 76)}
    assert source.fetch_month(month, known, tmp_path / "y") is None
    exports.mails["2015-09-15"] = mail("changed", 76)
    assert source.fetch_month(month, known, tmp_path / "z") is not None


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_only_a_mails_own_boundary_is_numbered(size: int) -> None:
    quoted = b"--===============%019d==\n" % 5
    data = mail("one", 123) + mail("two", 456).replace(b"Hi.\n", b"Hi.\n" + quoted) + mail("x", 9)
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    expected = mail("one", 1) + mail("two", 2).replace(b"Hi.\n", b"Hi.\n" + quoted) + mail("x", 3)
    assert b"".join(number_boundaries(chunks)) == expected


@pytest.mark.parametrize("broken", [cut_chunks, until_closed])
def test_an_export_that_breaks_off_is_asked_for_again(
    broken: object, source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("2015/9")))
    month = source.list_months()[0]
    packed = gzip.compress(mail("one"))
    path = month.url.removeprefix(server.url)
    server.serve(path, broken(packed[:-12]), chunked(packed))  # type: ignore[operator]
    assert source.fetch_month(month, None, tmp_path / "x") is not None
    assert server.paths.count(path) == 2


def test_a_page_instead_of_an_export_is_no_month(
    source: HyperKittySource, server: Loopback, tmp_path: Path
) -> None:
    server.serve(LIST, reply(overview("2015/9")))
    month = source.list_months()[0]
    server.serve(month.url.removeprefix(server.url), reply(b"<html>maintenance</html>"))
    with pytest.raises(MonthBroken, match=r"2015-09: .* answers with a web page instead of mails"):
        source.fetch_month(month, None, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_list_without_mails_is_an_archive(source: HyperKittySource, server: Loopback) -> None:
    server.serve(LIST, reply(overview()))
    assert source.list_months() == []


def test_a_login_page_is_no_archive(source: HyperKittySource, server: Loopback) -> None:
    server.serve(LIST, redirect("/accounts/login/?next=x"))
    server.serve("/accounts/login/?next=x", reply(b"<html>hyperkitty: sign in</html>"))
    with pytest.raises(NotAnArchive, match="perhaps it wants a login"):
        source.list_months()


def test_a_list_that_is_not_there_is_named(source: HyperKittySource) -> None:
    with pytest.raises(NotAnArchive, match=r"dev@lists\.example\.org/ is not there"):
        source.list_months()


def test_a_site_that_fails_is_unreachable(source: HyperKittySource, server: Loopback) -> None:
    server.serve(LIST, reply(b"", 502))
    with pytest.raises(ArchiveUnreachable, match="answers 502"):
        source.list_months()


def test_pages_are_told_by_message_id_without_a_request(
    source: HyperKittySource, server: Loopback
) -> None:
    server.serve(LIST, reply(overview("2015/9")))
    month = source.list_months()[0]
    server.forget()
    pages = source.find_pages(month, [make_message(message_id="one@example.org")])
    hash_ = message_id_hash("one@example.org")
    assert pages == {"one@example.org": f"{server.url}{LIST}message/{hash_}/"}
    assert server.requests == []


def test_attachments_come_in_the_charset_of_the_wrong_header(
    source: HyperKittySource, server: Loopback
) -> None:
    path = f"{LIST}message/ABC/attachment/0/my%20page.html"
    body = "<p>Olá,</p><p>здравствуй</p>".encode("koi8-r", "xmlcharrefreplace")
    server.serve(path, reply(body, content_type="text/html", content_encoding="koi8-r"))
    part = Part(url=f"http://lists.example.org{path}", kind="text/html")
    assert source.fetch_part(part) == "Olá,\n\nздравствуй\n"


@pytest.mark.parametrize(
    "url",
    [
        "http://lists.example.org/archives/list/other@lists.example.org/message/A/attachment/0/x",
        "http://lists.example.org/archives/list/dev@lists.example.org/message/A/attachment/../../x",
        "file:///archives/list/dev@lists.example.org/export/x",
        "http://[",
        "",
    ],
)
def test_no_part_is_fetched_from_elsewhere(
    url: str, source: HyperKittySource, server: Loopback
) -> None:
    with pytest.raises(MonthBroken, match="is no part of"):
        source.fetch_part(Part(url=url, kind="text/html"))
    assert server.requests == []
