"""Excerpts show words, not the layout of the mail that they stood in."""

from __future__ import annotations

import time

import pytest

from api.excerpts import show_excerpts
from search.engine import Excerpt


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (("… * ", "Review", " more * test"), ("… •\xa0", "Review", " more •\xa0test")),
        (
            ("", "Review", " it. -------------- next part -------------- An HTML"),
            ("", "Review", " it. An HTML"),
        ),
        (("… a ", "Review", " of it …"), ("… a ", "Review", " of it\xa0…")),
        (("Plans ----- I want ", "review", " ====== now"), ("Plans I want ", "review", " now")),
        (("we - that is, ", "reviewers", " -- yes"), ("we – that is, ", "reviewers", " – yes")),
        (("a **", "review", "** of it"), ("a ", "review", " of it")),
        (("*", "review", "* of a*b, --all, 2*3"), ("*", "review", "* of a*b, --all, 2*3")),
        (("## Title ", "review", " # 12 ..."), ("Title ", "review", " 12 ...")),
        (
            ("https://x.example/#/", "review", "/---/x"),
            ("https://x.example/#/", "review", "/---/x"),
        ),
    ],
)
def test_layout_is_left_out_and_words_are_not(
    pieces: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    [excerpt] = show_excerpts([Excerpt("statement", pieces)])
    assert excerpt.pieces == shown


def test_an_excerpt_that_marks_nothing_is_not_shown() -> None:
    assert show_excerpts([Excerpt("statement", ("the beginning",))]) == ()


@pytest.mark.parametrize("hostile", ["*" * 100_000, "- " * 50_000, " \t" * 50_000, "**a" * 30_000])
def test_hostile_layout_is_read_in_no_time(hostile: str) -> None:
    began = time.thread_time()
    show_excerpts([Excerpt("statement", (hostile, "x", hostile))])
    assert time.thread_time() - began < 1
