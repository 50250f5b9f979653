"""The short way for plain mails gives what the long way gives, to the last column."""

from __future__ import annotations

import gzip
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import sample
from ingest.candidacies import may_announce, may_name_office
from ingest.mail_rows import make_row, make_skip_row
from ingest.mbox import find_pieces, split_messages
from ingest.messages import parse_message
from ingest.plain_mails import PlainMails
from ingest.reading import MonthRead, read_month
from ingest.records import RawMessage, SkippedMessage
from tests.mails import FOLDER

TRIES = int(os.environ.get("HUSTINGS_TEST_TRIES", "200"))
SEPTEMBER = datetime(2015, 9, 1, tzinfo=UTC)
STARTS = (SEPTEMBER.isoformat(), "", "2012-01-01T00:00:00+00:00", "0009-01-01T00:00:00+00:00")


def read_the_long_way(data: bytes, start: str) -> MonthRead:
    """Read every mail of a month as a message."""
    first_day = datetime.fromisoformat(start) if start else None
    rows, skips, repaired = [], [], Counter[str]()
    for piece in split_messages(data, "sample-dev", "2015-September"):
        parsed = parse_message(piece, first_day) if isinstance(piece, RawMessage) else piece
        if isinstance(parsed, SkippedMessage):
            skips.append(make_skip_row(parsed, 7))
        elif isinstance(piece, RawMessage):
            rows.append(make_row(parsed, piece.data, 7))
            repaired.update(parsed.repairs)
    return MonthRead(tuple(rows), tuple(skips), repaired)


def assert_same(data: bytes, start: str = STARTS[0]) -> None:
    read = read_month(data, "sample-dev", "2015-September", start, 7)
    assert read == read_the_long_way(data, start)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_an_odd_mail_is_read_as_ever(path: Path, start: str) -> None:
    assert_same(path.read_bytes(), start)


def test_nearly_every_mail_of_an_archive_is_plain() -> None:
    plain = read = 0
    for path in sorted(sample.sample_site().rglob("*.txt.gz")):
        data = gzip.decompress(path.read_bytes())
        start = datetime.strptime(path.name.partition(".")[0], "%Y-%B").replace(tzinfo=UTC)
        assert_same(data, start.isoformat())
        mails = PlainMails(data, start, 7)
        pieces = list(find_pieces(data))
        read += len(pieces)
        plain += sum(mails.read(piece, number) is not None for number, piece in enumerate(pieces))
    assert plain > 0.9 * read > 90


