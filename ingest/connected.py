"""Which messages may stand in one thread with given ones: all those, and few others.

Owns the way from one message to the next in the catalogue: what it refers to, what refers to it,
what else refers to the same missing parent, and what bears its subject within the time in which
threads are joined by subject. How they are threaded is left to `threads`; that it is given every
message that could matter makes a thread the same whichever message it was asked for from.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.database import key_of
from ingest.mail_table import MailRow, MailTable
from ingest.threads import BY_SUBJECT_WITHIN, CLOCKS_SET_SINCE

_WITHIN = int(BY_SUBJECT_WITHIN.total_seconds())
_CLOCKS_SET = int(CLOCKS_SET_SINCE.timestamp())
_EVER = 2**62


def connect(mails: MailTable, seeds: Iterable[int]) -> dict[int, MailRow]:
    """Give every message connected with the seeds, by key; the seeds need not be there any more."""
    found: dict[int, MailRow] = {}
    asked: set[int] = set()
    frontier = set(seeds)
    while frontier:
        asked |= frontier
        rows = [*mails.firsts(frontier), *mails.referring(frontier)]
        new = {row.key: row for row in rows if row.key not in found}
        new |= _of_same_subject(mails, new, found)
        found |= new
        frontier = {key for row in new.values() for key in _neighbours(row)} - asked
    return found


def touch_neighbours(mails: MailTable, gone: Iterable[MailRow]) -> set[int]:
    """Give the keys of messages that may have been joined by subject with mails now gone."""
    touched: set[int] = set()
    for row in gone:
        if row.subject_key:
            touched.update(other.key for other in _near(mails, row))
    return touched


def _of_same_subject(
    mails: MailTable, new: dict[int, MailRow], found: dict[int, MailRow]
) -> dict[int, MailRow]:
    """Follow subjects to their ends at once: a subject's mails are a chain in time."""
    joined: dict[int, MailRow] = {}
    waiting = list(new.values())
    while waiting:
        row = waiting.pop()
        if not row.subject_key:
            continue
        for other in _near(mails, row):
            if other.key not in found and other.key not in new and other.key not in joined:
                joined[other.key] = other
                waiting.append(other)
    return joined


def _neighbours(row: MailRow) -> set[int]:
    return {row.key, *map(key_of, row.references())}


def _near(mails: MailTable, row: MailRow) -> list[MailRow]:
    """Give the mails of a row's subject that threading may join with it by subject alone."""
    if row.posted_at < _CLOCKS_SET:
        return mails.of_subject(row.subject_key, -_EVER, _EVER)
    since, until = row.posted_at - _WITHIN, row.posted_at + _WITHIN
    near = mails.of_subject(row.subject_key, since, until)
    return near + mails.of_subject(row.subject_key, -_EVER, min(since, _CLOCKS_SET) - 1)
