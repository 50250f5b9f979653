"""Both engines on one corpus: what they must answer alike, and the differences that docs/engines.md
tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from search import SearchEngine, SearchRequest, SearchResults, Sort, open_engine, open_writer
from search import parse_query as parse
from search.errors import EngineMisconfigured
from search.facets import FACETS, RACE
from search.opensearch_client import Cluster
from search.opensearch_location import Location, read_location
from search.opensearch_schema import encode_form
from tests.builders import make_candidacy
from tests.engine_places import PLACES

needs_opensearch = pytest.mark.skipif(
    "opensearch" not in PLACES, reason="needs HUSTINGS_TEST_OPENSEARCH (.ci/opensearch installs it)"
)

DOCUMENTS = 200
GENERATED = 320
WRITTEN = (
    "", "zzzzq", "bandwidht", "exmaple review", "ana", "ana example", '"ana example"',
    "candidate:ana", "nick:ana", "nick:a*", "office:t*", "project:n*", "candidate:exam*",
    "subject:candidac*", '"tick-tock"', "tick-tock", '"ticktock of"', '"of ticktock of"',
    '"dev stack"', "DevStack", "DevStack work", "devst*", "dev", '"oslo messaging devstack"',
    '"tick tock of oslo messaging"', 'statement:"tick tock"~2', '"review bandwidth"~4', "rewiew~",
    "reply:review -nova", "nova OR -cinder", "NOT nova", "(nova OR cinder) -is:elected review",
    "is:contested review", "is:uncontested", "has:replies", "has:nick -has:replies",
    "year:2014..2016", "year:2015", "date:2015..", "after:2016 before:2018", "cycle:juno..liberty",
    "cycle:..kilo", "outcome:not-elected status:withdrawn", "project:quantum", "project:docs",
    "nova liberty review", "team cycle project work", "i18n", "2024.1", "cycle:2024.1 review",
)  # fmt: skip


class Pair(NamedTuple):
    whoosh: SearchEngine
    opensearch: SearchEngine

    def ask(self, text: str, **how: object) -> tuple[SearchResults, SearchResults]:
        request = SearchRequest(parse(text, VOCABULARY).query, **how)  # type: ignore[arg-type]
        return self.whoosh.search(request), self.opensearch.search(request)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with PLACES["whoosh"](folder) as here, PLACES["opensearch"](folder) as there:
        for place in (here, there):
            with open_writer(place.location, VOCABULARY) as writer:
                writer.rebuild((candidacy, "digest") for candidacy in make_candidacies(DOCUMENTS))
        with (
            closing(open_engine(here.location, VOCABULARY)) as whoosh,
            closing(open_engine(there.location, VOCABULARY)) as opensearch,
        ):
            yield Pair(whoosh, opensearch)


def is_loose(text: str) -> bool:
    """Tell whether a query has a phrase with slop, whose repetitions are counted differently."""
    return '"~' in text


@needs_opensearch
def test_both_engines_answer_alike(pair: Pair) -> None:
    queries = list(dict.fromkeys([*WRITTEN, *make_queries(GENERATED)]))
    compared: Counter[str] = Counter(queries=len(queries))
    for text in queries:
        first, second = pair.ask(text, facets=FACETS, per_page=10)
        assert second.total == first.total, text
        assert second.facets == first.facets, text
        assert second.notices == first.notices, text
        assert second.did_you_mean == first.did_you_mean, text
        compared["facet values"] += sum(len(facet.values) for facet in first.facets)
        marked = {hit.candidacy.id: hit.excerpts for hit in first.hits}
        if is_loose(text):
            compared["of them loose phrases, order not compared"] += 1
        else:
            assert [h.candidacy for h in second.hits] == [h.candidacy for h in first.hits], text
            scores = [hit.score for hit in first.hits]
            assert [hit.score for hit in second.hits] == pytest.approx(scores, abs=0.001), text
            compared["hits in the same order with the same score"] += len(scores)
        for hit in second.hits:
            if hit.candidacy.id in marked:
                assert hit.excerpts == marked[hit.candidacy.id], text
                compared["hits with the same marked words"] += 1
    print("\nboth engines:", ", ".join(f"{count} {what}" for what, count in compared.items()))
    assert compared["queries"] >= 350
    assert compared["hits with the same marked words"] > 1500


@needs_opensearch
def test_both_engines_page_sort_and_narrow_alike(pair: Pair) -> None:
    chosen = {"project": ("nova", "neutron", "zaqar"), "status": ("confirmed",)}
    for text in ("review", "", "team work", "office:PTL"):
        for sort in Sort:
            for how in ({"page": 2}, {"page": 5, "per_page": 9}, {"chosen": chosen}):
                first, second = pair.ask(
                    text, sort=sort, facets=(*FACETS, RACE), facet_size=4, **how
                )
                assert (second.total, second.facets) == (first.total, first.facets)
                assert [h.candidacy.id for h in second.hits] == [h.candidacy.id for h in first.hits]


@needs_opensearch
def test_all_pages_of_a_question_are_asked_of_one_copy(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    search_many = Cluster.search_many

    def remember(
        self: Cluster, searches: Sequence[tuple[str, dict[str, object]]], preference: str = ""
    ) -> list[dict[str, object]]:
        asked.extend(preference for _, body in searches if "aggs" in body)
        return search_many(self, searches, preference)

    monkeypatch.setattr(Cluster, "search_many", remember)
    for text, page in (("review", 1), ("review", 2), ("review", 9), ("team", 1)):
        pair.ask(text, page=page, facets=FACETS)
    assert asked[0] == asked[1] == asked[2] != asked[3]
    assert not asked[0].startswith("_")


@needs_opensearch
def test_both_engines_suggest_and_liken_alike(pair: Pair) -> None:
    for query in make_queries(40):
        for typed in (query[:2], query[:4], query):
            assert pair.opensearch.suggest(typed) == pair.whoosh.suggest(typed), typed
    for candidacy in make_candidacies(20):
        first = pair.whoosh.similar(candidacy.id)
        second = pair.opensearch.similar(candidacy.id)
        assert [hit.candidacy for hit in second] == [hit.candidacy for hit in first]
        scores = [hit.score for hit in first]
        assert [hit.score for hit in second] == pytest.approx(scores, rel=1e-4)


@needs_opensearch
def test_both_engines_read_out_alike(pair: Pair) -> None:
    for text in ("nova", "office:PTL", ""):
        request = SearchRequest(parse(text, VOCABULARY).query)
        assert list(pair.opensearch.scan(request)) == list(pair.whoosh.scan(request))


@needs_opensearch
@pytest.mark.parametrize(
    "text",
    [
        '{"match_all": {}}', '*:* OR _id:*', ".*", "/n.*a/", "nova AND (", '"a" "', "a|b", "_",
        "~nova", "nova^1000", "x\x00y", "\ud800nova", "review~99", "project:.*", "nick:[a-z]*",
        "a" * 5000, "project:*", "cycle:'; DROP", "\ufdfa", "candidate:\ufdfa", "\\",
        "statement:\\*", "��",
    ],
)  # fmt: skip
def test_hostile_text_is_searched_as_text(pair: Pair, text: str) -> None:
    first, second = pair.ask(text, facets=FACETS)
    assert second.total == first.total
    assert pair.opensearch.suggest(text) == pair.whoosh.suggest(text)


@needs_opensearch
def test_a_hostile_choice_is_a_value_like_any_other(pair: Pair) -> None:
    for value in (".*", "\ud800", "a" * 40_000, "", "nova|neutron"):
        first, second = pair.ask("", facets=FACETS, chosen={"project": (value,), "nothing": ("x",)})
        assert second.total == 0
        assert [f.field for f in second.facets] == [f.field for f in first.facets]


@needs_opensearch
def test_a_candidacy_with_broken_letters_is_kept_as_it_is(tmp_path: Path) -> None:
    broken = make_candidacy(
        candidate="Ana \ud800 Example",
        irc_nick="a\udfff" * 9,
        statement="half a letter \udc80 and \x00 nothing, \ufdfa",
        subject="s" * 40_000,
    )
    with (
        PLACES["opensearch"](tmp_path) as place,
        closing(place.index(broken)) as engine,
    ):
        assert engine.read([broken.id]) == [broken]
        hits = engine.search(SearchRequest(parse("half", VOCABULARY).query)).hits
        assert [hit.candidacy for hit in hits] == [replace(broken, replies=(), raw=b"")]


@needs_opensearch
def test_any_part_of_a_compound_comes_before_the_next_word_only_on_whoosh(pair: Pair) -> None:
    first, second = pair.ask('"tick of"')
    assert first.total
    assert not second.total


@pytest.mark.parametrize(
    ("text", "hosts", "name"),
    [
        ("http://127.0.0.1:9201", ("http://127.0.0.1:9201",), "candidacies"),
        ("https://a,https://b:9201/mine", ("https://a:9200", "https://b:9201"), "mine"),
        ("https://[::1]/my-index/", ("https://[::1]:9200",), "my-index"),
    ],
)  # fmt: skip
def test_a_location_names_hosts_and_index(text: str, hosts: tuple[str, ...], name: str) -> None:
    assert read_location(text) == Location(hosts, name)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:secret@a.example", "https://a.example/_all", "https://a.example/x/y",
        "https://a.example/UPPER", "https://a.example:99999", "ftp://a.example", "https://",
        "https://a.example/mine-words", "https://a.example/mine-7", "https://a.example/*",
    ],
)  # fmt: skip
def test_a_location_that_names_no_index_is_refused(text: str) -> None:
    with pytest.raises(EngineMisconfigured) as told:
        read_location(text)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("form", ["a b", "a|b", "a\u3000b", "\ud800", "x" * 900, "ж" * 300, "|"])
def test_a_form_is_one_word_to_the_cluster(form: str) -> None:
    encoded = encode_form(form)
    assert encoded
    assert not set(encoded) & set(" |\u3000")
    assert len(encoded.encode()) <= 120
