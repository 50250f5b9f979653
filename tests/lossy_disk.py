"""A disk that loses what was not synced: from recorded steps to what a power cut leaves of them.

Owns what may be lost. POSIX promises a file's bytes after its fsync, and a name after the fsync of
its folder, nothing else; file systems differ in what they keep beyond that, hence several cuts.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.recorded_writes import Step

_PAGE = 4096
CUTS = ("dropped", "emptied", "zeroed", "torn")


@dataclass
class _File:
    """One file: what it holds, what of that is on the disk, and the steps between the two."""

    held: bytes = b""
    durable: bytes = b""
    pending: list[Step] = field(default_factory=list)
    number: int = 0

    def left(self, cut: str, chance: random.Random) -> bytes:
        """Give the bytes that a cut leaves of it."""
        if cut in ("dropped", "emptied"):
            return self.durable
        data = self.durable
        for step in self.pending:
            if step.kind == "cut":
                data = _resize(data, step.at)
                continue
            for at in range(step.at - step.at % _PAGE, step.at + len(step.data), _PAGE):
                begin, end = max(at, step.at), min(at + _PAGE, step.at + len(step.data))
                piece = step.data[begin - step.at : end - step.at]
                if cut == "zeroed":
                    data = _overwrite(data, begin, bytes(len(piece)))
                elif chance.random() < 0.5:
                    data = _overwrite(data, begin, piece)
        return data


class Disk:
    """A folder on a disk, to which recorded steps are done one by one."""

    def __init__(self, start: Path, times: Mapping[int, int] | None = None) -> None:
        """Begin with a folder whose every byte and name was synced long ago.

        `times` are those of each file by number, as `times_in` gave them after the same steps.
        """
        self._times = dict(times or {})
        self._names: dict[str, _File | None] = {}
        self._made = 0
        for path in sorted(start.rglob("*")) if start.exists() else ():
            name = str(path.relative_to(start))
            if path.is_dir():
                self._names[name] = None
            else:
                data = path.read_bytes()
                self._names[name] = _File(data, data, number=self._next_number())
                self._times[self._made] = path.stat().st_mtime_ns
        self._durable = dict(self._names)
        self._pending: list[tuple[Step, _File | None]] = []

    def _next_number(self) -> int:
        self._made += 1
        return self._made

    def do(self, step: Step) -> None:
        if step.kind in ("write", "cut", "sync"):
            self._touch(step)
        elif step.kind != "make" or step.path not in self._names:
            named = self._names.get(step.path)
            file = _File(number=self._next_number()) if step.kind == "make" else named
            assert step.kind != "rename" or file is not None, "a folder is renamed"
            _name(self._names, step, file)
            self._pending.append((step, file))

    def _touch(self, step: Step) -> None:
        file = self._names.get(step.path)
        if step.kind == "sync":
            if file is None:
                self._sync_names(step.path)
            else:
                file.durable, file.pending = file.held, []
        elif file is not None:  # a file that was taken away while it was open is of no interest
            if step.kind == "cut":
                file.held = _resize(file.held, step.at)
            else:
                at = len(file.held) if step.at < 0 else step.at
                step = Step("write", step.path, data=step.data, at=at)
                file.held = _overwrite(file.held, at, step.data)
            file.pending.append(step)

    def _sync_names(self, folder: str) -> None:
        rest = []
        for step, file in self._pending:
            if folder in {_parent(path) for path in (step.path, step.other) if path}:
                _name(self._durable, step, file)
            else:
                rest.append((step, file))
        self._pending = rest

    def times_in(self, folder: Path) -> dict[int, int]:
        """Give the times of a real folder's files by number: a cut leaves a file its own time."""
        found = dict(self._times)
        for name, file in self._names.items():
            if file is not None and (folder / name).exists():
                found[file.number] = (folder / name).stat().st_mtime_ns
        return found

    def held(self) -> dict[str, bytes]:
        """Give every file as programs see it, to be compared with the real folder."""
        return {name: file.held for name, file in self._names.items() if file is not None}

    def leave(self, cut: str, chance: random.Random, folder: Path) -> None:
        """Write what is left after a cut at this moment into a new folder."""
        folder.mkdir()
        names = dict(self._durable if cut in ("dropped", "torn") else self._names)
        if cut == "torn":
            for step, file in self._pending[: chance.randint(0, len(self._pending))]:
                _name(names, step, file)
        for name, file in sorted(names.items()):
            path = folder / name
            if any(str(above) not in names for above in PurePosixPath(name).parents[:-1]):
                continue  # its folder's own name was lost
            if file is None:
                path.mkdir(parents=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.left(cut, chance))
            if file.number in self._times:
                os.utime(path, ns=(self._times[file.number],) * 2)


def replay(disk: Disk, steps: Iterable[Step]) -> None:
    for step in steps:
        disk.do(step)


def _name(names: dict[str, _File | None], step: Step, file: _File | None) -> None:
    if step.kind in ("make", "mkdir"):
        names[step.path] = file
    elif step.kind in ("unlink", "rmdir"):
        names.pop(step.path, None)
    else:
        names[step.other] = file
        if step.kind == "rename":
            names.pop(step.path, None)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _resize(data: bytes, size: int) -> bytes:
    return data[:size] + bytes(max(size - len(data), 0))


def _overwrite(data: bytes, at: int, piece: bytes) -> bytes:
    return _resize(data, max(at, len(data)))[:at] + piece + data[at + len(piece) :]
