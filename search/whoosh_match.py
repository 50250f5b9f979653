"""A query's tree against one generation of the index: which documents, with which scores.

Whole posting lists are joined with sets and dictionaries, which costs Python a tenth of what
Whoosh's matchers cost it, gives the total and the facets from the same pass, and scores true
BM25F. What may be read for one query is bounded; what was left out for that reason is said in a
notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, repeat
from operator import add
from typing import NamedTuple

from search.analysis import fold, phrase_forms, stem, word_forms
from search.documents import FIELD_BY_NAME, TEXT_FIELDS
from search.passages import Mark
from search.query_tree import (
    And,
    Everything,
    FieldIs,
    FieldRange,
    Fuzzy,
    Leaf,
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
from search.ranking import damped, field_count, rarity
from search.rows import Places, count_rows
from search.spelling import within_one
from search.whoosh_snapshot import Snapshot

MOST_EXPANSIONS = 200
MOST_POSTINGS = 600_000  # of one prefix or fuzzy word


Rows = tuple[tuple[frozenset[str], ...], ...]


class Matches(NamedTuple):
    """The documents found, and scores of those that have one."""

    documents: AbstractSet[int]
    scores: Mapping[int, float]


NOTHING = Matches(frozenset(), {})


class Matcher:
    """Matches queries against a snapshot for one request; collects the request's notices."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.notices: list[Notice] = []
        # Excerpts ask for the leaves again; a prefix or a phrase is worked out once.
        self._found: dict[TextLeaf, Matches] = {}
        self._rows: dict[TextLeaf, Rows] = {}

    def match(self, query: Query) -> Matches:
        """Give the documents that a query means, with their scores."""
        match query:
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return _join([self.match(part) for part in parts])
            case Not(part):
                return Matches(self.snapshot.columns.documents - self.match(part).documents, {})
            case Everything():
                return Matches(self.snapshot.columns.documents, {})
            case Nothing():
                return NOTHING
            case FieldIs(field, value):
                return Matches(self._having(field, value), {})
            case FieldRange(field, low, high):
                return Matches(self.snapshot.columns.between(field, low, high), {})
            case _:
                return self._text(query)

    def _all(self, parts: Sequence[Query]) -> Matches:
        wanted = [self.match(part) for part in parts if not isinstance(part, Not)]
        denied = [self.match(part.part) for part in parts if isinstance(part, Not)]
        if not wanted:
            wanted = [Matches(self.snapshot.columns.documents, {})]
        wanted.sort(key=lambda found: len(found.documents))
        documents: AbstractSet[int] = wanted[0].documents
        for found in wanted[1:]:
            documents = documents & found.documents
        for found in denied:
            documents = documents - found.documents
        return Matches(
            documents,
            _sums(documents, [_scores_of(documents, each) for each in wanted if each.scores]),
        )

    def _having(self, field: str, value: str) -> AbstractSet[int]:
        if field != "id":
            return self.snapshot.columns.having(field, value)
        return self.snapshot.documents("mail", value)

    def _text(self, leaf: TextLeaf) -> Matches:
        if leaf not in self._found:
            self._found[leaf] = self._match_text(leaf)
        return self._found[leaf]

    def _match_text(self, leaf: TextLeaf) -> Matches:
        if leaf.field and leaf.field not in TEXT_FIELDS:
            return self._values_like(leaf)
        if isinstance(leaf, Word) and not leaf.field:
            return _join([self._word(row) for row in word_forms(leaf.text)])
        slop = leaf.slop if isinstance(leaf, Phrase) else 0
        return _join([self._row(row, leaf.field, slop) for row in self.rows(leaf)])

    def _word(self, row: tuple[str, ...]) -> Matches:
        """Match a word in any field: a stem has a posting list of its own."""
        if len(row) > 1:
            return self._row(tuple(frozenset({form}) for form in row), "", 0)
        scores = self.snapshot.stem_scores(stem(row[0]))
        return Matches(scores.keys(), scores)

    def rows(self, leaf: TextLeaf) -> Rows:
        """Give the rows of sets of forms that a leaf stands for; excerpts mark by the same rows."""
        if leaf not in self._rows:
            self._rows[leaf] = self._work_out_rows(leaf)
        return self._rows[leaf]

    def _work_out_rows(self, leaf: TextLeaf) -> Rows:
        match leaf:
            case Word(text):
                rows = word_forms(text)
                return tuple(
                    (self.snapshot.kin(stem(row[0])),)
                    if len(row) == 1
                    else tuple(frozenset({form}) for form in row)
                    for row in rows
                )
            case Phrase(text):
                return (tuple(frozenset({form}) for form in phrase_forms(text)),)
            case Prefix(text):
                *before, last = phrase_forms(text)
                row = [frozenset({form}) for form in before]
                return ((*row, self._beginning(last, leaf)),)
            case Fuzzy(text):
                return ((self._near(fold(text), leaf),),)

    def _lexicon(self, field: str) -> str:
        return f"in_{field}" if field else "word"

    def _beginning(self, prefix: str, leaf: Prefix) -> frozenset[str]:
        found = self.snapshot.forms(self._lexicon(leaf.field), prefix, 20 * MOST_EXPANSIONS)
        return self._bounded(found, f"{leaf.text}*")

    def _near(self, word: str, leaf: Fuzzy) -> frozenset[str]:
        lexicon = self._lexicon(leaf.field)
        near = [
            (form, self.snapshot.frequency(lexicon, form))
            for form in self.snapshot.spellings(lexicon, word[:2], 100 * MOST_EXPANSIONS)
            if abs(len(form) - len(word)) <= 1 and within_one(form, word)
        ]
        return self._bounded(near, f"{leaf.text}~")

    def _bounded(self, found: list[tuple[str, int]], words: str) -> frozenset[str]:
        """Keep the commonest forms as far as the budget goes."""
        kept: set[str] = set()
        cost = 0
        for form, count in sorted(found, key=lambda row: (-row[1], row[0])):
            cost += count
            if len(kept) >= MOST_EXPANSIONS or cost > MOST_POSTINGS:
                message = (
                    f"“{words}” stands for {len(found)} words: the commonest {len(kept)} were used."
                )
                self.notices.append(Notice("limited", words, message))
                break
            kept.add(form)
        return frozenset(kept)

    def _values_like(self, leaf: TextLeaf) -> Matches:
        text = fold(leaf.text)
        values = self.snapshot.columns.values.get(leaf.field, {})
        match leaf:
            case Prefix():
                fitting = [value for value in values if fold(value).startswith(text)]
            case Fuzzy():
                fitting = [value for value in values if within_one(fold(value), text)]
            case _:
                fitting = [value for value in values if fold(value) == text]
        return Matches(self.snapshot.columns.chosen(leaf.field, fitting), {})

    def _row(self, row: tuple[frozenset[str], ...], field: str, slop: int) -> Matches:
        if not row:
            return NOTHING
        if len(row) == 1:
            return self._forms(row[0], field)
        counts: dict[int, float] = defaultdict(float)
        for name in [field] if field else TEXT_FIELDS:
            for number, times in self._row_in(name, row, slop).items():
                counts[number] += field_count(name, times, FIELD_BY_NAME[name].usual_words)
        return self._scored(counts)

    def _row_in(self, name: str, row: tuple[frozenset[str], ...], slop: int) -> dict[int, int]:
        """Find a row of words in one field: documents, and how often it stands there."""
        columns: list[Places] = []
        for forms in row:
            columns.append(self._places(name, forms))
            if not columns[-1]:
                return {}
        return count_rows(columns, slop)

    def _places(self, name: str, forms: frozenset[str]) -> Places:
        """Give the places of any of some forms."""
        found = [self.snapshot.places(f"in_{name}", form) for form in forms]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))

    def _forms(self, forms: frozenset[str], field: str) -> Matches:
        """Match any of some forms."""
        lexicon = self._lexicon(field)
        counts: dict[int, int] = {}
        for form in forms:
            found = self.snapshot.postings(lexicon, form)
            if not counts:
                counts = dict(zip(*found, strict=True))
                continue
            for number, steps in zip(*found, strict=True):
                counts[number] = counts.get(number, 0) + steps
        worths = self.snapshot.worths(counts.values(), len(counts))
        scores = dict(zip(counts, map(worths.__getitem__, counts.values()), strict=True))
        return Matches(scores.keys(), scores)

    def _scored(self, counts: Mapping[int, float]) -> Matches:
        worth = rarity(len(self.snapshot.columns.documents), len(counts))
        worths = {count: worth * damped(count) for count in set(counts.values())}
        scores = {number: worths[count] for number, count in counts.items()}
        return Matches(scores.keys(), scores)

    def marks(self, query: Query) -> list[Mark]:
        """Give what excerpts mark: the forms behind each wanted leaf, worth its rarity."""
        return [mark for leaf in wanted_leaves(query) for mark in self._leaf_marks(leaf)]

    def _leaf_marks(self, leaf: Leaf) -> Iterable[Mark]:
        if isinstance(leaf, FieldIs | FieldRange) or (leaf.field and leaf.field not in TEXT_FIELDS):
            return
        rows = self.rows(leaf)
        found = len(self.match(leaf).documents)
        worth = rarity(len(self.snapshot.columns.documents), found)
        yield Mark(rows, worth, leaf.field, leaf.slop if isinstance(leaf, Phrase) else 0)


def _scores_of(documents: AbstractSet[int], found: Matches) -> Iterable[float]:
    """Give the scores of documents that are all among what was found."""
    if len(found.scores) == len(found.documents):
        return map(found.scores.__getitem__, documents)
    return map(found.scores.get, documents, repeat(0.0))


def _sums(documents: AbstractSet[int], rows: Iterable[Iterable[float]]) -> dict[int, float]:
    """Add up rows of scores of some documents; nothing where there is no row."""
    sums: Iterable[float] = ()
    for number, row in enumerate(rows):
        sums = map(add, sums, row) if number else row
    return dict(zip(documents, sums, strict=False))


def _join(found: Sequence[Matches]) -> Matches:
    if len(found) == 1:
        return found[0]
    if not found:
        return NOTHING
    documents = frozenset().union(*(each.documents for each in found))
    most = max(found, key=lambda each: len(each.scores))
    scored = [most, *(each for each in found if each is not most and each.scores)]
    having = documents
    if any(len(each.scores) != len(each.documents) for each in found):
        having = frozenset().union(*(each.scores for each in scored))
    rows = [map(each.scores.get, having, repeat(0.0)) for each in scored]
    return Matches(documents, _sums(having, rows))
