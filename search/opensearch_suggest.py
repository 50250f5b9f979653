"""What an engine offers unasked: completions, other spellings, candidacies like one at hand.

The same rules as on Whoosh (`whoosh_suggest.py`), on questions that a cluster answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.records import Candidacy
from search.analysis import fold, phrase_forms, stem
from search.engine import Suggestion
from search.facets import UNKNOWN, label_of
from search.opensearch_query import MOST, Compiler
from search.opensearch_schema import encode_form
from search.opensearch_words import IndexWords
from search.packed_words import PackedWords
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
from search.ranking import rarity
from search.spelling import distance

Json = dict[str, Any]
LEAST_LETTERS = 2
MOST_SPELLINGS = 3
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


def did_you_mean(compiler: Compiler, query: Query) -> tuple[str, ...]:
    """Give queries that find something where this one found nothing: other spellings first."""
    respelt = _respell(compiler, query)
    offers = [respelt] if respelt is not None else []
    words = [leaf for leaf in wanted_leaves(query) if isinstance(leaf, Word | Phrase)]
    if isinstance(query, And) and len(words) > 1:
        base = respelt if isinstance(respelt, And) else query
        plain = [part for part in base.parts if isinstance(part, Word | Phrase)]
        others = [part for part in base.parts if not isinstance(part, Word | Phrase)]
        if len(plain) > 1:
            offers.append(And((any_of(list(plain)), *others)) if others else any_of(list(plain)))
    counts = compiler.words.count([compiler.matching(offer) for offer in offers])
    found = [offer for offer, count in zip(offers, counts, strict=True) if count]
    return tuple(dict.fromkeys(render_query(offer) for offer in found))[:MOST_SPELLINGS]


def _respell(compiler: Compiler, query: Query) -> Query | None:
    """Replace every word that the index has not by the nearest that it has; None if none was."""
    match query:
        case And(parts) | Or(parts):
            new = [_respell(compiler, part) for part in parts]
            if not any(new):
                return None
            kept = tuple(n if n is not None else p for n, p in zip(new, parts, strict=True))
            return replace(query, parts=kept)
        case Word() | Fuzzy() | Prefix():
            if compiler.words.count([compiler.matching(query)])[0]:
                return None
            near = nearest(compiler.words, fold(query.text))
            return Word(near, query.field) if near else None
        case FieldIs(field, value) if field in ("project", "nick", "cycle"):
            values = compiler.words.values(field)
            close = [v for v in values if distance(v, slug(value), 2) <= min(2, len(v) // 3)]
            if value in values or not close:
                return None
            best = min(close, key=lambda v: (distance(v, slug(value), 2), -values[v], v))
            return FieldIs(field, best)
        case _:
            return None


def nearest(words: IndexWords, word: str) -> str:
    """Give the index's word nearest to a misspelt one: by distance, then by how common it is."""
    if not 3 < len(word) <= 40 or not word.isalnum():
        return ""
    most = 1 if len(word) < 6 else 2
    near = [
        (slips, -count, form)
        for form, count in words.near(word, most, 3) + words.near(word, 1, 0)
        if not form[:1].isdigit() and 0 < (slips := distance(word, form, most)) <= most
    ]
    return min(near)[2] if near else ""


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
