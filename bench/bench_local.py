"""What mails on this disk cost, beside notmuch and public-inbox: `python -m bench.bench_local`.

The mails of a generated archive as a Maildir, 60,000 of them unless told otherwise. Each program
reads them from nothing, then again with nothing changed, then after one more mail was delivered.
They do not do the same: notmuch and public-inbox index every word of every mail and stop there;
ours keeps and threads every mail, finds candidacies and indexes those. public-inbox reads no
Maildir by itself without a daemon: its mails go in through git's fast-import, and that counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.bench_ingest import HUSTINGS, ROOT, SCRATCH, Cost, ensure_corpus, measure
from bench.peers_public_inbox import environment, init_command

HELD = SCRATCH / "local"
MAILDIR = HELD / "maildir"
STEPS = ("first", "nothing changed", "one more mail")
_LATE = """From: Ana Late <ana@example.org>
Date: Mon, 21 Sep 2026 13:33:20 +0000
Subject: one more
Message-ID: <one-more@example.org>

One more mail.
"""

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Reader:
    """A program that reads local mails: how its folder is made, which commands each step runs."""

    name: str
    prepare: Callable[[], None]
    steps: Sequence[Sequence[Command]]
    environment: Mapping[str, str] | None = None


def readers() -> list[Reader]:
    """Give the programs that are installed here."""
    data = HELD / "hustings"
    sync: Command = [HUSTINGS, "sync", "--data", data, MAILDIR]
    found = [Reader("Hustings", lambda: None, [[sync]] * 3)]
    if shutil.which("notmuch"):
        config = HELD / "notmuch"
        named = {**os.environ, "NOTMUCH_CONFIG": str(config / "config")}
        write = partial(_write_notmuch_config, config)
        found.append(Reader("notmuch", write, [[["notmuch", "new", "--quiet"]]] * 3, named))
    if shutil.which("public-inbox-index"):
        folder = HELD / "public-inbox"
        inbox = folder / "inbox"
        load = ["sh", "-c", f'git --git-dir "{inbox}" fast-import --quiet < "{HELD}/$0"']
        index: Command = ["public-inbox-index", "-L", "full", inbox]
        prepare = partial(_init_public_inbox, folder, inbox)
        # Its mails go in by one program and are read by another.
        steps = [[[*load, "all"], index], [index], [[*load, "late"], index]]
        found.append(Reader("public-inbox", prepare, steps, environment(folder)))
    return found


def _write_notmuch_config(folder: Path) -> None:
    folder.mkdir()
    (folder / "config").write_text(
        f"[database]\npath={folder}\nmail_root={MAILDIR}\n[new]\ntags=new\n"
        "[maildir]\nsynchronize_flags=false\n",
        encoding="utf-8",
    )


def _init_public_inbox(folder: Path, inbox: Path) -> None:
    folder.mkdir()
    subprocess.run(init_command(inbox), check=True, env=environment(folder), capture_output=True)


def run_once(reader: Reader) -> list[Cost]:
    """Measure the three steps of one program, from nothing."""
    shutil.rmtree(HELD / reader.name.lower(), ignore_errors=True)
    late = MAILDIR / "new" / "1790000000.M1.late"
    late.unlink(missing_ok=True)
    reader.prepare()
    costs = []
    for step, commands in zip(STEPS, reader.steps, strict=True):
        if step == STEPS[2]:
            late.write_text(_LATE, encoding="ascii")
        costs.append(_sum_up([measure(command, reader.environment) for command in commands]))
    late.unlink()
    return costs


def _sum_up(costs: Sequence[Cost]) -> Cost:
    return Cost(
        sum(cost.cpu_s for cost in costs),
        sum(cost.wall_s for cost in costs),
        max(cost.peak_mib for cost in costs),
    )


def tell(reader: Reader, runs: Sequence[Sequence[Cost]]) -> None:
    for step, costs in zip(STEPS, zip(*runs, strict=True), strict=True):
        cpu = [cost.cpu_s for cost in costs]
        print(
            f"  {reader.name:12} {step:16} CPU s {statistics.median(cpu):.2f}"
            f" ({min(cpu):.2f} to {max(cpu):.2f}), wall s"
            f" {statistics.median(cost.wall_s for cost in costs):.2f},"
            f" MiB {max(cost.peak_mib for cost in costs):.0f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what mails on this disk cost.")
    parser.add_argument("--mails", type=int, default=60_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    SCRATCH.mkdir(exist_ok=True)
    shutil.rmtree(HELD, ignore_errors=True)
    site = ensure_corpus(chosen.mails, chosen.months, chosen.seed)
    # In a process of its own: what this one ever held would count as its children's memory.
    command = [sys.executable, "-m", "bench.local_mails", str(site), str(HELD)]
    subprocess.run(command, check=True, cwd=ROOT)
    programs = readers()
    print(json.dumps({"python": platform.python_version(), "system": platform.platform()}))
    print(f"{chosen.mails} mails in a Maildir, {chosen.runs} runs")
    runs: dict[str, list[list[Cost]]] = {one.name: [] for one in programs}
    for _ in range(chosen.runs):
        for one in programs:
            runs[one.name].append(run_once(one))
    for one in programs:
        tell(one, runs[one.name])
    shutil.rmtree(HELD)


if __name__ == "__main__":
    main()
