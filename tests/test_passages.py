"""Which passages are cut from a text, and how they come out."""

from __future__ import annotations

import pytest

from search.analysis import tokenize
from search.engine import Excerpt
from search.packed_words import PackedWords, pack_words
from search.passages import Mark, best_passages, cut_excerpt, find_spots, make_excerpts

FILLER = "lorem ipsum dolor " * 40


def spots_in(text: str, *words: str, worth: float = 1.0) -> list[tuple[int, int, int, float]]:
    marks = [Mark(((frozenset({word}),),), worth) for word in words]
    return find_spots(PackedWords(pack_words(tokenize(text))), "statement", marks)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("nova", ("", "nova", "")),
        ("  a \n\n nova\tb", (" a ", "nova", " b")),
        ("nova nova", ("", "nova", " ", "nova", "")),
        ("a\x00 b nova \x00", ("a\x00 b ", "nova", " \x00")),
        ("a\x1c nova\u2003 b ", ("a ", "nova", " b ")),
    ],
)
def test_white_space_is_single_and_stays_between_pieces(text: str, pieces: tuple[str, ...]) -> None:
    assert cut_excerpt("statement", text, spots_in(text, "nova"), (0, len(text))).pieces == pieces


def test_what_is_left_out_is_shown() -> None:
    text = f"begin nova end {FILLER}"
    [excerpt] = make_excerpts(
        {"statement": f"{FILLER}{text}"},
        {"statement": PackedWords(pack_words(tokenize(f"{FILLER}{text}")))},
        [Mark(((frozenset({"nova"}),),), 1.0)],
    )
    assert excerpt.pieces[0].startswith("… ")
    assert excerpt.pieces[1] == "nova"
    assert excerpt.pieces[2].endswith(" …")


def test_a_passage_with_two_words_is_better_than_one_with_the_same_word_twice() -> None:
    text = f"nova nova {FILLER} nova here scheduler {FILLER} nova nova nova"
    [(start, end)] = best_passages(text, spots_in(text, "nova", "scheduler"), 1)
    assert "nova here scheduler" in text[start:end]


def test_a_second_passage_shows_what_the_first_does_not() -> None:
    text = f"nova glance {FILLER} nova heat {FILLER} nova glance"
    ranges = best_passages(text, spots_in(text, "nova", "glance", "heat"), 2)
    assert ["glance" in text[a:b] for a, b in ranges] == [True, False]
    assert ["heat" in text[a:b] for a, b in ranges] == [False, True]


def test_of_spots_inside_each_other_the_longest_is_marked() -> None:
    text = "The DevStack gate"
    words = PackedWords(pack_words(tokenize(text)))
    marks = [Mark(((frozenset({form}),),), 1.0) for form in ("stack", "devstack")]
    spots = find_spots(words, "statement", marks)
    assert [text[start:end] for start, end, _, _ in spots] == ["DevStack"]


def test_without_a_match_the_beginning_stands_in() -> None:
    assert make_excerpts({"statement": "Only this."}, {}, []) == (
        Excerpt("statement", ("Only this.",)),
    )
