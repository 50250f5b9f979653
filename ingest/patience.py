"""When the next request may be made: pauses, growing waits, Retry-After, and giving up.

Owns time alone, and no network, so that years of waiting can be tried in a moment.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.web_answers import WebSettings

# After this many addresses in a row that gave nothing in spite of all tries, each is tried once.
_TIRED_AFTER = 3


class Patience:
    """The waits of one client, for all its threads; `clock` must not go backwards."""

    def __init__(
        self,
        settings: WebSettings,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings = settings
        self.clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._given_up = 0
        self._held: dict[str, float] = {}

    @property
    def tries(self) -> int:
        """How often an address may be asked now: fewer when nothing answered lately."""
        return self._settings.tries if self._given_up < _TIRED_AFTER else 1

    def take_turn(self) -> None:
        """Wait until the pause since the request before this one is over."""
        with self._lock:
            now = self.clock()
            wait = max(0.0, self._next_turn - now)
            self._next_turn = now + wait + self._settings.pause
        if wait:
            self._sleep(wait)

    def held_for(self, host: str) -> float:
        """How long this host does not want to be asked yet."""
        with self._lock:
            return max(0.0, self._held.get(host, 0.0) - self.clock())

    def wait(self, failures: int, asked_for: float) -> None:
        """Wait after a failure: longer each time, with jitter, never less than was asked for."""
        wait = min(self._settings.first_wait * 2.0 ** (failures - 1), self._settings.longest_wait)
        self._sleep(max(asked_for, wait * random.uniform(0.5, 1.0)))  # noqa: S311

    def give_up(self, host: str, asked_for: float) -> None:
        with self._lock:
            self._given_up += 1
            if asked_for:
                self._held[host] = self.clock() + asked_for

    def succeed(self) -> None:
        with self._lock:
            self._given_up = 0


def read_retry_after(value: str) -> float:
    """Give the seconds that a Retry-After header asks for, 0 where it cannot be read."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
