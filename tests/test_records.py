"""Ids that are made of what strangers write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import message_id_hash

SURROGATES = st.text(st.characters(min_codepoint=0xD700, max_codepoint=0xE0FF), max_size=8)


@given(st.text() | SURROGATES)
def test_any_id_has_a_hash(message_id: str) -> None:
    assert re.fullmatch(r"[A-Z2-7]{32}", message_id_hash(message_id))


@pytest.mark.parametrize(
    "message_id",
    ["<first@example.org>", "first@exa\r\n\tmple.org", " first@example.org\N{NO-BREAK SPACE}"],
)
def test_white_space_and_brackets_do_not_count(message_id: str) -> None:
    assert message_id_hash(message_id) == message_id_hash("first@example.org")


def test_a_byte_that_is_no_utf_8_is_hashed_as_the_byte_it_was() -> None:
    assert message_id_hash("\udce4@example.org") == "Q6IJKCVSQ4F7JIAUZ64OA3GXO55ISTEW"
