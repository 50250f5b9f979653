"""Many keep-alive connections that ask and count, and what a server process spends meanwhile.

A client of its own on asyncio's streams, since it must cost less than the servers it measures. It
speaks as much HTTP as it needs: GET, bodies with a length or in chunks.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Tally:
    """What came of a run: how often each status was seen, and the milliseconds of each answer.

    `firsts` are those until an answer began, which is when its last header had come.
    """

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    broken: int = 0
    bytes: int = 0

    @property
    def requests(self) -> int:
        return sum(self.statuses.values()) + self.broken

    @property
    def failures(self) -> int:
        """Answers that should not be: cut connections and errors, a 503 that says when excepted."""
        wrong = sum(count for status, count in self.statuses.items() if status >= 500)
        return self.broken + wrong - self.statuses[503]

    def at(self, share: float) -> float:
        """Give the milliseconds within which so great a share was answered."""
        return at_share(self.times, share)


def at_share(figures: Sequence[float], share: float) -> float:
    """Give the figure that so great a share of all do not exceed."""
    row = sorted(figures)
    return row[min(int(share * len(row)), len(row) - 1)] if row else 0.0


def ask_all(
    port: int, paths: Sequence[str], connections: int, seconds: float = 0.0, accept: str = "*/*"
) -> Tally:
    """Ask the paths in turn over so many connections: once each, or again and again for a time."""
    return asyncio.run(_ask_all(port, paths, connections, seconds, accept))


async def _ask_all(
    port: int, paths: Sequence[str], connections: int, seconds: float, accept: str
) -> Tally:
    tally = Tally()
    began = time.perf_counter()
    row = _endlessly(paths, began + seconds) if seconds else iter(paths)
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_ask_on(port, row, tally, accept))
    tally.seconds = time.perf_counter() - began
    return tally


def _endlessly(paths: Sequence[str], until: float) -> Iterator[str]:
    while True:
        for path in paths:
            if time.perf_counter() > until:
                return
            yield path


async def _ask_on(port: int, paths: Iterator[str], tally: Tally, accept: str) -> None:
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for path in paths:
        began = time.perf_counter()
        try:
            if streams is None:
                streams = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
            reader, writer = streams
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\n\r\n"
            writer.write(head.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first = 1000 * (time.perf_counter() - began)
            status, length, closing = await _read_body(head, reader)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            tally.broken += 1
            streams = None
            continue
        tally.firsts.append(first)
        tally.times.append(1000 * (time.perf_counter() - began))
        tally.statuses[status] += 1
        tally.bytes += length
        if closing:
            writer.close()
            streams = None
    if streams is not None:
        streams[1].close()


async def _read_body(head: str, reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    status = int(first.split()[1])
    length = int(headers.get("content-length", "0"))
    if headers.get("transfer-encoding", "") == "chunked":
        length = await _read_chunks(reader)
    else:
        await reader.readexactly(length)
    return status, length, headers.get("connection", "").lower() == "close"


async def _read_chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
        total += size
    await reader.readuntil(b"\r\n")
    return total


def cpu_seconds(pid: int) -> float:
    """Give what a process, its living children, and its reaped ones have spent.

    Those that live tell it to the microsecond by their clock, those reaped in ticks of 10 ms.
    """
    spent = 0.0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            # clock_getcpuclockid(3) of Linux: the clock of all threads of a process.
            spent += time.clock_gettime((~one << 3) | 2)
        except OSError:
            continue
        spent += sum(map(int, fields[13:15])) / _TICK
    return spent


def resident_mib(pid: int) -> float:
    """Give how much memory a process and its children hold, shared pages counted each time."""
    pages = 0
    for one in family(pid):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def family(pid: int) -> list[int]:
    """Give a process and everything it started that lives."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found
