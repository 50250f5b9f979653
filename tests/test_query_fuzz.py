"""Hostile and random text as queries: read at once, never an error, written back alike."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.query import parse_query, render_query
from tests.test_query import VOCABULARY

# A larger run: QUERY_EXAMPLES=50000 pytest tests/test_query_fuzz.py
EXAMPLES = int(os.environ.get("QUERY_EXAMPLES", "1500"))

HOSTILE = [
    "(" * 5000,
    ")" * 5000,
    '"' * 5001,
    "-" * 5000,
    "NOT " * 2000,
    "a OR " * 2000,
    "project:" * 1000,
    "*" * 5000,
    "a*" * 3000,
    "~" * 5000,
    "a~" * 3000,
    "x" * 100_000,
    "x@" * 50_000,
    "/a" * 50_000 + ".html",
    "<" * 50_000,
    "2014-" * 10_000,
    "..".join(["cycle:a"] * 5000),
    "\x00" * 10_000,
    "\ud800" * 1000,
    "a@b.c\ud800",
    'nick:"nova *',
    'nick:"nova\u3000* ~"',
    "a@b.c\udcff",
    "\u0301" * 10_000,
    "a\u0301" * 10_000,
    "a.b-" * 10_000,
    "ÄÖÜ" * 10_000,
    "://" * 10_000,
    "a@b " + "word " * 22 + "c@d",  # an id counts twice: it is looked for as a word too
    "e-:m a-b-:c",
    "year:²²²² year:٢٠١٥",
    "date:0000 date:9999-12-31 before:0001",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_at_once(text: str) -> None:
    began = time.perf_counter()
    parsed = parse_query(text, VOCABULARY)
    rendered = render_query(parsed.query)
    assert parse_query(rendered, VOCABULARY).query == parsed.query
    assert time.perf_counter() - began < 1.0


MARKS = (
    'nova review OR AND NOT ( ) " - * ~ ~3 : project: cycle: date: after: is: has: id: nick: foo: '
    "candidate: subject: .. juno liberty 2015 2015-01 .5 <a@b.c> a@b.c :// / ? [ ] ' ’ “ ” 李 é "
    '\u0301 \ud800 \x00 OR: NOT: :: -- -( "a b"~2 no* tick-tock DevStack 2023.1 ² ٣ &'
)
PIECES = st.sampled_from(MARKS.split(" "))
QUERIES = st.one_of(
    st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=30).map(
        lambda rows: "".join(piece + space for piece, space in rows)
    ),
    st.text(max_size=400),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_any_text_is_read_and_written_back(text: str) -> None:
    parsed = parse_query(text, VOCABULARY)
    assert parse_query(render_query(parsed.query), VOCABULARY).query == parsed.query
