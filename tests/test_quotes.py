"""Quoted lines are known as such, however the sender's program marked them."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

import time

import pytest

from ingest.quotes import mark_quotes, own_text, quotes_another

# Trouble, text, and the lines that the sender wrote himself.
CASES = [
    ("marked", "On Mon, Sep 14, 2015 at 9:00 AM, Ana <ana at example.org> wrote:\n> Hi\n>\n> Bye\n\n+1\n", "+1"),
    ("attribution over two lines", "On Mon, Sep 14, 2015 at 9:00 AM, Ana Example\n<ana at example.org> wrote:\n> Hi\n+1\n", "+1"),
    ("marks lost below an attribution", "+1\n\nOn 09/14/2015 09:00 AM, Ana wrote:\nHi\nBye\n", "+1"),
    ("original message", "+1\n\n-----Original Message-----\nFrom: Ana\nSent: Monday\nTo: list\nSubject: x\n\nHi\n", "+1"),
    ("original message, dash-escaped by PGP", "+1\n\n- -----Original Message-----\nFrom: Ana\nSubject: x\n\nHi\n", "+1"),
    ("header block", "+1\n\nFrom: Ana\nDate: Monday\nTo: list\nSubject: x\n\nHi\n", "+1"),
    ("header block below a rule", "+1\n\n________________________________\nFrom: Ana\nSent: Monday\nTo: list\nSubject: x\n\nHi\n", "+1"),
    ("bold header block", "+1\n\n*From:* Ana\n*Sent:* Monday\n*To:* list\n*Subject:* x\n\nHi\n", "+1"),
    ("excerpts", "Excerpts from Ana Example's message of 2015-09-14 09:00:00 +0000:\n> Hi\n\n+1\n", "+1"),
    ("German", "Am 14.09.2015 um 09:00 schrieb Ana Example:\n> Hi\n\nGut!\n", "Gut!"),
    ("French", "Le 14/09/2015 09:00, Ana Example a écrit :\n> Hi\n\nBien !\n", "Bien !"),
    ("Chinese", "在 2015年9月14日 09:00，Ana Example 写道：\n> Hi\n\n好\n", "好"),
    ("name only, quote follows", "Ana Example wrote:\n> Hi\n\n+1\n", "+1"),
    ("name only in prose stays", "As Ana wrote:\n\nwe need more reviews.\n", "As Ana wrote:\n\nwe need more reviews."),
    ("prose with a colon stays", "On reviews, in 2015 I want this:\n* more\n", "On reviews, in 2015 I want this:\n* more"),
    ("From with a mark is mbox's escape", "Hi\n>From the start I knew.\n", "Hi\n>From the start I knew."),
    ("indented quote", "  > Hi\n+1\n", "+1"),
    ("forwarded", "FYI\n\n---------- Forwarded message ----------\nFrom: Ana\n\nHi\n", "FYI"),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "text", "own"), CASES, ids=lambda v: str(v)[:40])
def test_only_own_lines_remain(trouble: str, text: str, own: str) -> None:
    assert own_text(text).strip() == own


def test_every_quoted_line_gets_a_mark_and_attributions_stay() -> None:
    text = "+1\n\nOn 09/14/2015 09:00 AM, Ana wrote:\nHi\n\nBye"
    assert mark_quotes(text) == "+1\n\nOn 09/14/2015 09:00 AM, Ana wrote:\n> Hi\n>\n> Bye"


def test_marking_twice_changes_nothing() -> None:
    for _, text, _ in CASES:
        once = mark_quotes(text)
        assert mark_quotes(once) == once


def test_a_text_of_its_own_quotes_nobody() -> None:
    assert not quotes_another("Hi all,\n\nI would like to run.\n\nAna")


@pytest.mark.parametrize(
    "text", ["On " * 200_000, "-" * 500_000, "From: \n" * 50_000, "> " * 300_000, "wrote: " * 100_000, ("x" * 90 + " wrote:\n") * 5_000]
)  # fmt: skip
def test_hostile_text_costs_little(text: str) -> None:
    start = time.monotonic()
    mark_quotes(text)
    assert time.monotonic() - start < 2
