"""Months fetched two at a time, handed over in the order they were asked for.

Owns the two threads. Nothing is stored here: each answer is a file aside, or the error that came
instead. The order is kept so that a sync does the same things in the same order every time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError
from ingest.month_table import MonthRow
from ingest.records import ArchiveMonth
from ingest.sources import Source, Validators

_CONNECTIONS = 2
# Fetched months that may wait on disk while an earlier one is read.
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: new validators with a file at `staged`, or an error, or neither if unchanged."""

    row: MonthRow
    month: ArchiveMonth
    staged: Path
    validators: Validators | None = None
    error: IngestError | None = None


Asked = tuple[MonthRow, ArchiveMonth, Validators | None]


def fetch_two_at_a_time(
    source: Source,
    asked: Iterable[Asked],
    stage: Callable[[str], Path],
    is_stopping: Callable[[], bool],
) -> Generator[Fetched, None, None]:
    """Fetch months; stop asking when told, or when no longer listened to.

    What was fetched and not handed over leaves no file.
    """
    waiting: deque[tuple[Path, Future[Fetched]]] = deque()
    pool = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="fetch")
    try:
        for row, month, known in asked:
            if is_stopping():
                return
            staged = stage(month.name)
            waiting.append((staged, pool.submit(_fetch, source, (row, month, known), staged)))
            if len(waiting) >= _AHEAD:
                yield waiting.popleft()[1].result()
        while waiting and not is_stopping():
            yield waiting.popleft()[1].result()
    finally:
        pool.shutdown(cancel_futures=True)
        for staged, _ in waiting:
            staged.unlink(missing_ok=True)


def _fetch(source: Source, asked: Asked, staged: Path) -> Fetched:
    row, month, known = asked
    try:
        return Fetched(row, month, staged, source.fetch_month(month, known, staged))
    except IngestError as error:
        return Fetched(row, month, staged, error=error)
