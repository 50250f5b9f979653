"""A month's bytes to the rows that the catalogue keeps of it, and one mail's bytes to its message.

Owns what is remembered of a mail besides its skeleton: whether it may announce a candidacy,
whether it may tell results, and a number by which its bytes are compared. Splitting and parsing
are done by `mbox` and `messages`; nothing is written here.
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ingest.candidacies import may_announce
from ingest.database import key_of
from ingest.mail_table import MailRow, SkipRow, mail_id, place_of
from ingest.mbox import split_messages
from ingest.messages import parse_message
from ingest.raw_store import RawStore
from ingest.records import Message, RawMessage, SkippedMessage
from ingest.results import tells_outcome
from ingest.threads import base_subject

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class MonthRead:
    """All pieces of a month: one row or skip each, and how many mails needed which repair."""

    rows: tuple[MailRow, ...]
    skips: tuple[SkipRow, ...]
    repaired: Mapping[str, int]

    @property
    def pieces(self) -> int:
        return len(self.rows) + len(self.skips)


def read_month(data: bytes, archive: str, month: str, start: str, month_id: int) -> MonthRead:
    """Split and parse a month whole; what is no mail becomes a skip with its reason."""
    rows: list[MailRow] = []
    skips: list[SkipRow] = []
    repaired: Counter[str] = Counter()
    first_day = datetime.fromisoformat(start) if start else None
    with _without_collecting():
        for piece in split_messages(data, archive, month):
            parsed = parse_message(piece, first_day) if isinstance(piece, RawMessage) else piece
            if isinstance(parsed, SkippedMessage):
                skips.append(_skip_row(parsed, month_id))
            elif isinstance(piece, RawMessage):
                rows.append(_mail_row(parsed, piece.data, month_id))
                if parsed.repairs:
                    repaired.update(parsed.repairs)
    return MonthRead(tuple(rows), tuple(skips), repaired)


def read_message(store: RawStore, row: MailRow, archive: str, month: str, start: str) -> Message:
    """Read one mail again from its raw month; it goes by the id that the catalogue settled."""
    place = place_of(row, archive, month)
    raw = RawMessage(
        archive, month, place.number, place.offset, place.length, store.read_mail(place)
    )
    message = parse_message(raw, datetime.fromisoformat(start) if start else None)
    if isinstance(message, SkippedMessage):
        # The bytes are not those that were catalogued; `check` names the month.
        return replace(known_message(row, archive, month), repairs=("unreadable",))
    return replace(message, message_id=row.message_id)


def known_message(row: MailRow, archive: str, month: str) -> Message:
    """Give what the catalogue knows of a mail; without its text, which only its month has."""
    skeleton = row.skeleton()
    return Message(
        message_id=row.message_id,
        sender=row.sender,
        address=row.address,
        subject=row.subject,
        posted_at=skeleton.posted_at,
        claimed_date="",
        references=skeleton.references,
        text="",
        place=place_of(row, archive, month),
    )


def clean_text(text: str) -> str:
    """Replace what UTF-8 cannot hold (half surrogate pairs), which SQLite would refuse."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _mail_row(message: Message, data: bytes, month_id: int) -> MailRow:
    place = message.place
    message_id = clean_text(message.message_id)
    key = key_of(message_id)
    subject, text = message.subject, message.text
    subject_key, tells_results = _read_subject(subject)
    return MailRow(
        id=mail_id(month_id, place.number),
        claimed=key,
        key=key,
        first=1,
        announces=int(may_announce(subject, text)),
        tells_results=tells_results,
        posted_at=(message.posted_at - _EPOCH) // _SECOND,
        subject_key=subject_key,
        digest=int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1,
        position=place.offset,
        length=place.length,
        message_id=message_id,
        claimed_id=None,
        refs=clean_text("\n".join(message.references)),
        subject=clean_text(subject),
        sender=clean_text(message.sender),
        address=clean_text(message.address),
        repairs=" ".join(message.repairs),
    )


def _skip_row(skipped: SkippedMessage, month_id: int) -> SkipRow:
    place = skipped.place
    return SkipRow(
        id=mail_id(month_id, place.number),
        position=place.offset,
        length=place.length,
        reason=skipped.reason,
        detail=clean_text(skipped.detail),
    )


@lru_cache(maxsize=4096)
def _read_subject(subject: str) -> tuple[int, int]:
    """Number a base subject, and tell whether it heads results; cached, since threads share it.

    The number is 0 for none: mails without a subject belong together by nothing.
    """
    base = base_subject(subject)
    return key_of(base) if base else 0, int(tells_outcome(subject))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep Python from looking for circles among records that have none: a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
