"""What every engine must do: one body of tests, run on each of `engine_places.PLACES`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.records import Candidacy, Office, Outcome, Status, message_id_hash
from search import (
    SearchEngine,
    SearchRequest,
    SearchResults,
    Sort,
    open_writer,
    parse_query,
    trends,
)
from search.errors import IndexMissing, SearchError
from search.facets import FACETS
from tests.builders import make_candidacy, make_reply
from tests.engine_places import PLACES, VOCABULARY, Place


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](tmp_path)


def standing(name: str, project: str, cycle: str, statement: str, **changes: Any) -> Candidacy:
    """Make a candidacy; its Message-ID is made of name, project and cycle."""
    slug = name.casefold().replace(" ", "-")
    fields: dict[str, Any] = {
        "message_id": f"{slug}.{project}.{cycle}@example.org",
        "subject": f"[{project}] candidacy",
        "candidate": name,
        "person": slug,
        "irc_nick": "",
        "projects": (project,) if project != "tc" else (),
        "office": Office.PTL if project != "tc" else Office.TC,
        "cycle": cycle,
        "cycle_order": VOCABULARY.cycles.index(cycle) + 1,
        "posted_at": datetime(2013 + VOCABULARY.cycles.index(cycle), 9, 14, tzinfo=UTC),
        "statement": statement,
    }
    return make_candidacy(**(fields | changes))


ANA = standing(
    "Ana Example",
    "nova",
    "liberty",
    "I want more review bandwidth.\n\nWe deferred too many specs. Our tick-tock upgrades work.",
    irc_nick="ana_ex",
    outcome=Outcome.ELECTED,
    race_size=2,
    archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/074512.html",
    replies=(
        make_reply(
            message_id="answer@example.net",
            text="> I want more review bandwidth.\n\n+1, congratulations in advance!",
            archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/074600.html",
        ),
    ),
    raw=b"From: ana\n\nraw \xff bytes\n",
)
BEN = standing(
    "Ben Sample",
    "nova",
    "liberty",
    "Cells are my topic. DevStack must not break, said Ana Example.",
    status=Status.CONFIRMED,
    outcome=Outcome.NOT_ELECTED,
    race_size=2,
)
CARLA = standing(
    "Carla Łukasz-Öberg",
    "neutron",
    "kilo",
    "Bandwidth review comes later; oslo.messaging 2.1 comes first. Nova is a neighbour.",
    status=Status.WITHDRAWN,
)
DMITRI = standing("Дмитрий Пример", "tc", "mitaka", "The technical committee should defer less.")
MING = standing("李小明", "documentation", "2023.1", "Documentation for operators and IPv6 users.")
ALL = (ANA, BEN, CARLA, DMITRI, MING)
NAMES = {"ana": ANA, "ben": BEN, "carla": CARLA, "dmitri": DMITRI, "ming": MING}
FIRST_OF = {candidacy.id: name for name, candidacy in NAMES.items()}


@pytest.fixture
def engine(place: Place) -> Iterator[SearchEngine]:
    with closing(place.index(*ALL)) as opened:
        yield opened


def ask(engine: SearchEngine, text: str, **how: Any) -> SearchResults:
    return engine.search(SearchRequest(parse_query(text, VOCABULARY).query, **how))


def found(engine: SearchEngine, text: str, **how: Any) -> set[str]:
    return {FIRST_OF[hit.candidacy.id] for hit in ask(engine, text, **how).hits}


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


def counts(results: SearchResults, field: str) -> dict[str, int]:
    return {v.value: v.count for f in results.facets if f.field == field for v in f.values}


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


@pytest.mark.parametrize(
    ("query", "field", "marked"),
    [
        ("deferring", "statement", ["deferred"]),
        ('"review bandwidth"', "statement", ["review", "bandwidth"]),
        ("tock", "statement", ["tock"]),
        ("upgr*", "statement", ["upgrades"]),
        ("congratulations", "reply", ["congratulations"]),
        ("candidate:ana", "candidate", ["Ana"]),
        ("subject:nova", "subject", ["nova"]),
    ],
)
def test_the_marked_word_is_the_word_that_matched(
    engine: SearchEngine, query: str, field: str, marked: list[str]
) -> None:
    hit = next(h for h in ask(engine, query).hits if h.candidacy.id == ANA.id)
    excerpt = next(e for e in hit.excerpts if e.field == field)
    assert list(excerpt.pieces[1::2]) == marked


def test_an_excerpt_is_text_of_the_mail(engine: SearchEngine) -> None:
    hit = ask(engine, "bandwidth specs").hits[0]
    text = "".join(next(e for e in hit.excerpts if e.field == "statement").pieces)
    assert text in " ".join(ANA.statement.split())


def test_a_search_without_words_shows_the_statements_beginning(engine: SearchEngine) -> None:
    hit = ask(engine, "id:" + ANA.id).hits[0]
    assert hit.excerpts[-1].pieces[0].startswith("I want more review bandwidth.")
    assert len(hit.excerpts[-1].pieces) == 1


def test_a_hit_has_everything_but_replies_and_raw_mail(engine: SearchEngine) -> None:
    hit = ask(engine, "id:" + ANA.id).hits[0]
    assert hit.candidacy == replace(ANA, replies=(), raw=b"")


def test_reading_gives_whole_candidacies_in_the_order_asked(engine: SearchEngine) -> None:
    assert engine.read([CARLA.id, "nobody", ANA.id]) == [CARLA, ANA]


def test_scanning_gives_every_match_whole_whatever_the_page(engine: SearchEngine) -> None:
    query = parse_query("project:nova", VOCABULARY).query
    request = SearchRequest(query, sort=Sort.NEWEST, page=7, per_page=1)
    assert {candidacy.id for candidacy in engine.scan(request)} == {ANA.id, BEN.id}
    assert ANA in list(engine.scan(request))


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("bandwidht", "bandwidth"),
        ("nvoa", "nova"),
        ("exmaple", "example"),
        ("project:nov", "project:nova"),
    ],
)
def test_a_misspelt_query_is_offered_another_spelling(
    engine: SearchEngine, query: str, offered: str
) -> None:
    results = ask(engine, query)
    assert results.total == 0
    assert offered in results.did_you_mean


def test_nothing_is_offered_where_something_was_found(engine: SearchEngine) -> None:
    assert ask(engine, "bandwidth").did_you_mean == ()


def test_what_is_offered_finds_something(engine: SearchEngine) -> None:
    for offer in ask(engine, "bandwidth devstack operators zzzz").did_you_mean:
        assert ask(engine, offer).total


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("ana", "candidate", "Ana Example"),
        ("ana ex", "candidate", "Ana Example"),
        ("exam", "candidate", "Ana Example"),
        ("lukas", "candidate", "Carla Łukasz-Öberg"),
        ("neu", "project", "neutron"),
        ("lib", "cycle", "Liberty"),
        ("bandw", "word", "bandwidth"),
        ("more bandw", "word", "more bandwidth"),
    ],
)
def test_typing_is_completed(engine: SearchEngine, typed: str, kind: str, text: str) -> None:
    assert (kind, text) in {(s.kind, s.text) for s in engine.suggest(typed)}


def test_choosing_a_completion_finds_as_many_as_it_says(engine: SearchEngine) -> None:
    for typed in ("ana", "neu", "lib", "李"):
        for suggestion in engine.suggest(typed):
            assert ask(engine, suggestion.query).total == suggestion.count


@pytest.mark.parametrize("typed", ["", " ", "\x00", '"', "((", "*" * 400, "a" * 400])
def test_typing_anything_fails_never(engine: SearchEngine, typed: str) -> None:
    assert engine.suggest(typed) == []


def test_similar_candidacies_speak_of_the_same_things(place: Place) -> None:
    topic = "Rolling upgrades need grenade jobs and online schema migrations, without downtime."
    same = standing("Rosa Sample", "cinder", "kilo", f"Operators ask for it. {topic}")
    other = standing(
        "Otto Sample", "nova", "kilo", "I like cells and quotas and the placement work."
    )
    mine = standing("Mina Sample", "nova", "juno", f"My plan. {topic}")
    filler = [
        standing(f"Filler Number{i}", "nova", "mitaka", f"Some plan number {i} for everybody here.")
        for i in range(8)
    ]
    with closing(place.index(mine, same, other, *filler)) as engine:
        hits = engine.similar(mine.id)
        assert hits[0].candidacy.id == same.id
        assert mine.id not in {hit.candidacy.id for hit in hits}
        assert engine.similar("nobody") == []


def test_trends_give_the_share_of_each_cycle(engine: SearchEngine) -> None:
    first, second = trends(engine, ["bandwidth", "project:docs"], VOCABULARY)
    assert [(p.cycle, p.share) for p in first.points] == [
        ("kilo", 1.0),
        ("liberty", 0.5),
        ("mitaka", 0.0),
        ("2023.1", 0.0),
    ]
    assert [p.matching for p in second.points] == [0, 0, 0, 1]


def test_a_writers_changes_are_seen_within_two_seconds(place: Place, engine: SearchEngine) -> None:
    before = engine.status().generation
    changed = replace(BEN, statement="Entirely about gardening.")
    with open_writer(place.location, VOCABULARY) as writer:
        writer.apply([(changed, "new digest")], [CARLA.id])
        assert writer.digests()[BEN.id] == "new digest"
        assert CARLA.id not in writer.digests()
    deadline = time.monotonic() + 2
    while engine.status().generation == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found(engine, "gardening") == {"ben"}
    assert found(engine, "cells") == set()
    assert ask(engine, "").total == len(ALL) - 1
    assert counts(ask(engine, "", facets=("project",)), "project").get("neutron") is None


def test_the_same_candidacy_twice_stays_one(place: Place) -> None:
    with closing(place.index(ANA)) as engine, open_writer(place.location, VOCABULARY) as writer:
        writer.apply([(ANA, "a"), (replace(ANA, subject="second"), "b")], [])
        assert writer.digests() == {ANA.id: "b"}
        del engine
    with closing(place.engine()) as engine:
        assert [hit.candidacy.subject for hit in ask(engine, "").hits] == ["second"]


def test_a_change_that_fails_leaves_the_index_as_it_was(place: Place, engine: SearchEngine) -> None:
    def failing() -> Iterator[tuple[Candidacy, str]]:
        yield replace(BEN, statement="gardening"), "x"
        raise RuntimeError("the disk of the catalogue went away")

    for write in ("apply", "rebuild"):
        with open_writer(place.location, VOCABULARY) as writer, pytest.raises(RuntimeError):
            writer.apply(failing(), []) if write == "apply" else writer.rebuild(failing())
    with closing(place.engine()) as again:
        assert ask(again, "").total == len(ALL)
        assert found(again, "gardening") == set()


def test_the_syncs_state_reaches_readers_without_a_new_generation(
    place: Place, engine: SearchEngine
) -> None:
    before = engine.status().generation
    with open_writer(place.location, VOCABULARY) as writer:
        writer.record_state('{"archives": []}')
    assert engine.status().state == '{"archives": []}'
    assert engine.status().generation == before


def test_status_tells_how_the_index_stands(engine: SearchEngine) -> None:
    status = engine.status()
    assert status.documents == len(ALL)
    assert status.size_bytes > 0
    assert status.generation
    assert status.problem == ""


def test_an_index_never_made_is_missing(place: Place) -> None:
    with closing(place.engine()) as engine:
        assert engine.status().documents == 0
        assert engine.status().problem
        with pytest.raises(IndexMissing):
            ask(engine, "nova")
    with open_writer(place.location, VOCABULARY) as writer:
        assert writer.digests() == {}


def test_an_index_of_nothing_answers(place: Place) -> None:
    with closing(place.index()) as engine:
        results = ask(engine, "nova OR -nova", facets=FACETS)
        assert (results.total, results.hits) == (0, ())
        assert engine.suggest("nova") == []


def test_two_writers_do_not_write_at_once(place: Place) -> None:
    with (
        open_writer(place.location, VOCABULARY),
        pytest.raises(SearchError),
        open_writer(place.location, VOCABULARY),
    ):
        pass
