"""Ranking does not get worse: the judged set's nDCG@10 stays at what we state."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from bench.judged_archive import make_archive_set
from bench.judged_figures import judge, our_finder
from bench.judged_set import VOCABULARY, make_judged_set, ndcg

STATED = 0.86
STATED_OF_ARCHIVE = {
    "person": 0.99,
    "person and project": 0.97,
    "race": 0.93,
    "committee": 0.92,
    "rare words": 0.92,
    "quotation": 0.99,
}
ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "archives" / "openstack-dev"


def test_the_judged_set_is_found_as_well_as_stated(tmp_path: Path) -> None:
    candidacies, judged = make_judged_set()
    assert len(judged) >= 60
    find = our_finder(tmp_path, candidacies, VOCABULARY)
    assert statistics.mean(ndcg(find(each.query), each.grades) for each in judged) >= STATED


@pytest.mark.skipif(not ARCHIVE.exists(), reason="needs the development archives")
def test_an_archive_of_known_truth_is_found_as_well_as_stated(tmp_path: Path) -> None:
    candidacies, judged, vocabulary = make_archive_set(ARCHIVE)
    values = judge(our_finder(tmp_path, candidacies, vocabulary), judged)
    found = {kind: statistics.mean(row) for kind, row in values.items()}
    assert found.keys() == STATED_OF_ARCHIVE.keys()
    assert {k: v for k, v in found.items() if v < STATED_OF_ARCHIVE[k]} == {}


@pytest.mark.parametrize(
    ("found", "value"),
    [(["a", "b"], 1.0), (["b", "a"], 0.709), ([], 0.0), (["x"], 0.0)],
)
def test_ndcg_is_one_for_the_best_order(found: list[str], value: float) -> None:
    assert ndcg(found, {"a": 3, "b": 1}) == pytest.approx(value, abs=0.001)
