"""Archives on disk are read as they are: mbox files, Maildirs, folders of months."""

from __future__ import annotations

import gzip
import mailbox
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest import local
from ingest.errors import ArchiveUnreachable, MonthBroken, MonthMissing, NotAnArchive
from ingest.mbox import split_messages
from ingest.records import ArchiveKind, Part, RawMessage
from ingest.sources import Source, open_source
from ingest.web import WebClient
from tests.builders import make_message

MAIL = (
    b"From ana@example.org Mon Oct  5 12:00:00 2015\nFrom: ana@example.org\nSubject: hi\n\nHi.\n\n"
)


def opened(path: Path, web: WebClient) -> Source:
    return open_source(str(path), web)


def pull(source: Source, folder: Path) -> dict[str, bytes]:
    months = {}
    for month in source.list_months():
        assert source.fetch_month(month, None, folder / f"{month.name}.new") is not None
        months[month.name] = gzip.decompress((folder / f"{month.name}.new").read_bytes())
    return months


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize("file", ["dev.mbox", "dev.mbox.gz", "dev.txt.gz", "dev"])
def test_a_file_is_one_month_named_after_it(
    file: str, web: WebClient, tmp_path: Path, out: Path
) -> None:
    path = tmp_path / file
    path.write_bytes(gzip.compress(MAIL) if file.endswith("gz") else MAIL)
    source = opened(path, web)
    assert (source.name, source.kind, source.address) == ("dev", ArchiveKind.LOCAL, str(path))
    assert pull(source, out) == {"dev": MAIL}


