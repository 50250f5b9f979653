"""A search as somebody asked for it, over HTTP or on the command line, before its query is read.

Owns what can be asked and how it is written into an address again. How HTTP parameters are read and
bounded is `parameters.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from search.documents import FACET_FIELDS
from search.engine import Sort

FACETS = tuple(facet.name for facet in FACET_FIELDS)
MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asking:
    """A search as somebody asked for it, before its query is read."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20
    facets: tuple[str, ...] = FACETS
    facet_size: int = 20
    excerpts: bool = True

    def on_page(self, page: int) -> Asking:
        return replace(self, page=page)

    def pairs(self) -> list[tuple[str, str]]:
        """Give the parameters that select and order, without those at their default."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        return pairs

    def address(self, path: str) -> str:
        """Give the address of this very page of the answer."""
        return self.addresses(path)(self.page)

    def addresses(self, path: str) -> Callable[[int], str]:
        """Give the address of any page of the answer; what is the same in all is written once."""
        pairs = self.pairs()
        pairs += [
            (name, str(getattr(self, name)))
            for name in ("per_page", "facet_size")
            if getattr(self, name) != getattr(_DEFAULT, name)
        ]
        before = [_write(pairs)] if pairs else []
        pairs = []
        if self.facets != FACETS:
            pairs += [("facets", name) for name in self.facets or ("none",)]
        if not self.excerpts:
            pairs.append(("excerpts", "false"))
        after = [_write(pairs)] if pairs else []

        def address(page: int) -> str:
            written = "&".join((*before, *([f"page={page}"] if page != 1 else []), *after))
            return f"{path}?{written}" if written else path

        return address


_DEFAULT = Asking()


def _write(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="replace")
