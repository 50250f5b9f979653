"""Why a message is, or is not, taken for a candidacy: its verdict, and the thread it stands in.

Owns how a message is found by whatever names it: a Message-ID, its hash, or the address of its
page. The judging is the very same that a sync does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.archived import ArchivedMessages, Reading
from ingest.candidacies import weigh_message
from ingest.catalogue import Catalogue
from ingest.catalogue_rows import MailRow
from ingest.connected import connect
from ingest.database import key_of
from ingest.elections import load_elections
from ingest.month_table import MonthRow
from ingest.raw_store import RawStore
from ingest.records import Message, Part, Skeleton, Thread, Verdict, message_id_hash
from ingest.rests import known_rests
from ingest.threads import build_threads

_HASH = re.compile(r"(?:^|/)([A-Z2-7]{32})/?$")
_PIPERMAIL_PAGE = re.compile(r"/([^/]+)/(\d{3,9}\.html)$")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with the message, what it answers, and its whole thread. `candidacy_id` is set
    where the message stands as a candidacy, or was sent again as one that does."""

    verdict: Verdict
    message: Message
    parent: Skeleton | None
    thread: Thread
    candidacy_id: str = ""


def explain(store: RawStore, name: str) -> Explanation | None:
    """Judge the message that `name` names, recognised or not; None if no archive has it."""
    with Catalogue(store.catalogue_path, writing=False) as catalogue, catalogue.reading():
        mail = _find_mail(store, catalogue, name.strip())
        return _explain(store, catalogue, mail) if mail else None


def _explain(store: RawStore, catalogue: Catalogue, mail: MailRow) -> Explanation:
    months = {month.id: month for month in catalogue.months.all()}

    def read_part(month: MonthRow, _: MailRow, part: Part) -> str | None:
        return store.read_part(month.archive, part.url)

    rows = connect(catalogue.mails, [mail.key])
    reading = Reading(store, months, read_part, known_rests(catalogue))
    messages = ArchivedMessages(reading, rows)
    thread, parent = next(
        (root, above)
        for root in build_threads(row.skeleton() for row in rows.values())
        for node, above in _walk(root)
        if node.message_id == mail.message_id
    )
    message = messages[mail.message_id]
    found = catalogue.candidacies.digests()
    own = message_id_hash(message.message_id)
    return Explanation(
        verdict=weigh_message(message, parent, load_elections()),
        message=message,
        parent=parent,
        thread=thread,
        candidacy_id=own if own in found else "",
    )


def _find_mail(store: RawStore, catalogue: Catalogue, name: str) -> MailRow | None:
    hashed = _HASH.search(name)
    page = _PIPERMAIL_PAGE.search(name)
    message_id = name
    if hashed is not None:
        message_id = _find_by_hash(catalogue, hashed[1])
    elif page is not None and "://" in name:
        message_id = _find_by_page(store, catalogue, page[1], page[2])
    message_id = "".join(message_id.split()).strip("<>")
    copies = catalogue.mails.copies(key_of(message_id)) if message_id else []
    return copies[0] if copies else None


def _find_by_hash(catalogue: Catalogue, hashed: str) -> str:
    """Find the id behind a hash, which cannot be turned back: every id is tried."""
    wanted = base64.b32decode(hashed)
    tried = (one for one, _ in catalogue.mails.ids())
    return next((one for one in tried if base64.b32decode(message_id_hash(one)) == wanted), "")


def _find_by_page(store: RawStore, catalogue: Catalogue, month: str, page: str) -> str:
    """Find the mail of a Pipermail page: by the pages that are known, whatever the host."""
    end = f"/{month}/{page}"
    for archive in store.archives():
        known = store.read_pages(archive.name, month)
        for message_id, url in known.pages.items() if known else ():
            if url.endswith(end):
                return message_id
    return ""


def _walk(root: Thread) -> Iterator[tuple[Thread, Skeleton | None]]:
    """Give each node of a thread with what it answers."""
    waiting: list[tuple[Thread, Skeleton | None]] = [(root, None)]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        waiting.extend((reply, node.skeleton) for reply in node.replies)
