"""The messages of some threads, read from their raw months only when somebody asks for their text.

Owns the way from a catalogue's row back to the mail, and the text of mails whose words the archiver
put in a file of their own (an HTML-only mail leaves nothing but a note in Pipermail's months) or
took for another mail.
Judging what they say is left to `candidacies`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.catalogue_rows import MailRow
from ingest.month_table import MonthRow
from ingest.raw_store import RawStore
from ingest.reading import read_message
from ingest.records import Message, Part, Reason
from ingest.rests import Rest

# A text beside an attached statement is a line or two; whoever wrote more said it in the mail.
_SHORT_TEXT = 400
_NEAR_NOTHING = 20
_MARKS = re.compile(
    r"^(?:-{8,} next part -{8,}|An? [^\n]{1,80} was scrubbed\.\.\.|[A-Z][\w-]{1,20} ?: [^\n]*)$",
    re.M,
)

# Gives the text of a part kept elsewhere, None if it cannot be had now.
FetchPart = Callable[[MonthRow, MailRow, Part], str | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read any mail whole: its raw month, its parts, the rest that was cut off."""

    store: RawStore
    months: Mapping[int, MonthRow]
    fetch_part: FetchPart
    rests: Mapping[str, Rest]


class ArchivedMessages(Mapping[str, Message]):
    """Messages by id, each read when first asked for; a damaged month raises `MonthError` then."""

    def __init__(self, reading: Reading, rows: Mapping[int, MailRow]) -> None:
        self._store = reading.store
        self._rows = {row.message_id: row for row in rows.values()}
        self._months = reading.months
        self._fetch_part = reading.fetch_part
        self._rests = reading.rests
        self._read: dict[str, Message] = {}

    def __getitem__(self, message_id: str) -> Message:
        if message_id not in self._read:
            row = self._rows[message_id]
            month = self._months[row.month_id]
            message = read_message(self._store, row, month.archive, month.name, month.start)
            self._read[message_id] = self._whole(message, row, month)
        return self._read[message_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, message_id: str) -> MailRow:
        return self._rows[message_id]

    def raw(self, message_id: str) -> bytes:
        """Give a mail's bytes as its archive has them, separator line included."""
        return self._store.read_mail(self[message_id].place)

    def joined(self, message_id: str) -> tuple[Reason, ...]:
        """Say so where a mail's text was put together from two pieces; speaks neither way."""
        rest = self._rests.get(message_id)
        return (Reason("cut by the archiver, joined again", 0.0, rest.page_url),) if rest else ()

    def _whole(self, message: Message, row: MailRow, month: MonthRow) -> Message:
        rest = self._rests.get(message.message_id)
        if rest is None:
            return self._with_parts(message, row, month)
        # A mail is cut before a line that begins with `From `, which the archiver threw away.
        text = f"{message.text.rstrip()}\n\n{rest.read(self._store).lstrip()}"
        return replace(message, text=text)

    def _with_parts(self, message: Message, row: MailRow, month: MonthRow) -> Message:
        wanted = parts_with_text(message)
        texts = [self._fetch_part(month, row, part) for part in wanted]
        found = [text.strip("\n") for text in texts if text and text.strip()]
        if not found:
            return message
        own = message.text if _letters(message.text) >= _NEAR_NOTHING else ""
        return replace(message, text="\n\n".join([own.rstrip(), *found] if own else found) + "\n")


def parts_with_text(message: Message) -> list[Part]:
    """Choose the parts that hold a mail's own words, where next to nothing is in its text."""
    letters = _letters(message.text) if message.parts else 0
    if not message.parts or letters >= _SHORT_TEXT:
        return []
    if letters >= _NEAR_NOTHING:
        return [part for part in message.parts if part.kind == "text"]
    return [part for part in message.parts if part.kind in ("html", "text")]


def _letters(text: str) -> int:
    """Count the letters of a text without the archiver's notes."""
    return sum(map(str.isalnum, _MARKS.sub("", text)))
