"""A query's tree as OpenSearch is asked: which documents match, with the scores of `ranking.py`.

Only finished words and exact values are put into requests, as values: no text of a user is ever
read as a query, a pattern or a script by the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from ingest.records import Vocabulary
from search.analysis import fold, phrase_forms, stem, word_forms
from search.documents import FIELD_BY_NAME, TEXT_FIELDS
from search.opensearch_schema import HALF, VALUE_FIELDS, encode_form
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
from search.query_values import first_day, last_day
from search.ranking import K1, rarity
from search.spelling import within_one
from search.stored_words import STEP

Json = dict[str, Any]
Row = tuple[frozenset[str], ...]
MOST = K1 + 1  # the score of a word that stands everywhere in a document, but for its rarity
NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}
_WAYS = ("pieces", "wholes", "parts")
_DAMPED = "params.worth * _score / (_score + params.half)"


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
                return _unscored({"bool": {"must_not": [self._compile(part)]}})
            case Everything():
                return _unscored({"match_all": {}})
            case Nothing():
                return NOTHING
            case FieldIs(field, value):
                return _unscored(self._having(field, value))
            case FieldRange(field, low, high):
                return _unscored(self._between(field, low, high))
            case _:
                return any_of([self._scored(piece) for piece in self.pieces(query)])

    def _all(self, parts: Sequence[Query]) -> Json:
        wanted = [self._compile(part) for part in parts if not isinstance(part, Not)]
        denied = [self._compile(part.part) for part in parts if isinstance(part, Not)]
        return {
            "bool": {
                "must": wanted or [_unscored({"match_all": {}})],
                "must_not": denied,
            }
        }

    def _scored(self, piece: Piece) -> Json:
        worth = self._worth.get(id(piece.query))
        if not piece.counted or worth is None:
            return piece.query
        parameters = {"worth": worth * MOST, "half": HALF}
        script = {"source": _DAMPED, "params": parameters}
        return {"script_score": {"query": piece.query, "script": script}}

    def _having(self, field: str, value: str) -> Json:
        name = "mail" if field == "id" else field
        if name != "mail" and name not in VALUE_FIELDS:
            return NOTHING
        return {"term": {name: {"value": _text(value)}}}

    def _between(self, field: str, low: str, high: str) -> Json:
        if field == "date":
            first = first_day(low) if low else date.min
            last = last_day(high) if high else date.max
            return {"range": {"day": {"gte": first.toordinal(), "lte": last.toordinal()}}}
        if field == "cycle":
            cycles = self.vocabulary.cycles
            order = {cycle: place for place, cycle in enumerate(cycles)}
            inside = cycles[order.get(low, 0) : order.get(high, len(order)) + 1]
            return {"terms": {"cycle": list(inside)}}
        if field not in VALUE_FIELDS:
            return NOTHING
        ends = {name: _text(end) for name, end in (("gte", low), ("lte", high)) if end}
        return {"range": {field: ends}} if ends else {"exists": {"field": field}}

    def pieces(self, leaf: TextLeaf) -> list[Piece]:
        """Give the ways in which a leaf is found, each once; the answer is their sum."""
        if leaf not in self._pieces:
            self._pieces[leaf] = self._work_out_pieces(leaf)
        return self._pieces[leaf]

    def _work_out_pieces(self, leaf: TextLeaf) -> list[Piece]:
        if leaf.field and leaf.field not in TEXT_FIELDS:
            fitting = self._fitting(leaf)
            return [Piece(_unscored({"terms": {leaf.field: fitting}}), False)] if fitting else []
        slop = leaf.slop if isinstance(leaf, Phrase) else 0
        found: list[Piece] = []
        for row in self.rows(leaf):
            if len(row) > 1:
                found.append(Piece(_in_row(row, leaf.field, slop), True))
            elif isinstance(leaf, Word):
                found.append(Piece(_by_stem(stem(next(iter(row[0]))), leaf.field), False))
            elif row and row[0]:
                found.append(Piece(_by_forms(row[0], leaf.field), True))
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


def any_of(queries: Sequence[Json]) -> Json:
    """Match any of some queries, with the sum of their scores."""
    if len(queries) == 1:
        return queries[0]
    if not queries:
        return NOTHING
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _unscored(query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": 0}}


def _by_stem(stemmed: str, field: str) -> Json:
    name = f"stem_{field}" if field else "stem"
    return {"term": {name: {"value": encode_form(stemmed), "boost": MOST}}}


def _by_forms(forms: frozenset[str], field: str) -> Json:
    name = f"form_{field}" if field else "word"
    return any_of([{"term": {name: {"value": encode_form(form)}}} for form in sorted(forms)])


def _in_row(row: Row, field: str, slop: int) -> Json:
    """Find words side by side; the score is the weighed count over the fields, in steps."""
    if not all(row):
        return NOTHING
    text = " ".join("|".join(sorted(map(encode_form, forms))) for forms in row)
    terms = sum(len(forms) for forms in row)
    found: list[Json] = []
    for name in [field] if field else TEXT_FIELDS:
        # A phrase's score is the sum over its words: each has its share of one occurrence.
        weight = FIELD_BY_NAME[name].weight * STEP
        asked = {"query": text, "slop": slop, "boost": weight / terms, "analyzer": "stacked"}
        if slop:
            # The library counts a loose phrase as a part of one: here it counts as one.
            loose = {"match_phrase": {f"near_{name}": asked}}
            found.append({"constant_score": {"filter": loose, "boost": weight}})
            continue
        ways = [{"match_phrase": {f"{kind}_{name}": asked}} for kind in _WAYS]
        found.append({"dis_max": {"queries": ways}})
    return any_of(found)


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
