"""A Maildir is read in pieces that stay as they are while mails come, go and are read."""

from __future__ import annotations

import gzip
import mailbox
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from ingest import maildirs
from ingest.maildirs import MaildirPiece, list_pieces
from ingest.mbox import split_messages
from ingest.records import RawMessage
from ingest.web import WebClient
from tests.syncing import Syncing

MAIL = (
    "From: Ana <ana@example.org>\r\nDate: Mon, 5 Oct 2015 12:00:00 +0000\r\n"
    "Subject: mail {0}\r\nMessage-ID: <{0}@example.org>\r\n\r\nNumber {0}.\r\n"
)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a Maildir of a hundred mails, cut some five mails apart."""
    monkeypatch.setattr(maildirs, "_APART", 5)
    path = tmp_path / "box"
    for folder in ("cur", "new", "tmp"):
        (path / folder).mkdir(parents=True)
    for number in range(100):
        deliver(path, number)
    return path


def deliver(box: Path, number: int, folder: str = "new") -> Path:
    path = box / folder / f"{1443950000 + number}.M{number}.host"
    path.write_bytes(MAIL.format(number).encode())
    return path


def read_all(pieces: list[MaildirPiece], folder: Path) -> list[bytes]:
    folder.mkdir()
    written = []
    for number, piece in enumerate(pieces):
        assert piece.write(folder / str(number), None) is not None
        written.append(gzip.decompress((folder / str(number)).read_bytes()))
    return written


def numbers(pieces: list[bytes]) -> list[int]:
    mails = [one for piece in pieces for one in split_messages(piece, "box", "box")]
    assert all(isinstance(one, RawMessage) for one in mails)
    return [int(one.data.split(b"Number ")[1].partition(b".")[0]) for one in mails]


def test_the_pieces_are_the_mails_in_the_order_of_their_arrival(box: Path, tmp_path: Path) -> None:
    pieces = list_pieces(box)
    assert 5 < len(pieces) < 50
    assert numbers(read_all(pieces, tmp_path / "out")) == list(range(100))


def test_a_piece_ends_where_it_is_large(
    box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maildirs, "_APART", 10**9)
    monkeypatch.setattr(maildirs, "PIECE", 1000)
    pieces = list_pieces(box)
    assert max(len(piece.files) for piece in pieces) == -(-1000 // len(MAIL.format(10)))
    assert numbers(read_all(pieces, tmp_path / "out")) == list(range(100))


def stamps(box: Path) -> set[str]:
    return {piece.stamp() for piece in list_pieces(box)}


def test_what_comes_goes_or_changes_is_a_matter_of_its_piece_alone(box: Path) -> None:
    before = stamps(box)
    deliver(box, 100)
    assert len(before - stamps(box)) <= 1
    (box / "new" / "1443950100.M100.host").unlink()
    for number in (3, 50, 97):
        path = deliver(box, number)
        path.unlink()
        assert 1 <= len(before - stamps(box)) <= 2, "a cut may go with its mail"
        deliver(box, number)
        path.write_bytes(path.read_bytes() + b"More.\n")
        assert len(before - stamps(box)) == 1
        deliver(box, number)
        path.rename(box / "cur" / f"{path.name}:2,S")
        assert stamps(box) == before, "read by somebody"


def test_a_mail_that_somebody_reads_or_deletes_meanwhile_is_found_or_left_out(
    box: Path, tmp_path: Path
) -> None:
    pieces = list_pieces(box)
    read = box / "new" / "1443950007.M7.host"
    read.rename(box / "cur" / f"{read.name}:2,S")
    (box / "new" / "1443950008.M8.host").unlink()
    expected = [number for number in range(100) if number != 8]
    assert numbers(read_all(pieces, tmp_path / "out")) == expected


def test_a_mail_that_is_moved_on_while_they_are_listed_is_seen_once(
    box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, moved = os.scandir, []

    def look_and_move(
        folder: Path,
    ) -> AbstractContextManager[list[os.DirEntry[str]]]:
        entries = list(look(folder))
        for number in (30, 31) if not moved else ():
            path = box / "new" / f"{1443950000 + number}.M{number}.host"
            moved.append(path.rename(box / "cur" / f"{path.name}:2,"))
        return nullcontext(entries)

    monkeypatch.setattr(maildirs.os, "scandir", look_and_move)
    pieces = list_pieces(box)
    assert len(moved) == 2
    monkeypatch.undo()
    assert numbers(read_all(pieces, tmp_path / "out")) == list(range(100))


def test_what_is_no_mail_is_left_out_and_any_name_is_taken(box: Path, tmp_path: Path) -> None:
    (box / "cur" / ".lock").write_bytes(b"x")
    (box / "cur" / "folder").mkdir()
    os.mkfifo(box / "cur" / "pipe")
    (box / "cur" / "gone").symlink_to(box / "nowhere")
    odd = os.fsencode(box / "cur") + b"/9\xff\n.x:2,S"
    with open(odd, "wb") as file:
        file.write(MAIL.format(777).encode())
    found = numbers(read_all(list_pieces(box), tmp_path / "out"))
    assert found == [777, *range(100)]
    assert len(stamps(box)) == len(list_pieces(box))


def test_an_empty_maildir_is_one_empty_piece(tmp_path: Path) -> None:
    mailbox.Maildir(tmp_path / "box", create=True)
    (piece,) = list_pieces(tmp_path / "box")
    assert read_all([piece], tmp_path / "out") == [b""]


def test_a_maildir_is_synced_piece_by_piece_and_again_where_it_changed(
    box: Path, tmp_path: Path, web: WebClient
) -> None:
    syncing = Syncing(tmp_path / "data", web, [str(box)])
    (first,) = syncing().archives
    assert (first.messages_kept, first.months_fetched) == (100, len(list_pieces(box)))
    (second,) = syncing().archives
    assert (second.months_asked, second.months_fetched) == (first.months_named, 0)
    deliver(box, 100, "cur")
    (box / "new" / "1443950050.M50.host").unlink()
    (third,) = syncing().archives
    assert third.months_fetched <= 3
    assert third.faults == ()
    assert len(syncing.message_ids()) == 100
    assert "50@example.org" not in syncing.message_ids()
    assert sum("no longer in the archive" in note for note in third.notes) == 1
