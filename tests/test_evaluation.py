"""The rules hold on the archives whose truth is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.evaluate_candidacies import Figures, compare
from bench.truth import read_truth
from bench.truth_archive import judge_archive, read_months
from ingest.elections import load_elections

ARCHIVES = Path(__file__).resolve().parents[2] / "shared" / "archives"

pytestmark = pytest.mark.skipif(not ARCHIVES.exists(), reason="needs the development archives")

LEAST = {
    "precision": 0.995,
    "recall": 0.99,
    "candidate": 0.99,
    "office": 0.998,
    "project": 0.99,
    "cycle": 0.99,
    "statement_f1": 0.99,
    "statement_whole": 0.95,
    "reply_precision": 0.99,
    "reply_recall": 0.98,
}


@pytest.fixture(scope="module")
def figures() -> Figures:
    months = ARCHIVES / "openstack-dev" / "site" / "pipermail" / "openstack-dev"
    judged = judge_archive(read_months(months), months, load_elections())
    return compare(read_truth(ARCHIVES / "openstack-dev" / "truth.jsonl"), judged)


@pytest.mark.parametrize(("figure", "least"), LEAST.items())
def test_a_figure_does_not_fall(figures: Figures, figure: str, least: float) -> None:
    assert figures.shares()[figure] >= least, figures.errors


def test_no_look_alike_is_taken_for_a_candidacy(figures: Figures) -> None:
    assert not set(figures.false_by_label) & {
        "noise",
        "announcement",
        "non_candidacy",
        "official",
        "digest",
        "unknown",
    }
