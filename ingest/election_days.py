"""When nominations are to be expected where the table of elections does not say.

Kept apart from `elections.py` since nothing here is a fact: a span is the known window, else the
other office's of the same cycle, else what the release calendar makes likely. Spans serve to weigh
a mail's date; they are shown to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ingest.records import Office

Known = Mapping[str, tuple[datetime | None, datetime]]

# Nominations last about a week; so long is a window taken to be where only its end is known.
USUAL_LENGTH = timedelta(days=7)
# From the windows of 2013 to 2018: leads were nominated some four weeks before the release of the
# cycle that ends, the committee two weeks later.
BEFORE_RELEASE = {Office.PTL: timedelta(days=28), Office.TC: timedelta(days=14)}
# After its window a day counts for less: see `ElectionTable.cycle_at`.
LATE = 0.7


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which nominations for a cycle's election came, or are likely to have come."""

    cycle: str
    start: datetime
    end: datetime


def expected_spans(
    cycles: Sequence[tuple[str, date | None]], own: Known, other: Known, office: Office
) -> tuple[Span, ...]:
    """Give one span a cycle, oldest first; a cycle of which nothing is known has none."""
    spans = []
    before: date | None = None
    for name, released in cycles:
        window = own.get(name) or other.get(name)
        if window:
            start, end = window[0] or window[1] - USUAL_LENGTH, window[1]
            spans.append(Span(name, start, end))
        elif before:
            start = datetime.combine(before, time(), UTC) - BEFORE_RELEASE[office]
            spans.append(Span(name, start, start + USUAL_LENGTH))
        before = released
    return tuple(spans)


def days_from(span: Span, moment: datetime) -> float:
    """Count the days between a moment and a span, late ones for less; 0 inside."""
    if moment < span.start:
        return (span.start - moment) / timedelta(days=1)
    if moment > span.end:
        return LATE * ((moment - span.end) / timedelta(days=1))
    return 0.0
