"""A Pipermail archive is pulled whole, and each of its months' faults is told apart."""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.errors import ArchiveUnreachable, MonthBroken, MonthMissing, NotAnArchive
from ingest.raw_store import unpack
from ingest.records import ArchiveKind, ArchiveMonth
from ingest.sources import Source, Validators, open_source
from ingest.web import WebClient, WebSettings
from tests.builders import make_message
from tests.loopback import (
    Loopback,
    cut,
    packed,
    redirect,
    refused_address,
    reply,
    validated,
)

DATA = Path(__file__).parent / "data" / "pipermail"
LIST = "/pipermail/dev/"
GZ = f"{LIST}2015-October.txt.gz"
TXT = f"{LIST}2015-October.txt"
MAIL = (
    b"From ana at example.org  Mon Oct  5 12:00:00 2015\nFrom: ana at example.org (Ana)\n"
    b"Date: Mon, 05 Oct 2015 12:00:00 +0000\nSubject: [dev] hi\nMessage-ID: <a@example.org>\n"
    b"\nHi.\n\n"
)


@pytest.fixture
def source(web: WebClient, server: Loopback) -> Source:
    server.serve(LIST, reply((DATA / "months.html").read_bytes()))
    return open_source(server.url + LIST, web)


@pytest.fixture
def october(source: Source) -> ArchiveMonth:
    return next(month for month in source.list_months() if month.name == "2015-October")


@pytest.mark.parametrize(
    "path", [LIST, "/pipermail/dev", f"{LIST}index.html", f"{LIST}2015-May.txt.gz", f"{LIST}?x=1#y"]
)
def test_any_address_in_the_archives_folder_opens_it(
    path: str, web: WebClient, server: Loopback
) -> None:
    source = open_source(server.url + path, web)
    assert (source.address, source.name) == (server.url + LIST, "dev")
    assert source.kind == ArchiveKind.PIPERMAIL
    assert open_source(server.url + path, web, name="mine").name == "mine"


def test_months_have_their_addresses(source: Source, server: Loopback) -> None:
    base = server.url + LIST
    months = source.list_months()
    assert [month.url for month in months] == [
        f"{base}1945-February.txt.gz",
        f"{base}2015-October.txt.gz",
        f"{base}2015-November.txt",
    ]
    assert months[1].pages_url == f"{base}2015-October/"
    assert {month.archive for month in months} == {"dev"}


def test_links_to_another_host_are_brought_home(web: WebClient, server: Loopback) -> None:
    server.serve(LIST, reply((DATA / "aliases.html").read_bytes()))
    months = open_source(server.url + LIST, web).list_months()
    assert months[-1].url == f"{server.url}{LIST}2015-December.txt.gz"
    assert months[-1].pages_url == f"{server.url}{LIST}2015-December/"


def test_a_404_index_is_named(web: WebClient, server: Loopback) -> None:
    with pytest.raises(NotAnArchive, match=r"/pipermail/dev/ is not there \(404\): check"):
        open_source(server.url + LIST, web).list_months()


def test_a_page_that_is_no_archive_is_named(web: WebClient, server: Loopback) -> None:
    server.serve(LIST, reply((DATA / "listinfo.html").read_bytes()))
    with pytest.raises(NotAnArchive, match="is no Pipermail index: give the page that lists"):
        open_source(server.url + LIST, web).list_months()


def test_an_archive_that_moved_to_mailman_3_says_where(web: WebClient, server: Loopback) -> None:
    there = "/archives/list/dev@lists.example.org/"
    server.serve(LIST, redirect(there))
    server.serve(there, reply(b"<html>HyperKitty</html>"))
    with pytest.raises(NotAnArchive, match=f"has moved to {server.url}{there}: give that"):
        open_source(server.url + LIST, web).list_months()


