"""One copy of a mail as the catalogue has it, and one piece of a month that is no mail.

Owns how a row's number tells its month and its place there. How rows are made of mails stands in
`mail_rows` and `plain_mails`, how they are kept and found in `mail_table`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ingest.records import Place, Skeleton

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = 2**32


class MailRow(NamedTuple):
    """One copy of a mail, in the order of the table's columns. `refs` are joined by line ends."""

    id: int
    claimed: int
    key: int
    first: int
    announces: int
    tells_results: int
    posted_at: int
    subject_key: int
    digest: int
    position: int
    length: int
    message_id: str
    claimed_id: str | None
    refs: str
    subject: str
    sender: str
    address: str
    repairs: str

    @property
    def month_id(self) -> int:
        return self.id // _NUMBERS

    @property
    def number(self) -> int:
        return self.id % _NUMBERS

    def references(self) -> tuple[str, ...]:
        return tuple(self.refs.split("\n")) if self.refs else ()

    def skeleton(self) -> Skeleton:
        return Skeleton(
            message_id=self.message_id,
            references=self.references(),
            subject=self.subject,
            sender=self.sender,
            address=self.address,
            posted_at=_EPOCH + timedelta(seconds=self.posted_at),
        )


class SkipRow(NamedTuple):
    """A piece of a month that is no mail, with its byte range."""

    id: int
    position: int
    length: int
    reason: str
    detail: str

    @property
    def month_id(self) -> int:
        return self.id // _NUMBERS

    @property
    def number(self) -> int:
        return self.id % _NUMBERS


def mail_id(month_id: int, number: int) -> int:
    return month_id * _NUMBERS + number


def place_of(row: MailRow, archive: str, month: str, page_url: str = "") -> Place:
    """Say where a copy stands, once its month's names are known."""
    return Place(archive, month, row.number, row.position, row.length, page_url)
