"""The stored form of a candidacy: everything comes back, and the same record gives the same
bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ingest.records import Office, Outcome, Reason, Status
from ingest.records_json import candidacy_from_json, candidacy_to_json
from tests.builders import make_candidacy, make_reply

FULL = make_candidacy(
    office=Office.TC,
    projects=(),
    status=Status.CONFIRMED,
    status_evidence="confirmed",
    outcome=Outcome.NOT_ELECTED,
    outcome_evidence="not among the winners",
    reasons=(Reason("subject-tag", 2.5, "[tc]"), Reason("first-person", 1.0)),
    replies=(make_reply(), make_reply(message_id="third@example.org", depth=2)),
    archive_urls=("https://lists.example.org/a", "https://lists.example.org/b"),
    links=("https://review.example.org/1",),
    raw=b"From ana at example.org\n\x00\xff\xfe",
    race_size=3,
)


def test_everything_comes_back() -> None:
    assert candidacy_from_json(candidacy_to_json(FULL)) == FULL


def test_the_same_record_gives_the_same_text() -> None:
    text = candidacy_to_json(FULL)
    assert candidacy_to_json(candidacy_from_json(text)) == text
    assert "\n" not in text


def test_half_a_surrogate_pair_survives() -> None:
    odd = make_candidacy(statement="broken \ud83d half, and whole \U0001f600")
    assert candidacy_from_json(candidacy_to_json(odd).encode("ascii")) == odd


def test_times_are_kept_in_utc() -> None:
    east = timezone(timedelta(hours=5))
    back = candidacy_from_json(
        candidacy_to_json(make_candidacy(posted_at=datetime(2015, 9, 14, 17, tzinfo=east)))
    )
    assert back.posted_at == datetime(2015, 9, 14, 12, tzinfo=UTC)
    assert back.posted_at.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", '{"posted_at": 3}', "{" * 100])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        candidacy_from_json(text)
