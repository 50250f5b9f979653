"""Place in the thread decides: replies, calls, shared subjects, confirmations, withdrawals."""

# ruff: noqa: E501 - mails in one line each

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.answers import find_answered
from ingest.candidacies import find_candidacies, may_announce, needs_parts, weigh_message
from ingest.elections import load_elections
from ingest.records import Candidacy, Message, Part, Status, Verdict
from ingest.threads import build_threads
from tests.builders import A_DAY, make_message, make_skeleton

TABLE = load_elections()
FIRST = make_message()
STATEMENT = FIRST.text


def answer(text: str, **changes: object) -> Message:
    given: dict[str, object] = {
        "message_id": "second@example.org",
        "sender": "Ben Example",
        "address": "ben@example.org",
        "subject": FIRST.subject,
        "references": (FIRST.message_id,),
        "posted_at": A_DAY + timedelta(hours=3),
        "text": text,
    }
    return make_message(**(given | changes))


def find(*messages: Message) -> list[Candidacy]:
    skeletons = [replace(make_skeleton(one), answers=find_answered(one)) for one in messages]
    by_id = {message.message_id: message for message in messages}
    return [
        one for thread in build_threads(skeletons) for one in find_candidacies(thread, by_id, TABLE)
    ]


def test_replies_are_listed_in_order_with_quotes_marked() -> None:
    quoting = answer(f"+1\n\nOn 09/14/2015 12:00 PM, Ana Example wrote:\n{STATEMENT}")
    later = answer(
        "Good luck!", message_id="third@example.org", posted_at=A_DAY + timedelta(hours=5)
    )
    below = answer("Thanks!", message_id="fourth@example.org", references=(FIRST.message_id, "second@example.org"), posted_at=A_DAY + timedelta(hours=9))  # fmt: skip
    (candidacy,) = find(FIRST, later, quoting, below)
    assert [(r.message_id, r.depth, r.parent_id) for r in candidacy.replies] == [
        ("second@example.org", 1, FIRST.message_id),
        ("fourth@example.org", 2, "second@example.org"),
        ("third@example.org", 1, FIRST.message_id),
    ]
    assert "> I would like to run for Nova PTL" in candidacy.replies[0].text


def test_a_reply_that_repeats_the_announcement_is_none() -> None:
    (candidacy,) = find(FIRST, answer("I'd like to run for Nova PTL, too, one day. Good luck!"))
    assert candidacy.message_id == FIRST.message_id


def test_the_candidate_answering_stands_once() -> None:
    own = answer("I would like to continue as PTL so that reviews get faster.", sender=FIRST.sender, address=FIRST.address)  # fmt: skip
    assert len(find(FIRST, own)) == 1


def test_a_candidacy_sent_as_reply_to_the_call_is_found() -> None:
    call = make_message(
        message_id="call@example.org",
        sender="An Official",
        address="official@example.org",
        subject="[all][election] PTL nominations are now open",
        text="Nominations for PTL are open. Send your candidacy to this list.",
    )
    late = answer(
        "I'd like to run for Heat PTL.\n\nOn 09/14/2015 12:00 PM, An Official wrote:\n> Nominations"
        " for PTL are open.\n",
        subject=call.subject,
        references=(call.message_id,),
    )
    (candidacy,) = find(call, late)
    assert (candidacy.candidate, candidacy.projects) == ("Ben Example", ("heat",))
    assert candidacy.statement == "I'd like to run for Heat PTL."


def test_a_new_subject_in_an_old_thread_is_its_own() -> None:
    other = make_message(
        message_id="gate@example.org", subject="[nova] gate is slow", text="It is."
    )
    fresh = answer(STATEMENT.replace("Nova", "Heat"), subject="[heat] PTL candidacy", references=(other.message_id,))  # fmt: skip
    assert [one.projects for one in find(other, fresh)] == [("heat",)]


def test_two_candidates_may_share_a_subject() -> None:
    one = make_message(
        subject="TC candidacy", text="I am announcing my candidacy for the TC.\n\nAna"
    )
    two = answer("I would like to stand for the TC.\n\nBen", subject="TC candidacy", references=())
    assert {candidacy.candidate for candidacy in find(one, two)} == {"Ana Example", "Ben Example"}


@pytest.mark.parametrize(
    "text",
    ["You have my support.", "How much time will you have?", "It would help to see numbers first.", "Works for me."],
)  # fmt: skip
def test_a_reply_that_lost_its_references_is_no_candidacy(text: str) -> None:
    assert len(find(FIRST, answer(text, references=()))) == 1