def test_an_archive_without_months_is_an_archive(web: WebClient, server: Loopback) -> None:
    server.serve(LIST, reply((DATA / "empty.html").read_bytes()))
    assert open_source(server.url + LIST, web).list_months() == []


def test_a_host_that_refuses_is_unreachable(web: WebClient) -> None:
    with pytest.raises(ArchiveUnreachable, match="refuses the connection"):
        open_source(refused_address() + LIST, web).list_months()


@pytest.mark.parametrize("packing", [reply, packed], ids=["as text", "as gzip"])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "identity"])
def test_a_month_is_stored_packed_however_it_came(
    packing: object,
    encoding: str,
    source: Source,
    october: ArchiveMonth,
    server: Loopback,
    tmp_path: Path,
) -> None:
    server.serve(GZ, packing(MAIL, content_encoding=encoding))  # type: ignore[operator]
    written = source.fetch_month(october, None, tmp_path / "x")
    assert written is not None
    assert gzip.decompress((tmp_path / "x").read_bytes()) == MAIL
    assert written.size == len(MAIL)


def test_a_month_that_is_not_too_large_is_handed_on_unpacked(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, reply(gzip.compress(MAIL)))
    written = source.fetch_month(october, None, tmp_path / "x")
    assert written is not None
    assert written.unpacked == MAIL
    server.serve(GZ, reply(gzip.compress(MAIL + b"x" * 9 * 2**20)))
    written = source.fetch_month(october, None, tmp_path / "y")
    assert written is not None
    assert written.unpacked is None


