"""Looks for damage: raw months against the catalogue, candidacies against the mails, and the index.

Owns what counts as damage and what is merely worth listing (each repair and each skipped piece,
with its place). It changes nothing: `sync` heals what can be healed, `reindex` makes the rest anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.catalogue import Catalogue
from ingest.catalogue_rows import MailRow
from ingest.copies import ID_OF_ANOTHER_MAIL
from ingest.database import key_of
from ingest.errors import CatalogueBroken, MonthError
from ingest.month_table import MonthRow
from ingest.raw_store import RawStore
from ingest.records import Place
from ingest.street import utc_now


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `is_damage` tells what must be mended from what is only good to know.

    `place` says where, as far as that is known; `message_id` is empty where there is no mail.
    """

    kind: str
    reason: str
    place: Place
    message_id: str = ""
    is_damage: bool = False

    def __str__(self) -> str:
        where = "/".join(part for part in (self.place.archive, self.place.month) if part)
        if self.place.length:
            where += f" mail {self.place.number} at byte {self.place.offset}"
        which = f" <{self.message_id}>" if self.message_id else ""
        return f"{'DAMAGE ' if self.is_damage else ''}{self.kind}: {where}{which} {self.reason}"


def check(store: RawStore, indexed: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Give everything that is damaged, repaired or skipped, damage of the whole first.

    `indexed` is what the index holds, id to digest; without it the index is not compared.
    """
    with store.locked(utc_now()):
        if not store.catalogue_path.exists():
            yield _damage("catalogue", "is not there: run `hustings reindex`")
            return
        try:
            with Catalogue(store.catalogue_path, writing=False) as catalogue, catalogue.reading():
                yield from _check_all(store, catalogue, indexed)
        except CatalogueBroken as error:
            yield _damage("catalogue", str(error))


def _check_all(
    store: RawStore, catalogue: Catalogue, indexed: Mapping[str, str] | None
) -> Iterator[Finding]:
    damage = catalogue.find_damage()
    if damage:
        yield _damage("catalogue", f"{damage}: run `hustings reindex`")
        return
    yield from _check_archives(store, catalogue)
    yield from _check_held(store, catalogue)
    for month in catalogue.months.all():
        if month.digest:
            yield from _check_month(store, month)
            yield from _list_month(catalogue, month)
    yield from _check_candidacies(store, catalogue)
    if indexed is not None:
        yield from _compare_index(catalogue.candidacies.digests(), indexed)


def _check_archives(store: RawStore, catalogue: Catalogue) -> Iterator[Finding]:
    """Name the archives whose own file does not say what it did when they were last synced."""
    known = {archive.name: archive for archive in catalogue.months.archives()}
    for archive in store.archives():
        row = known.get(archive.name)
        if not archive.address:
            yield _damage("archive.json", "cannot be read: sync again", archive.name)
        elif row and (row.address, row.kind) != (archive.address, archive.kind):
            reason = f"says {archive.address[:200]}, not {row.address[:200]}: sync again"
            yield _damage("archive.json", reason, archive.name)


def _check_held(store: RawStore, catalogue: Catalogue) -> Iterator[Finding]:
    """Name the months that lie in the folder and were never read."""
    for archive in store.archives():
        known = {month.name: month for month in catalogue.months.of_archive(archive.name)}
        for name in store.months(archive.name):
            if name not in known or not known[name].digest:
                try:
                    store.read_month(archive.name, name)
                    reason = "is not in the catalogue: sync, or run `hustings reindex`"
                except MonthError as error:
                    reason = str(error)
                yield _damage("raw month", reason, archive.name, name)


def _check_month(store: RawStore, month: MonthRow) -> Iterator[Finding]:
    """Compare a raw month with what it was when it was read."""
    try:
        data = store.read_month(month.archive, month.name)
    except MonthError as error:
        yield _damage("raw month", str(error), month.archive, month.name)
        return
    if len(data) != month.size or hashlib.sha256(data).hexdigest() != month.digest:
        reason = f"is not the one that was read ({len(data)} bytes, not {month.size}): sync again"
        yield _damage("raw month", reason, month.archive, month.name)


def _list_month(catalogue: Catalogue, month: MonthRow) -> Iterator[Finding]:
    for skip in catalogue.mails.skips_of_month(month.id):
        place = Place(month.archive, month.name, skip.number, skip.position, skip.length)
        yield Finding("skipped", f"{skip.reason}: {skip.detail}".rstrip(": "), place)
    for mail in catalogue.mails.of_month(month.id):
        names = mail.repairs.split()
        if mail.claimed_id is not None:
            names.append(f"{ID_OF_ANOTHER_MAIL} (it bears <{mail.claimed_id}>)")
        for name in names:
            yield Finding("repaired", name, _place(mail, month), mail.message_id)


def _check_candidacies(store: RawStore, catalogue: Catalogue) -> Iterator[Finding]:
    """Compare every candidacy's raw mail with the bytes at the place where its mail stands."""
    months = {month.id: month for month in catalogue.months.all()}
    for candidacy, _ in catalogue.candidacies.read(catalogue.candidacies.digests()):
        copies = catalogue.mails.copies(key_of(candidacy.message_id))
        if not copies:
            yield _damage("candidacy", "has no mail: run `hustings reindex`", candidacy.archive)
            continue
        mail, month = copies[0], months[copies[0].month_id]
        place = _place(mail, month)
        try:
            is_same = store.read_mail(place) == candidacy.raw
        except MonthError:
            continue  # The month itself was named already.
        if not is_same:
            reason = "differs from its mail: run `hustings reindex`"
            yield Finding("candidacy", reason, place, candidacy.message_id, is_damage=True)


def _compare_index(ours: Mapping[str, str], indexed: Mapping[str, str]) -> Iterator[Finding]:
    differing = {one for one in ours.keys() & indexed.keys() if ours[one] != indexed[one]}
    for what, ids in (
        ("lacks", ours.keys() - indexed.keys()),
        ("still has", indexed.keys() - ours.keys()),
        ("has another state of", differing),
    ):
        for one in sorted(ids):
            yield _damage("index", f"{what} candidacy {one}: sync again")


def _place(mail: MailRow, month: MonthRow) -> Place:
    return Place(month.archive, month.name, mail.number, mail.position, mail.length)


def _damage(kind: str, reason: str, archive: str = "", month: str = "") -> Finding:
    return Finding(kind, reason, Place(archive, month, 0, 0, 0), is_damage=True)
