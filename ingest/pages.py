"""The pages of candidacies and their replies in every archive that has them.

Owns when an archive is asked for a month's pages: once for each month that has candidacies, or the
rest of a mail that was cut, again only when it has new ones, and a month without pages rarely. The
answers are kept beside the raw months, so that a rebuild gives the same addresses without asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.catalogue_rows import MailRow
from ingest.database import key_of
from ingest.errors import IngestError, MonthMissing
from ingest.month_table import MonthRow, archive_month
from ingest.reading import known_message
from ingest.records import Candidacy, Message, Reply
from ingest.sources import Source
from ingest.stored_facts import PageMap
from ingest.street import Street

_ASK_PAGELESS_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Each message's addresses, in the order of the archives that have it."""

    by_message: Mapping[str, tuple[str, ...]]

    def put_into(self, candidacy: Candidacy) -> Candidacy:
        """Give a candidacy and its replies the addresses of their pages."""
        urls = self.by_message.get(candidacy.message_id, ())
        return replace(
            candidacy,
            archive_url=urls[0] if urls else "",
            archive_urls=urls,
            replies=tuple(self._reply(reply) for reply in candidacy.replies),
        )

    def _reply(self, reply: Reply) -> Reply:
        urls = self.by_message.get(reply.message_id, ())
        return replace(reply, archive_url=urls[0] if urls else "")


def find_addresses(
    street: Street,
    sources: Mapping[str, Source],
    candidacies: Sequence[Candidacy],
    rests: Mapping[str, str],
    notes: list[str],
) -> Addresses:
    """Give the addresses of all candidacies and replies, asking archives for those not yet known.

    `rests` are the pages on which cut mails go on. A message whose page is not known has that one's
    address, else its month's own.
    """
    months = {month.id: month for month in street.catalogue.months.all()}
    standing = {candidacy.message_id for candidacy in candidacies}
    ids = standing | {reply.message_id for one in candidacies for reply in one.replies}
    copies = _copies_by_month(street, ids)
    rank = {archive.name: archive.rank for archive in street.catalogue.months.archives()}
    order = sorted(copies, key=lambda one: (rank[months[one].archive], months[one].older, one))
    found: dict[str, dict[str, str]] = {}
    for month_id in order:
        month, mails = months[month_id], copies[month_id]
        wanted = [known_message(mail, month.archive, month.name) for mail in mails]
        needed = standing.intersection(mail.message_id for mail in mails)
        pages = ask_pages(street, sources.get(month.archive), month, (wanted, needed), notes)
        for mail in mails:
            url = pages.get(mail.message_id) or rests.get(mail.message_id) or month.url
            if url:
                found.setdefault(mail.message_id, {}).setdefault(month.archive, url)
    return Addresses({one: tuple(urls.values()) for one, urls in found.items()})


def _copies_by_month(street: Street, ids: Iterable[str]) -> dict[int, list[MailRow]]:
    copies: dict[int, list[MailRow]] = {}
    for message_id in sorted(ids):
        for mail in street.catalogue.mails.copies(key_of(message_id)):
            copies.setdefault(mail.month_id, []).append(mail)
    return copies


def ask_pages(
    street: Street,
    source: Source | None,
    month: MonthRow,
    asked: tuple[Sequence[Message], set[str]],
    notes: list[str],
) -> Mapping[str, str]:
    """Give a month's pages by message id, asked for if one that is needed was never asked for.

    `asked` are the messages whose pages are asked for together, and the ids of those needed; a
    source that is None is not asked.
    """
    wanted, needed = asked
    kept = street.store.read_pages(month.archive, month.name)
    if source is None or not needed or (kept and not _is_due(kept, needed, street.now())):
        return kept.pages if kept else {}
    ids = frozenset(message.message_id for message in wanted)
    moment = street.now().isoformat(timespec="seconds")
    before = kept or PageMap({})
    try:
        pages = before.pages | source.find_pages(archive_month(month), wanted)
        found = PageMap(pages, before.wanted | ids, asked_at=moment)
    except MonthMissing:
        found = PageMap(before.pages, before.wanted | ids, missing=True, asked_at=moment)
    except IngestError as error:
        notes.append(f"{month.name}: pages not had: {error}")
        street.catalogue.write("pages_due", "yes")
        return before.pages
    street.store.keep_pages(month.archive, month.name, found)
    return found.pages


def _is_due(kept: PageMap, needed: set[str], now: datetime) -> bool:
    if not kept.missing and needed - kept.wanted:
        return True
    if not kept.missing and needed <= kept.pages.keys():
        return False
    asked = datetime.fromisoformat(kept.asked_at) if kept.asked_at else None
    return asked is None or not timedelta(0) <= now - asked < _ASK_PAGELESS_EVERY
