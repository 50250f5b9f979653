"""What the stages of one sync work with: the data folder, the catalogue, the elections, the clock.

Owns nothing but the record that carries them, so that a stage takes one thing instead of seven and
a test can hand it a clock and a silent progress.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.catalogue import Catalogue
from ingest.progress import Progress, Silent
from ingest.raw_store import RawStore

if TYPE_CHECKING:
    from ingest.elections import ElectionTable


def utc_now() -> datetime:
    return datetime.now(UTC)


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Street:
    """One sync's surroundings; when `is_stopping` says yes between two months, it ends early."""

    store: RawStore
    catalogue: Catalogue
    now: Callable[[], datetime] = utc_now
    progress: Progress = field(default_factory=Silent)
    is_stopping: Callable[[], bool] = never

    @property
    def elections(self) -> ElectionTable:
        """The table of elections, read when a mail is judged: most syncs have none to judge."""
        from ingest.elections import load_elections

        return load_elections()
