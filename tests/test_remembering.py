"""What was made of a record is remembered for that very object, up to a bound."""

from __future__ import annotations

from dataclasses import replace

from api.privacy import ObscuringEngine
from api.remembering import Remembering
from search.engine import EngineStatus, Excerpt, Hit, SearchRequest, SearchResults
from search.query_tree import Everything
from tests.api_site import ANA
from tests.builders import make_candidacy


def test_it_is_made_once_for_an_object_and_anew_for_another_that_is_equal() -> None:
    made: list[str] = []

    def make(one: object) -> int:
        made.append("made")
        return len(made)

    number = Remembering(make, lambda _: 1, 10)
    first, same = make_candidacy(), make_candidacy()
    assert first == same
    assert [number(first), number(first), number(same), number(first)] == [1, 1, 2, 1]


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    made: list[int] = []
    records = [make_candidacy() for _ in range(5)]
    number = Remembering(lambda one: made.append(id(one)) or id(one), lambda _: 1, 3)
    for one in records:
        number(one)
    number(records[-1])
    assert len(made) == 5
    number(records[0])
    assert made[-1] == id(records[0])
    assert len(made) == 6


def test_an_object_whose_place_in_memory_was_reused_is_never_taken_for_another() -> None:
    name = Remembering(lambda one: one.candidate, lambda _: 1, 4)
    for number in range(500):
        assert name(make_candidacy(candidate=f"Ana {number}")) == f"Ana {number}"


class OneHit:
    """An engine that always finds the same object, as one that remembers it does."""

    def __init__(self) -> None:
        self.hit = Hit(ANA, 1.0, (Excerpt("statement", ("to ", "ana@example.org", "")),))

    def search(self, request: SearchRequest) -> SearchResults:
        return SearchResults(1, (self.hit,))

    def status(self) -> EngineStatus:
        return EngineStatus("one", "1", 1, 0)


def test_a_hit_that_is_remembered_is_obscured_and_a_changed_one_anew() -> None:
    engine = OneHit()
    shown = ObscuringEngine(engine)  # type: ignore[arg-type]
    asked = SearchRequest(Everything())
    for _ in range(2):
        [hit] = shown.search(asked).hits
        assert hit.candidacy.address == "ana at example.org"
        assert hit.excerpts[0].pieces == ("to ", "ana at example.org", "")
    engine.hit = Hit(replace(ANA, address="new@example.org"), 1.0)
    assert shown.search(asked).hits[0].candidacy.address == "new at example.org"
