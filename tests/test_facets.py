"""Facets: which there are, how their values are ordered, labelled and cut."""

from __future__ import annotations

from ingest.records import Vocabulary
from search.documents import FACET_FIELDS, FIELDS
from search.facets import FACETS, known_facets, make_facet

VOCABULARY = Vocabulary(cycles=("juno", "kilo", "liberty"))


def order(field: str, counts: dict[str, int]) -> list[str]:
    return [value.value for value in make_facet(field, counts, (), 20, VOCABULARY).values]


def test_every_field_with_a_label_is_a_facet() -> None:
    assert {field.name for field in FIELDS if field.facet} == set(FACETS)
    assert all(field.facet for field in FACET_FIELDS)


def test_unknown_facets_are_left_out_and_the_order_is_the_tables() -> None:
    assert known_facets(["outcome", "nonsense", "office", "office"]) == ["office", "outcome"]


def test_cycles_and_years_come_newest_first() -> None:
    assert order("cycle", {"juno": 9, "liberty": 1, "unknown": 5, "kilo": 3}) == [
        "liberty",
        "kilo",
        "juno",
        "unknown",
    ]
    assert order("year", {"2014": 9, "2016": 1}) == ["2016", "2014"]


def test_closed_lists_keep_their_tables_order() -> None:
    assert order("outcome", {"unknown": 9, "elected": 1}) == ["elected", "unknown"]
    assert order("office", {"TC": 9, "PTL": 1}) == ["PTL", "TC"]


def test_other_values_come_most_frequent_first() -> None:
    assert order("project", {"nova": 1, "cinder": 3, "glance": 3}) == ["cinder", "glance", "nova"]


def test_a_chosen_value_is_never_cut() -> None:
    facet = make_facet("project", {"a": 3, "b": 2, "c": 1}, ("c", "z"), 1, VOCABULARY)
    assert [(v.value, v.count, v.chosen) for v in facet.values] == [
        ("a", 3, False),
        ("c", 1, True),
        ("z", 0, True),
    ]
    assert facet.more == 1


def test_labels_are_for_people() -> None:
    facet = make_facet("candidate", {"ana-example": 2}, (), 5, VOCABULARY, {"ana-example": "Ana"})
    assert facet.values[0].label == "Ana"
    assert make_facet("cycle", {"kilo": 1}, (), 5, VOCABULARY).values[0].label == "Kilo"
