"""Plots as geometry: where each bar, point and label stands. Templates draw them as SVG.

Owns scales, ticks and the room that labels need; colours and type sizes are the stylesheet's,
words and numbers the view model's. Server-side and without a plotting library, so that a plot
works without a script, prints, and follows the colour scheme. Units are those of the view box.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
LEFT, RIGHT, TOP = 44, 16, 16
# Labels are drawn twice as large on a phone, where the plot is half as wide: fewer of them fit.
LABELS_WIDE, LABELS_NARROW = 12, 4
# The scale of bars reaches this far at least.
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis; `minor` ones are left out where room is short."""

    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """What a bar shows: its label, its parts from the bottom up, and where it leads."""

    label: str
    parts: tuple[int, ...]
    href: str = ""
    chosen: bool = False

    @property
    def total(self) -> int:
        return sum(self.parts)

    def told(self, names: Sequence[str]) -> str:
        """Say the parts in words: `3 contested, 5 uncontested`."""
        return ", ".join(map("{} {}".format, self.parts, names))


@dataclass(frozen=True, slots=True)
class Box:
    """One part of a bar as a rectangle; `part` counts from 0 and picks its colour."""

    x: float
    y: float
    width: float
    height: float
    part: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its boxes, the column that can be pointed at, and the amount that it shows."""

    amount: Amount
    x: float
    width: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Bars over one axis of labels."""

    name: str
    height: int
    floor: float
    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT


@dataclass(frozen=True, slots=True)
class Series:
    """What a line shows: a value for each label, None where there is none to show."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its path and its points. `number` picks its colour and its sign."""

    label: str
    number: int
    path: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Lines over one axis of labels."""

    name: str
    height: int
    floor: float
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT


def plot_bars(name: str, amounts: Sequence[Amount], height: int = 180) -> BarPlot:
    """Lay out one bar for each amount; `name` makes the ids of its title and description."""
    floor = height - 34.0
    # A bar of one is a short one, even where no bar is longer.
    top = nice_ceiling(max([FEWEST, *(amount.total for amount in amounts)]))
    step = (WIDTH - LEFT - RIGHT) / max(len(amounts), 1)
    width = min(step * 0.72, 44.0)
    bars = []
    for number, amount in enumerate(amounts):
        x = LEFT + step * number + (step - width) / 2
        boxes = _stack(amount.parts, x, width, floor, (floor - TOP) / top)
        bars.append(Bar(amount, _round(x), _round(width), boxes))
    middles = [bar.x + bar.width / 2 for bar in bars]
    across = label_axis([amount.label for amount in amounts], middles)
    return BarPlot(name, height, floor, tuple(bars), across, scale_axis(top, floor))


def _stack(
    parts: Sequence[int], x: float, width: float, floor: float, scale: float
) -> tuple[Box, ...]:
    boxes = []
    foot = floor
    for part, count in enumerate(parts):
        if count:
            tall = count * scale
            foot -= tall
            boxes.append(Box(_round(x), _round(foot), _round(width), _round(tall), part))
    return tuple(boxes)


def plot_lines(
    name: str, labels: Sequence[str], series: Sequence[Series], height: int = 320, unit: str = ""
) -> LinePlot:
    """Lay out one line for each series over the same labels; a gap breaks a line.

    `unit` stands behind the numbers of the scale.
    """
    floor = height - 34.0
    known = [value for one in series for value in one.values if value is not None]
    top = nice_ceiling(max(known, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    xs = [_round(LEFT + step * (number + 0.5)) for number in range(len(labels))]
    scale = (floor - TOP) / top
    lines = [
        _draw(one, number, labels, xs, (floor, scale, unit)) for number, one in enumerate(series)
    ]
    across = label_axis(labels, xs)
    return LinePlot(name, height, floor, tuple(lines), across, scale_axis(top, floor, unit))


def _draw(
    one: Series,
    number: int,
    labels: Sequence[str],
    xs: Sequence[float],
    up: tuple[float, float, str],
) -> Line:
    floor, scale, unit = up
    path, points = [], []
    pen_down = False
    for label, x, value in zip(labels, xs, one.values, strict=True):
        if value is None:
            pen_down = False
            continue
        y = _round(floor - value * scale)
        path.append(f"{'L' if pen_down else 'M'}{x} {y}")
        pen_down = True
        points.append(Point(x, y, f"{one.label}, {label}: {value:g}{unit}"))
    return Line(one.label, number, " ".join(path), tuple(points))


def label_axis(labels: Sequence[str], xs: Sequence[float]) -> tuple[Tick, ...]:
    """Choose the labels that fit; the newest is always among them."""
    wide = math.ceil(len(labels) / LABELS_WIDE) or 1
    narrow = wide * (math.ceil(len(labels) / (LABELS_NARROW * wide)) or 1)
    last = len(labels) - 1
    return tuple(
        Tick(_round(x), label, minor=(last - number) % narrow != 0)
        for number, (label, x) in enumerate(zip(labels, xs, strict=True))
        if (last - number) % wide == 0
    )


def scale_axis(top: float, floor: float, unit: str = "") -> tuple[Tick, ...]:
    """Mark nothing, a half, and all of the scale; the half only where it is a whole number."""
    marks = [0.0, top / 2, top] if top >= 2 and (top / 2).is_integer() else [0.0, top]
    return tuple(
        Tick(_round(floor - mark * (floor - TOP) / top), f"{mark:g}{unit}") for mark in marks
    )


def nice_ceiling(value: float) -> float:
    """Give the round number at or above a value: 1, 2, 4, 5, 6, 8 or 10 times a power of ten."""
    if value <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value)


def _round(value: float) -> float:
    return round(value, 1)
