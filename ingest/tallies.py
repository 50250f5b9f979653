"""The counts of one archive while it is pulled or read, and the report that comes of them.

Owns that they add up: asked = unchanged + fetched + failed, read = kept + skipped + duplicates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.copies import ID_OF_ANOTHER_MAIL
from ingest.records import ArchiveReport, MonthFault


@dataclass(frozen=True, slots=True)
class KeptMonth:
    """What a month's new rows came to; pieces = messages + duplicates + skipped."""

    month_id: int
    pieces: int
    messages: int
    duplicates: int
    skipped: Mapping[str, int]
    repaired: Mapping[str, int]
    notes: tuple[str, ...] = ()
    fault: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one archive while it is being pulled."""

    named: int = 0
    asked: int = 0
    unchanged: int = 0
    fetched: int = 0
    read: int = 0
    kept: int = 0
    duplicate: int = 0
    faults: list[MonthFault] = field(default_factory=list)
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    months: dict[int, int] = field(default_factory=dict)  # mails of each month read, by its number

    def add(self, kept: KeptMonth) -> None:
        """Count the pieces of one month."""
        self.months[kept.month_id] = kept.messages + kept.duplicates
        self.read += kept.pieces
        self.kept += kept.messages
        self.duplicate += kept.duplicates
        self.skipped.update(kept.skipped)
        self.repaired.update(kept.repaired)
        self.notes.extend(kept.notes)

    def recount(self, settled: Mapping[int, tuple[int, int]]) -> None:
        """Take the messages, and the mails with another's id, of all months as they are now."""
        self.kept = sum(messages for messages, _ in settled.values())
        self.duplicate = sum(map(self.months.__getitem__, settled)) - self.kept
        if renamed := sum(count for _, count in settled.values()):
            self.repaired[ID_OF_ANOTHER_MAIL] = renamed


def compose_report(
    name: str, address: str, started: datetime, finished: datetime, tally: Tally
) -> ArchiveReport:
    return ArchiveReport(
        archive=name,
        address=address,
        started_at=started,
        finished_at=finished,
        months_named=tally.named,
        months_asked=tally.asked,
        months_unchanged=tally.unchanged,
        months_fetched=tally.fetched,
        months_failed=tally.failed,
        faults=tuple(tally.faults),
        messages_read=tally.read,
        messages_kept=tally.kept,
        messages_skipped=dict(sorted(tally.skipped.items())),
        messages_repaired=dict(sorted(tally.repaired.items())),
        messages_duplicate=tally.duplicate,
        notes=tuple(tally.notes),
    )
