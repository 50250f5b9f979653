"""The folder of an index: which build is the current one, who may write, what was left for readers.

    INDEX/
      lock             held by the one writer (flock: gone with its process)
      current          the name of the build that readers use, replaced as a whole
      state.json       what the last sync left for readers
      holds            what was written last (`whoosh_note`)
      build-000007/    one Whoosh index, with `version` and `sums.json` beside it
      build-000006/    the last good one before it

A rebuild makes a new build and switches `current` when everything is on the disk: Whoosh never
calls fsync, so this file does. Knows nothing of what is in a build.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from search.errors import IndexBroken, IndexBusy, IndexMissing, IndexUnwritable, IndexVersion

# Raise it when what `whoosh_schema` writes changes: an index of another number is rebuilt.
INDEX_VERSION = 5
_BUILD = "build-"
_NO_STATE: tuple[tuple[int, int, int], str] = ((0, 0, 0), "")


class IndexFolder:
    """One index's folder; `version` is the number that a build must bear to be read."""

    def __init__(self, path: Path, version: int) -> None:
        self.path = path
        self.version = version
        self._state = _NO_STATE

    def current(self) -> Path:
        """Give the build that readers use; raise `IndexMissing`, `IndexBroken` or
        `IndexVersion`.
        """
        try:
            name = (self.path / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise IndexMissing(
                f"Nothing is indexed in {self.path} yet: run `hustings sync` or `hustings reindex`."
            ) from None
        except (OSError, ValueError) as error:
            raise IndexBroken(f"The index in {self.path} cannot be read: {error}.") from error
        build = self.path / name
        if not name.startswith(_BUILD) or "/" in name or not build.is_dir():
            raise IndexBroken(
                f"The index in {self.path} names a build that is not there ({name[:40]!r}): "
                "run `hustings reindex`."
            )
        self.check_version(build)
        return build

    def check_version(self, build: Path) -> None:
        """Raise `IndexVersion` unless this release reads the build."""
        try:
            found = (build / "version").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            found = "none"
        if found != str(self.version):
            raise IndexVersion(
                f"The index in {self.path} has version {found}, this release reads {self.version}: "
                "run `hustings reindex`."
            )

    def builds(self) -> list[Path]:
        """List the builds there are, newest first."""
        if not self.path.is_dir():
            return []
        return sorted(
            (
                path
                for path in self.path.iterdir()
                if path.name.startswith(_BUILD) and path.is_dir()
            ),
            reverse=True,
        )

    def new_build(self) -> Path:
        """Make an empty folder for a new build."""
        numbers = [int(path.name.removeprefix(_BUILD)) for path in self.builds() if _numbered(path)]
        build = self.path / f"{_BUILD}{max(numbers, default=0) + 1:06}"
        build.mkdir(parents=True)
        (build / "version").write_text(f"{self.version}\n", encoding="ascii")
        return build

    def switch_to(self, build: Path) -> None:
        """Make a finished build the current one, once all of it is on the disk; keep the last
        one.
        """
        last = self._named()
        self.seal(build)
        self._replace("current", f"{build.name}\n")
        for old in self.builds():
            if old.name not in (build.name, last):
                shutil.rmtree(old, ignore_errors=True)

    def is_sealed(self, build: Path) -> bool:
        """Tell whether all of a build was brought to the disk once."""
        return (build / "sums.json").is_file()

    def seal(self, build: Path) -> None:
        """Bring all of a build to the disk, and note each file's size and sum for `check_files`."""
        known = read_sums(build)
        sums: dict[str, list[int]] = {}
        for path in sorted(build.iterdir()):
            if path.suffix in (".seg", ".toc"):
                # Whoosh never writes a file twice under one name.
                sums[path.name] = known.get(path.name) or [path.stat().st_size, _sum_of(path)]
            sync_to_disk(path)
        replace_file(build / "sums.json", json.dumps(sums))

    def _named(self) -> str:
        try:
            return (self.path / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def read_state(self) -> str:
        """Give what the last sync left; nothing if it left nothing. Read when it was replaced."""
        path = f"{self.path}/state.json"
        try:
            found = os.stat(path)
            mark = (found.st_ino, found.st_mtime_ns, found.st_size)
            if mark != self._state[0]:
                with open(path, encoding="utf-8") as file:
                    self._state = (mark, file.read())
        except (OSError, ValueError):
            self._state = _NO_STATE
        return self._state[1]

    def write_state(self, state: str) -> None:
        """Leave a sync's state for readers."""
        self._replace("state.json", state)

    def _replace(self, name: str, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        replace_file(self.path / name, text)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the writer's lock; raise `IndexBusy` when another process has it, and
        `IndexUnwritable` for whatever the disk refuses meanwhile.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "lock").open("a") as file:
                self._lock(file)
                yield
        except OSError as error:
            raise IndexUnwritable(
                f"The index in {self.path} cannot be written ({error.strerror or error}): free some"
                " space or make it writable, then sync again; what was indexed before stays."
            ) from error

    def _lock(self, file: TextIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusy(f"Another process is writing the index in {self.path}.") from error

    def size(self) -> int:
        """Count the bytes of the current build."""
        with contextlib.suppress(OSError):
            build = self.path / self._named()
            return sum(path.stat().st_size for path in build.iterdir()) if self._named() else 0
        return 0


def _numbered(path: Path) -> bool:
    return path.name.removeprefix(_BUILD).isdecimal()


def check_files(build: Path) -> None:
    """Raise `IndexBroken` for a file that is not what was written; each is read once in a process.

    A file that is not noted was written by a commit that was cut short; one that is gone was joined
    into another.
    """
    for name, (size, total) in read_sums(build).items():
        path = build / name
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        key = (str(path), found.st_size, found.st_mtime_ns)
        if key in _CHECKED:
            continue
        if found.st_size != size or _sum_of(path) != total:
            raise IndexBroken(f"{path} is damaged: run `hustings reindex`.")
        _CHECKED.add(key)


_CHECKED: set[tuple[str, int, int]] = set()


def read_sums(build: Path) -> dict[str, list[int]]:
    """Give the size and sum of each file as it was written; nothing where they were not noted."""
    try:
        noted = json.loads((build / "sums.json").read_text(encoding="utf-8"))
        return {str(name): [int(size), int(total)] for name, (size, total) in noted.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _sum_of(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total


def replace_file(path: Path, text: str) -> None:
    """Write a file aside, bring it to the disk, and put it in the place of the old one."""
    aside = path.with_name(f"{path.name}.new")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_to_disk(path.parent)


def sync_to_disk(path: Path) -> None:
    """Make sure that a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
