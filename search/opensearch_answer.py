"""One request answered by a cluster: hits in order, facets, excerpts, other spellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from ingest.records import Vocabulary
from search.analysis import stem
from search.documents import TEXT_FIELDS
from search.engine import Excerpt, Hit, Notice, SearchRequest, SearchResults, Sort
from search.naming import Naming, read_naming
from search.opensearch_facets import aggregations, chosen_filters, persons_in, read_facets
from search.opensearch_near import LOOKED_AT_CLOSELY, Scored, nearest_first, telling_nearness
from search.opensearch_query import Compiler, has_scores, text_leaves
from search.opensearch_schema import encode_form
from search.opensearch_stored import Stored, columns_of, id_of, lookup, with_columns
from search.opensearch_suggest import ClusterWords
from search.opensearch_terms import any_of
from search.opensearch_words import IndexWords
from search.packed_words import PackedWords
from search.passages import Mark, make_excerpts
from search.query_tree import Phrase, TextLeaf, Word
from search.ranking import NAME_BONUS, near_words
from search.respelling import did_you_mean
from search.stored_words import unpack_light, unpack_marks

Json = dict[str, Any]
DEEPEST_HIT = 10_000
SHOWN = ["light", "marks", "reply_marks"]
NEWEST: list[Json] = [{"posted": "desc"}, {"id": "asc"}]
OLDEST: list[Json] = [{"posted": "asc"}, {"id": "desc"}]


class Answer:
    """One request's answer in the making: one round trip to the cluster, a second one where hits
    change places or persons are not known by name yet, and one before where the worth of a phrase
    or a prefix is not known yet.
    """

    def __init__(self, words: IndexWords, request: SearchRequest, vocabulary: Vocabulary) -> None:
        self.words = words
        self.request = request
        self.vocabulary = vocabulary
        self.compiler = Compiler(words, vocabulary)
        self.scored = has_scores(request.query)
        self.chosen = chosen_filters(request)

    def results(self) -> SearchResults:
        """Put the whole answer together."""
        first, size = self._window()
        near = near_words(self.request.query) if self._by_relevance else ()
        close = size > 0 and len(near) > 1 and first < LOOKED_AT_CLOSELY
        body = self.body(near if close else ())
        body |= {"track_total_hits": True, "aggs": aggregations(self.request, self.chosen)}
        if close:
            body |= {"from": 0, "size": max(first + size, LOOKED_AT_CLOSELY), **with_columns([])}
        else:
            body |= {"from": first, "size": size, **with_columns(SHOWN)}
        marking = self.request.excerpts and size > 0
        worth = self.compiler.worth_of_marks() if marking else {}
        (found,), counts = self.words.count_beside([body], list(worth.values()), self._preference())
        self.compiler.learn_worth(worth, counts)
        counted = found.get("aggregations", {})
        rows = found["hits"]["hits"]
        best = [(id_of(row), row["_score"] or 0.0) for row in rows]
        more: list[Json] = []
        if close and best:
            best = nearest_first(best, rows, near)[first : first + size]
            more = [lookup([each for each, _ in best], SHOWN)]
        told, labels = self.words.labels_beside(more, persons_in(counted))
        stored = columns_of(told[0]["hits"]["hits"] if more else rows, SHOWN)
        everything = counted["found"]["doc_count"] if self.chosen else _total(found)
        return SearchResults(
            total=_total(found),
            hits=tuple(self._hits(best, stored)),
            facets=tuple(read_facets(self.request, counted, labels, self.vocabulary)),
            did_you_mean=()
            if everything
            else did_you_mean(ClusterWords(self.compiler), self.request.query),
            notices=tuple(dict.fromkeys(self.compiler.notices)),
            generation=self.words.generation,
        )

    def _preference(self) -> str:
        """Name the question, so that each of its pages comes from the same copy of the index.

        Copies count replaced documents differently, so that near-equals may change places.
        """
        asked = repr((self.request.query, sorted(self.request.chosen.items()), self.request.sort))
        return f"asked{crc32(asked.encode('utf-8', 'replace')):08x}"

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

    def body(self, near: Sequence[str] = ()) -> Json:
        """Give the request's query, filter and order; hits tell how near some words stand."""
        query = self.compiler.compile(self.request.query)
        body: Json = {"query": query, "sort": NEWEST, "track_scores": self.scored}
        if self._by_relevance:
            body |= {"query": self._named_first(query), "sort": [{"_score": "desc"}, *NEWEST]}
        elif self.request.sort is Sort.OLDEST:
            body["sort"] = OLDEST
        filters = list(self.chosen.values())
        if near:
            body["post_filter"] = telling_nearness(filters, near)
        elif filters:
            body["post_filter"] = {"bool": {"filter": filters}}
        return body

    def _named_first(self, query: Json) -> Json:
        """Put those that a short query names before those that mention them."""
        named = read_naming(self.request.query, self.vocabulary, self.words.values("project"))
        if not named:
            return query
        bonus = {
            "constant_score": {
                "filter": any_of([_having(one) for one in named]),
                "boost": NAME_BONUS,
            },
        }
        return {"bool": {"must": [query], "should": [bonus]}}

    def _hits(self, best: Sequence[Scored], stored: Mapping[str, Stored]) -> Iterator[Hit]:
        for each, score in best:
            if each not in stored:
                continue  # taken away between two questions
            source = stored[each]
            candidacy = unpack_light(source["light"])
            excerpts: tuple[Excerpt, ...] = ()
            if self.request.excerpts:
                texts, words = unpack_marks(candidacy, source["marks"], source["reply_marks"])
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


def _having(naming: Naming) -> Json:
    values: list[Json] = [{"term": {field: {"value": value}}} for field, value in naming.values]
    names = [{"term": {"form_candidate": {"value": encode_form(word)}}} for word in naming.name]
    return {"bool": {"filter": values + names}}


def _is_text(leaf: TextLeaf) -> bool:
    return leaf.field in ("", *TEXT_FIELDS)


def _total(found: Json) -> int:
    return int(found["hits"]["total"]["value"])
