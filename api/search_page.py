"""The search page's view model: hits, facets, chips, plot, and the search in its other shapes.

Owns what a search looks like to a person; searching is the engine's, reading the address is
`parameters.py`'s. Made from records by plain functions, so that it can be tested without HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from api.links import Links, toggle
from api.openings import opening
from api.overviews import order_cycles
from api.page_frame import Content, Page
from api.parameters import Asking
from api.plots import Amount, BarPlot, plot_bars
from api.searching import make_request
from ingest.records import Candidacy, Vocabulary
from search.documents import FACET_FIELDS
from search.engine import Excerpt, Facet, FacetValue, Hit, Notice, SearchEngine, SearchResults, Sort
from search.query import parse_query

PER_PAGE = 20
# All cycles are asked for because of the plot; lists show the first few and fold some more.
FACET_SIZE = 80
SHOWN, FOLDED = 7, 17
# What readers narrow by first stands first.
FACET_ORDER = ("project", "cycle", "office", "outcome", "status", "candidate", "year")
EXAMPLES = (
    "review bandwidth",
    "project:nova is:elected",
    "cycle:juno..liberty technical debt",
    '"cross-project" is:tc',
    "is:contested stable~",
)
ORDERS = ((Sort.RELEVANCE, "best match"), (Sort.NEWEST, "newest"), (Sort.OLDEST, "oldest"))


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
class Link:
    """A word and where it leads; `current` where one is there already."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter: following it takes the filter away."""

    title: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit: its candidacy and excerpts, or the statement's opening where nothing was marked."""

    candidacy: Candidacy
    excerpts: tuple[Excerpt, ...]
    opening: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one is among the pages of results."""

    number: int
    last: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """Everything in the middle of the search page."""

    asking: Asking
    total: int
    hits: tuple[HitView, ...]
    facets: tuple[FacetView, ...]
    chips: tuple[Chip, ...]
    notices: tuple[Notice, ...]
    did_you_mean: tuple[Link, ...]
    orders: tuple[Link, ...]
    pages: Pages
    plot: BarPlot | None
    examples: tuple[Link, ...]
    greeting: bool
    indexed: int

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search form sends along beside the new query."""
        return [pair for pair in self.asking.pairs() if pair[0] != "q"]


def make_search_page(
    engine: SearchEngine, vocabulary: Vocabulary, asking: Asking, links: Links
) -> Content:
    """Search, and lay out what was found."""
    asking = replace(asking, per_page=PER_PAGE, facet_size=FACET_SIZE)
    greeting = not asking.q.strip() and not asking.chosen and asking.page == 1
    parsed = parse_query(asking.q, vocabulary)
    results = engine.search(make_request(in_order(asking), parsed))
    notices = tuple(dict.fromkeys((*parsed.notices, *results.notices)))
    view = SearchView(
        asking=asking,
        total=results.total,
        hits=tuple(show_hit(hit) for hit in results.hits),
        facets=tuple(
            show_facet(facet, asking, links)
            for facet in sorted(results.facets, key=lambda facet: FACET_ORDER.index(facet.field))
            if facet.values
        ),
        chips=tuple(_chips(asking, results.facets, links)),
        notices=notices,
        did_you_mean=tuple(Link(q, links.query(q)) for q in results.did_you_mean),
        orders=_orders(asking, links),
        pages=make_pages(asking, results.total, links),
        plot=_plot(results, vocabulary, asking, links),
        examples=tuple(Link(q, links.query(q)) for q in EXAMPLES),
        greeting=greeting,
        indexed=engine.status().documents,
    )
    return Content(_head(asking, results.total, greeting), "search.html", view)


def show_hit(hit: Hit) -> HitView:
    """Lay out one hit; the opening is read only where it is shown, for it takes longest."""
    excerpts = marked(hit.excerpts)
    return HitView(hit.candidacy, excerpts, "" if excerpts else opening(hit.candidacy.statement))


