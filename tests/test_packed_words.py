"""A text's packed words answer as its own tokens would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import Token, tokenize
from search.errors import IndexBroken
from search.packed_words import PackedWords, pack_words
from search.stored_words import join_blocks, unpack_marks
from tests.builders import make_candidacy

WORDS = st.sampled_from(
    ["nova", "Nova", "oslo.messaging", "DevStack", "the", "Zoë", "レビュー", "v2.1", "\n\n", "a"]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


def wanted_of(tokens: list[Token], share: int) -> frozenset[str]:
    return frozenset({"absent", *sorted({token.form for token in tokens})[::share]})


@given(TEXTS, st.integers(1, 4))
def test_wanted_words_are_found_where_the_text_has_them(text: str, share: int) -> None:
    tokens = list(tokenize(text))
    wanted = wanted_of(tokens, share)
    own = sorted(
        (token for token in tokens if token.form in wanted),
        key=lambda token: (token.position, token.start - token.end),
    )
    words = PackedWords(pack_words(tokens))
    assert list(words.positions(wanted)) == [token.position for token in own]
    assert [words.position(i) for i in words.find(wanted)] == [token.position for token in own]
    assert words.spans(words.find(wanted)) == [(token.start, token.end) for token in own]


@given(TEXTS, st.integers(1, 80))
def test_only_the_first_of_too_many_words_are_given(text: str, most: int) -> None:
    tokens = list(tokenize(text))
    wanted = wanted_of(tokens, 1)
    tokens.sort(key=lambda token: (token.position, token.start - token.end))
    spans = [(token.start, token.end) for token in tokens]
    found = PackedWords(pack_words(tokens)).spans_of(wanted, most)
    assert sorted(found) == sorted(spans[:most])


@given(TEXTS)
def test_forms_are_counted_in_the_order_in_which_they_first_stand(text: str) -> None:
    tokens = list(tokenize(text))
    tokens.sort(key=lambda token: (token.position, token.start - token.end))
    first: dict[str, int] = {}
    for token in tokens:
        first[token.form] = first.get(token.form, 0) + 1
    assert PackedWords(pack_words(tokens)).counts() == list(first.items())


def test_more_forms_than_buckets_hold_are_found_too() -> None:
    forms = [f"word{number}" for number in range(5000)]
    tokens = [Token(form, 16 * i, 9 * i, 9 * i + 8) for i, form in enumerate(forms)]
    words = PackedWords(pack_words(tokens))
    assert all(list(words.positions(frozenset({f}))) == [16 * i] for i, f in enumerate(forms))
    assert list(words.positions(frozenset(forms[:40]))) == [16 * i for i in range(40)]


def test_no_words_are_none() -> None:
    for words in (PackedWords(b""), PackedWords(pack_words([]))):
        assert words.forms() == [] == words.counts()
        assert not words.find(frozenset({"nova"}))
        assert not words.spans_of(frozenset({"nova"}), 9)


def test_a_damaged_reply_is_told_as_a_broken_index() -> None:
    candidacy = make_candidacy(statement="Nova.")
    whole = join_blocks([pack_words([]), b"no deflated text"])
    texts, _ = unpack_marks(candidacy, join_blocks([b"", b"", b""]), whole)
    assert texts["statement"] == "Nova."
    with pytest.raises(IndexBroken):
        texts["reply"]
    with pytest.raises(KeyError):
        texts["nonsense"]
