"""What is said of a name that is none: what was asked for, and which name was perhaps meant.

Owns the words alone; that something is not there was found out elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.templating import clip, show_cycle
from ingest.records import Office, Vocabulary
from search.spelling import distance

MOST_SLIPS = 2
FEWEST_LETTERS = 4  # two slips make any short name of any other
LONGEST = 60


def no_project(name: str, vocabulary: Vocabulary) -> str:
    """Say that nobody stood for a project."""
    meant = _meant(name, vocabulary.project_aliases, vocabulary.project_aliases.values())
    return f"Nobody stood for a project called {clip(name, LONGEST)}.{meant}"


def no_cycle(name: str, vocabulary: Vocabulary) -> str:
    """Say that nobody stood in a cycle."""
    meant = _meant(name, vocabulary.cycle_aliases, vocabulary.cycles)
    return f"Nobody stood in a cycle called {clip(name, LONGEST)}.{meant}"


def no_race(cycle: str, office: Office, project: str, vocabulary: Vocabulary) -> str:
    """Say that nobody stood in a race; PTL is elected for each project."""
    if office is Office.PTL and not project:
        return f"A lead is elected for each project: name one, as in {cycle.lower()}/PTL/nova."
    of = f" of {clip(project, LONGEST)}" if project else ""
    cycle_meant = _meant(cycle, vocabulary.cycle_aliases, vocabulary.cycles)
    meant = cycle_meant or (
        _meant(project, vocabulary.project_aliases, vocabulary.project_aliases.values())
        if project
        else ""
    )
    name = show_cycle(clip(cycle, LONGEST))
    return f"Nobody is known to have stood for {office.value}{of} in {name}.{meant}"


def _meant(name: str, aliases: Mapping[str, str], official: Iterable[str]) -> str:
    """Ask whether a name a slip or two away was meant; nothing where the name is a known one."""
    name = name.lower()
    known = dict.fromkeys(official)
    if name in aliases or name in known or len(name) < FEWEST_LETTERS:
        return ""
    slips = {one: distance(name, one, MOST_SLIPS) for one in (*known, *aliases)}
    near = sorted((n, aliases.get(one, one)) for one, n in slips.items() if n <= MOST_SLIPS)
    return f" Did you mean {near[0][1]}?" if near else ""
