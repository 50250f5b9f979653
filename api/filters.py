"""The filters of a search page: facets whose values are links that choose them, and the chips that
take a choice back.

Owns their order, how many stand open, and their addresses; counting is the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from api.asking import Asking
from api.links import Links, toggle
from search.documents import FACET_FIELDS
from search.engine import Facet, FacetValue

# All cycles are asked for because of the plot; lists show the first few and fold some more.
FACET_SIZE = 80
SHOWN, FOLDED = 7, 17
# What readers narrow by first stands first.
FACET_ORDER = ("project", "cycle", "office", "outcome", "status", "candidate", "year")
_TITLES = {field.name: field.facet for field in FACET_FIELDS}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet as a link that chooses it or takes it back."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet: the values shown, those folded, and how many there are beyond."""

    field: str
    title: str
    shown: tuple[Choice, ...]
    folded: tuple[Choice, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter: following it takes the filter away."""

    title: str
    label: str
    href: str


def show_facets(facets: Iterable[Facet], asking: Asking, links: Links) -> Iterator[FacetView]:
    """Lay out the facets that have values, those first by which readers narrow first."""
    for facet in sorted(facets, key=lambda facet: FACET_ORDER.index(facet.field)):
        if facet.values:
            yield show_facet(facet, asking, links)


def show_facet(facet: Facet, asking: Asking, links: Links) -> FacetView:
    """Lay out one facet; what is chosen stays in sight wherever it ranks."""
    values = [value for value in facet.values if value.count or value.chosen]
    values.sort(key=lambda value: not value.chosen)
    near = max(SHOWN, sum(value.chosen for value in values))
    far = near + FOLDED
    choose = toggling(facet.field, asking, links)
    # A link for each value would cost more than anything else here: most are not shown.
    choices = [
        Choice(value.label, value.count, choose(value), value.chosen) for value in values[:far]
    ]
    more = facet.more + len(values) - len(choices)
    title = _TITLES.get(facet.field, facet.field)
    return FacetView(facet.field, title, tuple(choices[:near]), tuple(choices[near:]), more)


def toggling(field: str, asking: Asking, links: Links) -> Callable[[FacetValue], str]:
    """Give the addresses of a facet's values: what they have in common is written once."""
    add = links.adding(asking, field)

    def address(value: FacetValue) -> str:
        if value.value in asking.chosen.get(field, ()):
            return links.search(toggle(asking, field, value.value))
        return add(value.value)

    return address


def make_chips(asking: Asking, facets: Sequence[Facet], links: Links) -> Iterator[Chip]:
    """Lay out what was chosen, in the order in which it was."""
    labels = {(facet.field, value.value): value.label for facet in facets for value in facet.values}
    for field, values in asking.chosen.items():
        for value in values:
            href = links.search(toggle(asking, field, value))
            yield Chip(_TITLES.get(field, field), labels.get((field, value), value), href)
