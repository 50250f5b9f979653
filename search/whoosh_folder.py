"""The folder of an index: which build is the current one, who may write, what was left for readers.

    INDEX/
      lock             held by the one writer (flock: gone with its process)
      current          the name of the build that readers use, replaced as a whole
      state.json       what the last sync left for readers
      build-000007/    one Whoosh index, with `version` beside it
      build-000006/    the last good one before it

A rebuild makes a new build and switches `current` when everything is on the disk: Whoosh never calls
fsync, so this file does. Knows nothing of what is in a build.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from search.errors import IndexBroken, IndexBusy, IndexMissing, IndexVersion

_BUILD = "build-"


class IndexFolder:
    """One index's folder; `version` is the number that a build must bear to be read."""

    def __init__(self, path: Path, version: int) -> None:
        self.path = path
        self.version = version

    def current(self) -> Path:
        """Give the build that readers use; raise `IndexMissing`, `IndexBroken` or `IndexVersion`."""
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
        """Make a finished build the current one, once all of it is on the disk; keep the last one."""
        last = self._named()
        for path in [*build.iterdir(), build]:
            sync_to_disk(path)
        self._replace("current", f"{build.name}\n")
        for old in self.builds():
            if old.name not in (build.name, last):
                shutil.rmtree(old, ignore_errors=True)

    def _named(self) -> str:
        try:
            return (self.path / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def read_state(self) -> str:
        """Give what the last sync left; nothing if it left nothing."""
        try:
            return (self.path / "state.json").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def write_state(self, state: str) -> None:
        """Leave a sync's state for readers."""
        self._replace("state.json", state)

    def _replace(self, name: str, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        aside = self.path / f"{name}.new"
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path / name)
        sync_to_disk(self.path)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the writer's lock; raise `IndexBusy` when another process has it."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise IndexBusy(f"Another process is writing the index in {self.path}.") from error
            yield

    def size(self) -> int:
        """Count the bytes of the current build."""
        with contextlib.suppress(OSError):
            build = self.path / self._named()
            return sum(path.stat().st_size for path in build.iterdir()) if self._named() else 0
        return 0


def _numbered(path: Path) -> bool:
    return path.name.removeprefix(_BUILD).isdecimal()


def sync_to_disk(path: Path) -> None:
    """Make sure that a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
