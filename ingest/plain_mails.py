"""Rows of the mails that stand as Pipermail writes them, without a `Message` for each.

Nearly all mails of an archive are plain: a header that one expression reads, a text of which the
catalogue keeps nothing. Reading those whole would be most of what a first sync costs. Owns which
mails are plain enough; whatever is odd about one (an id that the archiver made up, a date that its
month contradicts, bytes in no charset) is left to `messages`. A plain mail's row is the one that
`messages` and `mail_rows` would make of it.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from ingest.candidacies import may_announce, may_name_office
from ingest.catalogue_rows import MailRow, mail_id
from ingest.database import key_of
from ingest.dates import WITHIN_MONTH, is_sane, start_of_day, zone_seconds
from ingest.headers import parse_references
from ingest.mail_rows import clean_text, number_bytes, number_subject, seconds_of
from ingest.mbox import Piece
from ingest.messages import LONGEST_TEXT, read_sender, read_subject

_EARLIEST, _LATEST = (int(limit.total_seconds()) for limit in WITHIN_MONTH)
_LONGEST_ID = 1000
_MOST_REFERENCES = 500


class _Subject(NamedTuple):
    """All that a row has of a subject."""

    text: str
    key: int
    tells_results: int
    announces: bool
    repair: str


class PlainMails:
    """The plain mails of one month; what hardly any month has is looked for in all of it."""

    def __init__(self, data: bytes, start: datetime | None, month_id: int) -> None:
        self._data = data
        self._start = seconds_of(start) if start is not None and is_sane(start) else None
        self._month_id = month_id
        self._is_ascii = data.isascii()
        self._may_be_escaped = b"\n>From " in data
        self._may_have_nul = b"\0" in data

    def read(self, piece: Piece, number: int) -> tuple[MailRow, tuple[str, ...]] | None:
        """Make the row of a mail, and name its repairs; None where the mail is not plain."""
        head = piece.head
        if head is None:
            return None
        sender_field, day, hour, minute, second, zone, subject_field, answered, references, own = (
            head.groups(b"")
        )
        body, end = head.end(), piece.end
        posted_at = self._time(day, int(hour) * 3600 + int(minute) * 60 + int(second), zone)
        if posted_at is None or own.startswith(b"mailman.") or not sender_field:
            return None
        if not self._has_plain_text(body, end):
            return None
        message_id = own.decode("ascii")
        key = key_of(message_id)
        sender, address, sender_repair = _read_sender(sender_field)
        subject = _read_subject(subject_field)
        row = MailRow(
            mail_id(self._month_id, number),
            key,
            key,
            1,
            int(subject.announces or self._announces(body, end)),
            subject.tells_results,
            posted_at,
            subject.key,
            number_bytes(self._data[piece.start : end]),
            piece.start,
            end - piece.start,
            message_id,
            None,
            _read_references(references, answered),
            subject.text,
            sender,
            address,
            " ".join(repairs := _join_repairs(sender_repair, subject.repair)),
        )
        return row, repairs

    def _time(self, day: bytes, seconds: int, zone: bytes) -> int | None:
        """Give when a mail was posted, if its own date and its month agree."""
        if self._start is None:
            return None
        midnight, offset = start_of_day(day), zone_seconds(zone)
        if midnight is None or offset is None:
            return None
        posted_at = midnight + seconds - offset
        return posted_at if _EARLIEST < posted_at - self._start < _LATEST else None

    def _has_plain_text(self, body: int, end: int) -> bool:
        """Whether a text is UTF-8, read whole, and needs no mending."""
        data = self._data
        if end - body > LONGEST_TEXT:
            return False
        if self._may_have_nul and data.find(b"\0", body, end) >= 0:
            return False
        if self._may_be_escaped and data.find(b"\n>From ", body - 1, end) >= 0:
            return False
        return self._is_ascii or _is_utf8(data[body:end])

    def _announces(self, body: int, end: int) -> bool:
        """Ask `may_announce` of a text, if it is one of the few for which it need be asked."""
        data = self._data
        return may_name_office(data, body, end) and may_announce("", data[body:end].decode("utf-8"))


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=8192)
def _read_sender(field: bytes) -> tuple[str, str, str]:
    name, address, repair = read_sender(field)
    return clean_text(name), clean_text(address), repair


@lru_cache(maxsize=4096)
def _read_subject(field: bytes) -> _Subject:
    """Read a subject, and what follows from it; cached, since the mails of a thread share it."""
    subject, repair = read_subject(field)
    key, tells_results = number_subject(subject)
    return _Subject(clean_text(subject), key, tells_results, may_announce(subject, ""), repair)


def _join_repairs(sender: str, subject: str) -> tuple[str, ...]:
    if not sender and not subject:
        return ()
    return tuple(dict.fromkeys(name for name in (sender, subject) if name))


# `<id> <id>` with any white space between, and nothing else.
_BRACKETED = re.compile(r"<[!-;=?-~]{1,1000}>")


def _read_references(references: bytes, answered: bytes) -> str:
    """Join the ids of a mail's ancestors as its row has them; `parse_references` for plain ids."""
    if not references and not answered:
        return ""
    ids = _split_ids(references)
    parent = answered.decode("latin-1")
    if ids is None or (parent and _BRACKETED.fullmatch(parent) is None):
        found = parse_references(references.decode("latin-1"), parent)
        return clean_text("\n".join(found))
    if parent and parent[1:-1] not in ids:
        ids.append(parent[1:-1])
    return "\n".join(ids)


def _split_ids(field: bytes) -> list[str] | None:
    """Take a field of plain ids apart, each once; None if there is anything else in it."""
    words = field.decode("latin-1").split()
    if not words:
        return []
    joined = " ".join(words)
    ids = joined[1:-1].split("> <")
    is_plain = (
        joined.startswith("<")
        and joined.endswith(">")
        # No more brackets and blanks than stand around and between the ids.
        and joined.count("<") == joined.count(">") == len(words) == len(ids) <= _MOST_REFERENCES
        and "" not in ids
        and max(map(len, ids)) <= _LONGEST_ID
    )
    return list(dict.fromkeys(ids)) if is_plain else None
