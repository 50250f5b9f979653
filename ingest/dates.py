"""When a mail was posted, as well as can be known: never guessed from today.

A mail's own Date is believed unless it cannot be read or is contradicted by those who handled the
mail: the From_ line and the month it was filed under. Pipermail takes both from the Date header
where it can, so they are witnesses only where they differ from it. Owns dates; `messages.py` says
which header is which.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache

DATE_MISSING = "date-missing"
DATE_UNREADABLE = "date-unreadable"
DATE_ABSURD = "date-absurd"
DATE_WITHOUT_ZONE = "date-without-zone"
ZONE_ABSURD = "date-zone-absurd"

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        start=1,
    )
}
_RFC_5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, {1,2})?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"(\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4})(?: \([^()]{0,40}\))?\Z"
)
_ASCTIME = re.compile(
    r"[A-Z][a-z]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) "
    r"(\d{1,2}):(\d\d)(?::(\d\d))?(?: [A-Z]{1,5}| [+-]\d{4})? (\d{4})"
)
_ZONE_NAME = re.compile(r"\d\s?(?!AM|PM|am|pm)[A-Za-z]{1,5}\b")
_NUMERIC_ZONE = re.compile(r"[+-]\d{3,}")
_LONGEST = 200
_SLACK = timedelta(days=15)
_MONTH = timedelta(days=31) + _SLACK
# How far from the first day of its month a mail's own date may be, to be believed without more.
WITHIN_MONTH = (-_SLACK, _MONTH)
# The first mails with such headers are of the early eighties; what is before is a broken clock, and
# 2038 is where 32-bit clocks end.
_FIRST_YEAR, _LAST_YEAR = 1982, 2037
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str) -> tuple[datetime | None, str]:
    """Read a Date header; give the time in UTC and the repair that was needed (empty for none)."""
    match = _RFC_5322.match(text)
    if match is None:
        return _parse_odd_date(text)
    day, month, year, hour, minute, second, zone = match.groups()
    offset = _zone_offset(zone)
    try:
        when = datetime(
            int(year),
            _MONTHS[month],
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return _parse_odd_date(text)
    if offset is None:
        return when, ZONE_ABSURD
    return _shift(when, offset), ""


def parse_envelope_date(line: str) -> datetime | None:
    """Read the date of a From_ line; None where it is no witness (absurd, a placeholder)."""
    if line.startswith(("From - ", "From MAILER-DAEMON ")):
        return None
    match = _ASCTIME.search(line)
    if match is None:
        when, _ = parse_date(line.partition(" ")[2].partition(" ")[2].strip())
        return when if when is not None and is_sane(when) else None
    month, day, hour, minute, second, year = match.groups()
    try:
        when = datetime(
            int(year),
            _MONTHS[month],
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return when if is_sane(when) else None


def settle_date(
    claimed: str, envelope_line: str, month_start: datetime | None
) -> tuple[datetime, str]:
    """Decide when a mail was posted; give the time in UTC and the name of the repair, if any."""
    when, repair = parse_date(claimed) if claimed else (None, DATE_MISSING)
    if month_start is not None and not is_sane(month_start):
        month_start = None
    if when is not None and month_start is not None and _is_within(month_start, when):
        return when, repair
    envelope = parse_envelope_date(envelope_line)
    if when is None:
        return envelope or month_start or _EPOCH, repair or DATE_UNREADABLE
    if is_sane(when) and not _is_contradicted(when, envelope, month_start):
        return when, repair
    return envelope or month_start or when, DATE_ABSURD


def is_sane(when: datetime) -> bool:
    """Whether a clock that says so may be right."""
    return _FIRST_YEAR <= when.year <= _LAST_YEAR


@lru_cache(maxsize=4096)
def start_of_day(day: bytes) -> int | None:
    """Give the second since 1970 at which a day like `2 Apr 2015` begins; None if there is none."""
    number, month, year = day.decode("ascii").split(" ")
    try:
        return int(
            (datetime(int(year), _MONTHS[month], int(number), tzinfo=UTC) - _EPOCH).total_seconds()
        )
    except ValueError:
        return None


@lru_cache(maxsize=512)
def zone_seconds(zone: bytes) -> int | None:
    """Read `+0530` as seconds; None for what is nowhere on earth."""
    offset = _zone_offset(zone.decode("ascii"))
    return int(offset.total_seconds()) if offset is not None else None


def _is_within(month_start: datetime, when: datetime) -> bool:
    earliest, latest = WITHIN_MONTH
    return earliest < when - month_start < latest


def _is_contradicted(
    when: datetime, envelope: datetime | None, month_start: datetime | None
) -> bool:
    """Whether it was handled before it was dated, or two witnesses say it is younger."""
    if envelope is not None and when - envelope > _SLACK:
        return True
    if month_start is None or month_start - when <= _SLACK:
        return False
    return envelope is None or envelope - when > _SLACK


def _shift(when: datetime, offset: timedelta) -> datetime:
    try:
        return when - offset
    except OverflowError:
        return when


@lru_cache(maxsize=512)
def _zone_offset(zone: str) -> timedelta | None:
    """Read `+0530`; None for what is nowhere on earth, such as `+9900` and `+50579034`."""
    digits = zone[1:]
    hours, minutes = int(digits[:-2] or 0), int(digits[-2:])
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    offset = -offset if zone[0] == "-" else offset
    return offset if timedelta(hours=-12) <= offset else None


def _parse_odd_date(text: str) -> tuple[datetime | None, str]:
    text = " ".join(text[:_LONGEST].split())
    fields = parsedate_tz(text)
    if fields is None:
        return _parse_foreign_date(text)
    year = fields[0]
    try:
        when = datetime(year, *fields[1:5], min(fields[5], 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        # Numbers of any length stand in hostile headers, and C has no room for some.
        return _parse_foreign_date(text)
    tail = text.rpartition(":")[2]
    written = _NUMERIC_ZONE.search(tail)
    if written is not None:
        offset = _zone_offset(written[0][:12])
        return (when, ZONE_ABSURD) if offset is None else (_shift(when, offset), "")
    if _ZONE_NAME.search(tail) is None:
        return when, DATE_WITHOUT_ZONE
    return _shift(when, timedelta(seconds=fields[9] or 0)), ""


def _parse_foreign_date(text: str) -> tuple[datetime | None, str]:
    """Leave it to dateutil, which reads most orders; a day that it makes up is not taken."""
    # Imported only where a date calls for it: most syncs see none, and begin sooner without.
    from dateutil import parser as dateutil_parser

    # `ignoretz`: dateutil would read a zone's name by the zone of this machine.
    try:
        first, second = (
            dateutil_parser.parse(text, default=default, ignoretz=True)
            for default in (datetime(1, 1, 1), datetime(2, 2, 2))
        )
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return None, DATE_UNREADABLE
    if first.date() != second.date():
        return None, DATE_UNREADABLE
    written = _NUMERIC_ZONE.search(text.rpartition(":")[2])
    offset = _zone_offset(written[0][:12]) if written is not None else None
    if offset is None:
        return first.replace(tzinfo=UTC), DATE_WITHOUT_ZONE if written is None else ZONE_ABSURD
    return _shift(first.replace(tzinfo=UTC), offset), ""
