"""A byte that changed in any file of the data folder is named, healed or harmless; never silent."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands import main
from ingest.elections import load_elections
from search import open_writer
from tests.hostile_site import write_answer, write_mail

TEAMS = ("nova", "cinder", "glance", "heat", "swift", "trove")
MAILS = [
    write_mail(
        number, name=f"Ana Number{team.title()}", team=team, subject=f"[{team}] PTL candidacy"
    )
    for number, team in enumerate(TEAMS)
] + [write_answer(40 + number, number, f"+1 for {team}\n") for number, team in enumerate(TEAMS)]
EXPORT = ("export", "--format", "jsonl")


SEED = int(os.environ.get("HUSTINGS_TEST_SEED", "1"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that nothing has happened to, beside its mailbox."""
    root = tmp_path_factory.mktemp("damage")
    (root / "sample.mbox").write_bytes(b"\n".join(MAILS))
    assert run("sync", "--data", root / "data", root / "sample.mbox")[0] == 0
    assert len(candidacies_of(run(*EXPORT, "--data", root / "data")[1])) == len(TEAMS)
    return root


def candidacies_of(lines: str) -> list[dict[str, object]]:
    return sorted(map(json.loads, lines.splitlines()), key=lambda row: str(row["id"]))


def files_of(data: Path) -> list[str]:
    return sorted(str(one.relative_to(data)) for one in data.rglob("*") if one.is_file())


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def truncate(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(max(path.stat().st_size, 1))])


def empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def zero(path: Path, chance: random.Random) -> None:
    """What some file systems leave of a file that was written and not synced: its length."""
    path.write_bytes(bytes(path.stat().st_size))


def take_away(path: Path, chance: random.Random) -> None:
    path.unlink()


FAULTS = (flip, truncate, empty, zero, take_away)


def run(*words: str | Path) -> tuple[int, str]:
    """Run a command in this process; an error that is not told as one line fails the test."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_every_file_may_be_damaged(whole: Path, tmp_path: Path, fault: Callable[..., None]) -> None:
    expected = candidacies_of(run(*EXPORT, "--data", whole / "data")[1])
    chance = random.Random(SEED)
    for name in files_of(whole / "data"):
        data = tmp_path / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(whole / "data", data)
        if not any((data / name).read_bytes()) and fault in (flip, zero):
            continue  # an empty file has nothing to change
        fault(data / name, chance)
        status, exported = run(*EXPORT, "--data", data)
        silent = status == 0 and candidacies_of(exported) != expected
        assert not silent or run("check", "--data", data)[0] == 1, (name, SEED)
        if run("sync", "--data", data, whole / "sample.mbox")[0] != 0:
            assert name == "version", (name, SEED)  # a layout that is not known is refused
            continue
        if run("check", "--data", data)[0] != 0:
            # What no sync reads is named by `check`, which says that a reindex makes it anew.
            assert run("reindex", "--data", data)[0] == 0, (name, SEED)
            assert run("check", "--data", data)[0] == 0, (name, SEED)
        assert candidacies_of(run(*EXPORT, "--data", data)[1]) == expected, (name, SEED)


# A file may become no larger than this: what a full disk does to whoever writes the index.
INDEX_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from api import upkeep
from search import indexing
from api.settings import Settings
from search.errors import SearchError

def bring_up_to_date(*words, **more):
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    return bring(*words, **more)

bring, indexing.bring_up_to_date = indexing.bring_up_to_date, bring_up_to_date
try:
    upkeep.index_catalogue(Settings(data=Path(sys.argv[1])), rebuild=sys.argv[2] == "rebuild")
except SearchError as error:
    print(error)
"""


