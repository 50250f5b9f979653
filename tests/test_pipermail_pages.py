"""Pipermail's pages are read in every variant that Mailman 2 and its keepers wrote."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipermail_pages import (
    _any_links,
    _plain_links,
    find_start,
    read_index,
    read_message_page,
    read_month_page,
)
from ingest.tags import Tag, read_tokens

DATA = Path(__file__).parent / "data" / "pipermail"
BASE = "https://lists.example.org/pipermail/dev/"

# Page: (names oldest first, best text of each, page that lists its mails).
INDEXES = {
    "months": (
        ["1945-February", "2015-October", "2015-November"],
        ["1945-February.txt.gz", "2015-October.txt.gz", "2015-November.txt"],
        ["thread.html", "date.html", "date.html"],
    ),
    "aliases": (
        ["2015-November", "2015-December"],
        ["2015-November.txt.gz", "2015-December.txt.gz"],
        ["date.html", "thread.html"],
    ),
    "shouting": (
        ["2000-January", "2000-February"],
        ["2000-January.txt.gz", "2000-February.txt"],
        ["thread.html", "thread.html"],
    ),
    "threads_only": (
        ["2003-February", "2003-March"],
        ["2003-February.txt.gz", "2003-March.txt.gz"],
        ["thread.html", "thread.html"],
    ),
    "listing": (
        ["2015-October", "2015-November"],
        ["2015-October.txt.gz", "2015-November.txt.gz"],
        ["date.html", ""],
    ),
    "by_year": (["2014", "2015"], ["2014.txt.gz", "2015.txt"], ["date.html"] * 2),
    "by_quarter": (["2014q4", "2015q1"], ["2014q4.txt.gz", "2015q1.txt"], ["date.html"] * 2),
    "by_week": (
        ["Week-of-Mon-20150406", "Week-of-Mon-20150413"],
        ["Week-of-Mon-20150406.txt.gz", "Week-of-Mon-20150413.txt"],
        ["date.html"] * 2,
    ),
    "by_day": (["20150406", "20150407"], ["20150406.txt.gz", "20150407.txt"], ["date.html"] * 2),
}


@pytest.mark.parametrize("page", INDEXES)
def test_an_index_names_its_months(page: str) -> None:
    volumes = read_index((DATA / f"{page}.html").read_text(), BASE)
    assert volumes is not None
    names = [volume.name for volume in volumes]
    texts = [volume.texts[0] for volume in volumes]
    assert (names, texts, [volume.list_page for volume in volumes]) == INDEXES[page]


def test_an_archive_without_months_is_an_archive() -> None:
    assert read_index((DATA / "empty.html").read_text(), BASE) == []


@pytest.mark.parametrize("source", [(DATA / "listinfo.html").read_text(), "", "<html>hi", "{}"])
def test_a_page_that_is_no_archive_is_none(source: str) -> None:
    assert read_index(source, BASE) is None


STARTS = {
    "2015-April": (2015, 4, 1),
    "2015-april": (2015, 4, 1),
    "2015": (2015, 1, 1),
    "2015q2": (2015, 4, 1),
    "Week-of-Mon-20150406": (2015, 4, 6),
    "20150407": (2015, 4, 7),
    "1945-February": (1945, 2, 1),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_months_name_tells_its_first_day(name: str) -> None:
    assert find_start(name) == datetime(*STARTS[name], tzinfo=UTC)


@pytest.mark.parametrize("name", ["2015-Avril", "0000", "20159999", "2015q5", "attachments", ""])
def test_a_name_that_does_not_tell_gives_no_day(name: str) -> None:
    assert find_start(name) is None


def test_months_of_another_language_keep_the_order_of_the_index() -> None:
    links = "".join(f'<a href="{name}.txt.gz">x</a>' for name in ("2015-mai", "2015-avril"))
    volumes = read_index(links, BASE)
    assert volumes is not None
    assert [volume.name for volume in volumes] == ["2015-avril", "2015-mai"]


def test_a_month_page_lists_its_mails_by_number() -> None:
    entries = read_month_page(
        '<LI><A HREF="000031.html">[dev] B &amp; C\n</A><A NAME="31">&nbsp;</A>\n<I>Ben &lt;b&gt;'
        '\n</I>\n<li><a href="000030.html#0">no</a><li><a href="000030.html">[dev]  A\n   twice</a>'
        '<a name="30">&nbsp;</a><i>ana at example.org\n</i><ul><li><a href="thread.html">x</a>'
    )
    assert [(one.number, one.page, one.subject, one.author) for one in entries] == [
        (30, "000030.html", "[dev] A twice", "ana at example.org"),
        (31, "000031.html", "[dev] B & C", "Ben <b>"),
    ]


def test_a_message_page_tells_its_id_author_and_subject() -> None:
    page = read_message_page(
        '<HEAD><TITLE> [dev] A</TITLE><LINK REL="Index" HREF="index.html"><LINK REL="made" HREF='
        '"mailto:dev%40lists.example.org?Subject=Re%3A%20A&In-Reply-To=%3Ca%2Bb%40example.org%3E">'
        "</HEAD><BODY><H1>[dev] A</H1><B>Ana Example</B> <A HREF=x>ana</A><B>no</B><H1>no</H1>"
    )
    assert page.message_id == "a+b@example.org"
    assert (page.author, page.subject) == ("Ana Example", "[dev] A")


def test_pages_full_of_links_are_read_in_seconds() -> None:
    began = time.process_time()
    read_index('<a href="2015-April.txt.gz">' * 40_000, BASE)
    read_month_page('<li><a href="000001.html">x</a><i>y</i>' * 100_000)
    read_message_page('<a href="mailto:x?In-Reply-To=%3C' * 100_000)
    assert time.process_time() - began < 20


LINKS = st.lists(
    st.sampled_from(
        ['<A href="2015-May/thread.html">', '<a HREF="2015-May.txt.gz">', "<form action='x'>",
         "</a>", '<a href="https://lists.example.org/mailman/listinfo/dev">', "<a name=x>",
         "<a href='q'>", '<a href="a&amp;b">', '<a href=" x ">', '<a href="x" class="y">',
         "</form>", "May", "<td>", '<a href="">', "<a href=2015-June.txt>", "<a>"]
    ),
    max_size=8,
)  # fmt: skip


@given(LINKS.map("".join))
def test_a_link_as_mailman_writes_it_is_read_without_a_parser_as_with_one(page: str) -> None:
    tags = [token for token in read_tokens(page) if isinstance(token, Tag)]
    assert _plain_links(tags) in (None, _any_links(tags))


@pytest.mark.parametrize("name", ["months", "by_week", "empty"])
def test_the_pages_of_mailman_need_no_parser(name: str) -> None:
    page = (DATA / f"{name}.html").read_text(encoding="utf-8")
    tags = [token for token in read_tokens(page) if isinstance(token, Tag)]
    assert _plain_links(tags) == _any_links(tags)
