"""Values in a query: days, cycles, projects and the words after `is:` and `has:`.

Turns what was typed into the form that `documents.py` stores, or says why it cannot.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from ingest.records import Vocabulary

_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?\Z")

# What `is:` and `has:` mean: the field and value that a document must have.
IS_WORDS = {
    "elected": ("outcome", "elected"),
    "not-elected": ("outcome", "not elected"),
    "announced": ("status", "announced"),
    "confirmed": ("status", "confirmed"),
    "withdrawn": ("status", "withdrawn"),
    "ptl": ("office", "PTL"),
    "tc": ("office", "TC"),
    "contested": ("is", "contested"),
    "uncontested": ("is", "uncontested"),
}
HAS_WORDS = {"replies": ("has", "replies"), "reply": ("has", "replies"), "nick": ("has", "nick")}
FLAG_WORDS = {"is": IS_WORDS, "has": HAS_WORDS}

_OUTCOMES = {"elected": "elected", "not-elected": "not elected", "unknown": "unknown"}
_STATUSES = {"announced": "announced", "confirmed": "confirmed", "withdrawn": "withdrawn"}
_OFFICES = {"ptl": "PTL", "tc": "TC"}
_CLOSED = {"outcome": _OUTCOMES, "status": _STATUSES, "office": _OFFICES}


def slug(text: str) -> str:
    """Write a value as values are written: lower case, words joined by hyphens."""
    return "-".join(text.replace("_", " ").replace("-", " ").split()).casefold()


def read_value(field: str, text: str, vocabulary: Vocabulary) -> str | None:
    """Give the stored form of a value field's value; None where the field cannot have it."""
    key = slug(text)
    if field in _CLOSED:
        return _CLOSED[field].get(key)
    if field == "project":
        aliases = vocabulary.project_aliases
        return aliases.get(key) or aliases.get(text.casefold()) or key
    if field == "year":
        return text if re.fullmatch(r"\d{4}", text) else None
    if field == "nick":
        return text.casefold()
    return key


def allowed_values(field: str) -> tuple[str, ...]:
    """List what may be typed for a field with a closed list of values; empty for the others."""
    if field in FLAG_WORDS:
        return tuple(FLAG_WORDS[field])
    return tuple(_CLOSED.get(field, ()))


def read_cycle(text: str, vocabulary: Vocabulary) -> str | None:
    """Give a cycle's official name; None when it is in no table (any name is one without a
    table).
    """
    key = slug(text)
    if key in vocabulary.cycles:
        return key
    if key in vocabulary.cycle_aliases:
        return vocabulary.cycle_aliases[key]
    return None if vocabulary.cycles else key


def read_day(text: str) -> str | None:
    """Give a year, month or day in ISO form, as precise as it was typed; None if there is no
    such day.
    """
    found = _DAY.match(text)
    if not found:
        return None
    year, month, day = found.groups()
    iso = "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
    try:
        first_day(iso)
    except ValueError:
        return None
    return iso


def first_day(iso: str) -> date:
    """Give the first day of a year, month or day written in ISO form."""
    year, month, day = (*(int(part) for part in iso.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(iso: str) -> date:
    """Give the last day of a year, month or day written in ISO form."""
    parts = [int(part) for part in iso.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    return date(parts[0], month, calendar.monthrange(parts[0], month)[1])


def day_before(iso: str) -> str | None:
    """Give the day before a period begins; None at the beginning of the calendar."""
    first = first_day(iso)
    return (first - timedelta(days=1)).isoformat() if first > date.min else None
