"""Where one mail ends and the next begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mbox import BEFORE_FIRST_MAIL, CUT_BY_ARCHIVER, split_messages
from ingest.records import Place, RawMessage, SkippedMessage
from tests.mails import FOLDER, split_file


def place_of(piece: RawMessage | SkippedMessage) -> Place:
    if isinstance(piece, SkippedMessage):
        return piece.place
    return Place(piece.archive, piece.month, piece.number, piece.offset, piece.length)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("two-mails.txt", 2),
        ("from-line-in-text.txt", 2),
        ("whole-mail-in-text.txt", 2),
        ("cut-by-archiver.txt", 2),
        ("archive-of-1999.txt", 2),
        ("crlf.txt", 2),
        ("no-final-newline.txt", 2),
        ("nul-bytes.txt", 1),
        ("hyperkitty-export.mbox", 3),
        ("escaped-from-lines.mbox", 1),
        ("no-blank-line.mbox", 2),
        ("before-first-mail.txt", 2),
    ],
)
def test_a_month_is_cut_where_its_archiver_began_a_mail_and_nowhere_else(
    name: str, pieces: int
) -> None:
    assert len(split_file(name)) == pieces


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_the_pieces_of_a_month_cover_it_without_gap(path) -> None:  # type: ignore[no-untyped-def]
    data = path.read_bytes()
    end = 0
    for number, piece in enumerate(split_messages(data, "sample-dev", "month")):
        place = place_of(piece)
        assert (place.number, place.offset) == (number, end)
        if isinstance(piece, RawMessage):
            assert piece.data == data[place.offset : place.offset + place.length]
        end = place.offset + place.length
    assert end == len(data)


def test_a_piece_that_the_archiver_cut_off_is_named_and_is_no_mail() -> None:
    _, cut = split_file("cut-by-archiver.txt")
    assert isinstance(cut, SkippedMessage)
    assert (cut.reason, cut.detail) == (
        CUT_BY_ARCHIVER,
        "In the coming releases I hope to review more.",
    )


def test_a_piece_that_an_importer_exports_as_a_mail_of_none_is_no_mail() -> None:
    cut = split_file("hyperkitty-export.mbox")[2]
    assert isinstance(cut, SkippedMessage)
    assert (cut.reason, cut.detail) == (
        CUT_BY_ARCHIVER,
        "In the coming releases I hope to review more.",
    )


def test_a_mail_with_an_empty_sender_is_a_mail() -> None:
    (mail,) = split_file("sender-empty.txt")
    assert isinstance(mail, RawMessage)


def test_what_stands_before_the_first_mail_is_counted() -> None:
    before, mail = split_file("before-first-mail.txt")
    assert isinstance(before, SkippedMessage)
    assert before.reason == BEFORE_FIRST_MAIL
    assert isinstance(mail, RawMessage)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\r\n \x00\n"])
def test_an_empty_month_has_no_mails(data: bytes) -> None:
    assert list(split_messages(data, "sample-dev", "month")) == []


def test_a_file_that_is_no_mbox_is_one_piece_and_no_mail() -> None:
    (piece,) = split_messages(b"<html>404</html>\n", "sample-dev", "month")
    assert isinstance(piece, SkippedMessage)
    assert (piece.reason, piece.place.length) == (BEFORE_FIRST_MAIL, 17)


def test_a_byte_order_mark_belongs_to_the_first_mail() -> None:
    data = b"\xef\xbb\xbf" + (FOLDER / "two-mails.txt").read_bytes()
    first, _ = split_messages(data, "sample-dev", "month")
    assert isinstance(first, RawMessage)
    assert first.offset == 0


PIECES = st.sampled_from(
    [
        b"From ana at example.org  Mon Sep 14 12:00:00 2015\n",
        b"From ana@example.org Mon Sep 14 12:00:00 2015\n",
        b"From ana@example.org Mon, 14 Sep 2015 12:00:00 +0200 (CEST)\r\n",
        b"From: ana at example.org (Ana Example)\n",
        b"Date: Mon, 14 Sep 2015 12:00:00 +0000\n",
        b"Subject: hello\n",
        b"Message-ID: <a@example.org>\n",
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"\n",
        b"\r\n",
        b"--b\n",
        b">From here\n",
        b"text\n",
        b"\x00\xff",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=30).map(b"".join))
def test_any_bytes_are_covered_whole_in_order(data: bytes) -> None:
    pieces = [place_of(piece) for piece in split_messages(data, "sample-dev", "month")]
    if not pieces:
        assert not data.strip(b"\r\n\t \x00")
        return
    assert not data[: pieces[0].offset].strip(b"\r\n\t \x00")
    ends = [place.offset + place.length for place in pieces]
    assert [place.offset for place in pieces[1:]] == ends[:-1]
    assert ends[-1] == len(data)


@pytest.mark.parametrize(
    "unit", [b"\nFrom ", b"\nFrom a  Mon Sep 14 12:00:00 2015\nFrom: a\n", b"From: a\n "]
)
def test_hostile_months_are_cut_in_linear_time(unit: bytes) -> None:
    def cost(size: int) -> timedelta:
        data = b"From a  Mon Sep 14 12:00:00 2015\nFrom: a\n\n" + unit * size
        began = datetime.now(UTC)
        for _ in split_messages(data, "sample-dev", "month"):
            pass
        return datetime.now(UTC) - began

    assert cost(20_000) < timedelta(seconds=5)
