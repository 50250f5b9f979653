"""The order of the stages: pull what is due, read it, look again at the threads it touches.

The door for whoever runs syncs. Each stage is in its own file; this one opens the catalogue, makes
a broken one anew, and puts the report together. The index is not known here: whoever calls `sync`
brings it up to the catalogue by comparing digests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from ingest.candidacy_table import CandidacyChange
from ingest.catalogue import Catalogue, remove_catalogue
from ingest.errors import CatalogueBroken
from ingest.progress import Progress, Silent
from ingest.pulling import pull_archive
from ingest.raw_store import RawStore
from ingest.records import ArchiveReport, IngestReport
from ingest.reports import report_to_json
from ingest.settled import is_all_judged, is_all_read
from ingest.sources import Source
from ingest.stored_facts import StoredArchive
from ingest.street import Street, never, utc_now
from ingest.tallies import Tally, compose_report
from ingest.whole_files import naming_the_folder


@dataclass(frozen=True, slots=True)
class Run:
    """How a sync is run: its clock, its progress, when it must stop, when the next is due."""

    now: Callable[[], datetime] = utc_now
    progress: Progress = field(default_factory=Silent)
    is_stopping: Callable[[], bool] = never
    next_due: datetime | None = None
    sample: bool = False


def sync(store: RawStore, sources: Sequence[Source], run: Run | None = None) -> IngestReport:
    """Pull what is due from every source, in the order given, and bring the candidacies up to it.

    Whatever fails of an archive is in its report; raise only for a data folder that cannot be used.
    """
    run = run or Run()
    with store.locked(run.now()), open_street(store, run) as street:
        recall_archives(store, street.catalogue)
        followed = follow(store, sources)
        rank_archives(street)
        _read_held(street)
        reports = [pull_archive(street, source, archive) for archive, source in followed]
        notes: list[str] = []
        change = _assemble(street, {one.name: source for one, source in followed}, notes)
        if reports and notes:
            reports[-1] = replace(reports[-1], notes=(*reports[-1].notes, *notes))
        return _report(street, run, reports, change)


def rebuild(store: RawStore, run: Run | None = None) -> IngestReport:
    """Make the catalogue anew from what lies in the data folder, asking nobody."""
    run = run or Run()
    with store.locked(run.now()):
        with (
            contextlib.suppress(CatalogueBroken),
            Catalogue(store.catalogue_path, writing=False) as old,
        ):
            recall_archives(store, old)
        with naming_the_folder(store.folder):
            remove_catalogue(store.catalogue_path)
        with open_street(store, run) as street:
            started = run.now()
            kept = _read_held(street)
            change = _assemble(street, {}, [])
            reports = [
                compose_report(one.name, one.address, started, run.now(), kept[one.name])
                for one in store.archives()
                if one.name in kept
            ]
            return _report(street, run, reports, change)


@contextmanager
def open_street(store: RawStore, run: Run) -> Iterator[Street]:
    """Open the catalogue for the holder of the lock; a broken or outdated one is made anew."""
    catalogue = _open_catalogue(store)
    with catalogue:
        if catalogue.read("made_by") != _our_mark():
            with catalogue.transaction():
                catalogue.write("made_by", _our_mark())
        yield Street(store, catalogue, run.now, run.progress, run.is_stopping)


def recall_archives(store: RawStore, catalogue: Catalogue) -> None:
    """Write the address and kind of an archive again where its file was damaged.

    Otherwise its list would be taken for another one of that name, and be fetched a second time.
    """
    with catalogue.reading():
        known = {one.name: one for one in catalogue.months.archives() if one.address}
    for archive in store.archives():
        row = known.get(archive.name)
        if row and (row.address, row.kind) != (archive.address, archive.kind):
            store.remember_archive(StoredArchive(row.name, row.address, row.kind, row.rank))


def follow(store: RawStore, sources: Sequence[Source]) -> list[tuple[StoredArchive, Source]]:
    """Give each source the archive of the data folder that it continues, or a new one.

    Two lists of one name on two hosts are two archives; one that moved to another path of its host,
    or from http to https, goes on.
    """
    stored = store.archives()
    followed: list[tuple[StoredArchive, Source]] = []
    for source in sources:
        taken = {archive.name for archive, _ in followed}
        known = [
            one for one in stored if one.name not in taken and _is_same_list(store, one, source)
        ]
        name = known[0].name if known else _free_name(source, {one.name for one in stored} | taken)
        rank = len(followed)
        followed.append((StoredArchive(name, source.address, str(source.kind), rank), source))
    rank = len(followed)
    named = {archive.name for archive, _ in followed}
    for other in [one for one in stored if one.name not in named]:
        store.remember_archive(replace(other, rank=rank))
        rank += 1
    for archive, _ in followed:
        store.remember_archive(archive)
    return followed


def rank_archives(street: Street) -> None:
    """Let the archives configured first speak for the mails that several have."""
    months = street.catalogue.months
    before = {one.name: one.rank for one in months.archives()}
    ranked = street.store.archives()
    with street.catalogue.transaction():
        for archive in ranked:
            months.remember_archive(archive)
        known = [archive for archive in ranked if archive.name in before]
        old_order = sorted(known, key=lambda one: before[one.name])
        if known != old_order:
            from ingest.settling import settle_again  # As in `_read_held`.

            shared = street.catalogue.mails.all_shared()
            street.catalogue.due.touch(settle_again(street, shared))


def _read_held(street: Street) -> dict[str, Tally]:
    """Read the months that lie in the folder and that the catalogue does not know."""
    if is_all_read(street):
        return {}
    # What reads and judges mails is imported when there are any to be read or judged: a sync in
    # which nothing changed is mostly imports, and takes half the time without these.
    from ingest.keeping import read_held

    return read_held(street)


def _assemble(street: Street, sources: Mapping[str, Source], notes: list[str]) -> CandidacyChange:
    """Bring the candidacies up to the mails."""
    if is_all_judged(street):
        return CandidacyChange()
    from ingest.assembling import assemble  # As in `_read_held`.

    return assemble(street, sources, notes)


def _open_catalogue(store: RawStore) -> Catalogue:
    """Open the catalogue; throw away one that other code made, which may read mails otherwise."""
    try:
        catalogue = Catalogue(store.catalogue_path)
    except CatalogueBroken:
        return _fresh_catalogue(store)
    if catalogue.read("made_by") not in ("", _our_mark()):
        catalogue.close()
        return _fresh_catalogue(store)
    return catalogue


def _fresh_catalogue(store: RawStore) -> Catalogue:
    reports = []
    with (
        contextlib.suppress(CatalogueBroken),
        Catalogue(store.catalogue_path, writing=False) as old,
    ):
        reports = old.reports(50)
    with naming_the_folder(store.folder):
        remove_catalogue(store.catalogue_path)
    catalogue = Catalogue(store.catalogue_path)
    for report in reversed(reports):
        catalogue.add_report(report)
    return catalogue


def _report(
    street: Street, run: Run, reports: Sequence[ArchiveReport], change: CandidacyChange
) -> IngestReport:
    report = IngestReport(
        archives=tuple(reports),
        candidacies=street.catalogue.candidacies.count(),
        candidacies_new=change.new,
        candidacies_changed=change.changed,
        candidacies_gone=change.gone,
        next_due=run.next_due,
        sample=run.sample,
    )
    with street.catalogue.transaction():
        street.catalogue.add_report(report_to_json(report))
    return report


def _is_same_list(store: RawStore, archive: StoredArchive, source: Source) -> bool:
    if not archive.address:  # lost, with the catalogue that knew it too; its months may tell
        facts = [store.month_facts(archive.name, month) for month in store.months(archive.name)]
        hosts = {urlsplit(one.url).hostname for one in facts if one and one.url}
        return archive.name == source.name and hosts <= {urlsplit(source.address).hostname}
    if archive.kind != str(source.kind):
        return False
    if archive.address == source.address:
        return True
    named = archive.name.partition("@")[0] == source.name.partition("@")[0]
    here, there = urlsplit(archive.address), urlsplit(source.address)
    return named and bool(here.hostname) and here.hostname == there.hostname


def _free_name(source: Source, taken: set[str]) -> str:
    """Name a new archive; beside another list of its name it bears its host's, or a number."""
    host = urlsplit(source.address).hostname or ""
    names = [source.name, *([f"{source.name}@{host}"] if host else [])]
    names += [f"{source.name}-{number}" for number in range(2, len(taken) + 3)]
    return next(name for name in names if name not in taken)


@cache
def _our_mark() -> str:
    """Tell our own code and tables from another release's: what they make of a mail may differ."""
    digest = sha256()
    for file in sorted(Path(__file__).parent.iterdir()):
        if file.suffix in (".py", ".toml"):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