@pytest.mark.parametrize("how", ["rebuild", "change"])
def test_a_disk_that_is_full_when_the_index_is_written_is_told_in_one_line(
    whole: Path, tmp_path: Path, how: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    expected = candidacies_of(run(*EXPORT, "--data", data)[1])
    if how == "change":
        with open_writer(data / "index", load_elections().vocabulary()) as writer:
            writer.apply([], [str(expected.pop()["id"])])
    done = subprocess.run(
        [sys.executable, "-c", INDEX_ON_A_FULL_DISK, str(data), how],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert "free some space" in done.stdout
    assert done.stdout.count("\n") == 1
    assert candidacies_of(run(*EXPORT, "--data", data)[1]) == expected
    assert run("sync", "--data", data, whole / "sample.mbox")[0] == 0
    assert len(candidacies_of(run(*EXPORT, "--data", data)[1])) == len(TEAMS)


def test_the_data_of_a_newer_release_is_refused_by_every_command(
    whole: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    (data / "version").write_text("99\n")
    for command in ("sync", "reindex", "check"):
        more = [whole / "sample.mbox"] if command == "sync" else []
        done = CliRunner().invoke(main, [command, "--data", str(data), *map(str, more)])
        assert done.exit_code != 0
        assert "99" in done.stderr


def outdate_index(data: Path) -> None:
    for path in data.glob("index/build-*/version"):
        path.write_text("0")


def outdate_catalogue(data: Path) -> None:
    """Leave what other code made of the mails, in which a candidacy is missing."""
    with closing(sqlite3.connect(data / "catalogue.sqlite")) as catalogue:
        catalogue.execute("UPDATE meta SET value = 'another release' WHERE name = 'made_by'")
        catalogue.execute("DELETE FROM candidacies WHERE id = (SELECT min(id) FROM candidacies)")
        catalogue.execute("DELETE FROM findings")
        catalogue.commit()


def forget_facts(data: Path) -> None:
    """Leave months of which an older release did not remember where they came from."""
    for path in data.glob("archives/*/months/*.json"):
        path.unlink()


@pytest.mark.parametrize(
    "older",
    [(outdate_index,), (outdate_catalogue,), (outdate_index, outdate_catalogue, forget_facts)],
)
def test_the_data_of_an_older_release_is_brought_up_by_the_next_sync(
    whole: Path, tmp_path: Path, older: tuple[Callable[[Path], None], ...]
) -> None:
    expected = candidacies_of(run(*EXPORT, "--data", whole / "data")[1])
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    for change in older:
        change(data)
    assert run("sync", "--data", data, whole / "sample.mbox")[0] == 0
    assert run("check", "--data", data)[0] == 0
    assert candidacies_of(run(*EXPORT, "--data", data)[1]) == expected


@pytest.mark.parametrize("left", ["\x01\n", "q\n", "0\n", "-1\n", "\u00b9\n"])
def test_a_damaged_version_is_called_damaged_and_not_newer(
    whole: Path, tmp_path: Path, left: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    (data / "version").write_text(left)
    done = CliRunner().invoke(main, ["sync", "--data", str(data), str(whole / "sample.mbox")])
    assert done.exit_code != 0
    assert "damaged" in done.stderr
    assert "write 1" in done.stderr


@pytest.mark.parametrize("left", [b"", b"\0\0"])
def test_a_version_that_a_power_cut_left_empty_is_written_again(
    whole: Path, tmp_path: Path, left: bytes
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    (data / "version").write_bytes(left)
    assert run("sync", "--data", data, whole / "sample.mbox")[0] == 0
    assert (data / "version").read_text() == "1\n"


@pytest.mark.parametrize("name", ["Sample", "samplg", "s!mple", "../sample", ""])
def test_an_archive_is_called_as_its_folder_is(whole: Path, tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    [path] = data.glob("archives/*/archive.json")
    path.write_text(path.read_text().replace('"name": "sample"', f'"name": "{name}"'))
    assert f'"name": "{name}"' in path.read_text()
    assert run("sync", "--data", data, whole / "sample.mbox")[0] == 0
    assert run("check", "--data", data)[0] == 0
    assert [one.name for one in (data / "archives").iterdir()] == ["sample"]


@pytest.mark.parametrize("left", [b"", b"{", b'{"address": "http://127.0.0.1/", "rank": "x"}'])
@pytest.mark.parametrize("without_catalogue", [False, True])
def test_a_damaged_archive_json_is_named_and_its_archive_is_not_fetched_as_another(
    whole: Path, tmp_path: Path, left: bytes, without_catalogue: bool
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole / "data", data)
    [path] = data.glob("archives/*/archive.json")
    path.write_bytes(left)
    if without_catalogue:
        (data / "catalogue.sqlite").unlink()
    status, told = run("check", "--data", data)
    assert status == 1
    assert without_catalogue or f"archive.json: {path.parent.name}" in told
    assert run("sync", "--data", data, whole / "sample.mbox")[0] == 0
    assert run("check", "--data", data)[0] == 0
    # With an address that is another's and no catalogue, nothing is left that could tell.
    assert (len(list((data / "archives").iterdir())) == 1) or (without_catalogue and b"127" in left)
