"""Power that goes at any step of a sync or a rebuild: noticed, named, healed, never silently wrong.

Every system call of the real commands is recorded by strace, and folders are rebuilt as a disk
would have them that lost what was not synced. `python -m bench.power_loss` cuts at every step.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lossy_disk import CUTS, Disk, replay
from tests.power_cuts import choose, cut_and_heal, recorded
from tests.recorded_writes import Step

TRIES = int(os.environ.get("HUSTINGS_TEST_CUTS", "72"))


def may_trace() -> bool:
    """Whether strace is there and allowed to watch a process; containers often forbid it."""
    return (
        bool(shutil.which("strace"))
        and not subprocess.run(
            ["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False
        ).returncode
    )


@pytest.mark.skipif(not may_trace(), reason="needs strace, to see every write as the disk does")
def test_power_that_goes_at_any_step_leaves_what_the_next_sync_heals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("HUSTINGS_TEST_SEED", "0")) or random.randrange(10**6)
    wrong = {}
    with recorded(tmp_path) as recordings:
        for which, point, cut in choose(recordings, TRIES, seed):
            recording = recordings[which]
            found = cut_and_heal(recording, point, cut, seed, tmp_path / "left")
            if found:
                wrong[recording.name, point, cut] = found
    with capsys.disabled():
        steps = ", ".join(f"{one.name} {len(one.steps)}" for one in recordings)
        print(f"\n{TRIES} cuts among the steps of {steps}; seed {seed} (HUSTINGS_TEST_SEED)")
    assert wrong == {}, f"HUSTINGS_TEST_SEED={seed}"


WRITTEN = [
    Step("make", "new"),
    Step("write", "new", data=b"half"),
    Step("sync", "new"),
    Step("write", "new", data=b" more", at=4),
    Step("rename", "new", "file"),
]


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ("dropped", {"file": b"old"}),
        ("emptied", {"file": b"half"}),
        ("zeroed", {"file": b"half\0\0\0\0\0"}),
    ],
)
def test_the_disk_loses_what_was_not_synced(
    tmp_path: Path, cut: str, left: dict[str, bytes]
) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "file").write_bytes(b"old")
    disk = Disk(tmp_path / "start")
    replay(disk, WRITTEN)
    disk.leave(cut, random.Random(1), tmp_path / "left")
    assert {one.name: one.read_bytes() for one in (tmp_path / "left").iterdir()} == left


@pytest.mark.parametrize("cut", CUTS)
def test_what_was_synced_with_its_folder_stays(tmp_path: Path, cut: str) -> None:
    (tmp_path / "start").mkdir()
    disk = Disk(tmp_path / "start")
    replay(disk, [*WRITTEN, Step("sync", "file"), Step("sync", "")])
    disk.leave(cut, random.Random(1), tmp_path / "left")
    assert (tmp_path / "left" / "file").read_bytes() == b"half more"
