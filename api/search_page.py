"""The search page's view model: hits, plot, orders, pages, and the search in its other shapes.

Owns what a search looks like to a person; searching is the engine's, reading the address is
`parameters.py`'s, facets and chips are `filters.py`'s. Made from records by plain functions, so
that it can be tested without HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.excerpts import show_excerpts
from api.filters import FACET_SIZE, Chip, FacetView, make_chips, show_facets, toggling
from api.links import Links
from api.openings import opening
from api.overviews import order_cycles
from api.page_frame import Content, Page
from api.parameters import Asking
from api.plots import Amount, BarPlot, plot_bars
from api.searching import make_request
from ingest.records import Candidacy, Vocabulary
from search.engine import Excerpt, Hit, Notice, SearchEngine, SearchResults, Sort
from search.query import parse_query

PER_PAGE = 20
EXAMPLES = (
    "review bandwidth",
    "project:nova is:elected",
    "cycle:juno..liberty technical debt",
    '"cross-project" is:tc',
    "is:contested stable~",
)
ORDERS = ((Sort.RELEVANCE, "best match"), (Sort.NEWEST, "newest"), (Sort.OLDEST, "oldest"))


@dataclass(frozen=True, slots=True)
class Link:
    """A word and where it leads; `current` where one is there already."""

    label: str
    href: str
    current: bool = False


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
        facets=tuple(show_facets(results.facets, asking, links)),
        chips=tuple(make_chips(asking, results.facets, links)),
        notices=notices,
        did_you_mean=tuple(Link(q, links.query(q)) for q in results.did_you_mean),
        orders=_orders(asking, links),
        pages=make_pages(asking, results.total, links),
        plot=_plot(results, vocabulary, asking, links),
        examples=tuple(Link(q, links.query(q)) for q in EXAMPLES),
        greeting=greeting,
    )
    return Content(_head(asking, results.total, greeting), "search.html", view)


def show_hit(hit: Hit) -> HitView:
    """Lay out one hit; the opening is read only where it is shown, for it takes longest."""
    excerpts = show_excerpts(hit.excerpts)
    return HitView(hit.candidacy, excerpts, "" if excerpts else opening(hit.candidacy.statement))


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
    choose = toggling("cycle", asking, links)
    amounts = [
        Amount(
            cycle,
            (value.count if value else 0,),
            choose(value) if value else "",
            cycle in asking.chosen.get("cycle", ()),
        )
        for cycle in vocabulary.cycles[first : last + 1]
        for value in (found.get(cycle),)
    ]
    return plot_bars("cycles-plot", amounts, height=150)