# Each field of a mail: as Pipermail writes it first, then what is odd in one way or another.
FIELDS: tuple[tuple[bytes, ...], ...] = (
    (b"From ana at example.org  Mon Sep 14 12:00:00 2015\n",
     b"From a@b  Tue Sep  1 12:00:00 2015\n", b"From a at b Mon Sep 14 12:00:00 2015\n",
     b"From bogus@does.not.exist.com  Tue Sep  1 12:00:00 2015\n"),
    (b"From: ana at example.org (Ana Example)\n", b"From: Ana Example <ana@example.org>\n",
     b"From: \n", b"From: \xff\xfe\n", b"From: =?utf-8?q?Ana_=C3=89?= <a@b>\n",
     b"From: a at b (A\n\tB)\n", b"From: nobody\n", b"From:x\x00 <a@b>\n", b"From: \n x\n"),
    (b"Date: Mon, 14 Sep 2015 12:00:00 +0000\n", b"Date: 1 Sep 2015 23:59:59 -0700 (PDT)\n",
     b"Date: yesterday\n", b"Date: Mon, 31 Feb 2015 12:00:00 +0000\n", b"Date: \n",
     b"Date: Mon, 14 Sep 2015 12:00:00 +9900\n", b"Date: Mon, 14 Sep 2009 12:00:00 +0000\n",
     b"Date: 17 Aug 2015 00:00:00 +0000\n", b"Date: 17 Aug 2015 00:00:01 +0000\n",
     b"Date: 16 Oct 2015 23:59:59 +0000\n", b"Date: 17 Oct 2015 00:00:00 +0000\n",
     b"Date: Mon, 14 Sep 2015 12:00:60 +0000\n", b"Date: 14 Sep 2015 12:00:00 EST\n"),
    (b"Subject: [x] Hello\n", b"Subject: [nova] PTL candidacy\n", b"Subject: TC\n",
     b"Subject: \n", b"Subject: No subject\n", b"Subject: a\n\tb\n", b"Subject: \xc3\xa9\n",
     b"Subject: =?utf-8?q?=5Bnova=5D?= PTL\n", b"Subject: \xff\n", b"Subject: a\x00b\n",
     b"Subject: PTL election results\n"),
    (b"", b"In-Reply-To: <1@x.org>\n", b"In-Reply-To: Your message of <1@x.org>\n",
     b"In-Reply-To: <\xe9@x.org>\n", b"X: y\n", b"In-Reply-To: \n"),
    (b"", b"References: <0@x.org> <1@x.org>\n", b"References: <0@x.org>\n\t<1@x.org>\n <0@x.org>\n",
     b"References: <a b@x.org> <>\n", b"References: <1@x.org>,<2@x.org>\n", b"References: \n",
     b"References: a@x.org b@x.org\n", b"References: <1@x.org><2@x.org>\n",
     b"References: <" + b"a" * 1001 + b"@x.org> <b@x.org>\n", b"References: <> <1@x.org>\n",
     b"References: <\xa0a@x.org> <b\x1c@x.org>\n", b"References: > <\n",
     b"References: <a> b> <c>\n"),
    (b"Message-ID: <1@x.org>\n\n", b"Message-ID: <2@x.org>\n\n", b"Message-ID: <a b>\n\n",
     b"Message-ID: <mailman.1.2.3.sample-dev@x.org>\n\n", b"Message-ID: 1@x.org\n\n", b"\n",
     b"Message-ID: <1 at x.org>\n\n", b"Message-ID: <1\xe9@x.org>\n\n", b"Message-ID: \n\n",
     b"Message-ID: <3@x.org> \n\n", b"Message-ID: <4@x.org>\n"),
    (b"Hello\n", b"I am running for PTL of Nova.\n", b"\x00\n", b"\xff\xe9\n", b"\xc3\xa9\n", b"",
     b">From here on\n", b"> quoted\n>From here\n", b"Hi\n>From here\n\n", b"From here\n",
     b"x" * 2490 + b"\nI am running for PTL of Nova.\n",
     b"\xc3\xa9" * 2460 + b"\nI am running for PTL of Nova.\n",
     b"I want to serve on the technical comm\xc4\xb0ttee\n", b"Standing for the TC.\n",
     b"From a at b  Mon Sep 14 12:00:00 2015\nFrom: x\n",
     b"An HTML attachment was scrubbed...\nURL: <http://x/>\n"),
    (b"\n\n", b"\n", b""),
)  # fmt: skip


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Make a mail that is plain but for one or two of its fields."""
    odd = draw(st.sets(st.sampled_from(range(len(FIELDS))), max_size=2))
    return b"".join(
        draw(st.sampled_from(field)) if number in odd else field[0]
        for number, field in enumerate(FIELDS)
    )


def test_each_odd_field_makes_no_difference_to_the_row() -> None:
    plain = [field[0] for field in FIELDS]
    for number, field in enumerate(FIELDS):
        for odd in field:
            mail = b"".join([*plain[:number], odd, *plain[number + 1 :]])
            for start in STARTS:
                assert_same(b"".join(plain) + mail + b"".join(plain), start)


@settings(max_examples=TRIES, deadline=None)
@given(st.lists(mails(), max_size=6).map(b"".join), st.sampled_from(STARTS))
def test_whatever_is_odd_about_a_mail_its_row_is_the_same(month: bytes, start: str) -> None:
    assert_same(month, start)
    assert_same(b"\xef\xbb\xbf" + month.replace(b"\n", b"\r\n"), start)


def test_a_header_too_long_for_the_short_way_is_read_the_long_way() -> None:
    long = b"".join(b"\n\t<%d@x.org>" % number for number in range(9000))
    for field in (b"References: <a@x.org>" + long, b"In-Reply-To: <a@x.org>" + long):
        assert_same(
            b"From a at b  Mon Sep 14 12:00:00 2015\nFrom: a at b (A)\n"
            b"Date: Mon, 14 Sep 2015 12:00:00 +0000\nSubject: x\n" + field
            + b"\nMessage-ID: <z@x.org>\n\nHello\n\n"
        )  # fmt: skip


@pytest.mark.parametrize("part", ["From: a at b (A{})", "Subject: x{}", "Message-ID: <z{}@x.org>"])
def test_what_is_read_up_to_a_bound_is_so_the_short_way_too(part: str) -> None:
    head = (
        "From a at b  Mon Sep 14 12:00:00 2015\nFrom: a at b (A)\n"
        "Date: Mon, 14 Sep 2015 12:00:00 +0000\nSubject: x\nMessage-ID: <z@x.org>\n\nHello\n\n"
    )
    assert_same(head.replace(part.format(""), part.format("y" * 100_000)).encode())
    assert_same(head.encode() + b"I run for PTL of nova\n" * 400_000)


def test_bytes_that_name_no_office_announce_nothing() -> None:
    beyond = map(chr, range(128, sys.maxunicode + 1))
    as_ascii = {letter for letter in beyond if set(letter.lower()) & set("ptledacomi ")}
    # The one that has one is written as two letters, so that no word can go on behind it.
    assert as_ascii == {"\u0130"}
    for filler in ("x" * 2490, "\u0130" * 2490, "\U0001f600" * 2490):
        text = filler + " myself for PTL"[-10:]
        for said in (text, "to run " + text):
            data = f"From: ptl\n\n{said} and no lead".encode()
            begin, end = len("From: ptl\n\n"), len(data) - len(" and no lead")
            assert may_announce("", said) <= may_name_office(data, begin, end)
        assert may_name_office(text.encode(), 0, len(text.encode()))
    assert not may_name_office(b"ptl nobody lead", 3, 10)