def test_a_packed_month_is_kept_as_it_came(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    came = gzip.compress(MAIL * 500, mtime=1) + gzip.compress(MAIL * 499, 9, mtime=2) + bytes(700)
    server.serve(GZ, reply(came, content_type="application/x-gzip"))
    written = source.fetch_month(october, None, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == came
    assert written == Validators(sha256(MAIL * 999).hexdigest(), len(MAIL) * 999)
    assert unpack(tmp_path / "x", "x") == MAIL * 999


@pytest.mark.parametrize(
    "sent", [MAIL * 999, gzip.compress(gzip.compress(MAIL * 999))], ids=["plain", "packed twice"]
)
def test_a_month_that_is_not_packed_once_is_kept_packed_once(
    sent: bytes, source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, reply(sent))
    written = source.fetch_month(october, None, tmp_path / "x")
    assert written == Validators(sha256(MAIL * 999).hexdigest(), len(MAIL) * 999)
    assert gzip.decompress((tmp_path / "x").read_bytes()) == MAIL * 999
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(
    "validators", [{"etag": '"abc"'}, {"last_modified": "Mon, 05 Oct 2015 12:00:00 GMT"}]
)
def test_an_unchanged_month_sends_no_body(
    validators: dict[str, str],
    source: Source,
    october: ArchiveMonth,
    server: Loopback,
    web: WebClient,
    tmp_path: Path,
) -> None:
    server.serve(GZ, validated(gzip.compress(MAIL), **validators))
    known = source.fetch_month(october, None, tmp_path / "x")
    bodies = web.counts.bodies
    assert source.fetch_month(october, known, tmp_path / "y") is None
    assert web.counts.bodies == bodies
    assert not (tmp_path / "y").exists()


def test_a_month_without_validators_is_known_by_its_content(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, packed(MAIL), reply(MAIL), packed(MAIL + MAIL))
    known = source.fetch_month(october, None, tmp_path / "x")
    assert source.fetch_month(october, known, tmp_path / "y") is None
    assert source.fetch_month(october, known, tmp_path / "z") is not None


def test_a_month_that_is_not_packed_yet_is_taken_as_text(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(TXT, reply(MAIL))
    assert source.fetch_month(october, None, tmp_path / "x") is not None


def test_a_month_that_was_packed_meanwhile_is_taken_packed(
    source: Source, server: Loopback, tmp_path: Path
) -> None:
    november = source.list_months()[-1]
    server.serve(f"{LIST}2015-November.txt.gz", packed(MAIL))
    assert source.fetch_month(november, None, tmp_path / "x") is not None


def test_a_month_that_vanished_is_missing(
    source: Source, october: ArchiveMonth, tmp_path: Path
) -> None:
    with pytest.raises(MonthMissing, match=r"2015-October: the index names it, but .*\.txt\.gz is"):
        source.fetch_month(october, None, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


# What the server sends: how the error goes on.
BROKEN = {
    "an HTML error page with status 200": (
        reply(b"\n<!DOCTYPE html><html>We are sorry"),
        "answers with a web page instead of mails",
    ),
    "something else": (reply(b"%PDF-1.4 Fro"), "answers with something instead of mails"),
    "half a separator": (reply(b"Fro"), "answers with something instead of mails"),
    "a broken gzip": (reply(gzip.compress(MAIL)[:-20] + b"x" * 20), "is a broken gzip"),
    "a gzip cut short": (reply(gzip.compress(MAIL)[:-20]), "broke off before its end"),
    "a body shorter than announced": (cut(MAIL, len(MAIL) + 1), "broke off before its end"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_month_is_named_and_leaves_nothing(
    fault: str, source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    behave, message = BROKEN[fault]
    server.serve(GZ, behave)
    with pytest.raises(MonthBroken, match=f"^2015-October: .*{message}") as caught:
        source.fetch_month(october, None, tmp_path / "x")
    assert caught.value.month == "2015-October"
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_month_that_is_a_gzip_bomb_is_broken(server: Loopback, tmp_path: Path) -> None:
    server.serve(LIST, reply((DATA / "months.html").read_bytes()))
    server.serve(GZ, reply(gzip.compress(MAIL + bytes(5_000_000))))
    client = WebClient(WebSettings(unpacked_limit=1_000_000))
    source = open_source(server.url + LIST, client)
    with pytest.raises(MonthBroken, match="unpacks to more than 1000000 bytes"):
        source.fetch_month(source.list_months()[1], None, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
    client.close()


def test_a_month_on_another_host_is_broken(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, redirect("http://elsewhere.example.org/x"))
    with pytest.raises(MonthBroken, match="on another host"):
        source.fetch_month(october, None, tmp_path / "x")


def test_a_server_that_stops_answering_is_unreachable(
    source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, reply(b"", 503))
    with pytest.raises(ArchiveUnreachable, match=r"2015-October: .* answers 503"):
        source.fetch_month(october, None, tmp_path / "x")


@pytest.mark.parametrize(
    "body",
    [b"", b"\n\n", gzip.compress(b"", mtime=0)],
    ids=["nothing", "blank lines", "empty gzip"],
)
def test_an_empty_month_is_a_month(
    body: bytes, source: Source, october: ArchiveMonth, server: Loopback, tmp_path: Path
) -> None:
    server.serve(GZ, reply(body))
    assert source.fetch_month(october, None, tmp_path / "x") is not None


def test_a_months_pages_are_found_with_few_requests(
    source: Source, october: ArchiveMonth, server: Loopback
) -> None:
    listing = b'<LI><A HREF="000007.html">[nova] PTL candidacy\n</A><I>Ana Example\n</I>'
    server.serve(f"{LIST}2015-October/date.html", reply(listing))
    server.forget()
    message = make_message()
    pages = source.find_pages(october, [message])
    assert pages == {message.message_id: f"{server.url}{LIST}2015-October/000007.html"}
    assert server.paths == [f"{LIST}2015-October/date.html", f"{LIST}2015-October/000006.html"]


def test_a_month_without_pages_costs_one_request(
    source: Source, october: ArchiveMonth, server: Loopback
) -> None:
    server.forget()
    with pytest.raises(MonthMissing, match=r"2015-October has no page date\.html"):
        source.find_pages(october, [make_message()])
    assert len(server.requests) == 1
    assert source.find_pages(october, []) == {}
