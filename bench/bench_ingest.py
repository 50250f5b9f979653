"""What a sync costs: CPU seconds and memory, beside Perceval's and beside merely unpacking the
files.

    python -m bench.bench_ingest --mails 60000 --runs 3

Serves a generated Pipermail site on a free port of 127.0.0.1 and measures child processes: the
first sync, the second one, Perceval's Pipermail backend reading the same site, and `gzip -dc` of
all months as the limit; then what a sync costs a process that goes on syncing. `--double` measures
syncs of twice the mails too, to show whether memory grows: of an archive that has gone on for twice
as long, and of one that is twice as busy. Perceval is installed once, into an environment of its
own below `.bench/`.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.load import cpu_seconds

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".bench"
DATA = SCRATCH / "data"
HUSTINGS = Path(sys.executable).parent / "hustings"
PERCEVAL_VERSION = "1.6.1"
PERCEVAL = """
import sys
from perceval.backends.core.pipermail import Pipermail
print(sum(1 for _ in Pipermail(sys.argv[1], sys.argv[2]).fetch()))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one child process used; memory is the most that was resident at once.

    That of a child begins with what this process holds, so nothing large is held here.
    """

    cpu_s: float
    wall_s: float
    peak_mib: float


class _Files(SimpleHTTPRequestHandler):
    """Static files as a Pipermail server gives them, without a line on the terminal for each."""

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Files, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/pipermail/corpus-dev/"
    finally:
        server.shutdown()
        server.server_close()


def measure(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; its output goes to a file, so that nobody waits for a reader."""
    log = SCRATCH / "output.txt"
    began = time.monotonic()
    with log.open("wb") as output:
        words = [str(part) for part in command]
        child = subprocess.Popen(words, stdout=output, stderr=output, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command[0]} failed with exit status {child.returncode}: see {log}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def measure_next(command: Sequence[str | Path]) -> float:
    """Give the CPU seconds of the second sync of a process that goes on syncing each minute."""
    log = SCRATCH / "output.txt"
    with (
        log.open("wb") as output,
        subprocess.Popen([str(part) for part in command], stdout=output, stderr=output) as child,
    ):
        try:
            spent = [_spent_when(child, log, syncs) for syncs in (1, 2)]
        finally:
            child.terminate()
    return spent[1] - spent[0]


def _spent_when(child: subprocess.Popen[bytes], log: Path, syncs: int) -> float:
    """Wait until so many syncs are over; give what the process has spent by then."""
    until = time.monotonic() + 600
    while log.read_bytes().count(b"next sync:") < syncs:
        if child.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"sync number {syncs} was not seen to end: see {log}")
        time.sleep(0.5)
    return cpu_seconds(child.pid)


def ensure_corpus(mails: int, months: int, seed: int) -> Path:
    """Give the site with so many mails, made once and kept as long as its making stays the same."""
    sources = (ROOT / "bench" / name for name in ("corpus.py", "search_corpus.py"))
    made_by = hashlib.sha256(b"".join(one.read_bytes() for one in sources)).hexdigest()
    site = SCRATCH / f"corpus-{mails}-{months}-{seed}-{made_by[:8]}"
    if not site.exists():
        making = site.with_suffix(".part")
        shutil.rmtree(making, ignore_errors=True)
        # In a process of its own: what this one ever held would count as its children's memory.
        command = [sys.executable, "-m", "bench.corpus", str(making), "--mails", str(mails)]
        command += ["--months", str(months), "--candidacies", str(mails // 200)]
        command += ["--seed", str(seed)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        making.rename(site)
    return site


def ensure_perceval() -> Path:
    folder = SCRATCH / "perceval"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    wanted = f"perceval=={PERCEVAL_VERSION}"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", wanted], check=True)
    return python


def run_once(site: Path, perceval: Path | None) -> dict[str, Cost]:
    """Measure each program once on a site, from nothing."""
    costs = {}
    shutil.rmtree(DATA, ignore_errors=True)
    with serve(site) as url:
        command: list[str | Path] = [HUSTINGS, "sync", "--data", DATA, url]
        costs["first sync"] = measure(command)
        costs["second sync"] = measure(command)
        if perceval is not None:
            held = SCRATCH / "perceval-data"
            shutil.rmtree(held, ignore_errors=True)
            costs["Perceval"] = measure([perceval, "-c", PERCEVAL, url, held])
    months = sorted(site.rglob("*.txt.gz"))
    costs["unpacking"] = measure(["gzip", "-dc", *months])
    return costs


def summarise(runs: Sequence[dict[str, Cost]], mails: int) -> dict[str, dict[str, float]]:
    """Give median and spread of each program's cost."""
    figures = {}
    for name in runs[0]:
        costs = [run[name] for run in runs]
        cpu = [cost.cpu_s for cost in costs]
        figures[name] = {
            "cpu_s": round(statistics.median(cpu), 2),
            "cpu_s_spread": round(max(cpu) - min(cpu), 2),
            "wall_s": round(statistics.median(cost.wall_s for cost in costs), 2),
            "peak_mib": round(max(cost.peak_mib for cost in costs), 1),
            "mails_per_cpu_s": round(mails / statistics.median(cpu)),
        }
    return figures


def machine() -> dict[str, str]:
    """Name what the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": str(os.cpu_count()),
        "perceval": PERCEVAL_VERSION,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a sync costs.")
    parser.add_argument("--mails", type=int, default=60_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--double", action="store_true", help="also archives of twice the mails")
    parser.add_argument("--without-perceval", action="store_true")
    chosen = parser.parse_args()
    SCRATCH.mkdir(exist_ok=True)
    perceval = None if chosen.without_perceval else ensure_perceval()
    print(json.dumps(machine()))
    size = (chosen.mails, chosen.months)
    larger = [(2 * chosen.mails, 2 * chosen.months), (2 * chosen.mails, chosen.months)]
    for mails, months in [size, *larger[: 2 * chosen.double]]:
        site = ensure_corpus(mails, months, chosen.seed)
        beside = perceval if (mails, months) == size else None
        runs = [run_once(site, beside) for _ in range(chosen.runs)]
        figures = summarise(runs, mails)
        print(f"{mails} mails in {months} months, {chosen.runs} runs")
        for name, row in figures.items():
            print(f"  {name:12}", "  ".join(f"{key} {value}" for key, value in row.items()))
        first, second = figures["first sync"]["cpu_s"], figures["second sync"]["cpu_s"]
        print(f"  second sync: {second / first:.2%} of the first")
        with serve(site) as url:
            following = measure_next([HUSTINGS, "sync", "--every", "1m", "--data", DATA, url])
        print(f"  one of a process that goes on: {following:.3f} CPU s, {following / first:.2%}")
        if "Perceval" in figures:
            print(f"  Perceval / first sync: {figures['Perceval']['cpu_s'] / first:.1f} times")


if __name__ == "__main__":
    main()
