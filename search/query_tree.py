"""The tree a query is read into: frozen nodes that know where in the text they stood.

Owns what can be meant; `query_parser.py` owns how it is typed, `query_render.py` how it is written
back, and each engine compiles the nodes for its library. Two nodes that mean the same are equal:
positions do not count, so that a rendered query parses back to an equal tree.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stood in the query's text: the first character, and the one after the last."""

    start: int = 0
    end: int = 0


NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms; an empty `field` searches every text field."""

    text: str
    field: str = ""
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in their exact form, side by side; `slop` allows that many places between them."""

    text: str
    slop: int = 0
    field: str = ""
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that begins so; `text` is without the star."""

    text: str
    field: str = ""
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Every word at most one letter away that shares the first two letters."""

    text: str
    field: str = ""
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field that is not text has exactly this value, in the form `documents.py` stores it in."""

    field: str
    value: str
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FieldRange:
    """A field with an order lies between two values, both included; an empty end is open.

    Dates are `2014`, `2014-01` or `2014-01-31`: the low end means its first day, the high end its
    last.
    """

    field: str
    low: str
    high: str
    at: Span = dataclasses.field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class Everything:
    """Every candidacy: what an empty query means."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No candidacy."""


TextLeaf = Word | Phrase | Prefix | Fuzzy
Leaf = TextLeaf | FieldIs | FieldRange
Query = Leaf | And | Or | Not | Everything | Nothing


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the answer must say about the query: the words concerned and why, for a person.

    `code` is stable for programs: `ignored`, `limited`, `unknown-field`, `unknown-cycle`,
    `bad-date`, `bad-value`, `unbalanced`, `short-prefix`.
    """

    code: str
    words: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a text was read as, and what had to be said about it."""

    query: Query
    notices: tuple[Notice, ...] = ()


def all_of(parts: list[Query]) -> Query:
    """Join with AND, flat; one part stands alone, none means everything."""
    flat: list[Query] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else [part])
    flat = [part for part in flat if not isinstance(part, Everything)]
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Query]) -> Query:
    """Join with OR, flat; one part stands alone, none means nothing."""
    flat: list[Query] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else [part])
    flat = [part for part in flat if not isinstance(part, Nothing)]
    if not flat:
        return Nothing()
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def none_of(part: Query) -> Query:
    """Deny a part; what was denied already stands again."""
    return part.part if isinstance(part, Not) else Not(part)


def wanted_leaves(query: Query) -> Iterator[Leaf]:
    """Give the leaves that a hit may have, leaving out what stands below a NOT."""
    match query:
        case And(parts) | Or(parts):
            for part in parts:
                yield from wanted_leaves(part)
        case Not() | Everything() | Nothing():
            return
        case _:
            yield query
