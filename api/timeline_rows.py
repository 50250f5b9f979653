"""Candidacies as rows of a timeline: a project's by person, a person's by what they stood for.

Owns what a row and a mark say and where they lead; where they stand is `timelines.py`'s. What has
no place in time is left out here: the table or list beneath a timeline has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.links import Links
from api.templating import show_cycle
from api.timelines import Person, Stand, Timeline, plot_timeline
from ingest.records import Candidacy, Status, Vocabulary


@dataclass(frozen=True, slots=True)
class RowOfCandidacies:
    """One row before it is drawn: what it is called, where it leads, its candidacies."""

    label: str
    href: str
    candidacies: tuple[Candidacy, ...]


def draw_timeline(
    name: str, rows: Sequence[RowOfCandidacies], vocabulary: Vocabulary, links: Links
) -> Timeline | None:
    """Draw rows through the cycles; None where fewer than two cycles would be on it."""
    order = {cycle: number for number, cycle in enumerate(vocabulary.cycles)}
    placed = [(row, [one for one in row.candidacies if one.cycle in order]) for row in rows]
    columns = {order[one.cycle] for _, ones in placed for one in ones}
    if len(columns) < 2:
        return None
    first, last = min(columns), max(columns)
    people = [
        Person(
            row.label,
            row.href,
            tuple(
                _stand(one, order[one.cycle] - first, links)
                for one in sorted(ones, key=lambda one: order[one.cycle])
            ),
        )
        for row, ones in placed
        if ones
    ]
    return plot_timeline(name, vocabulary.cycles[first : last + 1], people)


def _stand(one: Candidacy, column: int, links: Links) -> Stand:
    ended = "withdrawn" if one.status is Status.WITHDRAWN else one.outcome.value
    known = "outcome unknown" if ended == "unknown" else ended
    title = f"{one.candidate}, {show_cycle(one.cycle)}: {known}"
    return Stand(column, ended.replace(" ", "-"), title, links.candidacy(one.id))
