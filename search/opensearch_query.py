"""A query's tree as OpenSearch is asked: which documents match, with the scores of `ranking.py`.

Which words and values a leaf stands for is found here; how they are asked for is
`opensearch_terms.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ingest.records import Vocabulary
from search.analysis import fold, phrase_forms, stem, word_forms
from search.documents import TEXT_FIELDS
from search.opensearch_schema import VALUE_FIELDS
from search.opensearch_terms import (
    EVERYTHING,
    NOTHING,
    Row,
    any_of,
    between,
    by_forms,
    by_stem,
    damped,
    having,
    in_row,
    unscored,
)
from search.opensearch_words import IndexWords
from search.query_tree import (
    And,
    Everything,
    FieldIs,
    FieldRange,
    Fuzzy,
    Not,
    Nothing,
    Notice,
    Or,
    Phrase,
    Prefix,
    Query,
    TextLeaf,
    Word,
    wanted_leaves,
)
from search.ranking import rarity
from search.spelling import within_one

Json = dict[str, Any]


class Piece(NamedTuple):
    """One of the ways in which a leaf is found; `counted` ones have a bare count for a score."""

    query: Json
    counted: bool


class Compiler:
    """Turns the leaves and trees of one request into queries; collects the request's notices."""

    def __init__(self, words: IndexWords, vocabulary: Vocabulary) -> None:
        self.words = words
        self.vocabulary = vocabulary
        self.notices: list[Notice] = []
        self._rows: dict[TextLeaf, tuple[Row, ...]] = {}
        self.leaf_worth: dict[TextLeaf, float] = {}
        self._worth: dict[int, float] = {}
        self._pieces: dict[TextLeaf, list[Piece]] = {}
        self._leaves: list[TextLeaf] = []

    def compile(self, query: Query) -> Json:
        """Give the query for a tree; first count all that its scores must know."""
        self._leaves = list(dict.fromkeys(text_leaves(query)))
        counted = [p.query for leaf in self._leaves for p in self.pieces(leaf) if p.counted]
        if counted:
            total, *found = self.words.count([EVERYTHING, *counted])
            for asked, count in zip(counted, found, strict=True):
                self._worth[id(asked)] = rarity(total, count)
        return self._compile(query)

    def worth_of_marks(self) -> dict[TextLeaf | None, Json]:
        """Give what must be counted to choose passages: each leaf of the tree compiled last, and
        (None) all documents.
        """
        # A lone leaf's worth changes nothing in which passages are the best.
        if len(self._leaves) < 2:
            return {}
        return {None: EVERYTHING, **{leaf: self.matching(leaf) for leaf in self._leaves}}

    def learn_worth(self, asked: Iterable[TextLeaf | None], counts: Sequence[int]) -> None:
        """Keep what `worth_of_marks` wanted counted."""
        found = dict(zip(asked, counts, strict=True))
        for leaf, count in found.items():
            if leaf is not None:
                self.leaf_worth[leaf] = rarity(found[None], count)

    def matching(self, query: Query) -> Json:
        """Give the query for a tree where scores do not matter."""
        return {"constant_score": {"filter": self._compile(query)}}

    def _compile(self, query: Query) -> Json:
        match query:
            case And(parts):
                return self._all(parts)
            case Or(parts):
                # Said twice, a word counts once, as a sum over posting lists has it.
                return any_of([self._compile(part) for part in dict.fromkeys(parts)])
            case Not(part):
                return unscored({"bool": {"must_not": [self._compile(part)]}})
            case Everything():
                return unscored({"match_all": {}})
            case Nothing():
                return NOTHING
            case FieldIs(field, value):
                return unscored(having(field, value))
            case FieldRange(field, low, high):
                return unscored(between(field, low, high, self.vocabulary.cycles))
            case _:
                return any_of([self._scored(piece) for piece in self.pieces(query)])

    def _all(self, parts: Sequence[Query]) -> Json:
        wanted = [self._compile(part) for part in parts if not isinstance(part, Not)]
        denied = [self._compile(part.part) for part in parts if isinstance(part, Not)]
        return {
            "bool": {
                "must": wanted or [unscored({"match_all": {}})],
                "must_not": denied,
            }
        }

    def _scored(self, piece: Piece) -> Json:
        worth = self._worth.get(id(piece.query))
        if not piece.counted or worth is None:
            return piece.query
        return damped(piece.query, worth)

    def pieces(self, leaf: TextLeaf) -> list[Piece]:
        """Give the ways in which a leaf is found, each once; the answer is their sum."""
        if leaf not in self._pieces:
            self._pieces[leaf] = self._work_out_pieces(leaf)
        return self._pieces[leaf]

    def _work_out_pieces(self, leaf: TextLeaf) -> list[Piece]:
        if leaf.field and leaf.field not in TEXT_FIELDS:
            fitting = self._fitting(leaf)
            return [Piece(unscored({"terms": {leaf.field: fitting}}), False)] if fitting else []
        slop = leaf.slop if isinstance(leaf, Phrase) else 0
        found: list[Piece] = []
        for row in self.rows(leaf):
            if len(row) > 1:
                found.append(Piece(in_row(row, leaf.field, slop), True))
            elif isinstance(leaf, Word):
                found.append(Piece(by_stem(stem(next(iter(row[0]))), leaf.field), False))
            elif row and row[0]:
                found.append(Piece(by_forms(row[0], leaf.field), True))
        return found

    def rows(self, leaf: TextLeaf) -> tuple[Row, ...]:
        """Give the rows of sets of forms that a leaf stands for, a word's own form for its kin."""
        if leaf not in self._rows:
            self._rows[leaf] = tuple(self._work_out_rows(leaf))
        return self._rows[leaf]

    def _work_out_rows(self, leaf: TextLeaf) -> Iterator[Row]:
        match leaf:
            case Word(text):
                for row in word_forms(text):
                    yield tuple(frozenset({form}) for form in row)
            case Phrase(text):
                yield tuple(frozenset({form}) for form in phrase_forms(text))
            case Prefix(text):
                *before, last = phrase_forms(text) or ("",)
                expansion = self.words.expand_prefix(last) if last else None
                if expansion:
                    self._bound(f"{text}*", expansion.found, len(expansion.forms))
                    own = [frozenset({form}) for form in before]
                    yield (*own, frozenset(expansion.forms))
            case Fuzzy(text):
                near = self.words.expand_fuzzy(fold(text))
                self._bound(f"{text}~", near.found, len(near.forms))
                yield (frozenset(near.forms),)

    def _bound(self, words: str, found: int, used: int) -> None:
        if found > used:
            message = f"“{words}” stands for {found} words: the commonest {used} were used."
            self.notices.append(Notice("limited", words, message))

    def _fitting(self, leaf: TextLeaf) -> list[str]:
        if leaf.field not in VALUE_FIELDS:
            return []
        text = fold(leaf.text)
        values = self.words.values(leaf.field)
        match leaf:
            case Prefix():
                return [value for value in values if fold(value).startswith(text)]
            case Fuzzy():
                return [value for value in values if within_one(fold(value), text)]
            case _:
                return [value for value in values if fold(value) == text]


def has_scores(query: Query) -> bool:
    """Tell whether anything in a query says how well a document fits it."""
    return any(
        isinstance(leaf, TextLeaf) and leaf.field in ("", *TEXT_FIELDS)
        for leaf in wanted_leaves(query)
    )


def text_leaves(query: Query) -> Iterator[TextLeaf]:
    """Give the leaves of text that scores are made of."""
    for leaf in wanted_leaves(query):
        if isinstance(leaf, TextLeaf):
            yield leaf
