"""What every engine must find: one body of tests, run on each of `engine_places.PLACES`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest.records import message_id_hash
from search import SearchEngine, Sort
from search.facets import FACETS
from tests.contract_records import ALL, ANA, CARLA, FIRST_OF, ask, counts, found
from tests.engine_places import PLACES


@pytest.fixture(scope="module", params=sorted(PLACES))
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    with (
        PLACES[request.param](tmp_path_factory.mktemp("contract")) as place,
        closing(place.index(*ALL)) as opened,
    ):
        yield opened


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "ana ben carla dmitri ming"),
        ("bandwidth", "ana carla"),
        ("defer", "ana dmitri"),
        ("deferring", "ana dmitri"),
        ('"deferred"', "ana"),
        ('"defer"', "dmitri"),
        ('"review bandwidth"', "ana"),
        ('"bandwidth review"', "carla"),
        ('"review bandwidth"~3', "ana carla"),
        ('"deferred specs"', ""),
        ('"deferred specs"~2', "ana"),
        ("bandwidth -specs", "carla"),
        ("bandwidth NOT specs", "carla"),
        ("-bandwidth", "ben dmitri ming"),
        ("cells OR specs", "ana ben"),
        ("(cells OR specs) upgrades", "ana"),
        ("bandw*", "ana carla"),
        ("bandwidht~", "ana carla"),
        ("tock", "ana"),
        ("tick-tock", "ana"),
        ('"tick tock"', "ana"),
        ("devstack", "ben"),
        ("DevStack", "ben"),
        ("stack", "ben"),
        ("oslo.messaging", "carla"),
        ("messaging", "carla"),
        ("2.1", "carla"),
        ("ipv6", "ming"),
        ("lukasz", "carla"),
        ("oberg", "carla"),
        ("дмитрий", "dmitri"),
        ("小明", "ming"),
        ("candidate:ana", "ana"),
        ('candidate:"ana example"', "ana"),
        ("candidate:example", "ana"),
        ("statement:ana", "ben"),
        ("subject:nova", "ana ben"),
        ("statement:nova", "carla"),
        ("reply:congratulations", "ana"),
        ("congratulation", "ana"),
        ("project:nova", "ana ben"),
        ("project:quantum", "carla"),
        ("project:(nova OR neutron) bandwidth", "ana carla"),
        ("-project:nova", "carla dmitri ming"),
        ("project:docs", "ming"),
        ("project:neu*", "carla"),
        ("office:tc", "dmitri"),
        ("cycle:l", "ana ben"),
        ("cycle:antelope", "ming"),
        ("cycle:kilo..liberty", "ana ben carla"),
        ("cycle:liberty..kilo", "ana ben carla"),
        ("cycle:mitaka..", "dmitri ming"),
        ("cycle:..kilo", "carla"),
        ("year:2015..2016", "ana ben carla"),
        ("year:2017", "dmitri"),
        ("date:2015", "carla"),
        ("date:2016-09", "ana ben"),
        ("date:2016-09-13..2016-09-14", "ana ben"),
        ("date:2016-09-15..", "dmitri ming"),
        ("after:2016", "ana ben dmitri ming"),
        ("before:2016", "carla"),
        ("after:2016 before:2017", "ana ben"),
        ("status:confirmed", "ben"),
        ("is:withdrawn", "carla"),
        ("is:elected", "ana"),
        ("outcome:not-elected", "ben"),
        ('outcome:"not elected"', "ben"),
        ("is:contested", "ana ben"),
        ("has:replies", "ana"),
        ("has:nick", "ana"),
        ("nick:ANA_EX", "ana"),
        ("nova liberty", "ana ben"),
        ("zzzz", ""),
    ],
)
def test_a_query_finds_what_it_means(engine: SearchEngine, query: str, expected: str) -> None:
    assert found(engine, query) == set(expected.split())
    assert ask(engine, query).total == len(expected.split())


@pytest.mark.parametrize(
    "pasted",
    [
        ANA.message_id,
        f"<{ANA.message_id}>",
        f"Message-ID: <{ANA.message_id}>",
        f"id:{ANA.message_id}",
        ANA.id,
        ANA.archive_url,
        ANA.archive_url.replace("https://lists.example.org", "http://mirror.example.net"),
        f"https://lists.example.org/archives/list/openstack-dev@lists.example.org/message/{ANA.id}/",
        f"https://lists.example.org/archives/list/dev@lists.example.org/thread/{ANA.id}/",
        "<answer@example.net>",
        ANA.replies[0].archive_url,
        message_id_hash("answer@example.net"),
    ],
)
def test_a_pasted_id_or_address_finds_its_mail(engine: SearchEngine, pasted: str) -> None:
    assert found(engine, pasted) == {"ana"}


def test_a_name_comes_before_mentions_of_it(engine: SearchEngine) -> None:
    hits = ask(engine, "ana example").hits
    assert [FIRST_OF[hit.candidacy.id] for hit in hits] == ["ana", "ben"]


def test_a_project_comes_before_mentions_of_it(engine: SearchEngine) -> None:
    order = [FIRST_OF[hit.candidacy.id] for hit in ask(engine, "nova").hits]
    assert set(order[:2]) == {"ana", "ben"}
    assert order[2:] == ["carla"]


def test_sorting_by_date_goes_both_ways(engine: SearchEngine) -> None:
    newest = [hit.candidacy.posted_at for hit in ask(engine, "", sort=Sort.NEWEST).hits]
    oldest = [hit.candidacy.posted_at for hit in ask(engine, "", sort=Sort.OLDEST).hits]
    assert newest == sorted(newest, reverse=True)
    assert oldest == newest[::-1]


def test_pages_hold_every_hit_once(engine: SearchEngine) -> None:
    pages = [ask(engine, "", page=page, per_page=2).hits for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert len({hit.candidacy.id for page in pages for hit in page}) == len(ALL)


def test_a_page_too_deep_is_said_so(engine: SearchEngine) -> None:
    results = ask(engine, "", page=10_000_000, per_page=20)
    assert results.total == len(ALL)
    assert not results.hits
    assert [notice.code for notice in results.notices] == ["limited"]


def test_no_page_gives_totals_and_facets_alone(engine: SearchEngine) -> None:
    results = ask(engine, "nova", per_page=0, facets=("project",))
    assert results.total == 3
    assert not results.hits
    assert results.facets[0].field == "project"


def test_facets_count_what_was_found(engine: SearchEngine) -> None:
    results = ask(engine, "bandwidth", facets=FACETS)
    assert [facet.field for facet in results.facets] == list(FACETS)
    assert counts(results, "project") == {"nova": 1, "neutron": 1}
    assert counts(results, "cycle") == {"liberty": 1, "kilo": 1}
    assert counts(results, "year") == {"2015": 1, "2016": 1}
    assert counts(results, "status") == {"announced": 1, "withdrawn": 1}
    assert counts(results, "outcome") == {"elected": 1, "unknown": 1}
    assert counts(results, "office") == {"PTL": 2}
    assert counts(results, "candidate") == {"ana-example": 1, CARLA.person: 1}


def test_races_are_counted_like_a_facet(engine: SearchEngine) -> None:
    assert counts(ask(engine, "", facets=("race",)), "race") == {
        "liberty/PTL/nova": 2,
        "kilo/PTL/neutron": 1,
        "mitaka/TC": 1,
        "2023.1/PTL/documentation": 1,
    }
    chosen = {"project": ("nova",)}
    assert counts(ask(engine, "", facets=("race",), chosen=chosen), "race") == {
        "liberty/PTL/nova": 2
    }
    assert counts(ask(engine, "cells", facets=("race",)), "race") == {"liberty/PTL/nova": 1}


def test_a_facets_own_choice_does_not_empty_its_list(engine: SearchEngine) -> None:
    results = ask(engine, "", facets=FACETS, chosen={"project": ("nova",)})
    assert results.total == 2
    assert counts(results, "project") == {"nova": 2, "neutron": 1, "documentation": 1}
    assert counts(results, "cycle") == {"liberty": 2}
    chosen = [v.value for f in results.facets for v in f.values if v.chosen]
    assert chosen == ["nova"]


def test_choices_of_one_facet_are_ored_and_facets_anded(engine: SearchEngine) -> None:
    both = {"project": ("nova", "neutron")}
    assert found(engine, "", chosen=both) == {"ana", "ben", "carla"}
    assert found(engine, "", chosen=both | {"status": ("withdrawn",)}) == {"carla"}
    assert found(engine, "", chosen={"candidate": ("ana-example",)}) == {"ana"}


def test_a_choice_that_nothing_has_is_shown_with_none(engine: SearchEngine) -> None:
    results = ask(engine, "", facets=("project",), chosen={"project": ("zaqar",)})
    assert results.total == 0
    assert counts(results, "project")["zaqar"] == 0


def test_cycles_come_newest_first_and_candidates_by_name(engine: SearchEngine) -> None:
    results = ask(engine, "", facets=("cycle", "candidate"))
    assert list(counts(results, "cycle")) == ["2023.1", "mitaka", "liberty", "kilo"]
    labels = {v.label for f in results.facets if f.field == "candidate" for v in f.values}
    assert "Ana Example" in labels


def test_a_long_facet_says_how_many_more_there_are(engine: SearchEngine) -> None:
    (facet,) = ask(engine, "", facets=("candidate",), facet_size=2).facets
    assert len(facet.values) == 2
    assert facet.more == 3
