"""The pages of races: one race with its statements side by side, and where there was a choice."""

from __future__ import annotations

from dataclasses import dataclass

from api.candidacy_page import Text, show_text
from api.links import Links
from api.openings import opening
from api.page_frame import Content, Page
from api.parameters import Asking
from api.plots import Amount, BarPlot, plot_bars
from api.race_counts import CycleRaces, count_cycles
from api.templating import show_count, show_cycle
from ingest.records import Candidacy, Outcome, Vocabulary
from search.engine import SearchEngine
from search.facets import UNKNOWN

# All statements of a race share this many characters.
LONGEST_TOGETHER = 240_000
OPEN_UP_TO = 3
# More names than these make no sentence.
MOST_NAMED = 5


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
    asking: Asking


@dataclass(frozen=True, slots=True)
class RacesView:
    """Every cycle's races, the newest cycle first, and the plot of them."""

    cycles: tuple[CycleRaces, ...]
    plot: BarPlot | None


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
        asking=_asking(first, project),
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


def _asking(first: Candidacy, project: str) -> Asking:
    chosen: dict[str, tuple[str, ...]] = {
        "office": (first.office.value,),
        "cycle": (first.cycle or UNKNOWN,),
    }
    return Asking(chosen=chosen | ({"project": (project,)} if project else {}))


def _tell(found: list[Candidacy]) -> str:
    elected = [one.candidate for one in found if one.outcome is Outcome.ELECTED]
    stood = f"{show_count(len(found), 'person', 'people')} stood"
    if not elected:
        return f"{stood}; how it ended is not known."
    if len(found) == 1:
        return "One person stood, and was elected."
    if len(elected) > MOST_NAMED:
        return f"{stood}; {len(elected)} were elected."
    return f"{stood}; elected: {', '.join(elected)}."


def known_cycles(engine: SearchEngine, vocabulary: Vocabulary) -> tuple[CycleRaces, ...]:
    """Count the races of the cycles that have a place in time, oldest first."""
    return tuple(one for one in count_cycles(engine, vocabulary) if one.cycle in vocabulary.cycles)


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
    cycles = known_cycles(engine, vocabulary)
    page = Page(
        title="Races",
        description="Every race for the lead of a project: contested or not, cycle by cycle.",
        path="/races",
        section="/races",
    )
    view = RacesView(tuple(reversed(cycles)), plot_races(cycles, links))
    return Content(page, "races.html", view)
