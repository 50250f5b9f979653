"""Rows of words are found alike through all documents at once and in each of them alone."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from search.analysis import PARTS
from search.rows import DOCUMENT, count_rows, find_rows

# Of two words: how often each stands in a document. Rare ones are looked for in another way.
SHARES = [(0.2, 0.2), (0.01, 0.4), (0.4, 0.01), (0.0, 0.3)]
Column = list[list[int]]  # positions by document


def make_column(maker: random.Random, share: float) -> Column:
    places = [word * PARTS + part for word in range(150) for part in (0, 0, 1, PARTS - 1)]
    return [sorted({at for at in places if maker.random() < share}) for _ in range(20)]


def numbered(column: Column) -> list[int]:
    return [number << DOCUMENT | at for number, own in enumerate(column) for at in own]


def each_alone(columns: Sequence[Column], slop: int) -> dict[int, int]:
    counts = {}
    for number in range(len(columns[0])):
        own = [column[number] for column in columns]
        found = find_rows(own, 0) if not slop else near(own[0], own[1], slop)
        if found:
            counts[number] = len(found)
    return counts


def near(first: list[int], second: list[int], slop: int) -> list[int]:
    return [
        at
        for at in first
        if any(x != at and abs(at // PARTS + 1 - x // PARTS) <= slop for x in second)
    ]


@pytest.mark.parametrize("slop", [0, 1, 3])
@pytest.mark.parametrize("shares", SHARES)
def test_all_documents_at_once_give_what_each_gives_alone(
    shares: tuple[float, float], slop: int
) -> None:
    maker = random.Random(5)
    columns = [make_column(maker, share) for share in shares]
    assert count_rows([numbered(c) for c in columns], slop) == each_alone(columns, slop)


def test_three_words_follow_each_other_in_all_documents_as_in_one() -> None:
    maker = random.Random(6)
    columns = [make_column(maker, share) for share in (0.3, 0.02, 0.3)]
    found = each_alone(columns, 0)
    assert found
    assert count_rows([numbered(c) for c in columns], 0) == found
