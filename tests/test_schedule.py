"""Syncs run on time, never two at once, whatever the clock does, and stop when told."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest

from ingest.schedule import read_interval, run_every
from tests.syncing import START

HOUR = timedelta(hours=1)


class Day:
    """A monotonic clock that passes by waiting and working alone."""

    def __init__(self, stop: threading.Event, until: float) -> None:
        self.seconds, self.until, self.stop = 0.0, until, stop
        self.began: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def wait(self, span: float) -> bool:
        self.seconds += span
        if self.seconds >= self.until:
            self.stop.set()
        return self.stop.is_set()

    def work(self, span: float) -> None:
        self.began.append(self.seconds)
        self.seconds += span


def run_day(takes: float, jitter: float = 0.0) -> Day:
    stop = threading.Event()
    day = Day(stop, 6 * 3600)
    run_every(
        HOUR,
        lambda due: day.work(takes),
        stop,
        jitter=jitter,
        now=lambda: START,
        clock=day.clock,
        wait=day.wait,
    )
    return day


def test_a_sync_runs_at_once_and_then_every_hour() -> None:
    assert run_day(takes=60).began == [0, 3600, 7200, 10800, 14400, 18000]


def test_a_sync_that_overruns_its_interval_is_never_joined_by_a_second() -> None:
    assert run_day(takes=3590).began == [0, 3600, 7200, 10800, 14400, 18000]


def test_jitter_spreads_the_syncs_but_not_far() -> None:
    began = run_day(takes=1, jitter=0.1).began
    gaps = [two - one for one, two in itertools.pairwise(began)]
    assert len(set(gaps)) > 1
    assert all(3240 <= gap <= 3960 for gap in gaps)


def test_a_clock_that_jumps_neither_skips_a_sync_nor_starts_many() -> None:
    stop = threading.Event()
    day = Day(stop, 4 * 3600)
    jumps = iter([0, 400 * 86400, -9 * 86400, 5, 0, 0])
    due = []

    def job(next_due: object) -> None:
        due.append(next_due)
        day.work(1)

    run_every(
        HOUR, job, stop, jitter=0, now=lambda: START + timedelta(seconds=next(jumps)),
        clock=day.clock, wait=day.wait,
    )  # fmt: skip
    assert day.began == [0, 3600, 7200, 10800]
    assert due[0] == START + HOUR


def test_no_sync_begins_once_it_was_told_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    assert run_every(HOUR, lambda due: pytest.fail("it ran"), stop) == 0


def test_it_stops_while_it_waits() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run_every, args=(HOUR, lambda due: None, stop))
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("text", "span"),
    [("15m", timedelta(minutes=15)), ("6h", 6 * HOUR), (" 1D ", 24 * HOUR), ("2w", 336 * HOUR)],
)
def test_an_interval_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert read_interval(text) == span


@pytest.mark.parametrize(
    "text", ["", "h", "6", "-6h", "1.5h", "5s", "9999999w", "6h6m", "every day"]
)
def test_an_interval_that_is_none_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="15m"):
        read_interval(text)
