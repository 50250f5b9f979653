"""Which queries are offered where one found nothing: other spellings, then any of its words.

No engine in it: each tells what of the index is asked here (`KnownWords`), so that all of them
offer the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from search.analysis import fold
from search.query import render_query
from search.query_tree import (
    And,
    FieldIs,
    Fuzzy,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
    any_of,
    wanted_leaves,
)
from search.query_values import slug
from search.spelling import distance

MOST_SPELLINGS = 3
MOST_SLIPS = 2


class KnownWords(Protocol):
    """What an index has of words and values."""

    def finds(self, queries: Sequence[Query]) -> Sequence[bool]:
        """Tell of each query whether it has a hit."""
        ...

    def near(self, word: str, slips: int) -> Iterable[tuple[str, int]]:
        """Give forms about so many slips away, with their documents; others may be among them."""
        ...

    def values(self, field: str) -> Mapping[str, int]:
        """Give a field's values with their documents."""
        ...


def did_you_mean(known: KnownWords, query: Query) -> tuple[str, ...]:
    """Give queries that find something where this one found nothing: other spellings first."""
    respelt = _respell(known, query)
    offers = [respelt] if respelt is not None else []
    words = [leaf for leaf in wanted_leaves(query) if isinstance(leaf, Word | Phrase)]
    if isinstance(query, And) and len(words) > 1:
        base = respelt if isinstance(respelt, And) else query
        plain = [part for part in base.parts if isinstance(part, Word | Phrase)]
        others = [part for part in base.parts if not isinstance(part, Word | Phrase)]
        if len(plain) > 1:
            offers.append(And((any_of(list(plain)), *others)) if others else any_of(list(plain)))
    if not offers:
        return ()
    found = [offer for offer, finds in zip(offers, known.finds(offers), strict=True) if finds]
    return tuple(dict.fromkeys(render_query(offer) for offer in found))[:MOST_SPELLINGS]


def _respell(known: KnownWords, query: Query) -> Query | None:
    """Replace every word that the index has not by the nearest that it has; None if none was."""
    match query:
        case And(parts) | Or(parts):
            new = [_respell(known, part) for part in parts]
            if not any(new):
                return None
            kept = tuple(n if n is not None else p for n, p in zip(new, parts, strict=True))
            return replace(query, parts=kept)
        case Word() | Fuzzy() | Prefix():
            if known.finds([query])[0]:
                return None
            near = nearest(known, fold(query.text))
            return Word(near, query.field) if near else None
        case FieldIs(field, value) if field in ("project", "nick", "cycle"):
            return _respell_value(known, field, value)
        case _:
            return None


def _respell_value(known: KnownWords, field: str, value: str) -> Query | None:
    values = known.values(field)
    wanted = slug(value)
    close = {
        v: slips
        for v in values
        if (slips := distance(v, wanted, MOST_SLIPS)) <= min(MOST_SLIPS, len(v) // 3)
    }
    if value in values or not close:
        return None
    return FieldIs(field, min(close, key=lambda v: (close[v], -values[v], v)))


def nearest(known: KnownWords, word: str) -> str:
    """Give the index's word nearest to a misspelt one: by distance, then by how common it is."""
    if not 3 < len(word) <= 40 or not word.isalnum():
        return ""
    most = 1 if len(word) < 6 else MOST_SLIPS
    near = [
        (slips, -count, form)
        for form, count in known.near(word, most)
        if count and not form[:1].isdigit() and 0 < (slips := distance(word, form, most)) <= most
    ]
    return min(near)[2] if near else ""
