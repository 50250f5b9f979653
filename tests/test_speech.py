"""What is looked for quickly is never less than what the patterns of speech find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.speech_forms import (
    DENIAL,
    DENIAL_WORDS,
    MY_CANDIDACY,
    MYSELF,
    OFFICE,
    OFFICE_WORD,
    SELF_WORDS,
    TERM,
    TERM_WORDS,
)

# Letters that are a small i, s or k to a pattern without case, and to nobody who writes a mail.
LETTERS = st.characters(exclude_characters="\u0130\u0131\u017f\u212a", exclude_categories=["Cs"])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (DENIAL, DENIAL_WORDS),
        (TERM, TERM_WORDS),
        (MYSELF, SELF_WORDS),
        (MY_CANDIDACY, SELF_WORDS),
    ],
    ids=["denial", "term", "myself", "my candidacy"],
)
def test_a_form_has_one_of_its_words(pattern: re.Pattern[str], words: tuple[str, ...]) -> None:
    @given(st.from_regex(pattern, alphabet=LETTERS))
    def try_some(text: str) -> None:
        # As a sentence is: white space collapsed. What no longer is the form by that may say no.
        sentence = " ".join(text.split())
        found = pattern.search(sentence)
        assert found is None or any(word in sentence.casefold() for word in words)

    try_some()


@given(st.from_regex(OFFICE, alphabet=LETTERS))
def test_an_office_has_one_of_its_words(text: str) -> None:
    assert OFFICE_WORD.search(text)
