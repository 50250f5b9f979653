"""Every measurement in a row, as `make bench` wants it: `python -m bench`."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = ("bench.bench_ingest", "bench.bench_search")

if __name__ == "__main__":
    for name in MEASUREMENTS:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", name], check=True)
