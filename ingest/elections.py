"""What is known of elections: cycles in order, nomination windows, teams and all their names.

The facts stand in `elections.toml`, read once and checked here; this file looks things up in
them. It does not read mail: how a cycle or a team is recognised in prose is
`subject_reading.py`'s and `fields.py`'s matter, and a cycle or team that is not in the table is
theirs to read, too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ingest.election_days import Span, days_from, expected_spans
from ingest.errors import ElectionTableError
from ingest.names import fold
from ingest.records import Office, Vocabulary

TABLE = Path(__file__).with_name("elections.toml")

# Teams whose own name is a word that a subject may use otherwise.
ORDINARY_NAMES = {
    "security",
    "documentation",
    "infrastructure",
    "requirements",
    "placement",
    "shade",
}

# A mail this many days from every window says nothing of its cycle by its date alone: the table is
# then older than the mail, or the archive older than the first election.
TOO_FAR = 160


@dataclass(frozen=True, slots=True)
class Cycle:
    """One release cycle; `order` counts from 1 in time."""

    name: str
    order: int
    letter: str = ""
    number: str = ""
    aliases: tuple[str, ...] = ()
    released: date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling but the letter, the key first."""
        return tuple(dict.fromkeys(n for n in (self.name, self.number, *self.aliases) if n))


@dataclass(frozen=True, slots=True)
class Window:
    """When nominations for an office were open; `opens` is None where only the end is known."""

    cycle: str
    office: Office
    closes: datetime
    opens: datetime | None = None
    special: bool = False
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A team under one official name, with the cycles in which it bore that name.

    `words` are aliases that are ordinary words, too ("release", "docs"): they name the team only
    in a tag or beside the office.
    """

    name: str
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    first: int = 0
    last: int = 10_000

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, the official one first."""
        return (self.name, *self.aliases, *self.words)


@dataclass(frozen=True, eq=False)
class ElectionTable:
    """The whole table, with its lookups. Cycle names given back are the table's keys."""

    cycles: tuple[Cycle, ...]
    windows: tuple[Window, ...]
    teams: tuple[Team, ...]
    spans: Mapping[Office, tuple[Span, ...]] = field(default_factory=dict)

    @cached_property
    def _cycle_by_word(self) -> dict[str, Cycle]:
        return {word: cycle for cycle in self.cycles for word in cycle.names}

    @cached_property
    def _teams_by_key(self) -> dict[str, tuple[Team, ...]]:
        found: dict[str, tuple[Team, ...]] = {}
        for team in self.teams:
            for key in dict.fromkeys(fold(name) for name in team.names):
                found[key] = (*found.get(key, ()), team)
        return found

    @cached_property
    def ordinary_words(self) -> frozenset[str]:
        """Folded names that are ordinary words, too; a team's own name may be one ("security")."""
        words = {fold(word) for team in self.teams for word in team.words}
        own = {team.name for team in self.teams if team.name in ORDINARY_NAMES}
        return frozenset(words | own)

    @cached_property
    def team_names(self) -> tuple[str, ...]:
        """Every name and alias of every team, longest first, as they may stand in a text."""
        names = {name for team in self.teams for name in team.names}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    def cycle_named(self, word: str) -> Cycle | None:
        """Find the cycle with this name, number or alias, in any case."""
        return self._cycle_by_word.get(word.lower())

    def cycle_lettered(self, letter: str, near: datetime) -> Cycle | None:
        """Find the cycle meant by "the L cycle": the alphabet has begun anew, so the date
        decides."""
        wanted = [cycle for cycle in self.cycles if cycle.letter == letter.lower()]
        around = self.cycle_at(near, Office.PTL)
        if not wanted or around is None:
            return wanted[0] if len(wanted) == 1 else None
        best = min(wanted, key=lambda cycle: abs(cycle.order - around.order))
        return best if abs(best.order - around.order) <= 2 else None

    def cycle_at(self, moment: datetime, office: Office) -> Cycle | None:
        """Give the cycle whose election is nearest to this moment, None where none is near.

        A vacancy is filled after the window more often than a candidacy comes before it, so a late
        day counts for less than an early one.
        """
        ranked = [(days_from(span, moment), span.cycle) for span in self.spans.get(office, ())]
        days, name = min(ranked, default=(float("inf"), ""))
        return self.cycle_named(name) if days <= TOO_FAR else None

    def days_from_window(self, moment: datetime, office: Office | None = None) -> float:
        """Count the days between a moment and the nearest time of nominations, 0 inside one."""
        offices = [office] if office else list(Office)
        spans = [span for one in offices for span in self.spans.get(one, ())]
        return min((days_from(span, moment) for span in spans), default=float("inf"))

    def project_named(self, name: str, cycle: str = "") -> str:
        """Give the official name behind any name of a team, in that cycle; empty if unknown."""
        teams = self._teams_by_key.get(fold(name), ())
        order = self.order_of(cycle)
        fitting = [team for team in teams if order and team.first <= order <= team.last]
        chosen = (fitting or list(teams))[-1:]
        return chosen[0].name if chosen else ""

    def order_of(self, cycle: str) -> int:
        """Number a cycle in time; a numbered one beyond the table follows on, an unknown name
        is 0."""
        known = self.cycle_named(cycle)
        if known is not None:
            return known.order
        last = self.cycles[-1]
        year, _, half = cycle.partition(".")
        if not (year.isdigit() and half in ("1", "2") and last.number):
            return 0
        last_year, _, last_half = last.number.partition(".")
        steps = 2 * (int(year) - int(last_year)) + int(half) - int(last_half)
        return last.order + steps if steps > 0 else 0

    def vocabulary(self) -> Vocabulary:
        """Hand the names over to the query language, as plain values."""
        cycle_aliases = {word: cycle.name for cycle in self.cycles for word in cycle.names}
        for cycle in self.cycles:
            # Letters were how cycles were spoken of in the first alphabet; later ones have numbers.
            cycle_aliases.setdefault(cycle.letter, cycle.name)
        projects: dict[str, str] = {}
        for team in self.teams:
            for name in team.names:
                projects[name.replace(" ", "-")] = team.name
        for team in self.teams:
            projects[team.name] = team.name
        return Vocabulary(tuple(c.name for c in self.cycles), cycle_aliases, projects)


