"""Search over HTTP, beside public-inbox and HyperKitty: `python -m bench.bench_http`.

The same invented candidacies as mails, the same queries in the same order, each asked once a run,
so that nobody answers from memory. Ours also indexes replies, and answers with facets
and excerpts, which the others do not have. Runs of the programs take turns. CPU is the server's own
(user and system, children included); it is the figure to trust where a machine is shared.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from bench import peers_hyperkitty, peers_public_inbox
from bench.load import Tally, ask_all, at_share, cpu_seconds, family, resident_mib
from bench.peers_public_inbox import free_port, wait_for
from bench.search_corpus import make_candidacies, make_queries
from ingest.elections import load_elections
from ingest.records import Candidacy
from search import open_writer

_PLAIN = re.compile(r'["\w ]+')
_SLOW = 20  # HyperKitty is asked this many times fewer questions; its answers take so long


@dataclass(frozen=True, slots=True)
class Program:
    """One program to measure: how it is served, what it is asked."""

    name: str
    serve: Callable[[], AbstractContextManager[tuple[int, int]]]
    path_of: Callable[[str], str]
    accept: str = "text/html"
    share: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What one run of one program came to."""

    connections: int
    cpu_ms: float
    per_second: float
    p50: float
    p99: float
    first50: float
    first99: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2500, help="candidacies")
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--hyperkitty", type=Path, help="a folder made by .ci/hyperkitty")
    parser.add_argument("--alone", action="store_true", help="without the others")
    parser.add_argument("--workers", type=int, default=1, help="ours with so many processes, too")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        programs = list(prepare(Path(folder), asked))
        rows = measure(programs, choose_queries(asked.queries), asked.runs)
    for name, found in rows.items():
        for connections in (1, 16):
            print_rows(name, [row for row in found if row.connections == connections])
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


def prepare(folder: Path, asked: argparse.Namespace) -> Iterator[Program]:
    """Fill every program with the same mails."""
    candidacies = list(make_candidacies(asked.size))
    mails = [write_mail(one) for one in candidacies]
    with open_writer(folder / "ours" / "index", load_elections().vocabulary()) as writer:
        writer.rebuild((one, "digest") for one in candidacies)
    serve_us = partial(serve_ours, folder / "ours")
    yield Program("Hustings", serve_us, our_path, "application/json")
    yield Program("Hustings' page", serve_us, our_page)
    if asked.workers > 1:
        several = partial(serve_us, asked.workers)
        yield Program(f"Hustings, {asked.workers} workers", several, our_path, "application/json")
    if asked.alone:
        return
    peers_public_inbox.prepare(folder / "public-inbox", mails)
    serve = partial(peers_public_inbox.serving, folder / "public-inbox")
    yield Program("public-inbox", serve, peers_public_inbox.path_of)
    if asked.hyperkitty:
        peers_hyperkitty.prepare(asked.hyperkitty, folder / "hyperkitty", mails)
        serve = partial(peers_hyperkitty.serving, asked.hyperkitty, folder / "hyperkitty")
        yield Program("HyperKitty", serve, peers_hyperkitty.path_of, share=_SLOW)


def write_mail(one: Candidacy) -> bytes:
    """Write a candidacy as the mail that would have announced it."""
    head = (
        f"From: {one.candidate} <{one.address}>\nSubject: {one.subject}\n"
        f"Date: {one.posted_at:%a, %d %b %Y %H:%M:%S} +0000\nMessage-ID: <{one.message_id}>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return f"{head}{one.statement}\n".encode()


def choose_queries(count: int) -> list[str]:
    """Choose queries that mean the same to all: words, phrases, OR."""
    plain = [one for one in make_queries(6 * count) if _PLAIN.fullmatch(one)]
    return plain[:count]


def our_path(query: str) -> str:
    return "/api/v1/candidacies?" + urlencode({"q": query, "per_page": 10})


def our_page(query: str) -> str:
    """Name the page for people: twenty candidacies, facets as links, a plot."""
    return "/?" + urlencode({"q": query})


@contextmanager
def serve_ours(folder: Path, workers: int = 1) -> Iterator[tuple[int, int]]:
    """Serve an index with the command that users have; give port and process."""
    port = free_port()
    command = [sys.executable, "-m", "api.commands", "serve", "--data", str(folder)]
    options = ["--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port)
            wait_for_workers(server.pid, workers)
            yield port, server.pid
        finally:
            server.terminate()


def wait_for_workers(pid: int, count: int) -> None:
    """Wait until every process has opened the index: until nothing is spent any more."""
    if count > 1:
        spent = -1.0
        while cpu_seconds(pid) - spent > 0.05 or len(family(pid)) <= count:
            spent = cpu_seconds(pid)
            time.sleep(1)


def measure(programs: Sequence[Program], queries: Sequence[str], runs: int) -> dict[str, list[Row]]:
    """Let the programs take turns, each time newly started and warmed by a few other questions."""
    rows: dict[str, list[Row]] = {program.name: [] for program in programs}
    warm = ["ptl", "nova review", '"release notes"', "testing OR gate"]
    for _ in range(runs):
        for program in programs:
            with program.serve() as (port, pid):
                ask_all(port, [program.path_of(one) for one in warm], 1, accept=program.accept)
                for connections, part in ((1, queries[0::2]), (16, queries[1::2])):
                    asked = part[: max(len(part) // program.share, 2)]
                    paths = [program.path_of(one) for one in asked]
                    rows[program.name].append(run(program, port, pid, paths, connections))
                print(f"  {program.name}: {resident_mib(pid):.0f} MiB resident", flush=True)
    return rows


def run(program: Program, port: int, pid: int, paths: Sequence[str], connections: int) -> Row:
    before = cpu_seconds(pid)
    tally: Tally = ask_all(port, paths, connections, accept=program.accept)
    spent = cpu_seconds(pid) - before
    # public-inbox says 404 where nothing was found.
    if tally.statuses[200] + tally.statuses[404] != len(paths):
        raise SystemExit(f"{program.name}: {tally.statuses}, {tally.broken} broken")
    return Row(
        connections,
        1000 * spent / len(paths),
        len(paths) / tally.seconds,
        tally.at(0.5),
        tally.at(0.99),
        at_share(tally.firsts, 0.5),
        at_share(tally.firsts, 0.99),
    )


def print_rows(name: str, rows: Sequence[Row]) -> None:
    figures = {
        "CPU ms": [row.cpu_ms for row in rows],
        "a second": [row.per_second for row in rows],
        "p50 ms": [row.p50 for row in rows],
        "p99 ms": [row.p99 for row in rows],
        "to the first byte ms, p50": [row.first50 for row in rows],
        "p99": [row.first99 for row in rows],
    }
    told = [f"{what} {tell(row, 2 if 'CPU' in what else 1)}" for what, row in figures.items()]
    print(f"{name}, {rows[0].connections} connections: {'; '.join(told)}")


def tell(figures: Sequence[float], digits: int) -> str:
    """Write the median, and the spread in brackets."""
    middle, least, most = statistics.median(figures), min(figures), max(figures)
    return f"{middle:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


if __name__ == "__main__":
    main()
