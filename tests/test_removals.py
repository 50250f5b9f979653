"""A removal request: what it takes away, of whom, from where, and what it leaves to others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import RemovalsUnreadable
from ingest.records import message_id_hash
from ingest.removals import read_removals
from tests.hostile_site import reindex, serving_data, sync_mails, write_answer, write_mail

REVIEWS = "Xylophonic reviews, twice a day, is what I would begin with."
QUOTING = (
    "On Mon, Sep 14, 2015 at 12:01 PM,\nAna Removed <mail1@example.org> wrote:\n"
    f"> {REVIEWS[:30]}\n> {REVIEWS[31:]}\n\nMy own words stay.\n\n> Ana Removed\n"
)


def stand(number: int, name: str, team: str, more: str = "", **changes: Any) -> bytes:
    subject = f"[{team}] PTL candidacy"
    return write_mail(number, name=name, team=team, subject=subject, more=more, **changes)


MAILS = [
    stand(1, "Ana Removed", "nova", REVIEWS),
    stand(2, "Cam Stays", "cinder"),
    write_answer(20, 1, "+1 for Ana\n"),
    write_answer(21, 2, f"+1 for Cam\n\n{REVIEWS}\n", name="Ana Removed"),
    write_answer(22, 21, QUOTING, name="Dee Answers"),
]


def everything(data: Path) -> list[dict[str, Any]]:
    with serving_data(data) as client:
        lines = client.get("/api/v1/export?format=jsonl").text.splitlines()
    return sorted(map(json.loads, lines), key=lambda one: str(one["message_id"]))


def leave_out(data: Path, *lines: str, mails: list[bytes] = MAILS) -> list[dict[str, Any]]:
    """Sync, ask for removals, and sync again."""
    sync_mails(data, mails)
    (data / "removed.txt").write_text("\n".join(lines))
    sync_mails(data, mails)
    return everything(data)


@pytest.mark.parametrize("line", ["person:ana-removed", "mail1@example.org\nmail21@example.org"])
def test_what_others_quote_of_a_removed_mail_goes_with_it_and_their_own_words_stay(
    tmp_path: Path, line: str
) -> None:
    [cam] = leave_out(tmp_path / "sample", line)
    assert [reply["sender"] for reply in cam["replies"]] == ["Dee Answers"]
    text = cam["replies"][0]["text"]
    assert text == "> [left out on request]\n\nMy own words stay.\n\n> [left out on request]"


def test_a_person_is_removed_with_every_answer_under_any_of_their_addresses(tmp_path: Path) -> None:
    mails = [
        *MAILS,
        stand(3, "Ana Removed", "heat"),
        write_answer(23, 2, "+1 again\n", name="A."),
    ]
    mails[-1] = mails[-1].replace(b"mail23@example.org>\nDate", b"mail3@example.org>\nDate")
    [cam] = leave_out(tmp_path / "sample", "person:ana-removed", mails=mails)
    assert [reply["sender"] for reply in cam["replies"]] == ["Dee Answers"]


@pytest.mark.parametrize("named", ["mail1@example.org", "mail5@example.org"])
def test_a_candidacy_sent_twice_is_left_out_by_the_name_of_either_mail(
    tmp_path: Path, named: str
) -> None:
    again = stand(5, "Ana Removed", "nova", REVIEWS)
    found = leave_out(tmp_path / "sample", named, mails=[*MAILS, again])
    assert {one["candidate"] for one in found} == {"Cam Stays"}


def test_nobody_else_is_called_otherwise_when_a_namesake_is_left_out(tmp_path: Path) -> None:
    mails = [
        stand(1, "Ana Twice", "nova", "IRC: anaone"),
        stand(2, "Ana Twice", "heat", "IRC: twoana"),
        stand(3, "Cam Stays", "cinder"),
    ]
    data = tmp_path / "sample"
    sync_mails(data, mails)
    assert {one["person"] for one in everything(data)} == {"ana-twice", "ana-twice-2", "cam-stays"}
    lines = ["person:ana-twice-2"]
    assert {one["person"] for one in leave_out(data, *lines, mails=mails)} == {
        "ana-twice", "cam-stays",
    }  # fmt: skip
    lines.append("mail1@example.org")
    assert {one["person"] for one in leave_out(data, *lines, mails=mails)} == {"cam-stays"}


def test_no_word_of_a_removed_mail_is_offered_or_found(tmp_path: Path) -> None:
    data = tmp_path / "sample"
    leave_out(data, "person:ana-removed")
    for again in (False, True):
        if again:
            reindex(data)
        with serving_data(data) as client:
            assert client.get("/api/v1/suggest?q=xyl").json()["suggestions"] == []
            assert client.get("/api/v1/suggest?q=ana").json()["suggestions"] == []
            for query in ("xylophonic", "xylophonik", "twice", "candidate:removed"):
                answer = client.get("/api/v1/candidacies", params={"q": query}).json()
                assert answer["total"] == 0
                assert "xylo" not in str(answer["suggestions"])
            assert client.get("/candidates/ana-removed").status_code == 404


def test_a_removal_outlives_an_archive_that_was_rebuilt(tmp_path: Path) -> None:
    data = tmp_path / "sample"
    leave_out(data, "mail1@example.org")
    changed = [mail.replace(b"12:0", b"13:0") for mail in MAILS]
    sync_mails(data, [*changed, *MAILS, stand(6, "Eve Later", "trove")])
    assert {one["candidate"] for one in everything(data)} == {"Cam Stays", "Eve Later"}
    (data / "removed.txt").unlink()
    sync_mails(data, [*changed, *MAILS])
    assert "Ana Removed" in {one["candidate"] for one in everything(data)}


WRITTEN = [
    "\ufeffmail1@example.org", "<MAIL1@example.org>", "mail1 at example.org  # asked on 2 May",
    "mailto:mail1@example.org", "https://h.example.org/x/candidates/ana-removed",
    "https://h.example.org/candidacies/{id}", "  person:Ana-Removed\t#on request",
]  # fmt: skip


@pytest.mark.parametrize("line", WRITTEN)
def test_a_line_is_read_as_people_write_it(tmp_path: Path, line: str) -> None:
    written = line.format(id=message_id_hash("mail1@example.org"))
    found = leave_out(tmp_path / "sample", written, "# asked by mail")
    assert {one["candidate"] for one in found} == {"Cam Stays"}


def test_a_number_sign_inside_an_id_is_part_of_it(tmp_path: Path) -> None:
    mails = [stand(2, "Cam Stays", "cinder"), stand(9, "Ana Odd", "nova", message_id="a#b@x.org")]
    found = leave_out(tmp_path / "sample", "a#b@x.org", mails=mails)
    assert {one["candidate"] for one in found} == {"Cam Stays"}


def test_a_line_that_names_nobody_is_told_by_its_number_alone(tmp_path: Path) -> None:
    data = tmp_path / "sample"
    data.mkdir()
    (data / "removed.txt").write_text("person:ana-removed\nperson:anna-remvoed\n")
    (report,) = sync_mails(data, MAILS).archives
    assert [note for note in report.notes if "removed.txt" in note] == [
        "removed.txt, line 2 names no mail that is shown"
    ]


def test_a_list_that_cannot_be_read_is_named_and_nothing_is_shown_without_it(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    sync_mails(data, MAILS)
    (data / "removed.txt").mkdir()
    with pytest.raises(RemovalsUnreadable, match=r"removed\.txt cannot be read"):
        read_removals(data)
