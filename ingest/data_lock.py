"""Who may use a data folder: the number of its layout, and the lock of the one sync.

The lock is the kernel's (flock), gone with the process that held it however that ended, so that no
stale lock ever has to be removed by hand. What is inside the file is only for people to read.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ingest.errors import DataFolderBusy, DataFolderVersion
from ingest.whole_files import naming_the_folder, write_whole

LAYOUT = 1


def check_version(folder: Path) -> None:
    """Mark a new folder with the layout's number; raise `DataFolderVersion` on another's."""
    path = folder / "version"
    try:
        found = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        write_whole(path, f"{LAYOUT}\n".encode(), durable=True)
        return
    # A power cut can leave the file empty or zeroed, and there never was a layout without a number.
    if not found.strip("\0"):
        write_whole(path, f"{LAYOUT}\n".encode(), durable=True)
    elif not found.isdecimal() or int(found[:9]) < LAYOUT:
        raise DataFolderVersion(
            f"the file {path} is damaged ({found[:20]!r} is the number of no layout): write"
            f" {LAYOUT} into it if this release wrote the folder",
            folder=str(folder),
        )
    elif found != str(LAYOUT):
        raise DataFolderVersion(
            f"the data folder {folder} has layout {found[:20]!r} and this release knows {LAYOUT}:"
            " use the release that wrote it, or name another folder with --data",
            folder=str(folder),
        )


@contextmanager
def hold_lock(folder: Path, now: datetime) -> Iterator[None]:
    """Hold the folder's lock; raise `DataFolderBusy`, naming the holder, if it is held."""
    with naming_the_folder(folder):
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _busy(folder, handle) from error
        with naming_the_folder(folder):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()} {now.isoformat(timespec='seconds')}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _busy(folder: Path, handle: int) -> DataFolderBusy:
    pid, _, since = os.pread(handle, 200, 0).decode("ascii", "replace").strip().partition(" ")
    holder = f"process {pid}, since {since}" if pid else "another process"
    return DataFolderBusy(
        f"another sync holds the data folder {folder} ({holder}): wait for it, or stop it first",
        folder=str(folder),
    )
