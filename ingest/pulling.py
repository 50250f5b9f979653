"""Which months of an archive are due, and pulling them: fetched two at a time, stored, read.

Owns when a month is asked for and what becomes of the answer: unchanged, fetched, or failed with
the old copy left in place; and the month that shrank, whose older copy is kept beside. How a month
is had is the source's business, what its mails say is `reading`'s.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

from ingest.database import key_of
from ingest.errors import ArchiveError, ArchiveUnreachable, MonthError
from ingest.fetching import Fetched, fetch_two_at_a_time
from ingest.month_table import MonthRow
from ingest.records import ArchiveKind, ArchiveReport, MonthFault
from ingest.sources import Source, Validators
from ingest.stored_facts import StoredArchive
from ingest.street import Street
from ingest.tallies import Tally, compose_report
from ingest.whole_files import naming_the_folder

# Finished months change only when an archive is rebuilt, or an admin removes a mail.
_ASK_FINISHED_EVERY = timedelta(days=30)
# Pipermail packs and files a month's last mails in the night after it ended, in its own zone.
_SETTLES_WITHIN = timedelta(days=3)
_NEWEST = 2
# A server that went away is not asked for two hundred more months.
_UNREACHABLE_IN_A_ROW = 3


def pull_archive(street: Street, source: Source, archive: StoredArchive) -> ArchiveReport:
    """Ask one archive for what is due and store it; whatever fails is in the report, not raised.

    Only a data folder that cannot be written ends it with an error.
    """
    started = street.now()
    tally = Tally()
    try:
        _pull(street, source, archive, tally)
    except ArchiveError as error:
        tally.faults.append(MonthFault("", str(error)))
    if tally.fetched and street.catalogue.is_loading:
        from ingest.settling import finish_loading  # As in `_keep`.

        finish_loading(street, tally)
    with street.catalogue.transaction():
        street.catalogue.months.mark_tried(
            archive.name, started.isoformat(timespec="seconds"), not tally.faults
        )
    return compose_report(archive.name, archive.address, started, street.now(), tally)


def due_months(
    months: Sequence[MonthRow], now: datetime, *, ask_all: bool = False
) -> list[MonthRow]:
    """Choose the months to ask for, from all of an archive's, oldest first.

    Due are: those never had or that failed, the two newest, those last asked before they were over,
    and finished ones once in a while, each at its own time so that they do not all come together.
    All are where asking is one look at a file's size and time.
    """
    named = [month for month in months if month.named and not month.older]
    if ask_all:
        return named
    begun = [month for month in named if not month.start or _time(month.start) <= now]
    newest = {month.id for month in begun[-_NEWEST:]}
    following = {one.id: two.start for one, two in pairwise(begun)}
    return [
        month
        for month in named
        if month.id in newest
        or not month.digest
        or month.failures
        or _is_stale(month, following.get(month.id, ""), now)
    ]


def _pull(street: Street, source: Source, archive: StoredArchive, tally: Tally) -> None:
    named = source.list_months()
    months = street.catalogue.months
    with street.catalogue.transaction():
        months.name_months(months.remember_archive(archive), named)
    rows = months.of_archive(archive.name)
    tally.named = len(named)
    for row in rows:
        if not row.named and not row.older and row.digest:
            tally.notes.append(f"{row.name}: the archive names it no more; our copy stays")
    due = due_months(rows, street.now(), ask_all=source.kind is ArchiveKind.LOCAL)
    by_name = {month.name: month for month in named}
    asked = [(row, by_name[row.name], _validators(row)) for row in due]
    street.progress.begin(archive.name, len(asked))
    stage = partial(street.store.incoming, archive.name)
    unreachable = 0
    street.store.forget_unpacked()
    answers = fetch_two_at_a_time(source, asked, stage, street.is_stopping)
    for fetched in _naming_the_folder(street, answers):
        tally.asked += 1
        _take(street, fetched, tally)
        street.progress.advance(fetched.month.name)
        unreachable = unreachable + 1 if isinstance(fetched.error, ArchiveUnreachable) else 0
        if unreachable == _UNREACHABLE_IN_A_ROW:
            left = len(asked) - tally.asked
            tally.notes.append(f"gave up: {unreachable} months in a row got no answer, {left} left")
            break
    street.progress.end()


def _naming_the_folder(
    street: Street, answers: Generator[Fetched, None, None]
) -> Iterator[Fetched]:
    """Say which folder is full or read-only when a fetched month could not be written there."""
    with naming_the_folder(street.store.folder), closing(answers):
        yield from answers


def _take(street: Street, fetched: Fetched, tally: Tally) -> None:
    """Do with one answer what it calls for, in one transaction."""
    months = street.catalogue.months
    moment = street.now().isoformat(timespec="seconds")
    error = fetched.error
    if error is None and fetched.validators is not None:
        error = _keep(street, fetched, fetched.validators, moment, tally)
    elif error is None:
        with street.catalogue.transaction():
            months.mark_checked(fetched.row.id, moment)
        tally.unchanged += 1
    if error is not None:
        with street.catalogue.transaction():
            months.mark_failed(fetched.row.id)
        tally.failed += 1
        tally.faults.append(MonthFault(fetched.month.name, str(error)))


def _keep(
    street: Street, fetched: Fetched, found: Validators, moment: str, tally: Tally
) -> MonthError | None:
    """Store a fetched month, or give the error that shows it is none."""
    # Imported when a month came: with it comes all that reads mails, and most syncs fetch nothing.
    from ingest.keeping import keep_fetched

    try:
        kept = keep_fetched(street, fetched, found, moment)
    except MonthError as error:
        return error
    finally:
        fetched.staged.unlink(missing_ok=True)
    if kept is None:
        tally.unchanged += 1
        return None
    tally.fetched += 1
    tally.add(kept)
    if kept.fault:
        tally.faults.append(MonthFault(fetched.month.name, kept.fault))
    return None


def _validators(row: MonthRow) -> Validators | None:
    if not row.digest:
        return None
    return Validators(row.digest, row.size, row.etag, row.last_modified)


def _is_stale(month: MonthRow, next_start: str, now: datetime) -> bool:
    checked = _time(month.last_checked) if month.last_checked else None
    # A clock that was wrong may have left a time that is yet to come.
    if checked is None or checked > now + timedelta(days=1):
        return True
    if next_start and checked < _time(next_start) + _SETTLES_WITHIN:
        return True
    spread = 0.8 + 0.4 * (key_of(f"{month.archive} {month.name}") % 1000) / 1000
    return now - checked > _ASK_FINISHED_EVERY * spread


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
