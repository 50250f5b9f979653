"""One request answered by a cluster: hits in order, facets, excerpts, other spellings."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ingest.records import Vocabulary
from search.analysis import stem
from search.documents import TEXT_FIELDS
from search.engine import Excerpt, Facet, Hit, Notice, SearchRequest, SearchResults, Sort
from search.facets import known_facets, make_facet
from search.opensearch_query import Compiler, any_of, has_scores, text_leaves
from search.opensearch_schema import VALUE_FIELDS, encode_form
from search.opensearch_suggest import did_you_mean
from search.opensearch_words import MOST_VALUES, IndexWords
from search.packed_words import PackedWords
from search.passages import Mark, make_excerpts
from search.query_tree import Phrase, TextLeaf, Word
from search.ranking import NAME_BONUS, NEAR, NEAR_BONUS, named_words, near_words
from search.stored_words import unpack_light, unpack_marks

Json = dict[str, Any]
DEEPEST_HIT = 10_000
LOOKED_AT_CLOSELY = 40  # the best hits are ordered anew by how near the query's words stand
SHOWN = ["light", "marks", "reply_marks"]
NEWEST: list[Json] = [{"posted": "desc"}, {"id": "asc"}]
OLDEST: list[Json] = [{"posted": "asc"}, {"id": "desc"}]
# Facets whose few values are ordered on our side; of the others the cluster gives the commonest.
_WHOLE = frozenset({"office", "cycle", "year", "status", "outcome"})
Scored = tuple[str, float]


class Answer:
    """One request's answer in the making."""

    def __init__(self, words: IndexWords, request: SearchRequest, vocabulary: Vocabulary) -> None:
        self.words = words
        self.cluster = words.cluster
        self.request = request
        self.vocabulary = vocabulary
        self.compiler = Compiler(words, vocabulary)
        self.scored = has_scores(request.query)
        self.chosen: dict[str, Json] = {
            field: {"terms": {field: [_readable(value) for value in values]}}
            for field, values in request.chosen.items()
            if values and field in VALUE_FIELDS
        }

    def results(self) -> SearchResults:
        """Put the whole answer together."""
        first, size = self._window()
        near = near_words(self.request.query) if self._by_relevance else ()
        close = size > 0 and len(near) > 1 and first < LOOKED_AT_CLOSELY
        body = self.body(marking=self.request.excerpts and size > 0)
        body |= {"track_total_hits": True, "aggs": self._aggregations()}
        if close:
            body |= {"from": 0, "size": max(first + size, LOOKED_AT_CLOSELY), "_source": False}
        else:
            body |= {"from": first, "size": size, "_source": SHOWN if size else False}
        found = self.cluster.search(self.cluster.name, body)
        rows = found["hits"]["hits"]
        best = [(row["_id"], row["_score"] or 0.0) for row in rows]
        stored = {row["_id"]: row["_source"] for row in rows if "_source" in row}
        if close and best:
            best = self._nearest_first(best, near)[first : first + size]
            stored = fetch(self.words, [each for each, _ in best], SHOWN)
        counted = found.get("aggregations", {})
        everything = counted["found"]["doc_count"] if self.chosen else _total(found)
        return SearchResults(
            total=_total(found),
            hits=tuple(self._hits(best, stored)),
            facets=tuple(self._facets(counted)),
            did_you_mean=() if everything else did_you_mean(self.compiler, self.request.query),
            notices=tuple(dict.fromkeys(self.compiler.notices)),
            generation=self.words.generation,
        )

    def _window(self) -> tuple[int, int]:
        per_page, page = self.request.per_page, max(self.request.page, 1)
        if per_page > 0 and page * per_page > DEEPEST_HIT:
            message = (
                f"Only the first {DEEPEST_HIT} hits can be paged through: "
                "narrow the search or export it."
            )
            self.compiler.notices.append(Notice("limited", f"page {page}", message))
            return 0, 0
        return (page - 1) * per_page if per_page > 0 else 0, max(per_page, 0)

    @property
    def _by_relevance(self) -> bool:
        return self.scored and self.request.sort is Sort.RELEVANCE

    def body(self, *, marking: bool = False) -> Json:
        """Give the request's query, filter and order."""
        query = self.compiler.compile(self.request.query, marking=marking)
        body: Json = {"query": query, "sort": NEWEST, "track_scores": self.scored}
        if self._by_relevance:
            body |= {"query": self._named_first(query), "sort": [{"_score": "desc"}, *NEWEST]}
        elif self.request.sort is Sort.OLDEST:
            body["sort"] = OLDEST
        if self.chosen:
            body["post_filter"] = {"bool": {"filter": list(self.chosen.values())}}
        return body

    def _named_first(self, query: Json) -> Json:
        """Put a person or project that a short query names before those that mention it."""
        words = named_words(self.request.query)
        if not words:
            return query
        name = "-".join(words)
        name = self.vocabulary.project_aliases.get(name, name)
        if name in self.words.values("project"):
            named: Json = {"term": {"project": {"value": name}}}
        else:
            forms = ({"value": encode_form(word)} for word in words)
            named = {"bool": {"filter": [{"term": {"form_candidate": form}} for form in forms]}}
        bonus = {"constant_score": {"filter": named, "boost": NAME_BONUS}}
        return {"bool": {"must": [query], "should": [bonus]}}

    def _nearest_first(self, best: list[Scored], near: Sequence[str]) -> list[Scored]:
        """Among the best, let those rise in which the query's words stand together."""
        looked_at = best[:LOOKED_AT_CLOSELY]
        body = {
            "size": len(looked_at),
            "track_total_hits": False,
            "_source": False,
            "query": {
                "bool": {
                    "filter": [{"ids": {"values": [each for each, _ in looked_at]}}],
                    "should": [_together(near)],
                }
            },
        }
        rows = self.cluster.search(self.cluster.name, body)["hits"]["hits"]
        bonus = {row["_id"]: row["_score"] for row in rows}
        risen = [(each, score + bonus.get(each, 0.0)) for each, score in looked_at]
        # The order of equals, newest first, stays: sorting keeps it.
        return sorted(risen, key=lambda row: -row[1]) + best[LOOKED_AT_CLOSELY:]

    def _hits(self, best: Sequence[Scored], stored: Mapping[str, Json]) -> Iterator[Hit]:
        for each, score in best:
            if each not in stored:
                continue  # taken away between two questions
            source = stored[each]
            candidacy = unpack_light(b64decode(source["light"]))
            excerpts: tuple[Excerpt, ...] = ()
            if self.request.excerpts:
                blobs = (b64decode(source[name]) for name in ("marks", "reply_marks"))
                texts, words = unpack_marks(candidacy, *blobs)
                excerpts = make_excerpts(texts, words, self._marks(words))
            yield Hit(candidacy, round(score, 4), excerpts)

    def _marks(self, words: Mapping[str, PackedWords]) -> list[Mark]:
        """Give what is marked in one document: its own forms of the words asked for."""
        own: dict[str, set[str]] = {}
        leaves = [leaf for leaf in text_leaves(self.request.query) if _is_text(leaf)]
        if any(isinstance(leaf, Word) for leaf in leaves):
            for form in {form for own in words.values() for form in own.forms()}:
                own.setdefault(stem(form), set()).add(form)
        marks: list[Mark] = []
        for leaf in leaves:
            rows = tuple(
                (frozenset(own.get(stem(next(iter(row[0]))), ())),)
                if isinstance(leaf, Word) and len(row) == 1
                else row
                for row in self.compiler.rows(leaf)
                if row
            )
            slop = leaf.slop if isinstance(leaf, Phrase) else 0
            marks.append(Mark(rows, self.compiler.leaf_worth.get(leaf, 1.0), leaf.field, slop))
        return marks

    def _aggregations(self) -> Json:
        asked: Json = {}
        for field in known_facets(self.request.facets):
            others = [inside for name, inside in self.chosen.items() if name != field]
            counts: Json = {"values": {"terms": {"field": field, "size": self._size(field)}}}
            if field not in _WHOLE:
                counts["all"] = {"cardinality": {"field": field, "precision_threshold": 40_000}}
            if chosen := self.request.chosen.get(field):
                include = [_readable(value) for value in chosen]
                terms = {"field": field, "include": include, "size": len(include)}
                counts["chosen"] = {"terms": terms}
            asked[field] = {"filter": {"bool": {"filter": others}}, "aggs": counts}
        if self.chosen:
            asked["found"] = {"filter": {"match_all": {}}}
        return asked

    def _size(self, field: str) -> int:
        return MOST_VALUES if field in _WHOLE else min(max(self.request.facet_size, 1), MOST_VALUES)

    def _facets(self, counted: Json) -> Iterator[Facet]:
        for field in known_facets(self.request.facets):
            rows = counted[field]["values"]["buckets"]
            rows += counted[field].get("chosen", {}).get("buckets", [])
            counts = {row["key"]: row["doc_count"] for row in rows}
            labels = self.words.labels(counts) if field == "candidate" else None
            chosen = tuple(self.request.chosen.get(field, ()))
            size = self.request.facet_size
            facet = make_facet(field, counts, chosen, size, self.vocabulary, labels)
            if "all" in counted[field]:
                shown = sum(1 for value in facet.values if value.count)
                more = counted[field]["all"]["value"] - shown
                facet = replace(facet, more=max(more, 0))
            yield facet