def marked(excerpts: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Keep the excerpts that mark something; where none does, a statement's opening says more."""
    return tuple(excerpt for excerpt in excerpts if len(excerpt.pieces) > 1)


def in_order(asking: Asking) -> Asking:
    """Put the newest first where there is no query that anything could be relevant to."""
    bare = not asking.q.strip() and asking.sort is Sort.RELEVANCE
    return replace(asking, sort=Sort.NEWEST) if bare else asking


def _head(asking: Asking, total: int, greeting: bool) -> Page:
    if greeting:
        return Page(
            title="Hustings",
            description="Who stood for election in an open-source community, for what, when, and "
            "what they promised: every candidacy of its mailing lists, searchable.",
            path="/",
        )
    words = " ".join([asking.q, *(value for values in asking.chosen.values() for value in values)])
    return Page(
        title=words.strip() or "All candidacies",
        description=f"{total} candidacies match {words.strip()}." if words.strip() else "",
        path="/",
        q=asking.q,
        indexed=False,
    )


def show_facet(facet: Facet, asking: Asking, links: Links) -> FacetView:
    """Lay out one facet; what is chosen stays in sight wherever it ranks."""
    values = sorted(facet.values, key=lambda value: not value.chosen)
    near = max(SHOWN, sum(value.chosen for value in values))
    choices = [
        Choice(value.label, value.count, _toggled(asking, facet.field, value, links), value.chosen)
        for value in values
        if value.count or value.chosen
    ]
    shown, folded = choices[:near], choices[near : near + FOLDED]
    more = facet.more + len(choices) - len(shown) - len(folded)
    return FacetView(facet.field, _title(facet.field), tuple(shown), tuple(folded), more)


def _title(field: str) -> str:
    return next((known.facet for known in FACET_FIELDS if known.name == field), field)


def _toggled(asking: Asking, field: str, value: FacetValue, links: Links) -> str:
    return links.search(toggle(asking, field, value.value))


def _chips(asking: Asking, facets: Sequence[Facet], links: Links) -> Iterable[Chip]:
    labels = {(facet.field, value.value): value.label for facet in facets for value in facet.values}
    for field, values in asking.chosen.items():
        for value in values:
            label = labels.get((field, value), value)
            yield Chip(_title(field), label, links.search(toggle(asking, field, value)))


def _orders(asking: Asking, links: Links) -> tuple[Link, ...]:
    current = in_order(asking).sort
    offered = ORDERS if asking.q.strip() else ORDERS[1:]
    return tuple(
        Link(label, links.search(replace(asking, sort=sort, page=1)), sort is current)
        for sort, label in offered
    )


def make_pages(asking: Asking, total: int, links: Links) -> Pages:
    """Tell where the page stands, and where the ones beside it are."""
    last = max(1, -(-total // PER_PAGE))
    number = asking.page
    return Pages(
        number=number,
        last=last,
        before=links.search(replace(asking, page=min(number - 1, last))) if number > 1 else "",
        after=links.search(replace(asking, page=number + 1)) if number < last else "",
    )


def _plot(
    results: SearchResults, vocabulary: Vocabulary, asking: Asking, links: Links
) -> BarPlot | None:
    """Count by cycle, in time, from the first cycle that anything matches to the last."""
    found = {v.value: v for facet in results.facets if facet.field == "cycle" for v in facet.values}
    cycles = [cycle for cycle in order_cycles(found, vocabulary) if cycle in vocabulary.cycles]
    if len(cycles) < 2:
        return None
    first, last = vocabulary.cycles.index(cycles[0]), vocabulary.cycles.index(cycles[-1])
    amounts = []
    for cycle in vocabulary.cycles[first : last + 1]:
        value = found.get(cycle)
        href = links.search(toggle(asking, "cycle", cycle)) if value else ""
        chosen = cycle in asking.chosen.get("cycle", ())
        amounts.append(Amount(cycle, (value.count if value else 0,), href, chosen))
    return plot_bars("cycles-plot", amounts, height=150)
