"""The addresses of pages, and of a search in all its shapes: page, JSON, feed, download.

Owns how a search is written into an address, so that every search is a link and every link can be
shared. Which parameters a route accepts is `parameters.py`'s business; nothing here reads a
request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

from api.parameters import Asking
from ingest.records import Candidacy

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes addresses below `root`; `base` is where the public reaches it."""

    root: str = ""
    base: str = ""

    def to(self, path: str, pairs: Pairs = ()) -> str:
        """Give the address of a path of ours on this host."""
        return f"{self.root}{_path(path)}{_query(pairs)}"

    def absolute(self, path: str, pairs: Pairs = ()) -> str:
        """Give the address that works from anywhere."""
        return f"{self.base}{_path(path)}{_query(pairs)}"

    def search(self, asking: Asking) -> str:
        """Give the page of a search."""
        pairs = asking.pairs()
        if asking.page > 1:
            pairs.append(("page", str(asking.page)))
        return self.to("/", pairs)

    def adding(self, asking: Asking, field: str) -> Callable[[str], str]:
        """Give the page of a search narrowed by one more value of a facet, for any value."""
        fields = list(asking.chosen)
        cut = fields.index(field) + 1 if field in asking.chosen else len(fields)
        before = Asking(q=asking.q, chosen=_some(asking, fields[:cut]))
        after = Asking(chosen=_some(asking, fields[cut:]), sort=asking.sort)
        head = "&".join(filter(None, (_written(before.pairs()), f"{field}=")))
        tail = "".join(f"&{pair}" for pair in (_written(after.pairs()),) if pair)
        return lambda value: f"{self.root}/?{head}{_quoted(value)}{tail}"

    def query(self, q: str) -> str:
        return self.to("/", [("q", q)])

    def feed(self, asking: Asking) -> str:
        return self.to("/feed.atom", selection(asking))

    def json(self, asking: Asking) -> str:
        return self.to("/api/v1/candidacies", asking.pairs())

    def export(self, asking: Asking, form: str) -> str:
        return self.to("/api/v1/export", [*selection(asking), ("format", form)])

    def static(self, name: str, version: str) -> str:
        return self.to(f"/static/{name}", [("v", version)])

    def candidacy(self, candidacy_id: str) -> str:
        return self.to(f"/candidacies/{candidacy_id}")

    def candidate(self, person: str) -> str:
        return self.to(f"/candidates/{person}")

    def project(self, name: str) -> str:
        return self.to(f"/projects/{name}")

    def cycle(self, name: str) -> str:
        return self.to(f"/cycles/{name}")

    def race(self, candidacy: Candidacy) -> str:
        return self.to(f"/races/{candidacy.race}")


def selection(asking: Asking) -> list[tuple[str, str]]:
    """Give the parameters that say which candidacies, without their order."""
    return Asking(q=asking.q, chosen=asking.chosen).pairs()


def toggle(asking: Asking, name: str, value: str) -> Asking:
    """Choose a facet's value, or take it back where it was chosen; from the first page on."""
    values = asking.chosen.get(name, ())
    new = tuple(v for v in values if v != value) if value in values else (*values, value)
    chosen = {**asking.chosen, name: new}
    return replace(asking, chosen={key: kept for key, kept in chosen.items() if kept}, page=1)


def _some(asking: Asking, fields: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {field: asking.chosen[field] for field in fields}


# The same projects, cycles and candidacies are linked from page to page.
@lru_cache(maxsize=8192)
def _path(path: str) -> str:
    return quote(path, safe="/:.,~-", errors="replace")


@lru_cache(maxsize=8192)
def _quoted(value: str) -> str:
    return quote_plus(value, errors="replace")


def _written(pairs: Pairs) -> str:
    return urlencode(list(pairs), errors="replace")


def _query(pairs: Pairs) -> str:
    return "?" + _written(pairs) if pairs else ""
