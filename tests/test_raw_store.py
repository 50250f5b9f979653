"""The data folder holds whole files or none, and says in one line why it cannot be used."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import resource
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.data_lock import hold_lock
from ingest.errors import (
    DataFolderBusy,
    DataFolderUnwritable,
    DataFolderVersion,
    IngestError,
    MonthBroken,
    MonthMissing,
)
from ingest.pipeline import Run, sync
from ingest.raw_store import RawStore, file_name
from ingest.records import Place
from ingest.sources import open_source
from ingest.stored_facts import MonthFacts, PageMap, StoredArchive
from ingest.web import WebClient
from tests.loopback import Loopback
from tests.pipermail_site import Mail, Site, fill
from tests.syncing import START, Syncing

HOSTILE = [
    "../../etc/passwd",
    "..",
    ".",
    "/etc/passwd",
    "a/b",
    "",
    "\x00",
    "x" * 4000,
    "ü€/\\",
    ".new",
]


def keep(store: RawStore, month: str, data: bytes, older: str = "") -> None:
    staged = store.incoming("list", month)
    staged.write_bytes(gzip.compress(data))
    facts = MonthFacts(name=month, digest="d" * 64, size=len(data))
    store.keep_month("list", facts, staged, older)


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "data")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_from_outside_never_leaves_the_folder(store: RawStore, name: str) -> None:
    keep(store, name, b"From x\n")
    path = store.month_path("list", name)
    assert path.parent == store.folder / "archives" / "list" / "months"
    assert path.is_file()
    assert store.months("list") == [name if len(name) < 100 else store.months("list")[0]]
    store.remember_archive(StoredArchive(name, "address", "local", 0))
    assert store.archives()[0].name in (name, "list")
    store.keep_part(name, name, "text")
    store.keep_pages(name, name, PageMap({"a": "b"}))
    inside = {str(one.relative_to(store.folder)) for one in store.folder.rglob("*")}
    assert all(one.split("/")[0] in ("archives", "version") for one in inside)


def test_a_long_name_is_cut_and_still_told_by_its_facts(store: RawStore) -> None:
    keep(store, "x" * 4000, b"From x\n")
    assert store.months("list") == ["x" * 4000]


def test_two_names_never_share_a_file() -> None:
    names = [*HOSTILE, "a%2Fb", "%2E", "%2E.", "x" * 3999]
    assert len({file_name(name) for name in names}) == len(names)


def test_what_a_killed_sync_had_half_written_is_taken_away_by_the_next(store: RawStore) -> None:
    keep(store, "2015-May", b"0123456789")
    archive = store.month_path("list", "2015-May").parent.parent
    halves = [archive / ".archive.json.17.new", archive / "months" / ".2015-June.17.new"]
    for path in halves:
        path.write_bytes(b"half")
    with store.locked(datetime.now(UTC)):
        assert not any(path.exists() for path in halves)
    assert store.months("list") == ["2015-May"]


def test_a_mail_is_read_by_its_byte_range(store: RawStore) -> None:
    keep(store, "2015-May", b"0123456789")
    assert store.read_mail(Place("list", "2015-May", 0, 3, 4)) == b"3456"


def test_a_byte_range_beyond_the_month_is_damage_not_an_empty_mail(store: RawStore) -> None:
    keep(store, "2015-May", b"0123456789")
    with pytest.raises(MonthBroken, match="reindex"):
        store.read_mail(Place("list", "2015-May", 0, 8, 4))


def test_a_month_written_over_is_not_read_from_memory(store: RawStore) -> None:
    keep(store, "2015-May", b"first")
    assert store.read_mail(Place("list", "2015-May", 0, 0, 5)) == b"first"
    keep(store, "2015-May", b"again")
    assert store.read_mail(Place("list", "2015-May", 0, 0, 5)) == b"again"


def test_few_unpacked_months_are_held_in_memory(store: RawStore) -> None:
    for number in range(12):
        keep(store, f"m{number}", bytes(8 * 2**20))
        store.read_mail(Place("list", f"m{number}", 0, 0, 5))
    assert sum(map(len, store._unpacked._months.values())) <= 24 * 2**20


@pytest.mark.parametrize(
    "damage",
    [b"", b"no gzip", gzip.compress(b"From x" * 90, mtime=0)[:-9]],
    ids=["empty", "no gzip", "cut short"],
)
def test_a_damaged_month_is_named(store: RawStore, damage: bytes) -> None:
    keep(store, "2015-May", b"From x\n")
    store.month_path("list", "2015-May").write_bytes(damage or b"\x1f\x8b")
    with pytest.raises(MonthBroken, match="2015-May"):
        store.read_month("list", "2015-May")


def test_a_month_that_is_not_there_is_named(store: RawStore) -> None:
    with pytest.raises(MonthMissing, match="2015-May"):
        store.read_month("list", "2015-May")


def test_the_older_copy_stays_beside_the_newer(store: RawStore) -> None:
    keep(store, "2015-May", b"long ago and more")
    keep(store, "2015-May", b"short", older="2015-May.abcdef01")
    assert store.read_month("list", "2015-May.abcdef01") == b"long ago and more"
    assert store.read_month("list", "2015-May") == b"short"


def test_facts_that_a_power_cut_left_empty_are_facts_not_known(store: RawStore) -> None:
    keep(store, "2015-May", b"From x\n")
    assert store.month_facts("list", "2015-May") is not None
    (store.month_path("list", "2015-May").parent / "2015-May.json").write_bytes(b"")
    assert store.month_facts("list", "2015-May") is None


def test_the_data_of_a_newer_release_is_refused(store: RawStore) -> None:
    (store.folder / "version").write_text("99\n")
    with pytest.raises(DataFolderVersion, match="99"):
        RawStore(store.folder)


def test_a_file_in_the_folders_place_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataFolderUnwritable, match="a file stands"):
        RawStore(tmp_path / "data")


def test_two_syncs_at_once_the_second_is_told_who_holds_the_folder(store: RawStore) -> None:
    with store.locked(START), pytest.raises(DataFolderBusy) as caught, store.locked(START):
        raise AssertionError("both hold the folder")
    assert str(os.getpid()) in str(caught.value)
    assert "2015-10-20T09:00:00" in str(caught.value)


def hold_forever(folder: Path, pipe: object) -> None:
    with hold_lock(folder, START):
        pipe.send("held")  # type: ignore[attr-defined]
        signal.pause()


def test_the_lock_is_gone_with_the_process_that_held_it(store: RawStore) -> None:
    processes = multiprocessing.get_context("forkserver")
    ours, theirs = processes.Pipe()
    child = processes.Process(target=hold_forever, args=(store.folder, theirs))
    child.start()
    assert ours.recv() == "held"
    with pytest.raises(DataFolderBusy, match=str(child.pid)), store.locked(START):
        raise AssertionError("both hold the folder")
    child.kill()
    child.join()
    with store.locked(START):
        assert str(os.getpid()) in (store.folder / "lock").read_text()


def test_what_a_killed_sync_had_half_fetched_is_taken_away(store: RawStore) -> None:
    keep(store, "2015-May", b"From x\n")
    left = store.incoming("list", "2015-June")
    left.write_bytes(b"half")
    with store.locked(START):
        assert not left.exists()
    assert store.months("list") == ["2015-May"]


def sync_with_small_files(folder: str, address: str, limit: int, pipe: object) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        sync(RawStore(Path(folder)), [open_source(address, WebClient())], Run(now=lambda: START))
        pipe.send("done")  # type: ignore[attr-defined]
    except IngestError as error:
        pipe.send(str(error))  # type: ignore[attr-defined]


@pytest.mark.parametrize("limit", [6_000, 40_000, 80_000])
def test_a_disk_that_fills_up_ends_the_sync_in_one_line_and_loses_nothing(
    tmp_path: Path, server: Loopback, web: WebClient, limit: int
) -> None:
    site = Site(server)
    fill(site)
    syncing = Syncing(tmp_path / "data", web, [site.url])
    syncing()
    ids = syncing.message_ids()
    noise = os.urandom(90_000).hex()
    site.months["2015-October"].append(Mail(80, text=f"{noise}\n"))
    site.publish()
    processes = multiprocessing.get_context("forkserver")
    ours, theirs = processes.Pipe()
    child = processes.Process(
        target=sync_with_small_files, args=(str(syncing.folder), site.url, limit, theirs)
    )
    child.start()
    theirs.close()
    said = ours.recv()
    child.join()
    assert "data folder" in said
    assert "nothing" in said
    assert "\n" not in said
    assert syncing.message_ids() == ids
    assert not syncing().failed
    assert len(syncing.message_ids()) == len(ids) + 1
    undisturbed = Syncing(tmp_path / "undisturbed", web, [site.url])
    undisturbed()
    assert syncing.dump() == undisturbed.dump()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of its own, so small that a sync fills it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    return folder


@needs_root
def test_a_really_full_disk_and_a_read_only_one_are_told_apart(
    small_disk: Path, server: Loopback, web: WebClient
) -> None:
    try:
        site = Site(server)
        fill(site)
        syncing = Syncing(small_disk / "data", web, [site.url])
        site.months["2015-October"].append(Mail(80, text=os.urandom(200_000).hex()))
        site.publish()
        with pytest.raises(DataFolderUnwritable, match="free some space"):
            syncing()
        assert not list(small_disk.rglob("*.new"))
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
        assert not syncing().failed
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        with pytest.raises(DataFolderUnwritable, match=r"Read-only|readonly"):
            syncing()
        assert len(syncing.message_ids()) == 23
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)


def test_a_mail_that_is_held_needs_no_unpacking(store: RawStore, tmp_path: Path) -> None:
    keep(store, "2015-May", b"0123456789")
    place = Place("list", "2015-May", 0, 3, 4)
    store.hold_mail(place, b"3456")
    store.month_path("list", "2015-May").unlink()
    assert store.read_mail(place) == b"3456"
    store.forget_unpacked()
    with pytest.raises(MonthMissing):
        store.read_mail(place)


def test_a_mail_that_is_held_goes_with_its_month(store: RawStore) -> None:
    keep(store, "2015-May", b"0123456789")
    store.hold_mail(Place("list", "2015-May", 0, 3, 4), b"3456")
    keep(store, "2015-May", b"9876543210")
    assert store.read_mail(Place("list", "2015-May", 0, 3, 4)) == b"6543"


def test_no_more_mails_are_held_than_fit(store: RawStore) -> None:
    large = b"x" * 2**20
    for number in range(20):
        store.hold_mail(Place("list", f"m{number}", 0, 0, 2**20), large)
    assert store.read_mail(Place("list", "m0", 0, 0, 2**20)) == large
    with pytest.raises(MonthMissing):
        store.read_mail(Place("list", "m19", 0, 0, 2**20))