def test_another_topic_under_the_same_subject_is_no_reply() -> None:
    stray = answer(
        "The gate fails since noon, on every change that touches the tests of cells.\n\n"
        "Traceback (most recent call last):\n  File x\n\nHas anyone seen this before today?"
    )
    (candidacy,) = find(FIRST, stray)
    assert candidacy.replies == ()


def test_an_official_confirms_and_the_mail_is_named() -> None:
    (candidacy,) = find(
        FIRST, answer("confirmed\n\nOn 09/14/2015 12:00 PM, Ana Example wrote:\n> Hi\n")
    )
    assert (candidacy.status, candidacy.status_evidence) == (Status.CONFIRMED, "second@example.org")


def test_praise_is_no_confirmation() -> None:
    (candidacy,) = find(FIRST, answer("+1, I can confirm that she is great to work with."))
    assert candidacy.status == Status.ANNOUNCED


def test_the_candidate_withdraws_in_the_thread() -> None:
    own = answer(
        "I am withdrawing my candidacy, sorry.", sender=FIRST.sender, address=FIRST.address
    )
    (candidacy,) = find(FIRST, answer("confirmed", message_id="c@example.org"), own)
    assert (candidacy.status, candidacy.status_evidence) == (Status.WITHDRAWN, "second@example.org")


def test_nobody_else_withdraws_a_candidacy() -> None:
    (candidacy,) = find(FIRST, answer("I am withdrawing my candidacy in favour of Ana."))
    assert candidacy.status == Status.ANNOUNCED


def test_a_date_that_was_made_up_yields_to_the_answers() -> None:
    odd = make_message(posted_at=A_DAY.replace(year=1970), repairs=("date-unreadable",), subject="[nova] PTL candidacy", text="I'd like to run for PTL.")  # fmt: skip
    (candidacy,) = find(odd, answer("+1"))
    assert candidacy.cycle == "mitaka"


def test_a_mail_of_html_only_asks_for_its_parts() -> None:
    note = "An HTML attachment was scrubbed...\nURL: <http://lists.example.org/a/attachment.html>\n"
    part = Part(url="http://lists.example.org/a/attachment.html", kind="html")
    assert needs_parts(make_message(text=note, parts=(part,)))
    assert needs_parts(make_message(text=note, parts=(part,), subject=""))
    assert not needs_parts(make_message(text=note, parts=(part,), subject="[nova] weekly meeting"))
    assert not needs_parts(make_message(text=f"I would like to run.\n{note}", parts=(part,)))
    assert not needs_parts(make_message(text=note, parts=(replace(part, kind="other"),)))


def test_a_verdict_says_why_in_words() -> None:
    verdict: Verdict = weigh_message(FIRST, None, TABLE)
    seen = {reason.rule: reason.seen for reason in verdict.reasons}
    assert verdict.is_candidacy
    assert verdict.score == pytest.approx(sum(reason.weight for reason in verdict.reasons))
    assert seen["announces in the first person"].startswith("I would like to run for Nova PTL")
    assert seen["subject of a candidacy"] == "candidacy"


def test_a_mail_about_something_else_is_told_so() -> None:
    verdict = weigh_message(make_message(subject="[nova] gate", text="It is slow."), None, TABLE)
    assert [reason.rule for reason in verdict.reasons] == ["nothing speaks of an office"]


def test_links_are_listed_once() -> None:
    text = (
        STATEMENT
        + "\n[1] https://example.org/a.\n[2] https://example.org/a\n<https://example.org/b>"
    )
    (candidacy,) = find(make_message(text=text))
    assert candidacy.links == ("https://example.org/a", "https://example.org/b")


def test_a_flame_war_does_not_exhaust_the_stack() -> None:
    chain = [
        answer("no", message_id=f"{n}@example.org", references=(f"{n - 1}@example.org",) if n else (FIRST.message_id,))
        for n in range(3000)
    ]  # fmt: skip
    (candidacy,) = find(FIRST, *chain)
    assert len(candidacy.replies) == 3000


@pytest.mark.parametrize(
    "text",
    ["I would like to " * 100_000, "ptl " * 500_000, "my candidacy " * 200_000, "I'm" + " a" * 1_000_000, "\n".join(["run for PTL I"] * 100_000), "." * 1_000_000 + "PTL"],
)  # fmt: skip
def test_hostile_text_costs_little(text: str) -> None:
    start = time.monotonic()
    weigh_message(make_message(text=text, subject="PTL candidacy " * 200), None, TABLE)
    assert time.monotonic() - start < 3


def test_the_cheap_question_is_cheap() -> None:
    text = "A long mail about something else entirely, of the usual size.\n" * 60
    start = time.perf_counter()
    for _ in range(2000):
        may_announce("[nova] gate is slow again today", text)
    assert (time.perf_counter() - start) / 2000 < 100e-6
