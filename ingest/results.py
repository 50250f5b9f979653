"""Who won, and who withdrew in a mail of his own, as mails of the same archive tell.

A results mail is told by its subject and by what it lists; a person is elected when a line of it
names him with his team, or, for the committee, names him at all. Where a list contradicts itself
(two leads of one team), nothing is concluded. Confirmations inside a thread are `standing.py`'s.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ingest.elections import ElectionTable
from ingest.names import clean_display_name, fold
from ingest.quotes import own_text
from ingest.records import Candidacy, Message, Office, Outcome, Status
from ingest.subject_reading import SubjectReading, find_projects, read_subject, strip_marks

_RESULTS = re.compile(
    r"\b(?:results?|conclusions?|concluded|winners?|elected|congratulations|congrats|outcome)\b"
    r"|\b(?:welcome|announcing)\b.{0,40}\b(?:ptls?|tc|technical committee|members?|leads?)\b",
    re.I,
)
_ELECTION = re.compile(
    r"\belections?\b|\bptls?\b|\btcs?\b|\btechnical committee\b|\bproject (?:team|technical) lead",
    re.I,
)
_WITHDRAWAL = re.compile(
    r"\bwithdr[ae]w\w{0,4}|\bretract\w{0,3}|\brescind\w{0,3}|\bcancel\w{0,5}|\brevok", re.I
)
# One mail for both elections lists the committee's members beside the teams' leads.
_BOTH = re.compile(
    r"\bptls?\b.{0,80}\b(?:tcs?|technical committee)\b|\btcs?\b.{0,80}\bptls?\b", re.I
)
# "Thank you to NAME for standing" is said to those who were not elected.
_THANKS = re.compile(
    r"\bthank(?:s| you)\b[^.!\n]{0,120}(?:\n[^.!\n*•+-][^.!\n]{0,120}){0,2}[.!]?", re.I
)
# Results come some weeks after the candidacies; those of the next election half a year later.
_RESULTS_WITHIN = timedelta(days=75)
_LONGEST_LINE = 200
_MOST_LINES = 2000


def tells_outcome(subject: str) -> bool:
    """Whether a subject is that of a results mail or of a withdrawal, worth giving to
    `settle_outcomes`."""
    # Every subject of an archive is asked, and hardly any is about an election.
    if not _is_about_elections(subject):
        return False
    bare, replying, forwarding = strip_marks(subject)
    if forwarding or replying or not _is_about_elections(bare):
        return False
    return bool(_RESULTS.search(bare) or _WITHDRAWAL.search(bare))


def _is_about_elections(subject: str) -> bool:
    low = subject.lower()
    return "candida" in low or "nominat" in low or _ELECTION.search(low) is not None


def settle_outcomes(
    candidacies: Iterable[Candidacy], messages: Iterable[Message], table: ElectionTable
) -> list[Candidacy]:
    """Fill in outcomes and withdrawals; candidacies whose results nobody posted stay unknown.

    `messages` are those that `tells_outcome` picked. The order of the candidacies is kept.
    """
    settled = list(candidacies)
    for message in sorted(messages, key=lambda one: (one.posted_at, one.message_id)):
        bare, _, _ = strip_marks(message.subject)
        if _WITHDRAWAL.search(bare):
            _withdraw(settled, message, table)
        elif _RESULTS.search(bare):
            _elect(settled, message, table)
    return settled


def _withdraw(settled: list[Candidacy], message: Message, table: ElectionTable) -> None:
    reading = read_subject(message.subject, table)
    for index, candidacy in enumerate(settled):
        after = timedelta(0) <= message.posted_at - candidacy.posted_at <= _RESULTS_WITHIN
        if after and _same_person(candidacy, message) and _same_race(candidacy, reading):
            settled[index] = replace(
                candidacy, status=Status.WITHDRAWN, status_evidence=message.message_id
            )


def _same_person(candidacy: Candidacy, message: Message) -> bool:
    if message.address and candidacy.address == message.address:
        return True
    return fold(candidacy.candidate) == fold(clean_display_name(message.sender))


def _same_race(candidacy: Candidacy, reading: SubjectReading) -> bool:
    if reading.projects and not set(reading.projects) & set(candidacy.projects):
        return False
    return reading.office in (None, candidacy.office)


def _elect(settled: list[Candidacy], message: Message, table: ElectionTable) -> None:
    reading = read_subject(message.subject, table)
    both = bool(_BOTH.search(strip_marks(message.subject)[0]))
    text = _THANKS.sub(" ", own_text(message.text))
    lines = [line for line in text.splitlines()[:_MOST_LINES] if line.strip()]
    lines = [line for line in lines if len(line) <= _LONGEST_LINE]
    races: dict[str, list[int]] = defaultdict(list)
    for index, candidacy in enumerate(settled):
        after = timedelta(0) <= message.posted_at - candidacy.posted_at <= _RESULTS_WITHIN
        cycle_fits = not reading.cycle or reading.cycle == candidacy.cycle
        office_fits = both or reading.office in (None, candidacy.office)
        if after and cycle_fits and office_fits and candidacy.cycle:
            races[candidacy.race].append(index)
    for indices in races.values():
        race = [settled[i] for i in indices]
        named = [
            i for i in indices if _is_named(settled[i], _telling(lines, race, table, both), table)
        ]
        if named and not (len(named) > 1 and settled[indices[0]].office == Office.PTL):
            for i in indices:
                outcome = Outcome.ELECTED if i in named else Outcome.NOT_ELECTED
                settled[i] = replace(
                    settled[i], outcome=outcome, outcome_evidence=message.message_id
                )


def _telling(
    lines: Sequence[str], race: Sequence[Candidacy], table: ElectionTable, both: bool
) -> list[str]:
    """Give the lines that can tell who won a race.

    A line with two of a team's candidates counts votes, and beside leads a team's line is not the
    committee's.
    """
    if race[0].office == Office.TC:
        return [line for line in lines if not (both and find_projects(line, table, race[0].cycle))]
    return [line for line in lines if sum(_names(one, line) for one in race) < 2]


def _names(candidacy: Candidacy, line: str) -> bool:
    words = [fold(word) for word in candidacy.candidate.split()]
    folded = fold(line)
    return len(words) > 1 and all(words) and words[0] in folded and words[-1] in folded


def _is_named(candidacy: Candidacy, lines: Sequence[str], table: ElectionTable) -> bool:
    for line in lines:
        if not _names(candidacy, line):
            continue
        if candidacy.office == Office.TC or _names_team(candidacy, line, table):
            return True
    return False


def _names_team(candidacy: Candidacy, line: str, table: ElectionTable) -> bool:
    teams = {
        table.project_named(project, candidacy.cycle) or project for project in candidacy.projects
    }
    head = re.split(r"\s{2,}|[:|\t]|\s-\s|,", line.strip(" *+•-"))[0]
    listed = set(find_projects(line, table, candidacy.cycle))
    listed.add(table.project_named(head, candidacy.cycle) or fold(head))
    return bool(teams & listed)
