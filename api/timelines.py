"""A timeline as geometry: people as rows, cycles as columns, a mark wherever one of them stood.

Owns the places of marks and names; what a mark means (elected, not elected, unknown) is the
outcome's word and the stylesheet's colour. A plot of its own because rows carry names, which need
room that bars and lines do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.plots import LEFT, RIGHT, WIDTH, Tick, label_axis

ROW = 34
HEAD = 8
# A name's distance from its marks, its height above them, and the width of a letter, all at the
# size in which a phone shows it.
ASIDE = 14
NAME_ROW = 28
NAME = 13.2


@dataclass(frozen=True, slots=True)
class Stand:
    """One candidacy on a timeline: its cycle's column, how it ended, where it leads."""

    column: int
    outcome: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Person:
    """One row: a name, where it leads, and the candidacies."""

    name: str
    href: str
    stands: tuple[Stand, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    outcome: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    """A drawn row; its name stands on the side of its marks that has more room."""

    name: str
    href: str
    y: float
    name_y: float
    start: float
    end: float
    name_x: float
    before: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows over one axis of cycles."""

    name: str
    height: int
    floor: float
    rows: tuple[Row, ...]
    across: tuple[Tick, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT


def plot_timeline(name: str, cycles: Sequence[str], people: Sequence[Person]) -> Timeline:
    """Lay out one row for each person, in the order given."""
    step = (WIDTH - LEFT - RIGHT) / max(len(cycles), 1)
    xs = [round(LEFT + step * (number + 0.5), 1) for number in range(len(cycles))]
    rows, foot = [], float(HEAD)
    for person in people:
        row = _lay_row(person, foot, xs)
        rows.append(row)
        foot = row.y + ROW / 2
    floor = foot + 6
    return Timeline(name, int(floor + 34), floor, tuple(rows), label_axis(cycles, xs))


def _lay_row(person: Person, head: float, xs: Sequence[float]) -> Row:
    """Lay out one row below `head`; a name that fits on neither side stands above its marks."""
    marks = tuple(Mark(xs[s.column], s.outcome, s.title, s.href) for s in person.stands)
    start, end = marks[0].x, marks[-1].x
    before = start > WIDTH - end
    fits = NAME * min(len(person.name), 40) <= max(start, WIDTH - end) - ASIDE
    y = head + ROW / 2 + (0 if fits else NAME_ROW)
    if fits:
        name_x = start - ASIDE if before else end + ASIDE
    else:
        name_x = end + 7 if before else start - 7
    name_y = y if fits else y - NAME_ROW
    return Row(person.name, person.href, y, name_y, start, end, round(name_x, 1), before, marks)
