"""Whole files or none, and a folder that says plainly when it cannot be written.

Owns the one way in which anything is put on disk: written aside, synced, renamed, folder synced, so
that a kill or a power cut leaves the old file or the new one. What the files mean is left to
`raw_store`; the catalogue guards its own file.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import DataFolderUnwritable

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


def explain_unwritable(folder: Path, error: OSError) -> DataFolderUnwritable:
    """Say in one line why the folder could not be written and what to do about it."""
    why = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        advice = "free some space and sync again; nothing that was stored is lost"
    elif error.errno in _FORBIDDEN:
        advice = "make it writable for this user, or name another one with --data or HUSTINGS_DATA"
    elif error.errno in _IN_THE_WAY:
        advice = "a file stands where a folder is needed; move it away or name another data folder"
    else:
        advice = "look at the disk, then sync again; nothing that was stored is lost"
    return DataFolderUnwritable(
        f"cannot write to the data folder {folder} ({why}): {advice}", folder=str(folder)
    )


@contextlib.contextmanager
def naming_the_folder(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals inside into `DataFolderUnwritable` for this folder."""
    try:
        yield
    except OSError as error:
        raise explain_unwritable(folder, error) from error


def put_in_place(staged: Path, path: Path, *, durable: bool = True) -> None:
    """Rename a finished file to its name; `durable` waits until disk holds both, content first."""
    if durable:
        _sync(staged)
    staged.replace(path)
    if durable:
        _sync(path.parent)


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file beside `path` and rename it; leave nothing behind when that fails.

    Not durable is right for what can be asked for again: after a power cut it may be empty, and its
    readers take an unreadable file as an absent one.
    """
    make_folder(path.parent)
    staged = path.with_name(f".{path.name[:120]}.{os.getpid()}.new")
    try:
        staged.write_bytes(data)
        put_in_place(staged, path, durable=durable)
    except BaseException:
        # Also on KeyboardInterrupt: a half-written file must not stay beside the good one.
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make a folder and what is missing above it; a power cut must not take it with its files."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        _sync(one.parent)


def keep_beside(path: Path, kept: Path) -> None:
    """Give a file a second name, so that the first one may be written over without losing it."""
    with contextlib.suppress(FileExistsError):
        os.link(path, kept)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
