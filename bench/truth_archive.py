"""Read a Pipermail site from disk and run the stages on it that judge candidacies."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.answers import find_answered
from ingest.candidacies import find_candidacies, needs_parts, weigh_message
from ingest.elections import ElectionTable
from ingest.mbox import split_messages
from ingest.messages import parse_message
from ingest.part_text import read_part
from ingest.people import merge_people
from ingest.records import Candidacy, Message, Skeleton, SkippedMessage, Verdict
from ingest.results import settle_outcomes, tells_outcome
from ingest.threads import build_threads

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Judged:
    """What came of an archive: its candidacies, and the mails to ask for a verdict on."""

    candidacies: list[Candidacy]
    messages: dict[str, Message]
    table: ElectionTable

    def verdict(self, message_id: str) -> Verdict | None:
        """Judge one mail by itself, as if its thread were lost; None for one that is not there."""
        message = self.messages.get(message_id)
        return weigh_message(message, None, self.table) if message else None


def read_months(folder: Path, half: int | None = None) -> list[Message]:
    """Parse every month file of a folder, in order of time; a half takes every other month."""
    files = sorted(folder.glob("[12]*-*.txt*"), key=lambda file: _start(file))
    if half is not None:
        files = files[half - 1 :: 2]
    return [message for file in files for message in _read_month(file)]


def judge_archive(messages: list[Message], folder: Path, table: ElectionTable) -> Judged:
    """Build threads, find candidacies, and put together those that were sent twice."""
    first: dict[str, Message] = {}
    for message in messages:
        first.setdefault(message.message_id, message)
    for message_id, message in first.items():
        if needs_parts(message):
            first[message_id] = _with_parts(message, folder)
    threads = build_threads([_skeleton(message) for message in first.values()])
    found = [one for thread in threads for one in find_candidacies(thread, first, table)]
    results = [message for message in first.values() if tells_outcome(message.subject)]
    settled = settle_outcomes(merge_people(found), results, table)
    return Judged(settled, first, table)


def _start(file: Path) -> datetime:
    year, month = file.name.split(".")[0].split("-")
    return datetime(int(year), _MONTHS.index(month) + 1, 1, tzinfo=UTC)


def _read_month(file: Path) -> list[Message]:
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    name = file.name.split(".")[0]
    read = (
        parse_message(raw, _start(file))
        for raw in split_messages(data, folder_name(file), name)
        if not isinstance(raw, SkippedMessage)
    )
    return [message for message in read if isinstance(message, Message)]


def folder_name(file: Path) -> str:
    """The list's name, as the folder has it."""
    return file.parent.name


def _with_parts(message: Message, folder: Path) -> Message:
    """Append the text of a mail's scrubbed parts, read from the attachments folder."""
    texts = [message.text]
    for part in message.parts:
        if part.kind not in ("html", "text"):
            continue
        path = folder / "attachments" / part.url.partition("/attachments/")[2]
        if path.is_file():
            texts.append(read_part(path.read_bytes(), part, part.kind))
    return replace(message, text="\n".join(texts))


def _skeleton(message: Message) -> Skeleton:
    return Skeleton(
        message.message_id,
        message.references,
        message.subject,
        message.sender,
        message.address,
        message.posted_at,
        find_answered(message),
    )
