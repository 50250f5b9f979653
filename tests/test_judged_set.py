"""Ranking does not get worse: the judged set's nDCG@10 stays at what we state."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from bench.bench_search import our_finder
from bench.judged_set import make_judged_set, ndcg

STATED = 0.86


def test_the_judged_set_is_found_as_well_as_stated(tmp_path: Path) -> None:
    candidacies, judged = make_judged_set()
    assert len(judged) >= 60
    find = our_finder(tmp_path, candidacies)
    assert statistics.mean(ndcg(find(each.query), each.grades) for each in judged) >= STATED


@pytest.mark.parametrize(
    ("found", "value"),
    [(["a", "b"], 1.0), (["b", "a"], 0.709), ([], 0.0), (["x"], 0.0)],
)
def test_ndcg_is_one_for_the_best_order(found: list[str], value: float) -> None:
    assert ndcg(found, {"a": 3, "b": 1}) == pytest.approx(value, abs=0.001)
