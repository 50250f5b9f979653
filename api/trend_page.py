"""The trends page: several queries as lines through the cycles, the same as a table and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from api.answers import TrendLine
from api.exports import neutralise_cell
from api.links import Links
from api.overviews import answer_trends
from api.page_frame import Content, Page
from api.plots import LinePlot, Series, plot_lines
from api.search_page import Link
from ingest.records import Vocabulary
from search.engine import Notice, SearchEngine

# Six lines can be told apart by colour, dash and sign; more cannot.
MOST_LINES = 6
EXAMPLES = (
    ("review", "testing", "documentation"),
    ("mentor* OR onboard*", "bandwidth"),
    ("is:contested", "is:withdrawn"),
    ("stable", "deprecat*", "upgrade"),
)


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One cycle of the table: its candidacies, and each line's matches and share in per cent."""

    cycle: str
    total: int
    cells: tuple[tuple[int, float, str], ...]


@dataclass(frozen=True, slots=True)
class TrendView:
    """Everything in the middle of the trends page."""

    queries: tuple[str, ...]
    within: str
    blanks: int
    notices: tuple[tuple[str, Notice], ...]
    plot: LinePlot | None
    rows: tuple[TrendRow, ...]
    pairs: tuple[tuple[str, str], ...]
    examples: tuple[Link, ...]


def keep_queries(texts: Sequence[str]) -> tuple[str, ...]:
    """Leave out empty fields of the form, repeated queries, and what goes beyond the lines."""
    filled = dict.fromkeys(text.strip() for text in texts if text.strip())
    return tuple(filled)[:MOST_LINES]


def make_trend_page(
    engine: SearchEngine, vocabulary: Vocabulary, asked: tuple[Sequence[str], str], links: Links
) -> Content:
    """Lay out the lines of some queries, counted among the candidacies that match `within`."""
    queries, within = keep_queries(asked[0]), asked[1].strip()
    lines = answer_trends(engine, vocabulary, queries, within).lines if queries else []
    pairs = [("q", query) for query in queries] + ([("within", within)] if within else [])
    view = TrendView(
        queries=queries,
        within=within,
        blanks=min(MOST_LINES - len(queries), max(1, 3 - len(queries))),
        notices=tuple(
            (line.query, Notice(one.code, one.words, one.message))
            for line in lines
            for one in line.notices
        ),
        plot=_plot(lines),
        rows=_rows(lines, queries, within, links),
        pairs=tuple(pairs),
        examples=tuple(
            Link(" · ".join(one), links.to("/trends", [("q", query) for query in one]))
            for one in EXAMPLES
        ),
    )
    page = Page(
        title="Trends: " + ", ".join(queries) if queries else "Trends",
        description="How large a share of each cycle's candidacies talk of "
        + (", ".join(queries) if queries else "whatever you ask for")
        + ".",
        path="/trends",
        section="/trends",
        indexed=not queries,
    )
    return Content(page, "trends.html", view)


def _plot(lines: Sequence[TrendLine]) -> LinePlot | None:
    if not lines or len(lines[0].points) < 2:
        return None
    labels = [point.cycle for point in lines[0].points]
    series = [
        Series(line.query, tuple(round(100 * point.share, 1) for point in line.points))
        for line in lines
    ]
    return plot_lines("trends-plot", labels, series, unit="\u202f%")


def _rows(
    lines: Sequence[TrendLine], queries: Sequence[str], within: str, links: Links
) -> tuple[TrendRow, ...]:
    """Turn lines into rows; each count leads to the candidacies that it counts."""
    if not lines:
        return ()
    rows = []
    for number, point in enumerate(lines[0].points):
        cells = []
        for query, line in zip(queries, lines, strict=True):
            one = line.points[number]
            both = f"({query}) ({within})" if within else query
            href = links.to("/", [("q", both), ("cycle", one.cycle)])
            cells.append((one.matching, round(100 * one.share, 1), href))
        rows.append(TrendRow(point.cycle, point.total, tuple(cells)))
    return tuple(rows)


def write_trends_csv(
    engine: SearchEngine, vocabulary: Vocabulary, texts: Sequence[str], within: str
) -> str:
    """Write the lines as CSV, one row for each cycle of each query."""
    lines = answer_trends(engine, vocabulary, keep_queries(texts), within.strip()).lines
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["query", "cycle", "matching", "total", "share"])
    for line in lines:
        for point in line.points:
            query = neutralise_cell(line.query)
            writer.writerow([query, point.cycle, point.matching, point.total, point.share])
    return buffer.getvalue()
