"""The pages of races: one race with its statements side by side, and where there was a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.candidacy_page import Text, show_text
from api.links import Links
from api.openings import opening
from api.overviews import count_by, find_chosen, order_cycles
from api.page_frame import Content, Page
from api.plots import Amount, BarPlot, plot_bars
from api.templating import show_count, show_cycle
from ingest.records import Candidacy, Office, Outcome, Vocabulary
from search.engine import SearchEngine
from search.query import Everything

# All statements of a race share this many characters.
LONGEST_TOGETHER = 240_000
OPEN_UP_TO = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidacy beside its rivals."""

    candidacy: Candidacy
    text: Text
    opening: str
    won: bool


@dataclass(frozen=True, slots=True)
class RaceView:
    """One race; statements stand open where they are few enough to be seen side by side."""

    cycle: str
    office: str
    project: str
    standings: tuple[Standing, ...]
    verdict: str
    open: bool


@dataclass(frozen=True, slots=True)
class Race:
    """One race of a cycle by its numbers."""

    cycle: str
    project: str
    candidates: int

    @property
    def contested(self) -> bool:
        return self.candidates > 1

    @property
    def path(self) -> str:
        return f"/races/{self.cycle}/{Office.PTL.value}/{self.project}"


@dataclass(frozen=True, slots=True)
class CycleRaces:
    """The races of one cycle for PTL; `tc` counts who stood for TC."""

    cycle: str
    races: tuple[Race, ...]
    tc: int

    @property
    def contested(self) -> tuple[Race, ...]:
        return tuple(race for race in self.races if race.contested)


@dataclass(frozen=True, slots=True)
class RacesView:
    """Every cycle's races, the newest cycle first, and the plot of them."""

    cycles: tuple[CycleRaces, ...]
    plot: BarPlot | None


def find_race(
    engine: SearchEngine, vocabulary: Vocabulary, cycle: str, office: Office, project: str
) -> list[Candidacy]:
    """Find who stood in a race; other names of its cycle and project are understood."""
    cycle = vocabulary.cycle_aliases.get(cycle.lower(), cycle.lower())
    project = vocabulary.project_aliases.get(project.lower(), project.lower())
    chosen: Mapping[str, tuple[str, ...]] = {"office": (office.value,)}
    if cycle != "unknown":
        chosen = {**chosen, "cycle": (cycle,)}
    if project:
        chosen = {**chosen, "project": (project,)}
    found = find_chosen(engine, Everything(), chosen)
    return [
        one for one in found if (one.cycle or "unknown") == cycle and (project or not one.projects)
    ]


def make_race_page(found: list[Candidacy], project: str, links: Links) -> Content:
    """Lay out a race, winners first."""
    first = found[0]
    ranked = sorted(found, key=lambda one: one.outcome is not Outcome.ELECTED)
    share = LONGEST_TOGETHER // len(found)
    office = first.office + (f" of {project}" if project else "")
    view = RaceView(
        cycle=first.cycle,
        office=first.office.value,
        project=project,
        standings=tuple(
            Standing(
                one,
                show_text(one.statement, share),
                opening(one.statement),
                one.outcome is Outcome.ELECTED,
            )
            for one in ranked
        ),
        verdict=_tell(found),
        open=len(found) <= OPEN_UP_TO,
    )
    page = Page(
        title=f"{office}, {show_cycle(first.cycle)}",
        description=f"{_tell(found)} Statements side by side: "
        + ", ".join(one.candidate for one in ranked),
        path=f"/races/{first.cycle or 'unknown'}/{first.office.value}"
        + (f"/{project}" if project else ""),
        section="/races",
    )
    return Content(page, "race.html", view)


def _tell(found: list[Candidacy]) -> str:
    elected = [one.candidate for one in found if one.outcome is Outcome.ELECTED]
    stood = f"{show_count(len(found), 'person', 'people')} stood"
    if not elected:
        return f"{stood}; how it ended is not known."
    return f"{stood}; elected: {', '.join(elected)}."


def count_races(engine: SearchEngine, vocabulary: Vocabulary) -> tuple[CycleRaces, ...]:
    """Count the races of every cycle, oldest cycle first."""
    everything = Everything()
    cycles = {value.value: value.count for value in count_by(engine, "cycle", everything)}
    tc = {v.value: v.count for v in count_by(engine, "cycle", everything, {"office": ("TC",)})}
    found = []
    for cycle in filter(vocabulary.cycles.__contains__, order_cycles(cycles, vocabulary)):
        values = count_by(engine, "project", everything, {"cycle": (cycle,), "office": ("PTL",)})
        races = [Race(cycle, value.value, value.count) for value in values]
        races.sort(key=lambda race: race.project)
        found.append(CycleRaces(cycle, tuple(races), tc.get(cycle, 0)))
    return tuple(found)


def plot_races(cycles: tuple[CycleRaces, ...], links: Links) -> BarPlot | None:
    """Plot contested races below uncontested ones, by cycle."""
    amounts = [
        Amount(
            one.cycle,
            (len(one.contested), len(one.races) - len(one.contested)),
            links.cycle(one.cycle),
        )
        for one in cycles
        if one.races
    ]
    return plot_bars("races-plot", amounts, height=220) if len(amounts) > 1 else None


def make_races_page(engine: SearchEngine, vocabulary: Vocabulary, links: Links) -> Content:
    """Show where there was a choice, and where there was none."""
    cycles = count_races(engine, vocabulary)
    page = Page(
        title="Races",
        description="Every race for the lead of a project: contested or not, cycle by cycle.",
        path="/races",
        section="/races",
    )
    view = RacesView(tuple(reversed(cycles)), plot_races(cycles, links))
    return Content(page, "races.html", view)
