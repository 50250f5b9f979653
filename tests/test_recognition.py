"""Candidacies are told from everything that looks like one."""

from __future__ import annotations

import pytest

from ingest.candidacies import find_candidacies, may_announce, weigh_message
from ingest.elections import load_elections
from ingest.records import Candidacy, Message, Thread
from tests.builders import make_message, make_skeleton
from tests.candidacy_cases import NOT_STANDING, STANDING, Case

TABLE = load_elections()


def message_of(case: Case) -> Message:
    return make_message(
        subject=case.subject,
        text=case.text,
        sender=case.sender,
        address=case.address,
        posted_at=case.posted_at,
    )


def find_alone(message: Message) -> list[Candidacy]:
    thread = Thread(message.message_id, make_skeleton(message))
    return find_candidacies(thread, {message.message_id: message}, TABLE)


@pytest.mark.parametrize("case", STANDING, ids=lambda case: case.trouble)
def test_a_candidacy_is_found_with_its_race(case: Case) -> None:
    found = find_alone(message_of(case))
    assert [(one.office, one.projects, one.cycle) for one in found] == [
        (case.office, case.projects, case.cycle)
    ], weigh_message(message_of(case), None, TABLE)


@pytest.mark.parametrize("case", NOT_STANDING, ids=lambda case: case.trouble)
def test_a_look_alike_is_no_candidacy(case: Case) -> None:
    verdict = weigh_message(message_of(case), None, TABLE)
    assert not verdict.is_candidacy, verdict
    assert verdict.reasons


@pytest.mark.parametrize("case", STANDING, ids=lambda case: case.trouble)
def test_the_cheap_question_never_rules_a_candidacy_out(case: Case) -> None:
    assert may_announce(case.subject, case.text)
