"""A large mbox is read as several months, cut between its mails and nowhere else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest import large_files
from ingest.large_files import PIECE, count_pieces, read_piece
from ingest.mbox import split_messages
from ingest.records import RawMessage
from ingest.web import WebClient
from tests.syncing import Syncing

TRAPS = (
    "From here on we test.",
    "\nFrom ana@example.org Mon Oct  5 12:00:00 2015\nno header below this line\n",
    "> From ana@example.org Mon Oct  5 12:00:00 2015\n> From: ana@example.org\n",
    "x" * 300,
)


def make_mail(maker: random.Random, number: int, writer: str, size: int) -> bytes:
    sender = "ana at example.org  " if writer == "pipermail" else "ana@example.org "
    name = "ana at example.org (Ana)" if writer == "pipermail" else "Ana <ana@example.org>"
    text = f"From {sender}Mon Oct  5 12:00:00 2015\nFrom: {name}\n"
    text += f"Date: Mon, 5 Oct 2015 12:00:00 +0000\nSubject: mail {number}\n"
    text += f"Message-ID: <{number}@example.org>\n\n"
    while len(text) < size:
        text += maker.choice(TRAPS) + "\n"
    text = text.rstrip("\n") + "\n\n"
    return (text.replace("\n", "\r\n") if writer == "windows" else text).encode()


def make_mbox(seed: int, writer: str, count: int, most: int) -> bytes:
    maker = random.Random(seed)
    sizes = [int(most * maker.random() ** 4) for _ in range(count)]
    return b"".join(make_mail(maker, n, writer, size) for n, size in enumerate(sizes))


def mails_of(data: bytes) -> list[bytes]:
    pieces = split_messages(data, "dev", "dev")
    return [piece.data for piece in pieces if isinstance(piece, RawMessage)]


def read_all(path: Path) -> list[bytes]:
    return [b"".join(read_piece(path, number)) for number in range(count_pieces(path))]


@pytest.mark.parametrize("writer", ["pipermail", "mail reader", "windows"])
@pytest.mark.parametrize("seed", range(5))
def test_the_pieces_are_the_mails_of_the_whole(
    seed: int, writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_files, "PIECE", 2000)
    whole = make_mbox(seed, writer, 60, 9000)
    (tmp_path / "dev.mbox").write_bytes(whole)
    pieces = read_all(tmp_path / "dev.mbox")
    assert b"".join(pieces) == whole
    assert b"" in pieces, "a mail that is longer than a piece leaves the next one empty"
    assert [mail for piece in pieces for mail in mails_of(piece)] == mails_of(whole)
    assert len(mails_of(whole)) == 60


def test_an_mbox_that_grows_leaves_the_pieces_before_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_files, "PIECE", 2000)
    path = tmp_path / "dev.mbox"
    path.write_bytes(b"".join(mails_of(make_mbox(1, "pipermail", 30, 2000))))
    before = read_all(path)
    with path.open("ab") as file:
        file.write(make_mail(random.Random(3), 99, "pipermail", 5000))
    assert read_all(path)[: len(before) - 1] == before[:-1]


def test_mails_larger_than_what_is_looked_at_at_once_are_not_cut(tmp_path: Path) -> None:
    maker = random.Random(1)
    sizes = [PIECE + 5_000_000, 100, 3_000_000, 4_000_000, PIECE, 300_000]
    mails = [make_mail(maker, n, "pipermail", size) for n, size in enumerate(sizes)]
    (tmp_path / "dev.mbox").write_bytes(b"".join(mails))
    pieces = read_all(tmp_path / "dev.mbox")
    assert [mail for piece in pieces for mail in mails_of(piece)] == mails
    assert len(pieces) == -(-sum(map(len, mails)) // PIECE)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"no mail\n" * 1000, b"From x\n" * 1000, b"\xef\xbb\xbf" + b"\n" * 5000]
)
def test_what_is_no_mbox_is_one_piece_and_empty_ones(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_files, "PIECE", 2000)
    (tmp_path / "dev.mbox").write_bytes(data)
    first, *others = read_all(tmp_path / "dev.mbox")
    assert first == data
    assert not any(others)


def test_a_large_mbox_is_synced_piece_by_piece_and_again_where_it_changed(
    tmp_path: Path, web: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_files, "PIECE", 20_000)
    path = tmp_path / "dev.mbox"
    whole = make_mbox(7, "mail reader", 50, 9000)
    path.write_bytes(whole)
    syncing = Syncing(tmp_path / "data", web, [str(path)])
    (first,) = syncing().archives
    assert first.messages_kept == 50
    assert first.months_fetched == first.months_named == -(-len(whole) // 20_000) > 3
    with path.open("ab") as file:
        file.write(make_mail(random.Random(3), 98, "mail reader", 50))
    (second,) = syncing().archives
    assert (second.months_fetched, second.months_failed) == (1, 0)
    mails = mails_of(path.read_bytes())
    mails.remove(max(mails[:10], key=len))
    path.write_bytes(b"".join(mails))
    (third,) = syncing().archives
    assert third.months_asked == third.months_named
    assert third.months_fetched > 3
    assert (third.faults, len(syncing.message_ids())) == ((), 50)
    assert sum("no longer in the archive" in note for note in third.notes) == 1
