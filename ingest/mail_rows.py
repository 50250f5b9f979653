"""What the catalogue remembers of a mail: a message to its row, and a skipped piece to its own.

Owns what is kept besides the skeleton: whether the mail may announce a candidacy, whether it may
tell results, and a number by which its bytes are compared. Nothing is read or written here.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ingest.candidacies import may_announce
from ingest.catalogue_rows import MailRow, SkipRow, mail_id
from ingest.database import key_of
from ingest.records import Message, SkippedMessage
from ingest.results import tells_outcome
from ingest.threads import base_subject

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def make_row(message: Message, data: bytes, month_id: int) -> MailRow:
    """Make the row of a message; `data` are the bytes of its mail."""
    place = message.place
    message_id = clean_text(message.message_id)
    key = key_of(message_id)
    subject_key, tells_results = number_subject(message.subject)
    return MailRow(
        id=mail_id(month_id, place.number),
        claimed=key,
        key=key,
        first=1,
        announces=int(may_announce(message.subject, message.text)),
        tells_results=tells_results,
        posted_at=seconds_of(message.posted_at),
        subject_key=subject_key,
        digest=number_bytes(data),
        position=place.offset,
        length=place.length,
        message_id=message_id,
        claimed_id=None,
        refs=clean_text("\n".join(message.references)),
        subject=clean_text(message.subject),
        sender=clean_text(message.sender),
        address=clean_text(message.address),
        repairs=" ".join(message.repairs),
    )


def make_skip_row(skipped: SkippedMessage, month_id: int) -> SkipRow:
    place = skipped.place
    return SkipRow(
        id=mail_id(month_id, place.number),
        position=place.offset,
        length=place.length,
        reason=skipped.reason,
        detail=clean_text(skipped.detail),
    )


def seconds_of(moment: datetime) -> int:
    return (moment - _EPOCH) // _SECOND


def number_bytes(data: bytes) -> int:
    """Number a mail's bytes in 63 bits, to tell whether a copy of it is the very same.

    Two checksums side by side, since a real digest lets go of Python's lock for each mail, which
    costs more than the counting. A change of up to four bytes in a row never leaves the first as it
    is. A forger would gain nothing: of two mails with one id the first speaks anyway.
    """
    return zlib.crc32(data) << 31 ^ zlib.adler32(data)


@lru_cache(maxsize=4096)
def number_subject(subject: str) -> tuple[int, int]:
    """Number a base subject, and tell whether it heads results; cached, since threads share it.

    The number is 0 for none: mails without a subject belong together by nothing.
    """
    base = base_subject(subject)
    return key_of(base) if base else 0, int(tells_outcome(subject))


def clean_text(text: str) -> str:
    """Replace what UTF-8 cannot hold (half surrogate pairs), which SQLite would refuse."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
