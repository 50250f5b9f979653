"""What a short query names, and what is no name."""

from __future__ import annotations

import pytest

from search import parse_query
from search.naming import Naming, read_naming
from tests.engine_places import VOCABULARY

PROJECTS = {"nova", "neutron", "oslo", "documentation"}


def named(text: str) -> tuple[Naming, ...]:
    return read_naming(parse_query(text, VOCABULARY).query, VOCABULARY, PROJECTS)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nova", [("project", "nova")]),
        ("Quantum", [("project", "neutron")]),
        ("nova kilo", [("project", "nova"), ("cycle", "kilo")]),
        ("2023.1 docs", [("project", "documentation"), ("cycle", "2023.1")]),
        ("kilo nova ptl", [("project", "nova"), ("cycle", "kilo"), ("office", "PTL")]),
        ("tc antelope", [("cycle", "2023.1"), ("office", "TC")]),
    ],
)
def test_a_short_query_names_a_project_or_a_race(text: str, values: list[tuple[str, str]]) -> None:
    assert Naming(tuple(values)) in named(text)


def test_words_that_are_no_project_may_be_a_persons() -> None:
    assert named("ana example") == (Naming(name=("ana", "example")),)
    assert Naming((("cycle", "kilo"),), ("ana", "example")) in named("ana example kilo")
    # Somebody may be called as a cycle is.
    assert Naming(name=("victoria", "kilo")) in named("victoria kilo")


@pytest.mark.parametrize(
    "text", ["", "nova OR kilo", "NOT nova", "project:nova", "nov*", "one two three four five six"]
)
def test_other_queries_name_nobody(text: str) -> None:
    assert named(text) == ()


def test_a_cycles_letter_is_no_cycle_in_a_query() -> None:
    assert named("nova l") == (Naming(name=("nova", "l")),)
