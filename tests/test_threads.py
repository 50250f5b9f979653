"""Who answers whom."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.records import Skeleton, Thread
from ingest.threads import base_subject, build_threads, has_reply_mark
from tests.builders import A_DAY, make_message, make_skeleton


def mail(message_id: str, *references: str, hours: float = 0, **changes: object) -> Skeleton:
    skeleton = make_skeleton(make_message(message_id=message_id, references=references))
    fields = {"posted_at": A_DAY + timedelta(hours=hours), "answers": "", **changes}
    return replace(skeleton, **fields)  # type: ignore[arg-type]


def draw(threads: list[Thread] | tuple[Thread, ...]) -> dict[str, object]:
    """Show threads as nested dictionaries of ids; a missing parent's id has a question mark."""
    return {
        thread.message_id + ("" if thread.skeleton else "?"): draw(thread.replies)
        for thread in threads
    }


def test_replies_stand_below_what_they_refer_to_in_order_of_time() -> None:
    threads = build_threads(
        [
            mail("c", "a", hours=3),
            mail("d", "a", "b", hours=4),
            mail("a", hours=1),
            mail("b", "a", hours=2),
        ]
    )
    assert draw(threads) == {"a": {"b": {"d": {}}, "c": {}}}
    assert threads[0].replies[0].joined_by == "references"


def test_a_missing_parent_keeps_its_place() -> None:
    threads = build_threads([mail("c", "a", "b", hours=2), mail("d", "b", hours=3)])
    assert draw(threads) == {"a?": {"b?": {"c": {}, "d": {}}}}


def test_a_reply_without_references_is_placed_by_those_who_refer_to_it() -> None:
    threads = build_threads([mail("a"), mail("b", hours=1), mail("c", "a", "b", hours=2)])
    assert draw(threads) == {"a": {"b": {"c": {}}}}


def test_a_circle_is_broken_at_the_same_place_whatever_the_order() -> None:
    mails = [mail("a", "c", hours=1), mail("b", "a", hours=2), mail("c", "b", hours=3)]
    drawings = [draw(build_threads(order)) for order in (mails, mails[::-1], mails[1:] + mails[:1])]
    assert drawings[0] == drawings[1] == drawings[2]
    assert build_threads([mail("a", "a")])[0].replies == ()


def test_a_mail_given_twice_counts_once() -> None:
    assert draw(build_threads([mail("a"), mail("a", hours=5), mail("b", "a")])) == {"a": {"b": {}}}


def test_a_thread_of_ten_thousand_replies_is_no_deeper_than_others() -> None:
    mails = [mail("0")] + [mail(str(n), str(n - 1), hours=n) for n in range(1, 10_000)]
    for order in (mails, mails[::-1]):
        (thread,) = build_threads(order)
        depth = 0
        while thread.replies:
            thread, depth = thread.replies[0], depth + 1
        assert depth == 9_999


def test_many_long_references_are_linked_in_time() -> None:
    ids = [str(number) for number in range(600)]
    began = time.monotonic()
    build_threads([mail(f"m{n}", *ids[: n + 1], hours=n) for n in range(600)])
    assert time.monotonic() - began < 5


# The candidacy, and what may be taken for an answer to it.
FIRST = mail("first", subject="[sample-dev] [nova] PTL candidacy", sender="Ana Example")
BEN = {"sender": "Ben Example", "address": "ben@example.org", "subject": FIRST.subject}
JOINED = [
    ("quotes her by name", {"answers": "Ana Example"}, True),
    ("quotes her last name first", {"answers": "Example, Ana"}, True),
    ("quotes her address", {"answers": "ana at example.org"}, True),
    ("answers somebody unnamed", {"answers": "?"}, True),
    (
        "has a mark of another language",
        {"subject": "[sample-dev] 答复: [nova] PTL candidacy"},
        True,
    ),
    (
        "forwards her mail",
        {"subject": "[sample-dev] Fwd: [nova] PTL candidacy", "answers": "Ana Example"},
        True,
    ),
    ("is a candidacy of its own", {"answers": ""}, False),
    ("nobody has looked at", {"answers": None}, False),
    (
        "stands for another team",
        {"answers": "?", "subject": "[sample-dev] [cinder] PTL candidacy"},
        False,
    ),
    ("has another subject", {"answers": "Ana Example", "subject": "[nova] Reviews"}, False),
    ("comes a month later", {"answers": "Ana Example", "hours": 800}, False),
    ("is her own answer", {"answers": "?", "address": FIRST.address}, True),
    ("is her own second mail", {"answers": "", "address": FIRST.address}, False),
]


@pytest.mark.parametrize(("title", "changes", "joined"), JOINED, ids=[row[0] for row in JOINED])
def test_the_subject_joins_only_what_answers(
    title: str, changes: dict[str, object], joined: bool
) -> None:
    lost = mail("lost", **{"hours": 5, **BEN, **changes})  # type: ignore[arg-type]
    expected: dict[str, object] = {"first": {"lost": {}}} if joined else {"first": {}, "lost": {}}
    threads = build_threads([lost, FIRST])
    assert draw(threads) == expected
    if joined:
        assert threads[0].replies[0].joined_by == "subject"


