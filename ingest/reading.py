"""A month's bytes to the rows that the catalogue keeps of it, and one mail's bytes to its message.

Owns the order: cut, then the short way for plain mails and the long one for all others. Cutting and
parsing are done by `mbox` and `messages`, rows made by `plain_mails` and `mail_rows`; nothing is
written here.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.catalogue_rows import MailRow, SkipRow, place_of
from ingest.mail_rows import make_row, make_skip_row
from ingest.mbox import cut_piece, find_pieces
from ingest.messages import parse_message
from ingest.plain_mails import PlainMails
from ingest.raw_store import RawStore
from ingest.records import Message, Place, RawMessage, SkippedMessage

BROKE_THE_READER = "broke-the-reader"
_LONGEST_REASON = 120


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
        plain_mails = PlainMails(data, first_day, month_id)
        for number, piece in enumerate(find_pieces(data)):
            try:
                read = plain_mails.read(piece, number) or _read_odd(
                    cut_piece(data, piece, archive, month, number), first_day, month_id
                )
            # A mail that no reader foresaw must not keep all others from being read, now and at
            # every later sync. It is counted, listed, and tried again by the next release.
            except Exception as error:  # noqa: BLE001
                place = Place(archive, month, number, piece.start, piece.end - piece.start)
                reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
                read = make_skip_row(SkippedMessage(place, BROKE_THE_READER, reason), month_id)
            if isinstance(read, SkipRow):
                skips.append(read)
            else:
                rows.append(read[0])
                repaired.update(read[1])
    return MonthRead(tuple(rows), tuple(skips), repaired)


def _read_odd(
    raw: RawMessage | SkippedMessage, first_day: datetime | None, month_id: int
) -> tuple[MailRow, tuple[str, ...]] | SkipRow:
    """Make the row of what is no plain mail."""
    if isinstance(raw, SkippedMessage):
        return make_skip_row(raw, month_id)
    parsed = parse_message(raw, first_day)
    if isinstance(parsed, SkippedMessage):
        return make_skip_row(parsed, month_id)
    return make_row(parsed, raw.data, month_id), parsed.repairs


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
