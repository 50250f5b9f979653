"""Ordinary searches, read from an address in one go.

FastAPI reads and checks each parameter by itself, which takes half as long as a search. What is
read here is only what nobody could refuse: known parameters, within the bounds that `parameters.py`
states. Of everything else nothing is said: FastAPI reads it, and refuses by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

from api.asking import FACETS, MOST_PER_PAGE, Asking
from api.parameters import DEEPEST, LARGEST_FACET, LONGEST_QUERY, LONGEST_VALUE, MOST_VALUES
from search.engine import Sort

_NUMBER = re.compile(r"[1-9][0-9]{0,5}|0")
_CHOOSABLE = frozenset(FACETS)
SHOWN = _CHOOSABLE | {"q", "sort", "page"}
SEARCHED = SHOWN | {"per_page", "facet_size", "excerpts"}


def read_ordinary(query: bytes, known: Collection[str]) -> Asking | None:
    """Read a search whose parameters are all known; None where FastAPI must read it."""
    given: dict[str, Any] = {}
    chosen: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            return None
        if name in _CHOOSABLE:
            chosen.setdefault(name, []).append(value)
            continue
        read = _READERS[name](value)
        if read is None or name in given:
            return None
        given[name] = read
    for values in chosen.values():
        if len(values) > MOST_VALUES or max(map(len, values)) > LONGEST_VALUE:
            return None
    in_order = {name: tuple(chosen[name]) for name in FACETS if name in chosen}
    asking = Asking(chosen=in_order, **given)
    return asking if asking.page * asking.per_page <= DEEPEST else None


def _text(value: str) -> str | None:
    return value if len(value) <= LONGEST_QUERY else None


def _number(least: int, most: int) -> Callable[[str], int | None]:
    def read(value: str) -> int | None:
        number = int(value) if _NUMBER.fullmatch(value) else -1
        return number if least <= number <= most else None

    return read


# By parameter; each is a field of `Asking`.
_READERS: Mapping[str, Callable[[str], Any]] = {
    "q": _text,
    "sort": {sort.value: sort for sort in Sort}.get,
    "page": _number(1, DEEPEST),
    "per_page": _number(0, MOST_PER_PAGE),
    "facet_size": _number(1, LARGEST_FACET),
    "excerpts": {"true": True, "false": False}.get,
}
