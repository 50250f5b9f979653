"""Outcomes and withdrawals come from mails of the same archive, or stay unknown."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.elections import load_elections
from ingest.records import Candidacy, Message, Outcome, Status
from ingest.results import settle_outcomes, tells_outcome
from tests.builders import A_DAY, make_candidacy, make_message

TABLE = load_elections()
ANA = make_candidacy()
BEN = make_candidacy(
    message_id="ben@example.org", candidate="Ben Example", address="ben@example.org"
)
TC = {"office": "TC", "projects": ()}


def results(text: str, **changes: object) -> Message:
    given: dict[str, object] = {
        "message_id": "results@example.org",
        "sender": "An Official",
        "address": "official@example.org",
        "subject": "[all][elections] PTL Election Results",
        "posted_at": A_DAY + timedelta(days=12),
        "text": text,
    }
    return make_message(**(given | changes))


def outcomes(candidacies: list[Candidacy], *messages: Message) -> list[str]:
    return [one.outcome.value for one in settle_outcomes(candidacies, messages, TABLE)]


@pytest.mark.parametrize(
    "line",
    [" * Nova: Ana Example", "Nova            Ana Example", "Nova - Ana Example (anax)", "| Compute (Nova) | Ana Example |"],
)  # fmt: skip
def test_a_listed_lead_is_elected_and_the_rival_is_not(line: str) -> None:
    mail = results(f"Please congratulate:\n\n{line}\n * Heat: Ben Example\n")
    settled = settle_outcomes([ANA, BEN], [mail], TABLE)
    assert [one.outcome for one in settled] == [Outcome.ELECTED, Outcome.NOT_ELECTED]
    assert settled[0].outcome_evidence == "results@example.org"


def test_a_list_with_two_leads_of_one_team_concludes_nothing() -> None:
    mail = results("Nova: Ana Example\nNova: Ben Example\n")
    assert outcomes([ANA, BEN], mail) == ["unknown", "unknown"]


def test_a_race_that_is_not_listed_stays_unknown() -> None:
    assert outcomes([ANA], results("Heat: Cleo Example\n")) == ["unknown"]


def test_committee_members_are_listed_without_a_team() -> None:
    ana, ben = (make_candidacy(message_id=f"{name}@x", candidate=f"{name} Example", **TC) for name in ("Ana", "Ben"))  # fmt: skip
    mail = results(
        "Newly elected:\n\n* Ana Example (anax)\n", subject="[election] TC Election Results"
    )
    assert outcomes([ana, ben], mail) == ["elected", "not elected"]


def test_results_of_one_office_say_nothing_of_the_other() -> None:
    mail = results("* Ana Example\n", subject="TC Election Results")
    assert outcomes([ANA], mail) == ["unknown"]


def test_last_cycles_results_say_nothing_of_this_one() -> None:
    mail = results("Nova: Ana Example\n", posted_at=A_DAY - timedelta(days=150))
    assert outcomes([ANA], mail) == ["unknown"]
    assert outcomes([ANA], results("Nova: Ana Example\n", posted_at=A_DAY + timedelta(days=200))) == ["unknown"]  # fmt: skip


def test_a_quoted_list_is_not_the_officials_word() -> None:
    assert outcomes([ANA], results("On 09/20/2015 1:00 PM, X wrote:\n> Nova: Ana Example\n\nGreat!\n")) == ["unknown"]  # fmt: skip


def test_a_candidate_withdraws_in_a_mail_of_his_own() -> None:
    mail = results(
        "I withdraw.", subject="[nova] Withdrawing my PTL candidacy", address=ANA.address
    )
    (settled,) = settle_outcomes([ANA], [mail], TABLE)
    assert (settled.status, settled.status_evidence) == (Status.WITHDRAWN, "results@example.org")


@pytest.mark.parametrize(
    "changes",
    [{"address": "ben@example.org", "sender": "Ben Other"}, {"subject": "[heat] Withdrawing my PTL candidacy"}, {"subject": "Withdrawing my TC candidacy"}],
)  # fmt: skip
def test_a_withdrawal_counts_for_its_own_race_and_person_only(changes: dict[str, str]) -> None:
    given = {"subject": "[nova] Withdrawing my PTL candidacy", "address": ANA.address}
    (settled,) = settle_outcomes([ANA], [results("I withdraw.", **(given | changes))], TABLE)
    assert settled.status == Status.ANNOUNCED


@pytest.mark.parametrize(
    ("subject", "tells"),
    [
        ("[all][elections] PTL Election Results", True),
        ("[election] TC Election Conclusion and Results", True),
        ("Congratulations to the newly elected PTLs", True),
        ("[nova] Withdrawing my PTL candidacy", True),
        ("Re: [all][elections] PTL Election Results", False),
        ("[nova] gate results", False),
        ("[all] PTL nominations are open", False),
        ("", False),
    ],
)
def test_few_subjects_tell_an_outcome(subject: str, tells: bool) -> None:
    assert tells_outcome(subject) is tells