def read_table(text: str) -> ElectionTable:
    """Build the table from TOML and check that it does not contradict itself.

    Raise `ElectionTableError` naming the entry at fault.
    """
    try:
        data = tomllib.loads(text)
        cycles = tuple(_cycle(entry, order) for order, entry in enumerate(data["cycle"], 1))
        orders = {cycle.name: cycle.order for cycle in cycles}
        windows = tuple(_window(entry) for entry in data.get("window", []))
        teams = tuple(_team(entry, orders) for entry in data.get("team", []))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ElectionTableError(f"elections.toml cannot be read: {error!r}") from error
    _check(cycles, windows, teams)
    spans = {
        office: expected_spans(
            [(cycle.name, cycle.released) for cycle in cycles],
            {w.cycle: (w.opens, w.closes) for w in windows if w.office == office and not w.special},
            {w.cycle: (w.opens, w.closes) for w in windows if w.office != office and not w.special},
            office,
        )
        for office in Office
    }
    return ElectionTable(cycles, windows, teams, spans)


@lru_cache(maxsize=1)
def load_elections() -> ElectionTable:
    """Read the project's own table, once for the whole program."""
    return read_table(TABLE.read_text(encoding="utf-8"))


def _cycle(entry: dict[str, Any], order: int) -> Cycle:
    return Cycle(
        name=entry["name"],
        order=order,
        letter=entry.get("letter", ""),
        number=entry.get("number", ""),
        aliases=tuple(entry.get("aliases", ())),
        released=entry.get("released"),
    )


def _window(entry: dict[str, Any]) -> Window:
    return Window(
        cycle=entry["cycle"],
        office=Office(entry["office"]),
        closes=entry["closes"],
        opens=entry.get("opens"),
        special=entry.get("special", False),
        note=entry.get("note", ""),
        source=entry.get("source", ""),
    )


def _team(entry: dict[str, Any], orders: Mapping[str, int]) -> Team:
    last = entry.get("last")
    return Team(
        name=entry["name"],
        aliases=tuple(entry.get("aliases", ())),
        words=tuple(entry.get("words", ())),
        first=orders[entry["first"]],
        last=orders[last] if last else 10_000,
    )


def _check(cycles: tuple[Cycle, ...], windows: tuple[Window, ...], teams: tuple[Team, ...]) -> None:
    words = [word for cycle in cycles for word in cycle.names]
    for word in words:
        if words.count(word) > 1 or word != word.lower():
            raise ElectionTableError(
                f"elections.toml: cycle {word!r} stands twice, or not in small letters"
            )
    for window in windows:
        if window.cycle not in words:
            raise ElectionTableError(
                f"elections.toml: a window names the unknown cycle {window.cycle!r}"
            )
        if window.opens and not timedelta(0) < window.closes - window.opens < timedelta(days=45):
            raise ElectionTableError(
                f"elections.toml: the {window.office} window of {window.cycle} closes before it"
                f" opens,"
                " or is longer than 45 days"
            )
    _check_teams(teams)


def _check_teams(teams: tuple[Team, ...]) -> None:
    seen: dict[str, list[Team]] = {}
    for team in teams:
        if team.name != team.name.lower() or " " in team.name or team.first > team.last:
            raise ElectionTableError(
                f"elections.toml: team {team.name!r} needs small letters, hyphens, first before"
                f" last"
            )
        for key in {fold(name) for name in team.names}:
            for other in seen.setdefault(key, []):
                if team.first <= other.last and other.first <= team.last:
                    raise ElectionTableError(
                        f"elections.toml: {team.name!r} and {other.name!r} share the name {key!r}"
                        " in the same cycle"
                    )
            seen[key].append(team)
