"""What every engine must answer: excerpts, whole records, completions, spellings, likenesses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from search import SearchEngine, SearchRequest, Sort, parse_query
from search.trends import trends
from tests.contract_records import ALL, ANA, BEN, CARLA, ask, standing
from tests.engine_places import PLACES, VOCABULARY, Place


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with PLACES[request.param](tmp_path) as made:
        yield made


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


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("nova kilo", ("Ana Example", "nova", "kilo")),
        ("kilo nova", ("Ana Example", "nova", "kilo")),
        ("quantum ptl mitaka", ("Ben Sample", "neutron", "mitaka")),
        ("tc liberty", ("Dora Sample", "tc", "liberty")),
        ("docs 2023.1", ("Emil Example", "documentation", "2023.1")),
        ("nova antelope", ("Ana Example", "nova", "2023.1")),
        ("ana example juno", ("Ana Example", "cinder", "juno")),
    ],
)
def test_a_race_or_a_persons_cycle_comes_before_mentions_of_it(
    place: Place, query: str, named: tuple[str, str, str]
) -> None:
    words = "quantum ptl mitaka kilo nova tc liberty docs 2023.1 antelope ana example juno. " * 3
    mentions = [
        standing("Zoe Sample", "swift", cycle, words) for cycle in ("icehouse", "newton", "2024.1")
    ]
    statement = "PTL for quantum and docs, ana and tc, juno to antelope."
    one = standing(*named, statement)
    with closing(place.index(*mentions, one)) as engine:
        hits = ask(engine, query).hits
    assert [hit.candidacy.id for hit in hits][:1] == [one.id]
    assert len(hits) > 1


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
