"""Candidacies as files: JSON Lines, CSV, mbox; one at a time, so that any number fits in memory.

Used by the HTTP API and by `hustings export` alike. Which candidacies, and whether addresses are
shown, was decided before they came here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from api.payloads import show_candidacy, write_json, write_time
from ingest.records import Candidacy


class ExportFormat(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    MBOX = "mbox"


@dataclass(frozen=True, slots=True)
class Form:
    """How a format is written and what it is called on the web."""

    write: Callable[[Iterable[Candidacy]], Iterator[bytes]]
    media_type: str


CSV_COLUMNS = (
    "id",
    "message_id",
    "archive",
    "archive_url",
    "subject",
    "candidate",
    "person",
    "address",
    "irc_nick",
    "office",
    "projects",
    "cycle",
    "posted_at",
    "status",
    "outcome",
    "race_size",
    "replies",
    "statement",
)


def write_jsonl(candidacies: Iterable[Candidacy]) -> Iterator[bytes]:
    """Write one candidacy a line, the object that the API gives."""
    for candidacy in candidacies:
        yield write_json(show_candidacy(candidacy)) + b"\n"


def write_csv(candidacies: Iterable[Candidacy]) -> Iterator[bytes]:
    """Write one candidacy a row below a row of names; `replies` counts them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_COLUMNS)
    for candidacy in candidacies:
        writer.writerow(_row(candidacy))
        yield _take(buffer)
    if buffer.tell():
        yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _row(candidacy: Candidacy) -> list[str]:
    values: list[str] = []
    for name in CSV_COLUMNS:
        value = getattr(candidacy, name)
        if name == "projects":
            value = " ".join(value)
        elif name == "posted_at":
            value = write_time(value)
        elif name == "replies":
            value = len(value)
        values.append(neutralise_cell(str(value)))
    return values


def neutralise_cell(text: str) -> str:
    """Keep a spreadsheet from running a cell: what begins like a formula gets an apostrophe.

    White space before the sign does not help it. NUL bytes end a cell in some readers.
    """
    text = text.replace("\x00", "")
    begins = text.lstrip()[:1]
    return "'" + text if begins and begins in "=+-@|%\uff1d\uff0b\uff0d\uff20" else text


_FROM_LINE = re.compile(rb"(?m)^(>*From )")
_SEPARATOR = re.compile(rb"\AFrom [^\n]*\n")


def write_mbox(candidacies: Iterable[Candidacy]) -> Iterator[bytes]:
    """Write the mails as an mbox (mboxrd: every line that looks like a separator gets a `>`)."""
    for candidacy in candidacies:
        raw = _SEPARATOR.sub(b"", candidacy.raw.replace(b"\r\n", b"\n"), count=1)
        when = candidacy.posted_at.strftime("%a %b %d %H:%M:%S %Y")
        body = _FROM_LINE.sub(rb">\1", raw)
        end = b"\n" if body.endswith(b"\n") else b"\n\n"
        yield f"From MAILER-DAEMON  {when}\n".encode() + body + end


FORMS: dict[ExportFormat, Form] = {
    ExportFormat.JSONL: Form(write_jsonl, "application/jsonl"),
    ExportFormat.CSV: Form(write_csv, "text/csv; charset=utf-8; header=present"),
    ExportFormat.MBOX: Form(write_mbox, "application/mbox"),
}
