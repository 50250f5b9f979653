"""Search under load while a sync and a reindex run: `python -m bench.bench_load [DATA [MAILBOX]]`.

Serves a data folder (without one, of 600 invented candidacies), asks mixed questions over 16 and
64 keep-alive connections for a time each, and meanwhile syncs and reindexes the same folder in
processes of their own, opens clients that read nothing, sends headers and addresses that are too
long, and cuts requests off. `--requests 20000` asks as much as an hour brings, and prints what
memory the server holds after every thousand.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from bench.bench_http import serve_ours, write_mail
from bench.load import Tally, ask_all, cpu_seconds, resident_mib
from bench.search_corpus import make_candidacies, make_queries

COMMAND = (sys.executable, "-m", "api.commands")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="a data folder that was synced")
    parser.add_argument("archive", nargs="?", help="what it was synced from")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--requests", type=int, default=0, help="so many over 16 connections")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data or Path(folder) / "data"
        archive = asked.archive if asked.data else make_data(data)
        measure(data, archive, asked.seconds, asked.requests)


def make_data(data: Path) -> str:
    """Sync invented mails into a new data folder; give the mailbox that they came from."""
    box = data.with_name("bench.mbox")
    line = b"From bench@example.org Mon Jan  1 00:00:00 2018\n"
    box.write_bytes(b"\n".join(line + write_mail(one) for one in make_candidacies(600)))
    command = [*COMMAND, "sync", "--data", str(data), str(box)]
    subprocess.run(command, check=True, capture_output=True)
    return str(box)


def measure(data: Path, archive: str | None, seconds: float, requests: int) -> None:
    """Ask for a time over 16 and 64 connections, or so many requests over 16."""
    with serve_ours(data) as (port, pid):
        ask_all(port, mixed_paths(), 4)
        print(f"before: {resident_mib(pid):.0f} MiB resident")
        if requests:
            ask_for_long(port, pid, requests)
            return
        for connections in (16, 64):
            spent = cpu_seconds(pid)
            with work_beside(data, archive) as ended:
                with rudeness(port):
                    tally = ask_all(port, mixed_paths(), connections, seconds)
                print_tally(connections, tally, cpu_seconds(pid) - spent, resident_mib(pid))
            print("  beside it:", ", ".join(ended))


def ask_for_long(port: int, pid: int, requests: int) -> None:
    """Ask over 16 connections, beside a rude client; memory must level off by the thousands."""
    paths, each = cycle(mixed_paths()), 1000
    began, failed = time.monotonic(), 0
    with rudeness(port):
        for asked in range(0, requests, each):
            spent = cpu_seconds(pid)
            tally = ask_all(port, list(islice(paths, min(each, requests - asked))), 16)
            failed += tally.failures
            print(f"{asked + tally.requests:6d}", end=": ")
            print_tally(16, tally, cpu_seconds(pid) - spent, resident_mib(pid))
    print(f"{requests} requests in {time.monotonic() - began:.0f} s, {failed} failed")


@contextmanager
def rudeness(port: int) -> Iterator[None]:
    """Have somebody ask as nobody should meanwhile."""
    stop = threading.Event()
    rude = threading.Thread(target=be_rude, args=(port, stop))
    rude.start()
    try:
        yield
    finally:
        stop.set()
        rude.join()


def mixed_paths() -> list[str]:
    """Mix searches with pages, feeds, deep pages and suggestions."""
    paths = []
    for number, query in enumerate(make_queries(600)):
        kind = number % 10
        asked = urlencode({"q": query})
        paths.append(
            "/?" + asked if kind == 0
            else "/feed.atom?" + asked if kind == 1
            else "/api/v1/suggest?" + urlencode({"q": query[:5]}) if kind == 2
            else "/api/v1/candidacies?" + urlencode({"q": "", "page": number % 500}) if kind == 3
            else "/api/v1/candidacies?" + asked
        )  # fmt: skip
    return paths


@contextmanager
def work_beside(data: Path, archive: str | None) -> Iterator[list[str]]:
    """Reindex, sync where there is something to sync from, and reindex; give how each ended."""
    ended: list[str] = []
    commands = [["reindex"], *([["sync", archive], ["reindex"]] if archive else [])]

    def work() -> None:
        for words in commands:
            command = [*COMMAND, *words, "--data", str(data)]
            done = subprocess.run(command, capture_output=True, check=False)
            ended.append(f"{words[0]} exit {done.returncode}")

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield ended
    finally:
        worker.join()


def be_rude(port: int, stop: threading.Event) -> None:
    """Ask as nobody should, again and again: too much, too slowly, and without waiting."""
    held: list[socket.socket] = []
    while not stop.wait(0.1):
        for data in (
            b"GET /api/v1/export?format=jsonl HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
            b"GET /?q=review HTTP/1.1\r\nHos",
        ):
            try:
                held.append(socket.create_connection(("127.0.0.1", port), 1))
                held[-1].sendall(data)
            except OSError:
                continue
        while len(held) > 40:
            held.pop(0).close()
    for one in held:
        one.close()


def print_tally(connections: int, tally: Tally, cpu: float, memory: float) -> None:
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(tally.statuses.items()))
    print(
        f"{connections} connections: {tally.requests} requests in {tally.seconds:.1f} s, "
        f"{tally.failures} failed ({statuses}); p50 {tally.at(0.5):.0f} ms, "
        f"p99 {tally.at(0.99):.0f} ms; CPU {cpu:.1f} s; {memory:.1f} MiB resident",
        flush=True,
    )


if __name__ == "__main__":
    main()
