"""Plots stay inside their frame, keep their proportions, and leave labels room."""

from __future__ import annotations

from itertools import pairwise

import pytest

from api.plots import (
    LABELS_NARROW,
    LABELS_WIDE,
    LEFT,
    TOP,
    WIDTH,
    Amount,
    Series,
    label_axis,
    nice_ceiling,
    plot_bars,
    plot_lines,
)
from api.timelines import Person, Stand, plot_timeline


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (1, 1), (3, 4), (7, 8), (10, 10), (11, 20), (41, 50), (99, 100), (101, 200)],
)
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert nice_ceiling(value) == top


def test_bars_are_as_high_as_their_numbers() -> None:
    plot = plot_bars("p", [Amount("a", (10,)), Amount("b", (5,)), Amount("c", (0,))])
    ten, five, none = plot.bars
    assert ten.boxes[0].height == pytest.approx(2 * five.boxes[0].height)
    assert none.boxes == ()
    assert all(box.y + box.height == pytest.approx(plot.floor) for box in ten.boxes + five.boxes)


def test_a_bar_of_one_is_short_where_no_bar_is_longer() -> None:
    plot = plot_bars("p", [Amount("a", (1,)), Amount("b", (1,))])
    assert plot.bars[0].boxes[0].height == pytest.approx((plot.floor - TOP) / 4)


def test_a_scale_says_its_unit() -> None:
    plot = plot_lines("p", ["a", "b"], [Series("x", (10.0, 40.0))], unit=" %")
    assert [tick.label for tick in plot.up] == ["0 %", "20 %", "40 %"]
    assert plot.lines[0].points[0].title == "x, a: 10 %"


def test_the_parts_of_a_bar_stand_on_each_other() -> None:
    plot = plot_bars("p", [Amount("a", (3, 5))])
    below, above = plot.bars[0].boxes
    assert above.y + above.height == pytest.approx(below.y)
    assert (below.part, above.part) == (0, 1)


@pytest.mark.parametrize("many", [0, 1, 2, 13, 40, 500])
def test_everything_stays_inside_the_frame(many: int) -> None:
    plot = plot_bars("p", [Amount(str(n), (n,)) for n in range(many)])
    for bar in plot.bars:
        assert LEFT <= bar.x < bar.x + bar.width <= WIDTH
        assert all(0 <= box.y <= plot.floor for box in bar.boxes)


@pytest.mark.parametrize("many", [0, 1, 5, 12, 13, 30, 31, 200])
def test_labels_have_room_and_the_newest_is_among_them(many: int) -> None:
    labels = [str(n) for n in range(many)]
    ticks = label_axis(labels, [float(n) for n in range(many)])
    major = [tick for tick in ticks if not tick.minor]
    assert len(ticks) <= LABELS_WIDE
    assert len(major) <= LABELS_NARROW
    if many:
        assert major[-1].label == labels[-1]


def test_a_gap_breaks_a_line() -> None:
    plot = plot_lines("p", ["a", "b", "c", "d"], [Series("s", (1, None, 2, 4))])
    line = plot.lines[0]
    assert line.path.count("M") == 2
    assert line.path.count("L") == 1
    assert [point.title for point in line.points] == ["s, a: 1", "s, c: 2", "s, d: 4"]


def test_a_line_rises_with_its_values() -> None:
    plot = plot_lines("p", ["a", "b", "c"], [Series("s", (0, 25, 50))])
    low, middle, high = (point.y for point in plot.lines[0].points)
    assert low == plot.floor
    assert low - middle == pytest.approx(middle - high)


def person(name: str, *columns: int) -> Person:
    return Person(name, "/p", tuple(Stand(c, "elected", "t", "/c") for c in columns))


def test_a_name_stands_where_it_has_room() -> None:
    cycles = [str(n) for n in range(20)]
    early, late, long = plot_timeline(
        "p", cycles, [person("Ana", 0), person("Ben", 19), person("Chiara", 0, 19)]
    ).rows
    assert not early.before
    assert early.name_x > early.end
    assert late.before
    assert late.name_x < late.start
    assert long.name_y < long.y
    assert 0 <= long.name_x < WIDTH


def test_rows_do_not_overlap() -> None:
    rows = plot_timeline("p", ["a", "b"], [person("N" * 60, 0, 1)] * 4).rows
    assert all(below.name_y - above.y >= 15 for above, below in pairwise(rows))