def fetch(words: IndexWords, ids: Sequence[str], names: Sequence[str]) -> dict[str, Json]:
    """Read what is stored of some documents, as searches see them."""
    if not ids:
        return {}
    docs = [{"_id": _readable(each), "_source": list(names)} for each in ids]
    path = f"/{words.cluster.name}/_mget"
    found = words.cluster.ask("POST", path, {"docs": docs}, realtime=False)
    for row in found["docs"]:
        if "error" in row:
            raise words.cluster.away(str(row["error"].get("type", "")))
    return {row["_id"]: row["_source"] for row in found["docs"] if row.get("found")}


def _together(near: Sequence[str]) -> Json:
    """Find words at most `NEAR` words apart; the share of neighbours is the score, at its best."""
    share = NEAR_BONUS / (len(near) - 1)
    stems = [f"~{encode_form(stem(form))}" for form in near]
    ways: list[Json] = []
    for name in TEXT_FIELDS:
        if name not in ("subject", "statement"):
            continue
        field = f"near_{name}"
        pairs: list[Json] = []
        for pair in pairwise(stems):
            clauses = [{"span_term": {field: {"value": each}}} for each in pair]
            spans = {"clauses": clauses, "slop": NEAR - 1, "in_order": False}
            pairs.append({"constant_score": {"filter": {"span_near": spans}, "boost": share}})
        ways.append(any_of(pairs))
    return {"dis_max": {"queries": ways}}


def _is_text(leaf: TextLeaf) -> bool:
    return leaf.field in ("", *TEXT_FIELDS)


def _total(found: Json) -> int:
    return int(found["hits"]["total"]["value"])


def _readable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
