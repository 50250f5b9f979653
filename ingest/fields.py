"""What a candidacy is for: office, projects, cycle, and who stands, once a mail is known to be one.

Subject before text, text before date; but a date inside a nomination window outweighs what the text
mentions in passing, since statements speak of past and coming cycles alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.elections import ElectionTable
from ingest.names import candidate_name, read_nick
from ingest.quotes import own_text
from ingest.records import Message, Office
from ingest.speech import Speech, read_speech
from ingest.statements import without_wrapping
from ingest.subject_reading import SubjectReading, cycles_in, find_projects, read_subject

_TC = re.compile(r"\btcs?\b|\btech(?:nical)?[ -]comm?itt?ee?e?\b", re.I)
_LETTERED = re.compile(
    r"(?:\bthe |['\"‘“(])([A-Z])['\"’”)]?[ -](?:cycle|release|series|development|timeframe)\b"
)
_FOR_CYCLE = re.compile(
    r"\b(?:for|during|in|of|through|throughout|over)(?: the)?(?: upcoming| coming| next"
    r"| new)? ([A-Z][a-z]{2,14}) (?:release|cycle|development|series)\b"
)
_NOT_CYCLES = {
    "next",
    "upcoming",
    "coming",
    "this",
    "new",
    "development",
    "openstack",
    "current",
    "last",
}
_TEAM_BEFORE = re.compile(
    r"\b([A-Z][A-Za-z0-9]+(?:[-_ ][A-Z][A-Za-z0-9]+)?)(?:['’]s)?(?: project| team)? (?:PTL|ptl)\b"
)
_TEAM_AFTER = re.compile(
    r"\b(?:PTL|ptl|lead|Lead)(?: position| role)? (?:of"
    r"|for)(?: the)? ([A-Z][A-Za-z0-9]+(?:[-_ ][A-Z][A-Za-z0-9]+)?)\b"
)
_LINK = re.compile(r"\bhttps?://[^\s<>\"'`\])}]{4,400}")
_MOST_LINKS = 100
# A date this near to a window is taken to belong to it, whatever cycles the text mentions.
SURE_DAYS = 10


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything read from the mail of a candidacy but the statement itself."""

    candidate: str
    irc_nick: str
    office: Office
    projects: tuple[str, ...]
    cycle: str
    links: tuple[str, ...]


def read_fields(
    message: Message, statement: str, answered: Sequence[datetime], table: ElectionTable
) -> Fields:
    """Read all fields; `answered` are the days of its replies, for a mail whose own date lies."""
    subject = read_subject(message.subject, table)
    own = own_text(without_wrapping(message.text))
    speech = read_speech(own)
    office = read_office(subject, speech, statement)
    moment = _moment(message, answered)
    cycle = read_cycle(subject, speech, statement, moment, office, table)
    projects = (
        () if office == Office.TC else read_projects(subject, speech, statement, cycle, table)
    )
    name = candidate_name(message.sender, message.address, own)
    return Fields(
        candidate=name,
        irc_nick=read_nick(own, name),
        office=office,
        projects=projects,
        cycle=cycle,
        links=read_links(statement),
    )


def read_office(subject: SubjectReading, speech: Speech, statement: str) -> Office:
    """Settle the office: the subject's, else that of the announcing sentence, else a named
    team's lead."""
    if subject.office and subject.candidacy:
        return subject.office
    if speech.announces and speech.office:
        return Office.TC if _TC.fullmatch(speech.office) else Office.PTL
    if subject.office:
        return subject.office
    if subject.projects:
        return Office.PTL
    opening = " ".join(statement.split()[:150])
    return (
        Office.TC
        if _TC.search(opening) and not re.search(r"\bptl\b", opening, re.I)
        else Office.PTL
    )


def read_cycle(
    subject: SubjectReading,
    speech: Speech,
    statement: str,
    moment: datetime | None,
    office: Office,
    table: ElectionTable,
) -> str:
    """Settle the cycle: the subject's; else by the date, if it is near a window; else the
    text's."""
    if subject.cycle:
        return subject.cycle
    by_date = table.cycle_at(moment, office) if moment else None
    if by_date and moment and table.days_from_window(moment, office) <= SURE_DAYS:
        return by_date.name
    spoken = _spoken_cycle(speech, statement, moment, table)
    if spoken:
        return spoken
    return by_date.name if by_date else ""


def read_projects(
    subject: SubjectReading, speech: Speech, statement: str, cycle: str, table: ElectionTable
) -> tuple[str, ...]:
    """Settle the projects: the subject's, else the announcing sentence's, else the opening's.

    A team that the table does not know is read from a tag, or from "Foo PTL".
    """
    # A call's subject may list every team without a candidate: such a list is not his who answers.
    named = () if subject.asks else find_projects(subject.bare, table, cycle)
    if named:
        return named
    if subject.unknown_tag and not subject.asks:
        return (subject.unknown_tag,)
    heading = "" if subject.asks else subject.bare
    for words in (heading, speech.announces, speech.announces_late):
        unknown = [
            _team_key(m.group(1)) for p in (_TEAM_BEFORE, _TEAM_AFTER) for m in p.finditer(words)
        ]
        named = find_projects(words, table, cycle)
        if named:
            return _beside_office(words, named, table, cycle)
        if any(unknown):
            return tuple(key for key in unknown if key)[:1]
    opening = " ".join(statement.split()[:120])
    return (find_projects(opening, table, cycle) or find_projects(subject.bare, table, cycle))[:1]


def read_links(statement: str) -> tuple[str, ...]:
    """List the web addresses of a statement, in order, each once."""
    found = (match.group().rstrip(".,;:!?*_") for match in _LINK.finditer(statement))
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def _beside_office(
    words: str, named: tuple[str, ...], table: ElectionTable, cycle: str
) -> tuple[str, ...]:
    """Prefer the teams next to "PTL": an announcement may name others ("a core of Nova, for
    Oslo PTL")."""
    beside: list[str] = []
    for match in re.finditer(r"(?i)\bptl", words):
        around = words[max(0, match.start() - 60) : match.end() + 60]
        beside += find_projects(around, table, cycle)
    return tuple(dict.fromkeys(beside)) or named


def _moment(message: Message, answered: Sequence[datetime]) -> datetime | None:
    """The day to go by: the mail's own, else the first answer's where the mail's had to be
    invented."""
    if any("date" in repair for repair in message.repairs) and answered:
        return min(answered)
    return message.posted_at


def _spoken_cycle(
    speech: Speech, statement: str, moment: datetime | None, table: ElectionTable
) -> str:
    """Find the cycle in what is said: in the announcing sentence, else for the only one of the
    opening."""
    for words in (speech.announces, speech.announces_late, " ".join(statement.split()[:150])):
        named = cycles_in(words, table)
        if len(set(named)) == 1:
            return named[0]
        if named:
            return max(named, key=table.order_of)
        lettered = _LETTERED.search(words)
        if lettered and moment:
            found = table.cycle_lettered(lettered.group(1), moment)
            if found:
                return found.name
        if moment is None or table.cycle_at(moment, Office.PTL) is None:
            unknown = _FOR_CYCLE.search(words)
            if unknown and unknown.group(1).lower() not in _NOT_CYCLES:
                return unknown.group(1).lower()
    return ""


def _team_key(name: str) -> str:
    low = name.lower()
    if low in _NOT_CYCLES or low in {
        "the",
        "as",
        "a",
        "your",
        "their",
        "my",
        "our",
        "i",
        "for",
        "and",
    }:
        return ""
    return re.sub(r"[\s_]+", "-", low)