def test_of_two_candidates_with_one_subject_the_quoted_one_is_answered() -> None:
    cleo = mail(
        "cleo", hours=1, sender="Cleo Example", address="c@example.org", subject=FIRST.subject
    )
    lost = mail("lost", hours=2, answers="Ana Example", **BEN)  # type: ignore[arg-type]
    assert draw(build_threads([FIRST, cleo, lost])) == {"first": {"lost": {}}, "cleo": {}}
    unsure = replace(lost, answers="?")
    assert draw(build_threads([FIRST, cleo, unsure])) == {"first": {}, "cleo": {}, "lost": {}}


def test_a_reply_whose_parent_is_missing_is_joined_by_subject_with_that_parent() -> None:
    lost = mail("lost", "gone", hours=2, answers="Ana Example", **BEN)  # type: ignore[arg-type]
    assert draw(build_threads([FIRST, lost])) == {"first": {"gone?": {"lost": {}}}}


TOPICS = [
    ("[nova] gate is broken (was: PTL candidacy)", "?", False),
    ("[nova] gate is broken (was Re: [nova] PTL candidacy)", "Ana Example", False),
    ("[nova] gate is broken [was: Re: PTL candidacy]", "?", False),
    ("Weekly meeting moves", "", False),
    ("Weekly meeting moves", "Ana Example", True),
    ("Weekly meeting moves", None, True),
    ("Re: [nova] PTL candidacy and reviews", "", True),
    ("", "", True),
]


@pytest.mark.parametrize(("subject", "answers", "stays"), TOPICS)
def test_a_hijacked_thread_is_a_thread_of_its_own(
    subject: str, answers: str | None, stays: bool
) -> None:
    other = mail("other", "first", hours=1, subject=subject, answers=answers)
    below = mail("below", "first", "other", hours=2, subject=subject, answers="?")
    expected: dict[str, object] = {"other": {"below": {}}}
    drawn = draw(build_threads([FIRST, other, below]))
    assert drawn == ({"first": expected} if stays else {"first": {}, **expected})


@pytest.mark.parametrize(
    "subject",
    [
        "PTL candidacy",
        "Re: PTL candidacy",
        "RE[2]: re: PTL  candidacy",
        "[sample-dev] AW: [nova] PTL candidacy",
        "AW: [sample-dev] WG: PTL candidacy",
        "答复: PTL candidacy",
        "回复：PTL candidacy",
        "Fwd: FW: SV: VS: Antw: PTL candidacy",
        "Re^3: PTL candidacy",
    ],
)
def test_the_base_subject_is_the_same_in_every_language(subject: str) -> None:
    assert base_subject(subject) == "ptl candidacy"


def test_a_subject_of_marks_and_tags_alone_keeps_the_last() -> None:
    assert base_subject("Re: [nova]") == "[nova]"
    assert base_subject("") == ""
    assert base_subject("Re: " * 10_000).startswith("re:")


def test_only_marks_of_answers_are_reply_marks() -> None:
    assert has_reply_mark("[sample-dev] [nova] Re: PTL candidacy")
    assert has_reply_mark("答复: PTL candidacy")
    assert not has_reply_mark("Fwd: PTL candidacy")
    assert not has_reply_mark("Reviews: what we need")


NAMES = st.sampled_from("abcdefg")
SKELETONS = st.lists(
    st.builds(
        lambda name, references, hours, subject, answers: mail(
            name, *references, hours=hours, subject=subject, answers=answers
        ),
        NAMES,
        st.lists(NAMES, max_size=4),
        st.integers(0, 400),
        st.sampled_from(["one", "Re: one", "two", "two (was: one)", ""]),
        st.sampled_from(["", "?", None, "Ana Example"]),
    ),
    max_size=12,
    unique_by=lambda skeleton: skeleton.message_id,
)


@settings(max_examples=200, deadline=None)
@given(SKELETONS, st.randoms(use_true_random=False))
def test_every_mail_stands_in_one_thread_whatever_the_order(skeletons, random) -> None:  # type: ignore[no-untyped-def]
    threads = build_threads(skeletons)
    found: list[str] = []
    waiting = list(threads)
    while waiting:
        thread = waiting.pop()
        waiting.extend(thread.replies)
        if thread.skeleton is not None:
            found.append(thread.message_id)
    assert sorted(found) == sorted(skeleton.message_id for skeleton in skeletons)
    shuffled = list(skeletons)
    random.shuffle(shuffled)
    assert build_threads(shuffled) == threads


def test_a_mail_whose_clock_was_never_set_is_answered_at_any_time() -> None:
    undated = replace(FIRST, posted_at=datetime(1970, 1, 1, tzinfo=UTC))
    answer = mail("lost", hours=5, **BEN, answers="Ana Example")  # type: ignore[arg-type]
    assert draw(build_threads([answer, undated])) == {"first": {"lost": {}}}
