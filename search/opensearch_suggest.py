"""What an engine offers unasked: completions, other spellings, candidacies like one at hand.

The same rules as on Whoosh (`whoosh_suggest.py`), on questions that a cluster answers; which other
spellings are offered, `respelling.py` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.records import Candidacy
from search.analysis import phrase_forms, stem
from search.engine import Suggestion
from search.facets import UNKNOWN, label_of
from search.opensearch_query import MOST, Compiler
from search.opensearch_schema import encode_form
from search.opensearch_words import IndexWords
from search.packed_words import PackedWords
from search.query_tree import Query
from search.ranking import rarity

Json = dict[str, Any]
LEAST_LETTERS = 2
KEY_TERMS = 24
COMMON = 0.35  # a word in more of the documents than this says nothing about one of them
MOST_FORMS = 200


def suggest(words: IndexWords, text: str, limit: int) -> list[Suggestion]:
    """Complete the end of what is typed: names over all of it, then words for its last word."""
    typed = " ".join(map(encode_form, phrase_forms(text)))
    if len(typed) < LEAST_LETTERS or limit <= 0 or text[-1:].isspace():
        return []
    most = max(limit // 2, 1)
    kept = list(_candidates(words, typed, most))
    for kind in ("project", "cycle"):
        kept += _values(words, kind, typed)[:most]
    kept = kept[: max(limit - 2, 1)]
    return kept + list(_words(words, text, limit - len(kept)))


def _candidates(words: IndexWords, typed: str, most: int) -> Iterator[Suggestion]:
    terms = {"field": "candidate", "size": most}
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": {"constant_score": {"filter": {"prefix": {"names": {"value": typed}}}}},
        "aggs": {"persons": {"terms": terms}},
    }
    found = words.cluster.search(words.cluster.name, body)["aggregations"]["persons"]["buckets"]
    labels = words.labels(row["key"] for row in found)
    rows = [(row["doc_count"], labels.get(row["key"], row["key"])) for row in found]
    for count, label in sorted(rows, key=lambda row: (-row[0], row[1])):
        yield Suggestion("candidate", label, f'candidate:"{label}"', count)


def _values(words: IndexWords, kind: str, typed: str) -> list[Suggestion]:
    found: list[Suggestion] = []
    for value, count in words.values(kind).items():
        forms = phrase_forms(value)
        rows = [" ".join(forms[i:]) for i in range(len(forms))]
        if value != UNKNOWN and any(row.startswith(typed) for row in rows):
            found.append(Suggestion(kind, label_of(kind, value), f"{kind}:{value}", count))
    return sorted(found, key=lambda each: (-each.count, each.text))


def _words(words: IndexWords, text: str, room: int) -> Iterator[Suggestion]:
    before, _, last = text.rpartition(" ")
    forms = phrase_forms(last)
    if len(forms) != 1 or len(forms[0]) < 3 or not last.isalnum():
        return
    seen: set[str] = set()
    for form, count in words.beginning(forms[0], MOST_FORMS):
        if len(seen) >= room:
            return
        if stem(form) not in seen:
            seen.add(stem(form))
            whole = f"{before} {form}".strip()
            yield Suggestion("word", whole, whole, count)


class ClusterWords:
    """What `respelling.py` asks of an index, asked of a cluster."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._words = compiler.words

    def finds(self, queries: Sequence[Query]) -> list[bool]:
        return [count > 0 for count in self._words.count([*map(self._compiler.matching, queries)])]

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        return self._words.near(word, slips, 3) + self._words.near(word, 1, 0)

    def values(self, field: str) -> Mapping[str, int]:
        return self._words.values(field)


def key_terms(words: IndexWords, candidacy: Candidacy, statement: bytes) -> dict[str, float]:
    """Choose the stems that say most about a statement, each with its worth."""
    # What it is about, not whose it is: two statements of one project are not alike for that.
    names = (candidacy.candidate, candidacy.cycle, *candidacy.projects)
    own = {stem(form) for name in names for form in phrase_forms(name)}
    own |= {"ptl", "tc", "candidaci", "candid", "elect", "run", "cycl"}
    counts = Counter[str]()
    for form, times in PackedWords(statement).counts():
        counts[stem(form)] += times
    total = words.documents
    likely = [row for row in counts.most_common(400) if len(row[0]) > 2 and row[0] not in own]
    frequencies = words.stem_frequencies(stemmed for stemmed, _ in likely)
    worth: dict[str, float] = {}
    for stemmed, count in likely:
        with_it = frequencies[stemmed]
        if 1 < with_it <= max(COMMON * total, 2) and not stemmed.isdigit():
            worth[stemmed] = rarity(total, with_it) * count / (count + 1.2)
    best = sorted(worth, key=lambda stemmed: (-worth[stemmed], stemmed))[:KEY_TERMS]
    return {stemmed: worth[stemmed] for stemmed in best}


def alike(candidacy_id: str, terms: dict[str, float]) -> Json:
    """Give the query for documents that share most of some key terms; a mere one is not enough."""
    return {
        "bool": {
            "should": [
                {"term": {"stem": {"value": encode_form(stemmed), "boost": worth * MOST}}}
                for stemmed, worth in terms.items()
            ],
            "minimum_should_match": 2 if len(terms) > 3 else 1,
            "must_not": [{"ids": {"values": [candidacy_id]}}],
        }
    }
