"""From a month's file to its rows in the catalogue: freshly fetched, or found lying in the folder.

Owns what a month that shrank means, and the one transaction in which a month's rows are replaced.
The file is put in place first and the rows after: a kill between the two leaves a file that the
catalogue does not know, which `read_held` notices by its size and time and reads at the next sync.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

from ingest.catalogue_rows import place_of
from ingest.connected import touch_neighbours
from ingest.copies import ID_OF_ANOTHER_MAIL
from ingest.errors import MonthError
from ingest.fetching import Fetched
from ingest.month_table import MonthRow
from ingest.raw_store import unpack
from ingest.reading import MonthRead, read_month
from ingest.records import MonthFault
from ingest.settled import unread_months
from ingest.settling import finish_loading, settle_month
from ingest.sources import Validators
from ingest.stored_facts import MonthFacts, StoredArchive
from ingest.street import Street
from ingest.tallies import KeptMonth, Tally

# A month may lose a mail or two when an admin removes them; more than a tenth is no tidying up.
_SHRINKS_BY = 0.1
_SHRINKS_BYTES = 4096
# Of the digest, in the name of an older copy.
_MARK_LENGTH = 8


def keep_fetched(
    street: Street, fetched: Fetched, found: Validators, moment: str
) -> KeptMonth | None:
    """Store and read a fetched month; give None if its mails are the very bytes that we hold."""
    row, store = fetched.row, street.store
    facts = MonthFacts(
        name=row.name,
        digest=found.digest,
        size=found.size,
        url=row.url,
        pages_url=row.pages_url,
        start=row.start,
        etag=found.etag,
        last_modified=found.last_modified,
        fetched_at=moment,
    )
    if found.digest == row.digest:
        store.keep_facts(row.archive, facts)
        with street.catalogue.transaction():
            _mark(street, row, facts)
        return None
    data = unpack(fetched.staged, row.name) if found.unpacked is None else found.unpacked
    read = read_month(data, row.archive, row.name, row.start, row.id)
    lost, older, fault = _compare(street, row, found, read)
    store.keep_month(row.archive, facts, fetched.staged, older)
    if older:
        _read_older(street, row, older)
    kept = _replace(street, row, facts, read)
    _hold_announcing(street, row, data, read)
    note = (
        (f"{row.name}: {_name_some(lost)} no longer in the archive",) if lost and not older else ()
    )
    return replace(kept, fault=fault, notes=kept.notes + note)


def read_held(street: Street) -> dict[str, Tally]:
    """Read every month that lies in the folder and is not in the catalogue as it is.

    This heals a catalogue that a kill left behind its files, and is all there is to making a new
    one. Give the counts by archive, for those that had something to read. A damaged month is due
    to be fetched again; what was read of it before stays.
    """
    tallies: dict[str, Tally] = {}
    for archive in street.store.archives():
        held = street.store.months(archive.name)
        names = unread_months(street, archive)
        if not names:
            continue
        tally = tallies[archive.name] = Tally(named=len(held))
        street.progress.begin(f"reading {archive.name}", len(names))
        for name in names:
            _read_one(street, archive, name, held, tally)
            street.progress.advance(name)
        street.progress.end()
        finish_loading(street, tally)
    return tallies


def _read_one(
    street: Street, archive: StoredArchive, name: str, held: list[str], tally: Tally
) -> None:
    months, store = street.catalogue.months, street.store
    facts = store.month_facts(archive.name, name)
    stem, _, mark = name.rpartition(".")
    is_older = facts is None and stem in held and len(mark) == _MARK_LENGTH
    known = store.month_facts(archive.name, stem) if is_older else facts
    with street.catalogue.transaction():
        row = months.add_held(months.remember_archive(archive), name, known, is_older)
    stamp = store.stamp(archive.name, name)
    try:
        data = store.read_month(archive.name, name)
    except MonthError as error:
        facts = MonthFacts(name, digest="", size=0)
        with street.catalogue.transaction():
            months.mark_stored(row.id, facts, stamp)
        tally.faults.append(MonthFault(name, str(error)))
        return
    digest = hashlib.sha256(data).hexdigest()
    if facts is None or facts.digest != digest:
        # Put there by hand, or cut off from its facts: its validators are not known.
        facts = MonthFacts(name, digest, len(data), fetched_at=facts.fetched_at if facts else "")
    if row.digest == digest:
        with street.catalogue.transaction():
            months.mark_stored(row.id, facts, stamp)
        return
    read = read_month(data, archive.name, name, row.start, row.id)
    tally.add(_replace(street, row, facts, read))
    _hold_announcing(street, row, data, read)


def _read_older(street: Street, row: MonthRow, older: str) -> None:
    archive = next(one for one in street.store.archives() if one.name == row.archive)
    # Where the older copy is damaged too, `check` says so; this sync's report counts the new one.
    _read_one(street, archive, older, [row.name, older], Tally())


def _replace(street: Street, row: MonthRow, facts: MonthFacts, read: MonthRead) -> KeptMonth:
    catalogue = street.catalogue
    mails = catalogue.mails
    with catalogue.transaction():
        change = mails.replace_month(row.id, read.rows, read.skips)
        if not catalogue.is_loading:
            touched = change.touched | settle_month(street, change)
            touched |= touch_neighbours(mails, change.gone)
            if catalogue.read("assembled"):
                catalogue.due.touch(touched)
        _mark(street, row, facts)
        firsts, renamed = mails.count_settled(row.id)
    return KeptMonth(
        month_id=row.id,
        pieces=read.pieces,
        messages=firsts,
        duplicates=len(read.rows) - firsts,
        skipped=Counter(skip.reason for skip in read.skips),
        repaired={**read.repaired, ID_OF_ANOTHER_MAIL: renamed} if renamed else read.repaired,
        notes=tuple(
            f"{row.name}, mail {s.number}: {s.reason}, {s.detail!r}" for s in read.skips[:20]
        ),
    )


def _hold_announcing(street: Street, row: MonthRow, data: bytes, read: MonthRead) -> None:
    """Hold the mails that are judged when all months are read, to unpack most months only once."""
    for mail in read.rows:
        if mail.announces:
            place = place_of(mail, row.archive, row.name)
            street.store.hold_mail(place, data[place.offset : place.offset + place.length])


def _mark(street: Street, row: MonthRow, facts: MonthFacts) -> None:
    stamp = street.store.stamp(row.archive, row.name)
    street.catalogue.months.mark_stored(row.id, facts, stamp)


def _compare(
    street: Street, row: MonthRow, found: Validators, read: MonthRead
) -> tuple[list[str], str, str]:
    """Tell what the new copy lacks: lost ids, the name to keep the old one by, and the fault."""
    old = street.catalogue.mails.of_month(row.id)
    present = {mail.claimed for mail in read.rows}
    absent = [mail for mail in old if mail.claimed not in present]
    # Where an archive is cut into months may change: what another month of it has is not lost.
    others = street.catalogue.months.of_archive(row.archive) if absent else ()
    months = {one.id for one in others if one.id != row.id and not one.older}
    moved = street.catalogue.mails.standing_in(months, (mail.claimed for mail in absent))
    lost = [mail.message_id for mail in absent if mail.claimed not in moved]
    shrinks = row.size - found.size > max(_SHRINKS_BYTES, row.size * _SHRINKS_BY)
    if not lost or not (shrinks or len(lost) > len(old) * _SHRINKS_BY):
        return lost, "", ""
    older = f"{row.name}.{row.digest[:_MARK_LENGTH]}"
    fault = (
        f"shrank from {row.size} to {found.size} bytes and lacks {_name_some(lost)};"
        f" the older copy is kept as {older} and its mails stay"
    )
    return lost, older, fault


def _name_some(ids: list[str]) -> str:
    shown = ", ".join(f"<{one}>" for one in ids[:3])
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"{len(ids)} mail{'s' if len(ids) != 1 else ''} ({shown}{more})"
