"""The pages of projects: all of them, and one with its leads and candidates through time."""

from __future__ import annotations

from dataclasses import dataclass

from api.links import Links
from api.overviews import answer_projects, find_chosen
from api.page_frame import Content, Page
from api.parameters import Asking
from api.templating import show_count, show_cycle
from api.timeline_rows import RowOfCandidacies, draw_timeline
from api.timelines import Timeline
from ingest.records import Candidacy, Outcome, Vocabulary
from search.engine import SearchEngine
from search.query import Everything

# Beyond this many rows a timeline is no picture any more; the table has them all.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """A project in the list of all."""

    name: str
    candidacies: int
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectsView:
    """All projects by name."""

    projects: tuple[ProjectEntry, ...]


@dataclass(frozen=True, slots=True)
class CycleOfProject:
    """One race of a project, for the table beneath the timeline."""

    cycle: str
    path: str
    candidacies: tuple[Candidacy, ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project: timeline and table, the newest race first."""

    name: str
    aliases: tuple[str, ...]
    summary: str
    timeline: Timeline | None
    races: tuple[CycleOfProject, ...]
    asking: Asking
    left_out: int


def make_projects_page(engine: SearchEngine, vocabulary: Vocabulary) -> Content:
    """List the projects for whose lead somebody stood."""
    answer = answer_projects(engine, vocabulary)
    entries = sorted(
        (ProjectEntry(one.project, one.candidacies, tuple(one.aliases)) for one in answer.projects),
        key=lambda entry: entry.name,
    )
    page = Page(
        title="Projects",
        description=f"The {show_count(len(entries), 'project')} for whose lead somebody stood.",
        path="/projects",
        section="/projects",
    )
    return Content(page, "projects.html", ProjectsView(tuple(entries)))


def make_project_page(
    engine: SearchEngine, vocabulary: Vocabulary, name: str, links: Links
) -> Content | None:
    """Show one project, by any of its names; None where nobody stood for it."""
    project = vocabulary.project_aliases.get(name.lower(), name.lower())
    found = find_chosen(engine, Everything(), {"project": (project,)})
    if not found:
        return None
    people = _rows(found, vocabulary, links)
    aliases = sorted(a for a, p in vocabulary.project_aliases.items() if p == project != a)
    view = ProjectView(
        name=project,
        aliases=tuple(aliases),
        summary=_sum_up(found),
        timeline=draw_timeline("project-timeline", people[-MOST_ROWS:], vocabulary, links),
        races=tuple(_races(found, project, vocabulary)),
        asking=Asking(chosen={"project": (project,)}),
        left_out=max(0, len(people) - MOST_ROWS),
    )
    page = Page(
        title=project,
        description=f"Who led {project}, and who stood for it. {_sum_up(found)}",
        path=f"/projects/{project}",
        section="/projects",
    )
    return Content(page, "project.html", view)


def _sum_up(found: list[Candidacy]) -> str:
    people = show_count(len({one.person for one in found}), "person", "people")
    elected = [one for one in found if one.outcome is Outcome.ELECTED]
    stood = f"{people} stood for its lead in {show_count(len(found), 'candidacy', 'candidacies')}"
    if not elected:
        return f"{stood}; who was elected is not known."
    last = max(elected, key=lambda one: (one.cycle_order, one.posted_at))
    name = last.candidate or "Nameless sender"
    return f"{stood}; the last known to be elected was {name}, for {show_cycle(last.cycle)}."


def _rows(found: list[Candidacy], vocabulary: Vocabulary, links: Links) -> list[RowOfCandidacies]:
    """Gather each person's candidacies in known cycles, persons in the order of their first."""
    rows: dict[str, list[Candidacy]] = {}
    for one in found:
        if one.cycle in vocabulary.cycles:
            rows.setdefault(one.person, []).append(one)
    return [
        RowOfCandidacies(
            ones[-1].candidate or "Nameless sender", links.candidate(person), tuple(ones)
        )
        for person, ones in rows.items()
    ]


def _races(found: list[Candidacy], project: str, vocabulary: Vocabulary) -> list[CycleOfProject]:
    races: dict[str, list[Candidacy]] = {}
    for one in found:
        races.setdefault(one.cycle, []).append(one)
    order = {cycle: number for number, cycle in enumerate(vocabulary.cycles)}
    return [
        CycleOfProject(
            cycle,
            f"/races/{cycle or 'unknown'}/{races[cycle][0].office.value}/{project}",
            tuple(races[cycle]),
        )
        for cycle in sorted(races, key=lambda cycle: order.get(cycle, -1), reverse=True)
    ]
