"""A sync and a rebuild, recorded once and cut off anywhere, and what must be true after each cut.

Owns the archive that is synced meanwhile and the judgement; the suite tries a sample of the cuts
(`test_power_loss`), `python -m bench.power_loss` as many as it is told.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from api.commands import main
from tests.loopback import loopback
from tests.lossy_disk import CUTS, Disk, replay
from tests.pipermail_site import FIRST, Site, candidacy, fill, month_text, reply_to
from tests.recorded_writes import Step, record

Candidacies = dict[str, object]


@dataclass(frozen=True)
class Recording:
    """One command's steps, the folder before it, and the candidacies before and after."""

    name: str
    address: str
    start: Path
    end: Path
    steps: list[Step]
    times: dict[int, int]
    before: Candidacies
    after: Candidacies
    months: dict[str, set[bytes]]


def run(*words: str | Path) -> tuple[int, str]:
    """Run a command in this process; an error that is not told as one line fails the test."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def candidacies_in(data: Path) -> tuple[int, Candidacies]:
    status, lines = run("export", "--format", "jsonl", "--data", data)
    rows = [json.loads(line) for line in lines.splitlines()] if status == 0 else []
    return status, {row["id"]: row for row in rows}


def grow(site: Site) -> None:
    """Let a month go on, another begin, and one lose most of its mails."""
    standing = candidacy(30, posted_at=FIRST)
    site.months["2015-September"] += [standing, reply_to(standing, 90)]
    site.months["2015-November"] = [candidacy(31, posted_at=FIRST), candidacy(32)]
    del site.months["2015-August"][2:]
    site.publish()


@contextmanager
def recorded(folder: Path) -> Iterator[list[Recording]]:
    """Record a first sync, one that finds more, and a rebuild; the archives are served on."""
    with loopback() as server, loopback() as growing:
        site = Site(server)
        fill(site)
        first = _record(folder, "first sync", site, ("sync", site.url))
        site = Site(growing)
        fill(site)
        assert run("sync", site.url, "--data", folder / "begun")[0] == 0
        grow(site)
        later = _record(folder, "later sync", site, ("sync", site.url), folder / "begun")
        yield [first, later, _record(folder, "reindex", site, ("reindex",), later.end)]


def _record(
    folder: Path, name: str, site: Site, words: tuple[str, ...], begin: Path | None = None
) -> Recording:
    data, start = folder / name / "data", folder / name / "start"
    data.parent.mkdir()
    if begin:
        for place in (data, start):
            shutil.copytree(begin, place)
    else:
        start.mkdir()
        data.mkdir()
    before = candidacies_in(start)[1]
    command = (sys.executable, "-m", "api.commands", *words, "--data", str(data))
    steps = record(command, data, folder / name / "trace")
    disk = Disk(start)
    replay(disk, steps)
    real = {str(one.relative_to(data)): one for one in data.rglob("*") if one.is_file()}
    assert disk.held().keys() == real.keys()
    for name_of, held in disk.held().items():
        # SQLite's shared memory is written without system calls, and made anew after a cut.
        assert name_of.endswith("-shm") or real[name_of].read_bytes() == held, name_of
    months = {month: {month_text(mails)} for month, mails in site.months.items()}
    for path in start.glob("archives/*/months/*.mbox.gz"):
        months.setdefault(path.name.removesuffix(".mbox.gz"), set()).add(
            gzip.decompress(path.read_bytes())
        )
    status, after = candidacies_in(data)
    assert status == 0
    return Recording(name, site.url, start, data, steps, disk.times_in(data), before, after, months)


def cut_and_heal(recording: Recording, point: int, cut: str, seed: int, folder: Path) -> list[str]:
    """Cut the power after so many steps; give what was wrong, nothing if all was healed."""
    disk = Disk(recording.start, recording.times)
    replay(disk, recording.steps[:point])
    shutil.rmtree(folder, ignore_errors=True)
    disk.leave(cut, random.Random(seed), folder)
    wrong = [f"silently {one}" for one in _look(recording, folder)]
    wrong += [f"lost {one}" for one in _missing_months(recording, folder)]
    status, told = run("sync", recording.address, "--data", folder)
    if status:
        return [*wrong, f"sync exits {status}: {told}"]
    status, found = run("check", "--data", folder)
    if status:
        wrong.append(f"check exits {status} after the sync: {found[:300]}")
    if candidacies_in(folder)[1] != recording.after:
        wrong.append("other candidacies after the sync than without the cut")
    return wrong


def _look(recording: Recording, folder: Path) -> Iterator[str]:
    """Ask the folder as the cut left it: what it shows as sound must have been true once."""
    status, shown = candidacies_in(folder)
    if status:
        return
    for one, row in shown.items():
        if row not in (recording.before.get(one), recording.after.get(one)):
            yield f"another candidacy {one}"
    missing = (recording.before.keys() & recording.after.keys()) - shown.keys()
    if missing and run("check", "--data", folder)[0] == 0:
        yield f"without {len(missing)} candidacies"


def _missing_months(recording: Recording, folder: Path) -> Iterator[str]:
    """Name the raw months that were on the disk before and are neither old nor new now."""
    for path in recording.start.glob("archives/*/months/*.mbox.gz"):
        left = folder / path.relative_to(recording.start)
        try:
            data = gzip.decompress(left.read_bytes())
        except (OSError, EOFError) as error:
            yield f"{path.name}: {error}"
        else:
            if data not in recording.months[path.name.removesuffix(".mbox.gz")]:
                yield f"{path.name}: neither the old nor the new one"


def choose(recordings: list[Recording], count: int, seed: int) -> list[tuple[int, int, str]]:
    """Choose cuts: which recording, after how many steps, of which kind; each kind as often."""
    chance = random.Random(seed)
    chosen = []
    for number in range(count):
        which = number // len(CUTS) % len(recordings)
        point = chance.randint(0, len(recordings[which].steps))
        chosen.append((which, point, CUTS[number % len(CUTS)]))
    return chosen
