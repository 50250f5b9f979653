"""What the comparison of both engines says of its figures: where they cross, what is left out."""

from __future__ import annotations

import argparse
import re

import pytest

from bench.bench_engines import Measured, cells, chosen, crossing
from bench.engine_runs import Bound, Built, Together


def test_engines_cross_between_two_sizes_where_their_medians_are_equal() -> None:
    # Ten times as many: one takes ten times as long, the other the same.
    told = crossing({1_000: 1.0, 10_000: 10.0}, {1_000: 5.0, 10_000: 5.0})
    assert told == "Up to about 5,000 candidacies Whoosh has the lower p50, then OpenSearch."


def test_a_crossing_beyond_what_was_measured_is_marked_as_such() -> None:
    told = crossing({1_000: 1.0, 10_000: 10.0}, {1_000: 20.0, 10_000: 20.0})
    assert "20,000" in told
    assert "not measured" in told


@pytest.mark.parametrize("sizes", [[], [1_000]])
def test_no_crossing_is_told_of_fewer_than_two_sizes(sizes: list[int]) -> None:
    told = crossing(dict.fromkeys(sizes, 1.0), {1_000: 2.0, 10_000: 2.0})
    assert not re.search("meet at|Up to", told)


def test_whoosh_is_left_out_above_a_size_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = argparse.Namespace(engine=None, whoosh_up_to=25_000)
    places = {"Whoosh": "folder", "OpenSearch": "http://127.0.0.1:1/x"}
    assert list(chosen(asked, places, 25_000)) == ["Whoosh", "OpenSearch"]
    assert capsys.readouterr().out == ""
    assert list(chosen(asked, places, 250_000)) == ["OpenSearch"]
    assert "left out above --whoosh-up-to" in capsys.readouterr().out


def test_a_row_gives_figures_for_each_candidacy_and_each_search() -> None:
    one = Measured(
        "OpenSearch", "", Built(1_000, 20.0, 4.0, 65_000_000), node_building=9.0,
        times=[float(n) for n in range(1, 101)], cpu=0.3, node_asked=0.8,
        together=Together(2.0, 0.2, 52_000_000, 31_000_000, 40_000_000), node_together=0.6,
    )  # fmt: skip
    assert cells(one) == [
        "1,000", "OpenSearch", "20 s", "4.0 + 9.0 ms", "40,000", "65 MB", "52 MB (31 MB)", "",
        "51.0 ms", "100.0 ms", "3.0 + 8.0 ms", "50.0", "2.0 + 6.0 ms",
    ]  # fmt: skip


def test_builds_go_no_further_than_the_one_ahead_when_the_time_is_over() -> None:
    bound = Bound(10, seconds=3600)
    assert [bound.allows(number) for number in (1, 2, 3, 1)] == [True] * 4
    bound._until = 0
    assert bound.allows(2)
    assert bound.allows(3)
    assert not bound.allows(4)


def test_builds_end_with_their_size_where_there_is_time() -> None:
    bound = Bound(3, seconds=3600)
    assert [bound.allows(number) for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_a_build_that_was_done_in_time_leaves_the_other_its_size() -> None:
    bound = Bound(3, seconds=3600)
    assert bound.allows(3)
    bound._until = 0
    assert bound.allows(1)
    assert bound.allows(3)
