"""When a mail was posted, as well as can be known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.dates import parse_date, parse_envelope_date, settle_date

NOON = datetime(2015, 9, 14, 12, tzinfo=UTC)
ENVELOPE = "From ana at example.org  Mon Sep 14 12:00:00 2015"
SEPTEMBER = datetime(2015, 9, 1, tzinfo=UTC)

DATES = [
    ("Mon, 14 Sep 2015 14:00:00 +0200", NOON, ""),
    ("Mon, 14 Sep 2015 14:00:00 +0200 (CEST)", NOON, ""),
    ("14 Sep 2015 12:00 +0000", NOON, ""),
    ("Mon, 14 Sep 2015 12:00:00 -0000", NOON, ""),
    ("Mon, 14 Sep 2015 08:00:00 EDT", NOON, ""),
    ("Mon, 14 Sep 15 12:00:00 GMT", NOON, ""),
    ("mon, 14 sep 2015 12:00:00 gmt", NOON, ""),
    ("Mon, 14 Sep 2015 12:00:00", NOON, "date-without-zone"),
    ("2015-09-14 12:00:00", NOON, "date-without-zone"),
    ("2015-09-14T14:00:00+0200", NOON, ""),
    ("September 14, 2015 12:00", NOON, "date-without-zone"),
    ("Mon Sep 14 12:00:00 2015", NOON, "date-without-zone"),
    ("Mon, 14 Sep 2015 12:00:00 +50579034", NOON, "date-zone-absurd"),
    ("Mon, 14 Sep 2015 12:00:00 +9900", NOON, "date-zone-absurd"),
    ("Mon, 14 Sep 2015 12:00:00 -1300", NOON, "date-zone-absurd"),
    ("no date", None, "date-unreadable"),
    ("Monday", None, "date-unreadable"),
    ("Mon, 99 Foo 2015 99:99:99 +0000", None, "date-unreadable"),
    ("14:00", None, "date-unreadable"),
    ("x" * 10_000, None, "date-unreadable"),
    # C has no room for such a number, and once the whole sync ended at it.
    ("Mon, 2 Aug 1999 18:" + "5" * 60 + ":10 -0400", None, "date-unreadable"),
    ("Mon, 2 Aug " + "9" * 60 + " 18:55:10 -0400", None, "date-unreadable"),
]


@pytest.mark.parametrize(("text", "when", "repair"), DATES)
def test_a_date_is_read_as_it_was_meant(text: str, when: datetime | None, repair: str) -> None:
    assert parse_date(text) == (when, repair)


@pytest.mark.parametrize(
    "line",
    [
        ENVELOPE,
        "From ana@example.org Mon Sep 14 12:00:00 2015",
        "From ana@example.org Mon Sep 14 12:00:00 UTC 2015",
        "From ana@example.org Mon, 14 Sep 2015 14:00:00 +0200 (CEST)",
    ],
)
def test_the_separator_line_tells_when_the_mail_was_had(line: str) -> None:
    assert parse_envelope_date(line) == NOON


@pytest.mark.parametrize(
    "line",
    [
        "From - Mon Sep 14 12:00:00 2015",
        "From MAILER-DAEMON Mon Sep 14 12:00:00 2015",
        "From ana@example.org Thu Jan  1 00:00:00 1970",
        "From ana@example.org Tue Feb 27 21:14:00 1945",
        "From ana@example.org",
        "",
    ],
)
def test_a_separator_line_that_knows_nothing_is_no_witness(line: str) -> None:
    assert parse_envelope_date(line) is None


# Date header, From_ line, month, what is believed, repair
SETTLED = [
    ("Mon, 14 Sep 2015 12:00:00 +0000", ENVELOPE, SEPTEMBER, NOON, ""),
    ("Mon, 14 Sep 2015 12:00:00 +0000", "", None, NOON, ""),
    ("", ENVELOPE, SEPTEMBER, NOON, "date-missing"),
    ("", "", SEPTEMBER, SEPTEMBER, "date-missing"),
    ("gibberish", ENVELOPE, None, NOON, "date-unreadable"),
    ("Tue, 19 Jan 2038 03:14:07 +0000", ENVELOPE, SEPTEMBER, NOON, "date-absurd"),
    ("Thu, 01 Jan 1970 00:00:00 +0000", ENVELOPE, SEPTEMBER, NOON, "date-absurd"),
    ("Thu, 01 Jan 1970 00:00:00 +0000", "", SEPTEMBER, SEPTEMBER, "date-absurd"),
    ("Wed, 14 Oct 2015 12:00:00 +0000", ENVELOPE, SEPTEMBER, NOON, ""),
    ("Sun, 14 Sep 2003 12:00:00 +0000", ENVELOPE, SEPTEMBER, NOON, "date-absurd"),
]


@pytest.mark.parametrize(("claimed", "envelope", "month", "when", "repair"), SETTLED[:8])
def test_a_date_is_believed_unless_it_is_contradicted(
    claimed: str, envelope: str, month: datetime | None, when: datetime, repair: str
) -> None:
    assert settle_date(claimed, envelope, month) == (when, repair)


def test_one_witness_against_an_old_date_is_not_enough() -> None:
    # A mailbox that was copied bears the day of the copy on its separator lines.
    old = datetime(2003, 9, 14, 12, tzinfo=UTC)
    assert settle_date("Sun, 14 Sep 2003 12:00:00 +0000", ENVELOPE, None) == (old, "")
    claimed, envelope, month, when, repair = SETTLED[9]
    assert settle_date(claimed, envelope, month) == (when, repair)


def test_nothing_known_is_the_beginning_of_time_and_never_today() -> None:
    assert settle_date("", "", None) == (datetime(1970, 1, 1, tzinfo=UTC), "date-missing")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789 :+-,./MonSepTAPZ()\x00é", max_size=40))
def test_no_date_is_too_strange(text: str) -> None:
    when, repair = parse_date(text)
    assert (when is None) == (repair == "date-unreadable")
    assert when is None or when.tzinfo is UTC
