"""The manual follows the tables in the code: each field, alias, example and limit is in it, and
works.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.records import Vocabulary
from search import query_leaves, query_parser, whoosh_answer, whoosh_match
from search.documents import FIELD_ALIASES, FIELDS, Field
from search.query import parse_query
from search.query_values import FLAG_WORDS

MANUAL = (Path(__file__).resolve().parent.parent / "docs" / "query-language.md").read_text("utf-8")
VOCABULARY = Vocabulary(
    cycles=("juno", "kilo", "liberty", "2023.1"),
    cycle_aliases={"l": "liberty", "antelope": "2023.1"},
)
ROWS = [line for line in MANUAL.splitlines() if line.startswith("| `")]


def row_of(field: Field) -> str:
    also = ", ".join(f"`{alias}:`" for alias, name in FIELD_ALIASES.items() if name == field.name)
    also = f" {also} " if also else " "
    return f"| `{field.name}:` |{also}| {field.description} | `{field.example}` |"


def test_the_fields_stand_in_the_manual_as_in_the_table() -> None:
    assert [row for row in ROWS if row.startswith(tuple(f"| `{f.name}:`" for f in FIELDS))] == [
        row_of(field) for field in FIELDS
    ]


@pytest.mark.parametrize("name", ["is", "has"])
def test_every_flag_is_in_the_manual(name: str) -> None:
    row = next(row for row in ROWS if row.startswith(f"| `{name}:`"))
    missing = [word for word in FLAG_WORDS[name] if f"`{word}`" not in row]
    assert missing in ([], ["not-elected"], ["reply"])


@pytest.mark.parametrize(
    "example", [row.split("`")[1] for row in ROWS if not row.split("`")[1].endswith(":")]
)
def test_every_example_is_a_query_without_a_fault(example: str) -> None:
    assert parse_query(example, VOCABULARY).notices == ()


def test_the_limits_in_the_manual_are_those_in_the_code() -> None:
    numbers = {
        int(number.replace(",", ""))
        for number in re.findall(r"\d[\d,]*\d", MANUAL.split("## Limits")[1])
    }
    assert numbers == {
        query_parser.MOST_CHARACTERS,
        query_parser.MOST_LEAVES,
        query_parser.MOST_DEPTH,
        query_leaves.MOST_SLOP,
        whoosh_match.MOST_EXPANSIONS,
        whoosh_answer.DEEPEST_HIT,
    }
