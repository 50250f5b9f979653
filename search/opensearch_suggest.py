"""What an engine offers unasked: completions, other spellings, candidacies like one at hand.

The same rules as on Whoosh (`whoosh_suggest.py`), on questions that a cluster answers; which other
spellings are offered, `respelling.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.records import Candidacy
from search import offers
from search.analysis import phrase_forms
from search.engine import Suggestion
from search.facets import UNKNOWN, label_of
from search.offers import LEAST_LETTERS, complete_word
from search.opensearch_query import Compiler
from search.opensearch_schema import encode_form
from search.opensearch_terms import MOST
from search.opensearch_words import IndexWords
from search.packed_words import PackedWords
from search.query_tree import Query

Json = dict[str, Any]
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
    room = limit - len(kept)
    return kept + list(complete_word(text, room, lambda form: words.beginning(form, MOST_FORMS)))


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
    packed = PackedWords(statement)
    names = (candidacy.candidate, candidacy.cycle, *candidacy.projects)
    return offers.key_terms(names, packed, words.documents, words.stem_frequencies)


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
