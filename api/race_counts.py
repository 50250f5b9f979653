"""Every race by its numbers: how many stood in it, what that makes of a cycle.

One question to the engine tells all races, however many cycles there are. Who stood in one race,
with their statements, is `overviews.py`'s answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from api.answers import CyclesAnswer, CycleSummary, RacesAnswer, RaceSummary
from api.overviews import MOST_VALUES, count_by, order_cycles
from ingest.records import Office, Vocabulary
from search.engine import SearchEngine, SearchRequest
from search.facets import RACE
from search.query import Everything


@dataclass(frozen=True, slots=True)
class Race:
    """One race; `project` is empty for an office without projects."""

    cycle: str
    office: Literal["PTL", "TC"]
    project: str
    candidates: int

    @property
    def contested(self) -> bool:
        return self.candidates > 1

    @property
    def name(self) -> str:
        return "/".join(filter(None, (self.cycle, self.office, self.project)))

    @property
    def path(self) -> str:
        return f"/races/{self.name}"


@dataclass(frozen=True, slots=True)
class CycleRaces:
    """One cycle: the races for the lead of a project, by name, and how many stood for what."""

    cycle: str
    races: tuple[Race, ...]
    tc: int
    candidacies: int

    @property
    def contested(self) -> tuple[Race, ...]:
        return tuple(race for race in self.races if race.contested)


def count_races(engine: SearchEngine, vocabulary: Vocabulary) -> tuple[Race, ...]:
    """Count every race, the oldest cycle first and each cycle's by office and project."""
    races = [_read(value.value, value.count) for value in count_by(engine, RACE, Everything())]
    place = {
        name: n for n, name in enumerate(order_cycles({r.cycle: 0 for r in races}, vocabulary))
    }
    races.sort(key=lambda race: (place[race.cycle], race.office, race.project))
    return tuple(races)


def _read(path: str, candidates: int) -> Race:
    cycle, office, *project = path.split("/", 2)
    return Race(cycle, "TC" if office == Office.TC else "PTL", "".join(project), candidates)


def count_cycles(engine: SearchEngine, vocabulary: Vocabulary) -> tuple[CycleRaces, ...]:
    """Count the races of every cycle, oldest first; those of an unknown cycle come last."""
    request = SearchRequest(
        Everything(), per_page=0, facets=("cycle", RACE), facet_size=MOST_VALUES
    )
    found = {facet.field: facet.values for facet in engine.search(request).facets}
    total = {value.value: value.count for value in found["cycle"]}
    races: dict[str, list[Race]] = defaultdict(list)
    for value in found[RACE]:
        race = _read(value.value, value.count)
        races[race.cycle].append(race)
    return tuple(
        CycleRaces(
            cycle=cycle,
            races=tuple(
                sorted((r for r in races[cycle] if r.project), key=lambda race: race.project)
            ),
            tc=sum(race.candidates for race in races[cycle] if race.office == Office.TC),
            candidacies=total[cycle],
        )
        for cycle in order_cycles(total, vocabulary)
    )


def answer_cycles(engine: SearchEngine, vocabulary: Vocabulary) -> CyclesAnswer:
    """List the cycles in which somebody stood, oldest first; unknown ones last."""
    return CyclesAnswer(
        cycles=[
            CycleSummary(
                cycle=one.cycle,
                candidacies=one.candidacies,
                ptl=one.candidacies - one.tc,
                tc=one.tc,
                races=len(one.races),
                contested=len(one.contested),
            )
            for one in count_cycles(engine, vocabulary)
        ]
    )


def answer_races(
    engine: SearchEngine, vocabulary: Vocabulary, contested: bool | None, page: int, per_page: int
) -> RacesAnswer:
    """List one page of the races, the contested or the uncontested ones alone where so asked."""
    races = [
        race
        for race in count_races(engine, vocabulary)
        if contested is None or race.contested == contested
    ]
    start = (page - 1) * per_page
    return RacesAnswer(
        total=len(races),
        races=[
            RaceSummary(
                race=race.name,
                cycle=race.cycle,
                office=race.office,
                project=race.project,
                candidates=race.candidates,
                contested=race.contested,
            )
            for race in races[start : start + per_page]
        ],
        page=page,
        per_page=per_page,
    )
