"""A search as somebody asked for it, over HTTP or on the command line, before its query is read.

Owns what can be asked and how it is written into an address again. How HTTP parameters are read and
bounded is `parameters.py`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
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
        pairs = self.pairs()
        default = Asking()
        for name in ("per_page", "facet_size", "page"):
            if getattr(self, name) != getattr(default, name):
                pairs.append((name, str(getattr(self, name))))
        if self.facets != FACETS:
            pairs += [("facets", name) for name in self.facets or ("none",)]
        if not self.excerpts:
            pairs.append(("excerpts", "false"))
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path
