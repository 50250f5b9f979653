"""Which messages may stand in one thread with given ones: all those, and few others.

Owns the way from one message to the next in the catalogue: what it refers to, what refers to it,
what else refers to the same missing parent, and what bears its subject within the time in which
threads are joined by subject. How they are threaded is left to `threads`; that it is given every
message that could matter makes a thread the same whichever message it was asked for from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ingest.catalogue_rows import MailRow
from ingest.database import key_of
from ingest.mail_table import MailTable
from ingest.threads import BY_SUBJECT_WITHIN, CLOCKS_SET_SINCE

_WITHIN = int(BY_SUBJECT_WITHIN.total_seconds())
_CLOCKS_SET = int(CLOCKS_SET_SINCE.timestamp())
_EVER = 2**62


def connect(mails: MailTable, seeds: Iterable[int]) -> dict[int, MailRow]:
    """Give every message connected with the seeds, by key; the seeds need not be there any more."""
    found: dict[int, MailRow] = {}
    asked: set[int] = set()
    subjects = _Subjects(mails)
    frontier = set(seeds)
    while frontier:
        asked |= frontier
        rows = [*mails.firsts(frontier), *mails.referring(frontier)]
        new = {row.key: row for row in rows if row.key not in found}
        new |= _of_same_subject(subjects, new, found)
        found |= new
        frontier = {key for row in new.values() for key in _neighbours(row)} - asked
    return found


def touch_neighbours(mails: MailTable, gone: Iterable[MailRow]) -> set[int]:
    """Give the keys of messages that may have been joined by subject with mails now gone."""
    subjects = _Subjects(mails)
    return {other.key for row in gone if row.subject_key for other in subjects.near(row)}


def _of_same_subject(
    subjects: _Subjects, new: dict[int, MailRow], found: dict[int, MailRow]
) -> dict[int, MailRow]:
    """Follow subjects to their ends at once: a subject's mails are a chain in time."""
    joined: dict[int, MailRow] = {}
    waiting = list(new.values())
    while waiting:
        row = waiting.pop()
        if not row.subject_key:
            continue
        for other in subjects.near(row):
            if other.key not in found and other.key not in new and other.key not in joined:
                joined[other.key] = other
                waiting.append(other)
    return joined


def _neighbours(row: MailRow) -> set[int]:
    return {row.key, *map(key_of, row.references())}


class _Subjects:
    """Mails by subject and time, none given twice: ten thousand of one subject are no more work."""

    def __init__(self, mails: MailTable) -> None:
        self._mails = mails
        self._asked: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def near(self, row: MailRow) -> Iterator[MailRow]:
        """Give the mails of a row's subject that threading may join with it by subject alone,
        without those of the times that were asked for before.
        """
        since, until = row.posted_at - _WITHIN, row.posted_at + _WITHIN
        times = [(since, until), (-_EVER, min(since, _CLOCKS_SET) - 1)]
        for time in [(-_EVER, _EVER)] if row.posted_at < _CLOCKS_SET else times:
            for begin, end in self._gaps(row.subject_key, *time):
                yield from self._mails.of_subject(row.subject_key, begin, end)

    def _gaps(self, subject: int, since: int, until: int) -> list[tuple[int, int]]:
        """Give what of a time was not asked for yet, and take it as asked for."""
        gaps, apart = [], []
        first, last, missing = since, until, since
        for begin, end in self._asked[subject]:
            if end < since - 1 or begin > until + 1:
                apart.append((begin, end))
                continue
            if begin > missing:
                gaps.append((missing, begin - 1))
            missing = max(missing, end + 1)
            first, last = min(first, begin), max(last, end)
        if missing <= until:
            gaps.append((missing, until))
        self._asked[subject] = sorted([*apart, (first, last)])
        return gaps
