"""The pages of cycles: all of them with their races, and one with everybody who stood."""

from __future__ import annotations

from dataclasses import dataclass

from api.links import Links
from api.overviews import find_chosen
from api.page_frame import Content, Page
from api.parameters import Asking
from api.plots import BarPlot
from api.race_counts import CycleRaces
from api.race_pages import known_cycles, plot_races
from api.search_page import Link
from api.templating import show_count, show_cycle
from ingest.records import Candidacy, Office, Vocabulary
from search.engine import SearchEngine
from search.query import Everything


@dataclass(frozen=True, slots=True)
class CyclesView:
    """Every cycle, the newest first, and the plot of contested and uncontested races."""

    cycles: tuple[CycleRaces, ...]
    plot: BarPlot | None


@dataclass(frozen=True, slots=True)
class RaceOfCycle:
    """One race and who stood in it."""

    label: str
    path: str
    candidacies: tuple[Candidacy, ...]


@dataclass(frozen=True, slots=True)
class CycleView:
    """One cycle: its races, contested ones first, and the cycles before and after it."""

    cycle: str
    aliases: tuple[str, ...]
    total: int
    contested: tuple[RaceOfCycle, ...]
    uncontested: tuple[RaceOfCycle, ...]
    before: Link | None
    after: Link | None
    asking: Asking


def make_cycles_page(engine: SearchEngine, vocabulary: Vocabulary, links: Links) -> Content:
    """List the cycles in which somebody stood."""
    cycles = known_cycles(engine, vocabulary)
    page = Page(
        title="Cycles",
        description=f"The {show_count(len(cycles), 'cycle')} in which somebody stood, and how "
        "many races were contested.",
        path="/cycles",
        section="/cycles",
    )
    view = CyclesView(tuple(reversed(cycles)), plot_races(cycles, links))
    return Content(page, "cycles.html", view)


def make_cycle_page(
    engine: SearchEngine, vocabulary: Vocabulary, name: str, links: Links
) -> Content | None:
    """Show one cycle, by any of its names; None where nobody stood in it."""
    cycle = vocabulary.cycle_aliases.get(name.lower(), name.lower())
    found = find_chosen(engine, Everything(), {"cycle": (cycle,)})
    if not found:
        return None
    races = _races(found)
    view = CycleView(
        cycle=cycle,
        # A letter alone is how people type a cycle, not what it is called.
        aliases=tuple(
            sorted(a for a, c in vocabulary.cycle_aliases.items() if c == cycle != a and len(a) > 1)
        ),
        total=len(found),
        contested=tuple(race for race in races if len(race.candidacies) > 1),
        uncontested=tuple(race for race in races if len(race.candidacies) == 1),
        before=_neighbour(vocabulary, cycle, -1, links),
        after=_neighbour(vocabulary, cycle, 1, links),
        asking=Asking(chosen={"cycle": (cycle,)}),
    )
    page = Page(
        title=f"{show_cycle(cycle)} cycle",
        description=f"The {show_count(len(races), 'race')} of {show_cycle(cycle)}, and the "
        f"{show_count(len(found), 'candidacy', 'candidacies')} in them.",
        path=f"/cycles/{cycle}",
        section="/cycles",
    )
    return Content(page, "cycle.html", view)


def _races(found: list[Candidacy]) -> list[RaceOfCycle]:
    """Gather candidacies by race; one that stands for two projects at once is one race."""
    races: dict[str, list[Candidacy]] = {}
    for one in found:
        races.setdefault(one.race, []).append(one)
    named = [
        RaceOfCycle(_name(ones[0]), f"/races/{path}", tuple(ones)) for path, ones in races.items()
    ]
    return sorted(named, key=lambda race: (race.label != Office.TC.value, race.label))


def _name(one: Candidacy) -> str:
    return one.projects[0] if one.projects else one.office.value


def _neighbour(vocabulary: Vocabulary, cycle: str, step: int, links: Links) -> Link | None:
    if cycle not in vocabulary.cycles:
        return None
    place = vocabulary.cycles.index(cycle) + step
    if not 0 <= place < len(vocabulary.cycles):
        return None
    name = vocabulary.cycles[place]
    return Link(show_cycle(name), links.cycle(name))
