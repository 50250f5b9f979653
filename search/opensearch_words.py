"""What is known of the index's words and values, asked of the cluster and kept for one generation.

Everything here is a question whose answer changes only with the index: how many documents a leaf of
a query has, which words begin so, which values a field has, how a candidate is called now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from search.memory import Memory
from search.opensearch_client import Cluster
from search.opensearch_rows import write_counts
from search.opensearch_schema import encode_form
from search.spelling import within_one

Json = dict[str, Any]
MOST_VALUES = 10_000
MOST_LOOKED_AT = 1000
MOST_EXPANSIONS = 200  # forms of one prefix or fuzzy word, the commonest first


class Expansion(NamedTuple):
    """The commonest forms that a prefix or a fuzzy word stands for, and how many there are."""

    forms: tuple[str, ...]
    found: int


class IndexWords:
    """The words and values of one generation of an index; for several threads."""

    def __init__(self, cluster: Cluster, generation: str) -> None:
        self.cluster = cluster
        self.generation = generation
        self._counts: Memory[str, int] = Memory(20_000)
        self._values: dict[str, Mapping[str, int]] = {}
        self._labels: Memory[str, str] = Memory(20_000)

    @property
    def _words_index(self) -> str:
        return f"{self.cluster.name}-words"

    @property
    def documents(self) -> int:
        """Count all documents."""
        return self.count([{"match_all": {}}])[0]

    def count(self, queries: Sequence[Json]) -> list[int]:
        """Count the documents of each query, all that are not known yet at once."""
        return self.count_beside([], queries)[1]

    def count_beside(
        self, searches: Sequence[Json], queries: Sequence[Json], preference: str = ""
    ) -> tuple[list[Json], list[int]]:
        """Answer some searches of the index, and count the documents of some queries, at once."""
        keys = [json.dumps(query, sort_keys=True) for query in queries]
        known = {key: count for key in keys if (count := self._counts.get(key)) is not None}
        missing = {key: query for key, query in zip(keys, queries, strict=True) if key not in known}
        counting = [{"size": 0, "track_total_hits": True, "query": q} for q in missing.values()]
        name = self.cluster.name
        found = self.cluster.search_many(
            [(name, body) for body in [*searches, *counting]], preference
        )
        for key, answer in zip(missing, found[len(searches) :], strict=True):
            known[key] = answer["hits"]["total"]["value"]
            self._counts.put(key, known[key], 1)
        return found[: len(searches)], [known[key] for key in keys]

    def values(self, field: str) -> Mapping[str, int]:
        """Give the values of a field with their documents: the commonest, of very many."""
        if field not in self._values:
            terms = {"field": field, "size": MOST_VALUES}
            body = {"size": 0, "track_total_hits": False, "aggs": {"values": {"terms": terms}}}
            found = self.cluster.search(self.cluster.name, body)["aggregations"]["values"]
            self._values[field] = {row["key"]: row["doc_count"] for row in found["buckets"]}
        return self._values[field]

    def labels(self, persons: Iterable[str]) -> dict[str, str]:
        """Give each person's name as their newest candidacy has it."""
        return self.labels_beside([], persons)[1]

    def labels_beside(
        self, searches: Sequence[Json], persons: Iterable[str]
    ) -> tuple[list[Json], dict[str, str]]:
        """Answer some searches of the index, and find what some persons are called, at once."""
        wanted = list(dict.fromkeys(persons))
        known = {person: name for person in wanted if (name := self._labels.get(person))}
        missing = [person for person in wanted if person not in known]
        parts = [missing[i : i + MOST_LOOKED_AT] for i in range(0, len(missing), MOST_LOOKED_AT)]
        asked = [*searches, *map(_newest_of_each, parts)]
        found = self.cluster.search_many([(self.cluster.name, body) for body in asked])
        for answer in found[len(searches) :]:
            for hit in answer["hits"]["hits"]:
                person, name = hit["fields"]["candidate"][0], hit["fields"].get("name", [""])[0]
                known[person] = name
                self._labels.put(person, name, 1)
        return found[: len(searches)], known

    def beginning(self, prefix: str, most: int = MOST_EXPANSIONS) -> list[tuple[str, int]]:
        """Give the commonest forms that begin so, with their documents."""
        return self._forms({"prefix": {"form": {"value": encode_form(prefix)}}}, most)[0]

    def expand_prefix(self, prefix: str) -> Expansion:
        """Give the forms that a prefix stands for."""
        query = {"prefix": {"form": {"value": encode_form(prefix)}}}
        rows, found = self._forms(query, MOST_EXPANSIONS)
        return Expansion(tuple(form for form, _ in rows), found)

    def expand_fuzzy(self, word: str) -> Expansion:
        """Give the forms one slip away that share the first two letters."""
        near = [form for form, _ in self.near(word, 1, 2) if within_one(form, word)]
        return Expansion(tuple(near[:MOST_EXPANSIONS]), len(near))

    def near(self, word: str, slips: int, same: int) -> list[tuple[str, int]]:
        """Give forms at most so many slips away that begin with the same letters."""
        fuzzy = {
            "value": encode_form(word),
            "fuzziness": slips,
            "prefix_length": same,
            "max_expansions": MOST_LOOKED_AT,
        }
        return self._forms({"fuzzy": {"form": fuzzy}}, MOST_LOOKED_AT)[0]

    def _forms(self, query: Json, most: int) -> tuple[list[tuple[str, int]], int]:
        body = {
            "size": most,
            "track_total_hits": True,
            "query": {"constant_score": {"filter": query}},
            "sort": [{"documents": "desc"}, {"form": "asc"}],
            "_source": ["form", "documents"],
        }
        found = self.cluster.search(self._words_index, body)["hits"]
        rows = [(hit["_source"]["form"], hit["_source"]["documents"]) for hit in found["hits"]]
        return rows, found["total"]["value"]

    def stem_frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """Count the documents of many stems at once."""
        wanted = {encode_form(stemmed): stemmed for stemmed in stems}
        # A document that is not there is taken apart as one that is, and its words are counted.
        body = {
            "doc": {"stem": write_counts(dict.fromkeys(wanted, 1))},
            "fields": ["stem"],
            "term_statistics": True,
            "field_statistics": False,
            "positions": False,
            "offsets": False,
        }
        found = self.cluster.ask("POST", f"/{self.cluster.name}/_termvectors", body)
        terms = found["term_vectors"].get("stem", {}).get("terms", {})
        return {
            stemmed: terms.get(encoded, {}).get("doc_freq", 0)
            for encoded, stemmed in wanted.items()
        }


def _newest_of_each(persons: Sequence[str]) -> Json:
    return {
        "size": MOST_LOOKED_AT,
        "track_total_hits": False,
        "query": {"constant_score": {"filter": {"terms": {"candidate": list(persons)}}}},
        "collapse": {"field": "candidate"},
        "sort": [{"posted": "desc"}, {"id": "asc"}],
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["candidate", "name"],
    }
