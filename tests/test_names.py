"""Names and nicks are read however people write them."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

import pytest

from ingest.names import candidate_name, clean_display_name, fold, read_nick, slug

SENDERS = [
    ("plain", "Ana Example", "ana@example.org", "Ana Example"),
    ("last name first", "Example, Ana", "ana@example.org", "Ana Example"),
    ("last name first, with the company", "Example, Ana (Cloud Services)", "ana@example.org", "Ana Example"),
    ("quoted", '"Example, Ana Maria"', "ana@example.org", "Ana Maria Example"),
    ("rewritten by the list", "Ana Example via openstack-dev", "list@example.org", "Ana Example"),
    ("company in brackets", "Ana Example [Example Corp]", "ana@example.org", "Ana Example"),
    ("nick in brackets is kept", "Ana Example (anax)", "ana@example.org", "Ana Example (anax)"),
    ("junior is no first name", "Ben Example, Jr.", "ben@example.org", "Ben Example, Jr."),
    ("other script", "安娜 例", "ana@example.org", "安娜 例"),
]  # fmt: skip

TEXTS = [
    ("signature", "", "ana.example@example.org", "Hi\n\n-- \nAna Example\nEngineer\n", "Ana Example"),
    ("closing", "", "aexample@example.org", "Hi\n\nThanks,\nAna Example (anax)\n", "Ana Example"),
    ("self-introduction", "", "ana@example.org", "My name is Ana Example and I run.\n", "Ana Example"),
    ("short self-introduction", "", "ana@example.org", "Hi! I'm Ana Example, a core.\n", "Ana Example"),
    ("a field", "", "anax@example.org", "Name: Ana Example\nIRC: anax\n", "Ana Example"),
    ("first name and initial", "", "aexample@example.org", "Hi\n\nCheers,\nAna\n", "Ana Example"),
    ("last name before first in the address", "", "example.ana@example.org", "Regards,\nAna\n", "Ana Example"),
    ("nothing but the address", "", "ana.example@example.org", "Hi\n", "Ana Example"),
    ("a first name only in the header", "Ana", "ana@example.org", "Bye\n\nAna Example\n", "Ana Example"),
    ("address as the name", "ana.example at example.org", "ana.example@example.org", "Hi\n", "Ana Example"),
    ("others thanked are not the sender", "", "ana.example@example.org", "Thanks to Ben Other.\n", "Ana Example"),
    ("a full name signed under a foreign address", "", "stack@example.org", "Hi\n\n-- \nAna Example\n", "Ana Example"),
    ("full name abbreviated in the address", "", "aexampl@example.org", "Best,\n- Ana Example (anax)\n", "Ana Example"),
]  # fmt: skip

NICKS = [
    ("field", "IRC: anax\n", "anax"),
    ("field of a network", "freenode: anax\n", "anax"),
    ("field with a channel", "IRC (#example): anax\n", "anax"),
    ("on IRC", "In case you don't know me, I'm 'anax' on IRC.\n", "anax"),
    ("on IRC, unquoted", "You find me as anax on IRC.\n", "anax"),
    ("brackets after the name", "Thanks,\nAna Example (anax)\n", "anax"),
    ("brackets after the first name", "Thanks,\nAna (anax)\n", "anax"),
    ("nick with signs", "irc nick: ana_x-1\n", "ana_x-1"),
    ("what happened on IRC is no nick", "I read what happened on IRC.\n", ""),
    ("being on IRC is no nick", "I am always on IRC and happy to chat.\n", ""),
    ("IRC is a place", "IRC is where I am.\n", ""),
    ("none", "Hello.\n", ""),
]


@pytest.mark.parametrize(("trouble", "sender", "address", "name"), SENDERS, ids=lambda v: str(v))
def test_a_display_name_is_put_right(trouble: str, sender: str, address: str, name: str) -> None:
    assert clean_display_name(sender, address) == name


@pytest.mark.parametrize(
    ("trouble", "sender", "address", "text", "name"), TEXTS, ids=lambda v: str(v)[:40]
)
def test_a_missing_name_is_found_elsewhere(
    trouble: str, sender: str, address: str, text: str, name: str
) -> None:
    assert candidate_name(sender, address, text) == name


@pytest.mark.parametrize(("trouble", "text", "nick"), NICKS, ids=lambda v: str(v)[:40])
def test_a_nick_is_found_or_none(trouble: str, text: str, nick: str) -> None:
    assert read_nick(text, "Ana Example") == nick


def test_two_spellings_of_a_name_fold_to_one() -> None:
    assert fold("Łukasz  Éxample-Söhne") == fold("lukasz exampleSohne")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana M. Éxample", "ana-m-example"),
        ("Łukasz Øre", "lukasz-ore"),
        ("安娜", "安娜"),
        ("?!", "unknown"),
    ],
)
def test_a_slug_can_stand_in_an_address(name: str, expected: str) -> None:
    assert slug(name) == expected
