"""The table of elections answers for cycles, windows and teams, and does not contradict itself."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.elections import ElectionTable, load_elections, read_table
from ingest.errors import ElectionTableError
from ingest.records import Office

TABLE = load_elections()


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_cycles_are_in_order() -> None:
    order = [TABLE.order_of(name) for name in ("diablo", "mitaka", "zed", "antelope", "2024.1")]
    assert order == sorted(order)
    assert TABLE.order_of("mitaka") == 13


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Liberty", "liberty"),
        ("2023.1", "antelope"),
        ("2023.2", "bobcat"),
        ("caracal", "2024.1"),
        ("nonesuch", None),
    ],
)
def test_a_cycle_is_known_by_every_name(word: str, name: str | None) -> None:
    cycle = TABLE.cycle_named(word)
    assert (cycle.name if cycle else None) == name


@pytest.mark.parametrize(
    ("when", "office", "name"),
    [
        ("2015-09-14", Office.PTL, "mitaka"),
        ("2015-09-28", Office.TC, "mitaka"),
        ("2013-11-05", Office.PTL, "icehouse"),  # a vacancy, filled weeks after the window
        ("2014-04-14", Office.TC, "juno"),  # no window known for this one
        ("2015-04-10", Office.PTL, "liberty"),  # nor for this one
        ("2012-08-30", Office.PTL, "grizzly"),
        ("2017-04-12", Office.TC, "pike"),
        ("2026-02-20", Office.PTL, "2026.2"),
        ("1999-01-01", Office.PTL, None),
        ("2044-01-01", Office.TC, None),
    ],
)
def test_a_day_tells_the_cycle(when: str, office: Office, name: str | None) -> None:
    cycle = TABLE.cycle_at(day(when), office)
    assert (cycle.name if cycle else None) == name


def test_a_letter_means_the_cycle_of_its_time() -> None:
    assert TABLE.cycle_lettered("L", day("2015-04-01")).name == "liberty"  # type: ignore[union-attr]
    assert TABLE.cycle_lettered("E", day("2024-08-20")).name == "2025.1"  # type: ignore[union-attr]
    assert TABLE.cycle_lettered("Q", day("2024-08-20")) is None


@pytest.mark.parametrize(
    ("name", "cycle", "team"),
    [
        ("quantum", "", "neutron"),
        ("Savanna", "", "sahara"),
        ("marconi", "", "zaqar"),
        ("infra", "", "infrastructure"),
        ("Docs", "", "documentation"),
        ("QA", "", "quality-assurance"),
        ("OSA", "", "openstack-ansible"),
        ("OpenStackAnsible", "", "openstack-ansible"),
        ("puppet", "", "puppet-openstack"),
        ("Packaging_Rpm", "", "rpm-packaging"),
        ("chef", "pike", "chef-openstack"),
        ("chef", "zed", "openstack-chef"),
        ("release", "liberty", "release-cycle-management"),
        ("release", "stein", "release-management"),
        ("ceilometer", "juno", "ceilometer"),
        ("ceilometer", "train", "telemetry"),
        ("nonesuch", "", ""),
    ],
)
def test_a_team_is_known_by_every_name(name: str, cycle: str, team: str) -> None:
    assert TABLE.project_named(name, cycle) == team


def test_a_numbered_cycle_beyond_the_table_follows_on() -> None:
    assert TABLE.order_of("2031.2") == TABLE.order_of("2027.1") + 9
    assert TABLE.order_of("nonesuch") == 0
    assert TABLE.order_of("2015.1") == 0


def test_the_query_language_gets_plain_names() -> None:
    words = TABLE.vocabulary()
    assert words.cycles.index("juno") < words.cycles.index("2024.1")
    assert words.cycle_aliases["l"] == "liberty"
    assert words.cycle_aliases["antelope"] == words.cycle_aliases["2023.1"] == "antelope"
    assert words.project_aliases["quantum"] == "neutron"
    assert words.project_aliases["nova"] == "nova"


def test_every_window_names_its_source() -> None:
    assert all(window.source.startswith("https://") for window in TABLE.windows)


CYCLE = '[[cycle]]\nname = "aa"\nletter = "a"\n'
BROKEN = [
    ("no TOML", "[[cycle", "read"),
    ("no cycles", "", "cycle"),
    ("cycle twice", CYCLE + CYCLE, "'aa' stands twice"),
    ("capitals", CYCLE.replace('"aa"', '"AA"'), "small letters"),
    ("window of an unknown cycle", CYCLE + '[[window]]\ncycle = "bb"\noffice = "PTL"\ncloses = 2015-01-01T00:00:00Z\n', "unknown cycle 'bb'"),
    ("window of an unknown office", CYCLE + '[[window]]\ncycle = "aa"\noffice = "KING"\ncloses = 2015-01-01T00:00:00Z\n', "KING"),
    ("window that closes before it opens", CYCLE + '[[window]]\ncycle = "aa"\noffice = "TC"\nopens = 2015-02-01T00:00:00Z\ncloses = 2015-01-01T00:00:00Z\n', "closes before"),
    ("team of an unknown cycle", CYCLE + '[[team]]\nname = "nova"\nfirst = "bb"\n', "bb"),
    ("two teams of one name", CYCLE + '[[team]]\nname = "nova"\nfirst = "aa"\n[[team]]\nname = "x"\naliases = ["Nova"]\nfirst = "aa"\n', "share the name"),
    ("team with a space", CYCLE + '[[team]]\nname = "no va"\nfirst = "aa"\n', "hyphens"),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "text", "told"), BROKEN, ids=lambda v: str(v)[:40])
def test_a_table_that_contradicts_itself_is_refused(trouble: str, text: str, told: str) -> None:
    with pytest.raises(ElectionTableError, match=told):
        read_table(text)


def test_a_table_without_windows_copes() -> None:
    table: ElectionTable = read_table(CYCLE)
    assert table.cycle_at(day("2015-01-01"), Office.PTL) is None
    assert table.days_from_window(day("2015-01-01")) == float("inf")