def test_a_file_address_is_a_path(web: WebClient, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "my list.mbox"
    path.write_bytes(MAIL)
    source = open_source(path.as_uri(), web)
    assert source.name == "my-list"
    assert pull(source, out) == {"my list": MAIL}


def test_months_do_not_tell_where_they_lie(web: WebClient, tmp_path: Path) -> None:
    (tmp_path / "dev.mbox").write_bytes(MAIL)
    assert [month.url for month in opened(tmp_path / "dev.mbox", web).list_months()] == [""]


def test_a_folder_of_months_is_read_in_their_order(
    web: WebClient, tmp_path: Path, out: Path
) -> None:
    for name in ("2015-October", "2015-April", "2014-December"):
        (tmp_path / f"{name}.txt.gz").write_bytes(gzip.compress(MAIL + name.encode()))
    (tmp_path / "2015-November.txt").write_bytes(MAIL)
    (tmp_path / "index.html").write_text("<html>")
    (tmp_path / ".2015-May.txt").write_bytes(b"half")
    (tmp_path / "attachments.txt").mkdir()
    months = pull(opened(tmp_path, web), out)
    assert list(months) == ["2014-December", "2015-April", "2015-October", "2015-November"]
    assert months["2015-April"] == MAIL + b"2015-April"


@pytest.mark.parametrize(("packed_at", "text"), [(1, b"new"), (3, b"old")])
def test_of_a_month_packed_and_unpacked_the_newer_is_taken(
    packed_at: int, text: bytes, web: WebClient, tmp_path: Path, out: Path
) -> None:
    (tmp_path / "2015-May.txt").write_bytes(MAIL + b"new")
    (tmp_path / "2015-May.txt.gz").write_bytes(gzip.compress(MAIL + b"old"))
    os.utime(tmp_path / "2015-May.txt", (2, 2))
    os.utime(tmp_path / "2015-May.txt.gz", (packed_at, packed_at))
    assert pull(opened(tmp_path, web), out) == {"2015-May": MAIL + text}


def test_a_maildir_is_an_mbox_in_the_order_of_arrival(
    web: WebClient, tmp_path: Path, out: Path
) -> None:
    box = tmp_path / "box"
    for folder in ("cur", "new", "tmp"):
        (box / folder).mkdir(parents=True)
    mail = "From: ana@example.org\r\nDate: x\r\nSubject: {}\r\nMessage-ID: <{}@x>\r\n\r\n{}\r\n"
    separator = "From a@example.org  Mon Oct  5 12:00:00 2015"
    trap = f"{separator}\nFrom: eve@example.org\nDate: x\nSubject: trap\n\nFrom here on"
    (box / "new" / "1443960000.M2.host").write_bytes(mail.format("two", "two", trap).encode())
    (box / "cur" / "1443950000.M1.host:2,S").write_bytes(mail.format("one", "one", "1").encode())
    (box / "tmp" / "1443940000.M0.host").write_bytes(b"half")
    data = pull(opened(box, web), out)["box"]
    pieces = [
        piece for piece in split_messages(data, "box", "box") if isinstance(piece, RawMessage)
    ]
    assert [piece.data.split(b"Subject: ")[1][:3] for piece in pieces] == [b"one", b"two"]
    assert data.startswith(b"From MAILER-DAEMON Sun Oct  4 09:13:20 2015\n")
    assert b"\nFrom here on\n" in data


def test_a_maildir_is_unchanged_though_somebody_read_it(
    web: WebClient, tmp_path: Path, out: Path
) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(b"From: ana@example.org\nSubject: one\n\nHi.\n")
    source = opened(tmp_path / "box", web)
    month = source.list_months()[0]
    known = source.fetch_month(month, None, out / "1")
    path = next((tmp_path / "box" / "new").iterdir())
    path.rename(tmp_path / "box" / "cur" / f"{path.name}:2,S")
    assert source.fetch_month(month, known, out / "2") is None, "its listing is old"
    assert source.list_months() == [month]
    assert source.fetch_month(month, known, out / "3") is None
    box.add(b"From: ben@example.org\nSubject: two\n\nHi.\n")
    assert source.list_months() == [month]
    assert source.fetch_month(month, known, out / "4") is not None


def test_an_unchanged_file_is_not_read(web: WebClient, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "dev.mbox"
    path.write_bytes(MAIL)
    os.utime(path, (1, 1))
    source = opened(path, web)
    month = source.list_months()[0]
    known = source.fetch_month(month, None, out / "1")
    path.write_bytes(MAIL.replace(b"Hi.", b"Ho."))
    os.utime(path, (1, 1))
    assert source.fetch_month(month, known, out / "2") is None, "size and time are the same"
    os.utime(path, (2, 2))
    assert source.fetch_month(month, known, out / "3") is not None
    path.write_bytes(MAIL)
    assert source.fetch_month(month, known, out / "4") is None, "written again, but the same"


def test_a_file_that_changes_while_it_is_read_is_read_again(
    web: WebClient, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dev.mbox"
    path.write_bytes(MAIL)
    stamps = iter(["before", "after", "after", "after"])
    monkeypatch.setattr(local, "_stamp", lambda path: next(stamps))
    assert pull(opened(path, web), out) == {"dev": MAIL}
    assert list(stamps) == []


def test_a_file_that_never_rests_is_left_for_later(
    web: WebClient, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dev.mbox"
    path.write_bytes(MAIL)
    numbers = iter(range(100))
    monkeypatch.setattr(local, "_stamp", lambda path: str(next(numbers)))
    source = opened(path, web)
    with pytest.raises(MonthBroken, match=r"dev\.mbox is being written: sync again later"):
        source.fetch_month(source.list_months()[0], None, out / "x")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html>", "is no mbox: take it away"),
        (gzip.compress(MAIL)[:-5], "is a gzip that was cut short: replace it"),
        (b"\x1f\x8b\x08 no gzip", "is a broken gzip: replace it"),
    ],
)
def test_a_file_that_is_no_mbox_is_named(
    data: bytes, message: str, web: WebClient, tmp_path: Path, out: Path
) -> None:
    path = tmp_path / "dev.mbox"
    path.write_bytes(data)
    source = opened(path, web)
    with pytest.raises(MonthBroken, match=message):
        source.fetch_month(source.list_months()[0], None, out / "x")
    assert list(out.iterdir()) == []


def test_a_file_that_vanished_is_missing(web: WebClient, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "dev.mbox"
    path.write_bytes(MAIL)
    source = opened(path, web)
    month = source.list_months()[0]
    path.unlink()
    with pytest.raises(MonthMissing, match=r"dev\.mbox is gone"):
        source.fetch_month(month, None, out / "x")


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user without rights; whoever runs the tests without any already is."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_file_that_may_not_be_read_is_named(web: WebClient) -> None:
    # Not in pytest's folder, into which nobody else may look.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder) / "dev.mbox"
        path.write_bytes(MAIL)
        path.chmod(0)
        source = opened(path, web)
        with nobody(), pytest.raises(MonthBroken, match=r"dev\.mbox cannot be read \(Permission d"):
            source.fetch_month(source.list_months()[0], None, Path(folder) / "new")
        path.chmod(0o644)
        Path(folder).chmod(0o555)
        with nobody(), pytest.raises(PermissionError):  # told as a data folder's
            source.fetch_month(source.list_months()[0], None, Path(folder) / "new")
        Path(folder).chmod(0o700)


def test_a_path_that_is_not_there_is_unreachable(web: WebClient, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreachable, match=r"nothing cannot be read \(No such file"):
        opened(tmp_path / "nothing", web).list_months()


def test_a_folder_without_months_is_no_archive(web: WebClient, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(NotAnArchive, match="is neither a Maildir nor a folder of"):
        opened(tmp_path, web).list_months()


@pytest.mark.parametrize("address", ["ftp://example.org/list", "", "   ", "gopher://x"])
def test_an_address_of_no_known_kind_is_refused(address: str, web: WebClient) -> None:
    with pytest.raises(NotAnArchive, match="is no archive's address"):
        open_source(address, web)


@pytest.mark.parametrize(
    "address", ["https://ana:secret@example.org/pipermail/dev/", "http://ana@example.org/"]
)
def test_an_address_with_a_password_is_refused_without_saying_it(
    address: str, web: WebClient
) -> None:
    with pytest.raises(NotAnArchive, match="has a name or a password in it") as refused:
        open_source(address, web)
    assert "ana" not in str(refused.value)


def test_attachments_beside_the_months_are_read(web: WebClient, tmp_path: Path) -> None:
    (tmp_path / "2015-May.txt").write_bytes(MAIL)
    (tmp_path / "attachments" / "1").mkdir(parents=True)
    (tmp_path / "attachments" / "1" / "x.html").write_text("<tt>&lt;p&gt;hi&lt;/p&gt;</tt>")
    source = opened(tmp_path, web)
    url = "http://lists.example.org/pipermail/dev/attachments/1/x.html"
    assert source.fetch_part(Part(url=url, kind="text/html")) == "hi\n"
    for elsewhere in ("../../2015-May.txt", "1/none.html", "%2e%2e/2015-May.txt", "/etc/passwd"):
        url = f"http://lists.example.org/pipermail/dev/attachments/{elsewhere}"
        with pytest.raises(MonthMissing):
            source.fetch_part(Part(url=url, kind="text/html"))


def test_mails_on_disk_have_no_pages(web: WebClient, tmp_path: Path) -> None:
    (tmp_path / "dev.mbox").write_bytes(MAIL)
    source = opened(tmp_path / "dev.mbox", web)
    with pytest.raises(MonthMissing):
        source.find_pages(source.list_months()[0], [make_message()])
