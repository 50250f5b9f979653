"""Whom a mail says that it answers, in its own words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.answers import find_answered
from tests.builders import make_message

TEXTS = [
    ("On 09/15/2015 02:49 PM, Ana Example wrote:\n> Hello\n\n+1\n", "Ana Example"),
    (
        "Yes.\n\nOn Sep 15, 2015, at 2:49 PM, Ana Example <ana at example.org> wrote:\n\n> Hello\n",
        "Ana Example",
    ),
    (
        "On Wed, Sep 30, 2015 at 08:55 AM, Ana Maria Example-Longname\n"
        "<ana at example.org> wrote:\n> Hello\n",
        "Ana Maria Example-Longname",
    ),
    ("On Thu, Apr 2, 2015 at 12:00 PM +0200, Ana Example wrote:\n> x\n", "Ana Example"),
    ("Ana Example wrote:\n> Ben Example wrote:\n> > Hello\n", "Ana Example"),
    ("> On Sep 15, 2015, at 2:49 PM, Ana Example wrote:\n> \n> Hello\n", "Ana Example"),
    ("Excerpts from Ana Example's message of Mon, 14 Sep 2015:\n> Hello\n", "Ana Example"),
    (
        "+1\n\n-----Original Message-----\nFrom: Ana Example [mailto:a at example.org]\nSent:\n",
        "Ana Example",
    ),
    (
        "FYI\n\n---------- Forwarded message ----------\nFrom:  <ana at example.org>\nDate: now\n",
        "ana at example.org",
    ),
    ("Am 14.09.2015 um 12:00 schrieb Ana Example:\n> Hallo\n", "Ana Example"),
    ("Le 14/09/2015 12:00, Ana Example a écrit :\n> Bonjour\n", "Ana Example"),
    ("> Hello\n\n+1\n", "?"),
    ("I agree.\n| Hello\n", "?"),
    ("+1\n", "?"),
    ("+1, thanks for stepping up again.\n", "?"),
    ("confirmed\n", "?"),
    ("How much of your time will you have for this upstream?\n", "?"),
    ("Hi all,\n\nI would like to run for Nova PTL. Thank you.\n", ""),
    ("An HTML attachment was scrubbed...\nURL: <http://lists.example.org/a.html>\n", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "answered"), TEXTS)
def test_a_mail_that_answers_says_whom(text: str, answered: str) -> None:
    assert find_answered(make_message(text=text)) == answered


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="On wrote:>\n-<()[] 12aÖ写道", max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert "\n" not in find_answered(make_message(text=text))
