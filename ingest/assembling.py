"""From what changed in the catalogue to candidacies: affected threads, judged, addressed, settled.

Owns which threads are looked at again and in which order people, outcomes and page addresses are
settled. Threads are taken one at a time with whatever is connected to them, so that memory does not
grow with the archive. The judging itself is done in `candidacies`, `people` and `results`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ingest.answers import find_answered
from ingest.archived import ArchivedMessages, Reading
from ingest.candidacies import find_candidacies
from ingest.candidacy_table import CandidacyChange, Finding
from ingest.catalogue_rows import MailRow
from ingest.connected import connect
from ingest.database import key_of
from ingest.errors import MonthError
from ingest.pages import Addresses, find_addresses
from ingest.parts import PartFetcher
from ingest.people import count_races, group_candidacies, join_repeats
from ingest.records import Candidacy, Message, Skeleton, Thread
from ingest.removals import FILE_NAME, Removals, read_removals
from ingest.rests import Rest, find_rests, keep_rests, known_rests
from ingest.results import settle_outcomes
from ingest.settling import finish_loading
from ingest.sources import Source
from ingest.street import Street
from ingest.threads import build_threads

# Beyond this many changed messages every candidacy is looked at, which is the same work in the end.
_MANY = 5000


def assemble(street: Street, sources: Mapping[str, Source], notes: list[str]) -> CandidacyChange:
    """Bring the candidacies up to the mails; do nothing where nothing has changed for them."""
    catalogue = street.catalogue
    finish_loading(street)
    catalogue.make_search_indexes()
    removals = read_removals(street.store.folder)
    parts = PartFetcher(street, sources)
    months = {month.id: month for month in catalogue.months.all()}
    if sources:
        parts.try_again(months)
    touched = catalogue.due.touched()
    is_new = not catalogue.read("assembled")
    is_same = not touched and not is_new and catalogue.read("removals") == removals.digest
    if is_same and not catalogue.read("pages_due"):
        notes += parts.notes
        return CandidacyChange()
    catalogue.write("pages_due", "")
    rests = find_rests(street, sources, months, notes)
    touched |= {key_of(one) for one in _changed(known_rests(catalogue), rests)}
    reading = Reading(street.store, months, parts.fetch, rests)
    if is_new or len(touched) > _MANY:
        _judge_all(street, reading, parts)
    else:
        _judge(street, connect(catalogue.mails, touched), touched, reading, parts)
    notes += parts.notes
    return _settle(street, sources, reading, removals, notes)


def _changed(before: Mapping[str, Rest], now: Mapping[str, Rest]) -> set[str]:
    return {one for one in before.keys() | now.keys() if before.get(one) != now.get(one)}


def _judge_all(street: Street, reading: Reading, parts: PartFetcher) -> None:
    mails = street.catalogue.mails
    announcing = mails.announcing()
    street.progress.begin("reading threads", len(announcing))
    with street.catalogue.transaction():
        street.catalogue.candidacies.clear_findings()
    done: set[int] = set()
    for key in announcing:
        if key not in done:
            rows = connect(mails, [key])
            _judge(street, rows, (), reading, parts)
            done |= rows.keys()
        street.progress.advance("")
    street.progress.end()


def _judge(
    street: Street,
    rows: Mapping[int, MailRow],
    also: Iterable[int],
    reading: Reading,
    parts: PartFetcher,
) -> None:
    """Find the candidacies among connected messages, in place of those found there before."""
    messages = ArchivedMessages(reading, rows)
    found: list[Finding] = []
    for thread in _threads(street, rows, messages):
        found += _find(street, thread, messages)
    with street.catalogue.transaction():
        street.catalogue.candidacies.replace_findings({*rows, *also}, found)
        parts.remember_missing()


def _threads(
    street: Street, rows: Mapping[int, MailRow], messages: ArchivedMessages
) -> list[Thread]:
    """Build the threads that may hold a candidacy.

    Whom a mail answers stands in its text, which only those near an announcement are worth reading
    for: mails of its thread, and mails of its subject, which may have lost their references.
    """
    near = _near_announcements(rows, messages)
    if not near:
        return []
    skeletons = [
        _with_answers(street, row, messages) if row.key in near else row.skeleton()
        for row in rows.values()
    ]
    return [one for one in build_threads(skeletons) if _announces(one, messages)]


def _near_announcements(rows: Mapping[int, MailRow], messages: ArchivedMessages) -> set[int]:
    threads = build_threads(row.skeleton() for row in rows.values())
    near = {
        messages.row(one).key
        for thread in threads
        if _announces(thread, messages)
        for one in _message_ids(thread)
    }
    subjects = {rows[key].subject_key for key in near if key in rows} - {0}
    return near | {row.key for row in rows.values() if row.subject_key in subjects}


def _with_answers(street: Street, row: MailRow, messages: ArchivedMessages) -> Skeleton:
    try:
        return replace(row.skeleton(), answers=find_answered(messages[row.message_id]))
    except MonthError as error:
        street.progress.advance(str(error))
        return row.skeleton()


def _announces(thread: Thread, messages: ArchivedMessages) -> bool:
    return any(messages.row(one).announces for one in _message_ids(thread))


def _find(street: Street, thread: Thread, messages: ArchivedMessages) -> Iterator[Finding]:
    try:
        for candidacy in find_candidacies(thread, messages, street.elections):
            row = messages.row(candidacy.message_id)
            reasons = (*candidacy.reasons, *messages.joined(candidacy.message_id))
            raw = messages.raw(candidacy.message_id)
            yield Finding(row.key, replace(candidacy, raw=raw, reasons=reasons))
    except MonthError as error:
        # The raw month is damaged: it is due to be fetched again, and the thread comes back then.
        street.progress.advance(str(error))


def _settle(
    street: Street,
    sources: Mapping[str, Source],
    reading: Reading,
    removals: Removals,
    notes: list[str],
) -> CandidacyChange:
    """Settle what goes beyond a thread, and write the candidacies that differ."""
    catalogue = street.catalogue
    mails = group_candidacies(map(_light, catalogue.candidacies.findings()))
    drafts = [one for same in mails for one in same]
    pages = {message_id: rest.page_url for message_id, rest in reading.rests.items()}
    addresses = find_addresses(street, sources, drafts, pages, notes)
    results = list(_results_messages(street, reading))
    settled = settle_outcomes(map(join_repeats, mails), results, street.elections)
    left = count_races(removals.leave_out(settled, mails))
    # By its number: reports are shown to everybody.
    notes += [
        f"{FILE_NAME}, line {n} names no mail that is shown" for n in removals.idle_lines(mails)
    ]
    with catalogue.transaction():
        change = catalogue.candidacies.put(_whole(street, one, addresses) for one in left)
        catalogue.due.clear_touched()
        keep_rests(catalogue, reading.rests)
        catalogue.write("assembled", "yes")
        catalogue.write("removals", removals.digest)
    return change


def _light(draft: Candidacy) -> Candidacy:
    """Leave out the raw mail, which nobody needs to tell persons and outcomes apart."""
    return replace(draft, raw=b"")


def _whole(street: Street, settled: Candidacy, addresses: Addresses) -> Candidacy:
    draft = street.catalogue.candidacies.finding(settled.id)
    return addresses.put_into(replace(settled, raw=draft.raw if draft else b""))


def _results_messages(street: Street, reading: Reading) -> Iterator[Message]:
    rows = {row.key: row for row in street.catalogue.mails.telling_results()}
    messages = ArchivedMessages(reading, rows)
    for message_id in messages:
        try:
            yield messages[message_id]
        except MonthError:
            continue  # Named by `check`, and due to be fetched again.


def _message_ids(thread: Thread) -> Iterator[str]:
    waiting = [thread]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.replies)
        if node.skeleton is not None:
            yield node.message_id
