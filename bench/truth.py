"""What the truth file says of each mail, and when a found text counts as the wanted one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.names import fold


@dataclass(frozen=True, slots=True)
class Row:
    """One mail of the truth file; fields that only candidacies have are empty elsewhere."""

    number: int
    message_id: str
    label: str
    is_candidacy: bool
    subject: str
    hazards: tuple[str, ...]
    members: tuple[int, ...] = ()
    name: str = ""
    office: str = ""
    projects: tuple[str, ...] = ()
    cycle: str = ""
    statement: str = ""


def read_truth(path: Path) -> list[Row]:
    """Read a truth file, one JSON object a line."""
    return [_row(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]


def squeeze(text: str) -> str:
    """Collapse white space and obscure addresses as Pipermail does, so that texts can be
    compared."""
    text = re.sub(r"([-+,.\w]+)@([-+.\w]+)", r"\1 at \2", text or "")
    text = re.sub(r"(?m)^>From ", "From ", text).replace("\x00", "")
    return " ".join(text.split())


def overlap(expected: str, found: str) -> float:
    """F1 of the words that two texts share, counted as often as they occur."""
    wanted, got = Counter(expected.split()), Counter(found.split())
    both = (wanted & got).total()
    return 2 * both / (wanted.total() + got.total()) if both else 0.0


def whole(expected: str, found: str, slack: int = 15) -> bool:
    """Whether one text holds the other word for word, with at most `slack` words more at its
    ends."""
    short, long = sorted((expected, found), key=len)
    more = len(long.split()) - len(short.split())
    return bool(short) and f" {short} " in f" {long} " and more <= slack


def same_project(names: Iterable[str], projects: tuple[str, ...]) -> bool:
    """Whether all projects found are spellings of the one wanted."""
    wanted = {fold(name) for name in names} - {""}
    return bool(projects) and all(fold(project) in wanted for project in projects)


def _row(entry: dict[str, object]) -> Row:
    def text(key: str) -> str:
        return str(entry.get(key) or "")

    hazards, members = entry.get("hazards"), entry.get("thread_members_n")
    return Row(
        number=int(str(entry["n"])),
        message_id=text("message_id").strip("<>"),
        label=text("label"),
        is_candidacy=bool(entry["is_candidacy"]),
        subject=text("subject"),
        hazards=tuple(hazards) if isinstance(hazards, list) else (),
        members=tuple(members) if isinstance(members, list) else (),
        name=text("name"),
        office=text("office"),
        projects=(text("project"), text("project_tag"), text("project_dir")),
        cycle=text("cycle"),
        statement=text("statement"),
    )
