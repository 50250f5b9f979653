"""When the next sync runs: again and again, never two at once, and over at once when told to stop.

Owns waiting and nothing of what is done. Waiting goes by the monotonic clock, so that a wall clock
that jumps neither skips a sync nor starts a hundred; the wall clock only tells people when.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ingest.street import utc_now

_SHORTEST = timedelta(minutes=1)
_LONGEST = timedelta(days=366)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_INTERVAL = re.compile(r"\s*(\d{1,7})\s*([smhdw])\s*", re.IGNORECASE)
# So that many who sync hourly do not all come at the full hour.
_JITTER = 0.1

# Is given when the following run is due, to be recorded with this one's report.
Job = Callable[[datetime], object]


def read_interval(text: str) -> timedelta:
    """Read `15m`, `6h`, `1d`; raise `ValueError` that says what is allowed."""
    match = _INTERVAL.fullmatch(text)
    span = timedelta(seconds=int(match[1]) * _UNITS[match[2].lower()]) if match else timedelta(0)
    if not _SHORTEST <= span <= _LONGEST:
        raise ValueError(
            f"{text!r} is no time between syncs: give a number with m, h, d or w, as in 15m or 6h"
        )
    return span


def run_every(
    interval: timedelta,
    job: Job,
    stop: threading.Event,
    *,
    jitter: float = _JITTER,
    now: Callable[[], datetime] = utc_now,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], bool] | None = None,
) -> int:
    """Run `job` now and then at every interval until `stop` is set; give how often it ran.

    A run that takes longer than the interval is followed by the next one at once, and the turns it
    overran are left out. What the job raises ends the schedule: a job that may fail catches that.
    """
    wait = wait or stop.wait
    runs = 0
    while not stop.is_set():
        began = clock()
        # Not for secrecy: it spreads servers' load.
        span = interval.total_seconds() * (1 + random.uniform(-jitter, jitter))  # noqa: S311
        job(now() + timedelta(seconds=span))
        runs += 1
        left = began + span - clock()
        if left > 0 and wait(left):
            break
    return runs
