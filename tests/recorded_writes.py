"""What a program did to a folder, system call by system call, as strace saw it.

Owns how a trace is read. The program runs as it is, SQLite's own writes included, so that what is
recorded is what a disk was asked for; what a disk makes of it is `lossy_disk`'s business.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,truncate,ftruncate,fallocate,"
    "fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,sendfile,copy_file_range"
)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PLACE = re.compile(r"(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to the folder; paths are relative to it.

    `kind` is make, write, cut, sync, rename, link, unlink, mkdir or rmdir; `at` is a write's place
    or a cut's length, -1 for a write where the last one to this handle ended.
    """

    kind: str
    path: str
    other: str = ""
    data: bytes = b""
    at: int = 0


def record(command: Sequence[str], folder: Path, trace: Path) -> list[Step]:
    """Run a command to its good end and give what it did to the folder."""
    strace = ["strace", "-f", "-qq", "-y", "-xx", "-s", "100000000", "-e", f"trace={_CALLS}"]
    subprocess.run(
        [*strace, "-e", "signal=none", "-o", str(trace), *command],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with trace.open(encoding="ascii") as lines:
        return list(_Reader(str(folder)).read(_whole(lines)))


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Join the calls that another thread's came between."""
    begun: dict[str, str] = {}
    for line in lines:
        thread, _, rest = line.partition(" ")
        if match := _RESUMED.match(rest.lstrip()):
            yield begun.pop(thread) + match[1]
        elif "<unfinished ...>" in line[-40:]:
            begun[thread] = line.partition("<unfinished ...>")[0]
        else:
            yield line


class _Reader:
    """Reads calls in the order in which they ended; all threads share the handles."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._places: dict[str, int] = {}  # of each handle, -1 where it always writes at the end

    def read(self, lines: Iterator[str]) -> Iterator[Step]:
        for line in lines:
            match = _LINE.match(line)
            if match is None or int(match[4]) < 0:
                continue
            _, name, words, result, _ = match.groups()
            step = self._open(words, result) if "open" in name else self._do(name, words, result)
            yield from step

    def _inside(self, path: str) -> str:
        path = path.removesuffix(" (deleted)")
        return path[len(self._folder) + 1 :] if path.startswith(self._folder + "/") else ""

    def _open(self, words: str, result: str) -> Iterator[Step]:
        [path] = self._paths(words)[:1]
        flags = words.rpartition('",')[2]
        if not self._inside(path) or "O_DIRECTORY" in flags:
            self._places.pop(result, None)
            return
        self._places[result] = -1 if "O_APPEND" in flags else 0
        if "O_CREAT" in flags:
            yield Step("make", self._inside(path))
        if "O_TRUNC" in flags:
            yield Step("cut", self._inside(path))

    def _do(self, name: str, words: str, result: str) -> Iterator[Step]:
        held = _PLACE.match(words)
        path = self._inside(_decode(held[1]).decode()) if held else ""
        handle = words.partition("<")[0]
        if name in ("write", "pwrite64", "lseek") and path:
            yield from self._write(name, path, handle, words, int(result))
        elif name in ("fsync", "fdatasync") and held:
            if path or _decode(held[1]).decode() == self._folder:
                yield Step("sync", path)
        elif name == "ftruncate" and path:
            yield Step("cut", path, at=int(words.rpartition(",")[2]))
        elif name in ("sendfile", "copy_file_range", "writev", "pwritev", "fallocate"):
            assert not path, f"{name} is not understood: {words[:200]}"
        elif name.startswith(("rename", "link", "unlink", "mkdir", "rmdir", "truncate", "symlink")):
            yield from self._name(name, words)

    def _write(self, name: str, path: str, handle: str, words: str, result: int) -> Iterator[Step]:
        if name == "lseek":
            self._places[handle] = result
            return
        found = _TEXT.search(words)
        data = _decode(found[1])[:result] if found else b""
        if name == "pwrite64":
            yield Step("write", path, data=data, at=int(words.rpartition(",")[2]))
            return
        at = self._places.get(handle, 0)
        yield Step("write", path, data=data, at=at)
        self._places[handle] = at if at < 0 else at + result

    def _name(self, name: str, words: str) -> Iterator[Step]:
        paths = [self._inside(path) for path in self._paths(words)]
        if not any(paths):
            return
        kind = name.removesuffix("at2").removesuffix("at")
        assert kind in ("rename", "link", "unlink", "mkdir", "rmdir"), f"{name} is not understood"
        assert all(paths), f"{name} leads out of the folder: {words[:300]}"
        if "AT_REMOVEDIR" in words:
            kind = "rmdir"
        yield Step(kind, paths[0], "".join(paths[1:]))

    def _paths(self, words: str) -> list[str]:
        """Give the paths of a call, each below the handle that stands before it."""
        paths, base = [], ""
        for match in re.finditer(f"{_TEXT.pattern}|{_PLACE.pattern}", words):
            if match[2] is not None:
                base = _decode(match[2]).decode()
            else:
                name = _decode(match[1]).decode()
                paths.append(name if name.startswith("/") else f"{base}/{name}")
        return paths


def _decode(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
