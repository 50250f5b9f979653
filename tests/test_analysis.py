"""Which words meet and which do not: the table is the test."""

from __future__ import annotations

import time

import pytest
from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]

from bench.search_corpus import FIRST, LAST, WORDS
from search.analysis import fold, has_words, phrase_forms, stem, tokenize, word_forms


def meets(typed: str, text: str) -> bool:
    """Tell whether a typed word finds a text, as every engine has to decide it."""
    tokens = list(tokenize(text))
    stems = {stem(token.form) for token in tokens}
    places: dict[str, set[int]] = {}
    for token in tokens:
        places.setdefault(token.form, set()).add(token.position)
    for row in word_forms(typed):
        if len(row) == 1 and stem(row[0]) in stems:
            return True
        if len(row) > 1 and any(follows(places, row, at) for at in places.get(row[0], ())):
            return True
    return False


def follows(places: dict[str, set[int]], row: tuple[str, ...], at: int) -> bool:
    for form in row[1:]:
        steps = {at + 1, (at // 16 + 1) * 16} & places.get(form, set())
        if not steps:
            return False
        at = min(steps)
    return True


MEET = [
    ("defer", "deferred"), ("deferred", "defer"), ("deferring", "defers"), ("reviews", "review"),
    ("reviewing", "reviewed"), ("reviewers", "reviewer"), ("upgrade", "upgrades"),
    ("upgrading", "upgraded"), ("testing", "tests"), ("deployment", "deployments"),
    ("release", "releasing"), ("priorities", "priority"), ("communities", "community"),
    ("policies", "policy"), ("operators", "operator"), ("migrations", "migration"),
    ("PTLs", "ptl"), ("VM", "VMs"), ("Nova", "nova"), ("NOVA", "Nova's"), ("nova's", "nova"),
    ("don't", "don’t"), ("dont", "don't"),
    ("tick", "tick-tock"), ("tock", "tick-tock"), ("tick-tock", "tick-tock"),
    ("tick-tock", "tick tock"), ("ticktock", "tick-tock"), ("tick-tock", "Tick Tock model"),
    ("messaging", "oslo.messaging"), ("oslo", "oslo.messaging"),
    ("oslo.messaging", "oslo.messaging"),
    ("oslo.messaging", "the oslo messaging library"), ("core", "nova-core"),
    ("nova-core", "nova core"),
    ("DevStack", "devstack"), ("devstack", "DevStack"), ("stack", "DevStack"), ("dev", "DevStack"),
    ("openstack", "OpenStack"), ("OpenStack", "openstack"), ("http", "HTTPServer"),
    ("has_replies", "has replies"), ("replies", "has_replies"),
    ("v2.1", "the v2.1 API"), ("2.1", "version 2.1"), ("v2", "v2.1"), ("2023.1", "2023.1 cycle"),
    ("HA", "ha"), ("ha", "HA proxy"), ("IPv6", "ipv6"), ("ipv6", "IPV6"), ("L3", "l3"),
    ("C++", "c"), ("R&D", "R & D"), ("to", "to be"), ("TC", "the TC"), ("be", "to be or not"),
    ("ø", "Ø"), ("Soren", "Søren"), ("Søren", "soren"), ("Lukasz", "Łukasz"), ("strasse", "Straße"),
    ("Straße", "STRASSE"), ("Jose", "José"), ("José", "Jose\u0301"), ("Zoë", "zoe"),
    ("Ægir", "aegir"),
    ("naïve", "naive"), ("O'Brien", "OBrien"), ("obrien", "O’Brien"), ("brien", "O'Brien"),
    ("Иван", "ИВАН"), ("семён", "Семен"), ("李", "李明"), ("李明", "李明"), ("明", "李明"),
    ("小明", "李小明"), ("ＮＯＶＡ", "nova"), ("ﬁle", "file"), ("İstanbul", "istanbul"),
    ("ana", "ana@example.org"), ("example", "https://www.example.org/x"),
    ("김", "김철수"), ("철수", "김철수"), ("カメラ", "カメラを買う"),
]  # fmt: skip

APART = [
    ("ironic", "irony"), ("ironic", "iron"), ("designate", "design"), ("designate", "designer"),
    ("news", "new"), ("university", "universe"), ("policy", "police"), ("operator", "operation"),
    ("general", "generate"), ("2.1", "21"), ("v2.1", "v21"), ("2023.1", "2023.2"), ("3.10", "31.0"),
    ("tick-tock", "tock tick"), ("nova-core", "core nova"), ("ha", "have"), ("ipv6", "ipv4"),
    ("don", "don't"), ("t", "don't"), ("s", "nova's"), ("stack", "haystacks"),
    ("nov", "nova"), ("明李", "李明"), ("李明", "李小明"), ("иван", "иваново"), ("й", "и"),
    ("l3", "l2"), ("cells", "cello"), ("glance", "glaze"), ("heat", "heath"), ("tc", "ptc"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "text"), MEET)
def test_words_that_must_meet(typed: str, text: str) -> None:
    assert meets(typed, text)


@pytest.mark.parametrize(("typed", "text"), APART)
def test_words_that_must_not_meet(typed: str, text: str) -> None:
    assert not meets(typed, text)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("the deferred specs", ("the", "deferred", "specs")),
        ("nova-core review", ("nova", "core", "review")),
        ("run DevStack gate", ("run", "devstack", "gate")),
        ("nova's cells", ("nova", "cells")),
        ("李小明", ("李小", "小明")),
        ("", ()),
        ("—", ()),
    ],
)
def test_a_phrase_keeps_exact_forms(text: str, forms: tuple[str, ...]) -> None:
    assert phrase_forms(text) == forms


@pytest.mark.parametrize(
    "text",
    [
        "Ana's tick-tock; DevStack",
        "Łukasz Straße (v2.1)",
        "a 李小明 b",
        "e\u0301te\u0301 ok",
        "don't",
    ],
)
def test_a_token_stands_where_its_word_stands(text: str) -> None:
    for token in tokenize(text):
        shown = fold(text[token.start : token.end])
        assert shown.replace("-", "").replace("'", "").startswith(token.form[:2])
        assert 0 <= token.start < token.end <= len(text)


def test_positions_grow_from_word_to_word() -> None:
    positions = [
        token.position for token in tokenize("a b.c.d DevStack " + ".".join("x" * 40) + " z")
    ]
    assert positions == sorted(positions)


@pytest.mark.parametrize("text", ["", "---", "“”", "\u0301\u0301", "\x00", "🎉"])
def test_some_texts_have_no_words(text: str) -> None:
    assert not has_words(text)
    assert list(tokenize(text)) == []


@pytest.mark.parametrize(
    "piece", ["a", "a-", "a.b", "A", "aB", "'s", "a\u0301", "李", "\ud800", "_", "ß"]
)
def test_huge_texts_take_time_in_proportion(piece: str) -> None:
    began = time.perf_counter()
    for token in tokenize(piece * 20_000):
        assert token.end > token.start
    assert time.perf_counter() - began < 3


def test_stems_do_not_hang_on_which_stemmer_is_installed() -> None:
    fast = pytest.importorskip("Stemmer").Stemmer("english")
    plain = EnglishStemmer()
    endings = ["", "s", "es", "ed", "ing", "ly", "ement", "ations", "iveness", "ies", "ousli", "e"]
    words = [stem + ending for stem in WORDS + FIRST + LAST for ending in endings]
    words = [word.lower() for word in words if word.isascii() and word.isalpha()]
    assert len(words) > 100_000
    assert [fast.stemWord(word) for word in words] == [plain.stemWord(word) for word in words]
