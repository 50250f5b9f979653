"""One person is one person across the years; two people of one name are two."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

from datetime import timedelta

from ingest.people import merge_people
from ingest.records import Candidacy
from tests.builders import A_DAY, make_candidacy


def later(years: int, **changes: object) -> Candidacy:
    """The same person's candidacy some years on, in another cycle, but for what is changed."""
    given: dict[str, object] = {
        "message_id": f"year{years}@example.org",
        "posted_at": A_DAY + timedelta(days=365 * years),
        "cycle": {0: "mitaka", 1: "ocata", 2: "queens", 3: "stein"}[years],
    }
    return make_candidacy(**(given | changes))


def people(*candidacies: Candidacy) -> list[str]:
    return [one.person for one in merge_people(candidacies)]


def test_the_same_address_is_the_same_person_under_another_name() -> None:
    assert len(set(people(later(0), later(1, candidate="Ana Other", irc_nick="")))) == 1


def test_the_same_name_at_another_company_is_the_same_person() -> None:
    assert len(set(people(later(0, irc_nick=""), later(1, address="ana@other.example", irc_nick="")))) == 1  # fmt: skip


def test_last_name_first_is_the_same_name() -> None:
    assert (
        len(set(people(later(0), later(1, address="a@other.example", candidate="Example Ana"))))
        == 1
    )


def test_the_same_nick_joins_two_spellings() -> None:
    two = later(1, address="a@other.example", candidate="Ana M. Éxample")
    assert len(set(people(later(0), two))) == 1


def test_a_nick_alone_does_not_join_two_names() -> None:
    two = later(1, address="ben@other.example", candidate="Ben Other", projects=("heat",))
    assert len(set(people(later(0), two))) == 2


def test_two_people_of_one_name_stay_two_and_get_two_slugs() -> None:
    two = later(1, address="ana@other.example", irc_nick="another", projects=("heat",))
    assert people(later(0), two) == ["ana-example", "ana-example-2"]


def test_another_nick_in_the_same_project_is_the_same_person() -> None:
    two = later(1, address="ana@other.example", irc_nick="another")
    assert len(set(people(later(0), two))) == 1


def test_a_lone_first_name_is_nobodys() -> None:
    one = later(0, candidate="Ana", irc_nick="", address="ana@one.example")
    two = later(1, candidate="Ana", irc_nick="", address="ana@two.example")
    assert len(set(people(one, two))) == 2


def test_evidence_carries_over_a_third_candidacy() -> None:
    one = later(0, irc_nick="")
    two = later(1, address="a@other.example", irc_nick="anax")
    three = later(2, address="a@third.example", candidate="Ana X.", irc_nick="anax")
    assert len(set(people(one, two, three))) == 1


def test_a_repost_is_one_candidacy_with_both_pages() -> None:
    first = later(0, archive_urls=("https://one.example/1",))
    again = later(0, message_id="again@example.org", posted_at=A_DAY + timedelta(days=1), archive_urls=("https://two.example/2",))  # fmt: skip
    (kept,) = merge_people([again, first])
    assert kept.message_id == first.message_id
    assert kept.archive_urls == ("https://one.example/1", "https://two.example/2")


def test_the_same_race_years_later_is_another_candidacy() -> None:
    assert len(merge_people([later(0), later(3, cycle="mitaka")])) == 2


def test_a_race_counts_its_candidates() -> None:
    rival = later(
        0, message_id="b@x", candidate="Ben Other", address="ben@x.example", irc_nick="ben"
    )
    assert [one.race_size for one in merge_people([later(0), rival, later(1)])] == [2, 2, 1]


def test_the_order_given_does_not_matter() -> None:
    given = [later(0), later(1, irc_nick=""), later(2, address="a@b.example")]
    assert merge_people(given) == merge_people(reversed(given))


def test_thousands_are_sorted_out_quickly() -> None:
    many = [
        make_candidacy(message_id=f"{n}@x", candidate=f"Ana Example{n % 900}", address=f"{n % 1500}@x.example", irc_nick=f"nick{n % 1100}", posted_at=A_DAY + timedelta(days=n % 4000))
        for n in range(6000)
    ]  # fmt: skip
    assert len(merge_people(many)) <= 6000
