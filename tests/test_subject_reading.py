"""Subjects are read whatever their brackets, marks and spelling."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

import pytest

from ingest.elections import load_elections
from ingest.misspellings import is_candidacy_word
from ingest.records import Office
from ingest.subject_reading import cycles_in, find_projects, read_subject, strip_marks

TABLE = load_elections()

MARKS = [
    ("Re: [nova] x", "[nova] x", True, False),
    ("[openstack-dev] RE: [nova] x", "[nova] x", True, False),
    ("AW: Re: x", "x", True, False),
    ("Re[2]: x", "x", True, False),
    ("答复: x", "x", True, False),
    ("回复：x", "x", True, False),
    ("Fwd: x", "x", False, True),
    ("[openstack-dev] Fwd: [nova] x", "[nova] x", False, True),
    ("WG: x", "x", False, True),
    ("[nova] y (was: PTL candidacy)", "[nova] y", True, False),
    ("[nova] y (was Re: [nova] PTL candidacy)", "[nova] y", True, False),
    ("Recheck: x", "Recheck: x", False, False),
    ("", "", False, False),
]


@pytest.mark.parametrize(("subject", "bare", "replying", "forwarding"), MARKS, ids=lambda v: str(v))
def test_marks_are_taken_off(subject: str, bare: str, replying: bool, forwarding: bool) -> None:
    assert strip_marks(subject) == (bare, replying, forwarding)


TEAMS = [
    ("Candidacy for Compute (Nova) PTL", ("nova",)),
    ("[NOVA][ptl] candidacy", ("nova",)),
    ("PTL candidacy for openstack ansible", ("openstack-ansible",)),
    ("[os-ansible-deployment] PTL", ("openstack-ansible",)),
    ("Docs PTL candidacy", ("documentation",)),
    ("[stable] PTL", ("stable-branch-maintenance",)),
    ("PTL candidacy, stable and calm", ()),
    ("PTL candidacy for the next release", ()),
    ("[keystone/horizon] PTL", ("keystone", "horizon")),
    ("candidacy of nova.example.org", ()),
    ("[i18n] PTL", ("i18n",)),
    ("NovaClient PTL", ()),
]


@pytest.mark.parametrize(("subject", "teams"), TEAMS, ids=lambda v: str(v))
def test_teams_are_found_by_any_name(subject: str, teams: tuple[str, ...]) -> None:
    assert find_projects(subject, TABLE) == teams


@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("for Mitaka", ["mitaka"]),
        ("2023.1 Antelope", ["antelope", "antelope"]),
        ("2031.2", ["2031.2"]),
        ("nova 2015.1.2 and 2014.2", []),
        ("newtonian, ocata-1", ["ocata"]),
        ("Liberty to Mitaka", ["liberty", "mitaka"]),
    ],
)
def test_cycles_are_found_by_name_and_number(text: str, cycles: list[str]) -> None:
    assert cycles_in(text, TABLE) == cycles


@pytest.mark.parametrize(
    ("subject", "office"),
    [
        ("[tc] candidacy", Office.TC),
        ("Technical Comittee candidacy", Office.TC),
        ("[nova] project team lead candidacy", Office.PTL),
        ("[tc][ptl] TC candidacy", Office.TC),
        ("[nova] candidacy", None),
        ("[etcd] candidacy", None),
    ],
)
def test_the_office_is_read(subject: str, office: Office | None) -> None:
    assert read_subject(subject, TABLE).office == office


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("candidacy", True), ("Candidancy", True), ("canididacy", True), ("candidature", True), ("cadidacy", True), ("candidate", False), ("candidates", False), ("capacity", False), ("candy", False), ("credibility", False)],
)  # fmt: skip
def test_slips_of_the_pen_are_seen_through(word: str, is_one: bool) -> None:
    assert is_candidacy_word(word) is is_one


def test_a_call_is_told_from_campaigning() -> None:
    assert read_subject("[all] PTL nominations are now open", TABLE).calls
    assert not read_subject("[tc] campaign question on nominations", TABLE).calls
