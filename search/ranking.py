"""How well a document answers: BM25F, its constants, and words that stand together.

An occurrence counts by its field's weight, less in a long text than in a short one; the sum over
the fields is damped once (Robertson, Zaragoza, Taylor 2004: "Simple BM25 extension to multiple
weighted fields"), so that a word in five fields is not counted as five words. No engine in it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from search.analysis import PARTS, word_forms
from search.documents import FIELD_BY_NAME
from search.packed_words import PackedWords
from search.query_tree import And, Query, Word

K1 = 1.2  # damping: from here on, more of the same word adds little
LENGTH_SHARE = 0.6  # how far a text's length corrects the count: 0 not at all, 1 in full
NAME_BONUS = 40.0  # above any sum of BM25F scores that a short query reaches
NEAR_BONUS = 2.0  # about the score of one more word of middling rarity
NEAR = 3
MOST_NEAR_WORDS = 6


def field_count(field: str, occurrences: float, words: int) -> float:
    """Weigh a word's occurrences in one field of one document of so many words."""
    known = FIELD_BY_NAME[field]
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * words / known.usual_words
    return known.weight * occurrences / max(length, 0.2)


def rarity(documents: int, with_word: int) -> float:
    """Give the weight of a word that stands in `with_word` of the documents; never negative."""
    return math.log(1 + (documents - with_word + 0.5) / (with_word + 0.5))


def damped(count: float) -> float:
    """Turn a weighed count into a score between 0 and `K1 + 1`."""
    return count * (K1 + 1) / (count + K1)


def near_words(query: Query) -> tuple[str, ...]:
    """Give the folded plain words of a query whose nearness to each other says something."""
    parts: Iterable[Query] = query.parts if isinstance(query, And) else ()
    rows = [word_forms(part.text) for part in parts if isinstance(part, Word) and not part.field]
    return tuple(row[0][0] for row in rows if row and len(row[0]) == 1)[:MOST_NEAR_WORDS]


def near_share(words: PackedWords, forms: Sequence[frozenset[str]]) -> float:
    """Tell which share of neighbours in the query stand at most `NEAR` words apart in a text."""
    near = 0
    first: Sequence[int] = words.positions(forms[0])
    for left, each in enumerate(forms[1:], 2 - len(forms)):
        if not first and not left:
            break  # nothing is near to a word that the text has not
        second = words.positions(each)
        near += _stand_near(first, second)
        first = second
    return near / (len(forms) - 1)


def _stand_near(first: Sequence[int], second: Sequence[int]) -> bool:
    if len(first) > len(second):
        first, second = second, first
    for place in first if second else ():
        word = place // PARTS
        i = bisect_left(second, (word - NEAR) * PARTS)
        if i < len(second) and second[i] < (word + NEAR + 1) * PARTS:
            return True
    return False
