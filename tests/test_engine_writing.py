"""What every engine must do when it is written: freshness, all or nothing, one writer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.records import Candidacy
from search import SearchEngine, open_writer
from search.errors import IndexMissing, SearchError
from search.facets import FACETS
from tests.contract_records import ALL, ANA, BEN, CARLA, ask, counts, found
from tests.engine_places import PLACES, VOCABULARY, Place


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with PLACES[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def engine(place: Place) -> Iterator[SearchEngine]:
    with closing(place.index(*ALL)) as opened:
        yield opened


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
