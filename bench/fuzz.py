"""Bytes of every kind against what reads mail: `python -m bench.fuzz SECONDS [TARGET]`.

Atheris (pip) mutates what it was given by how far it got in the program. A target that raises, or
that takes longer than its input's length allows, ends the run with the input on the disk. What is
found becomes a named test; the suite's own tries are in `tests/test_fuzz_mail.py`.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MAILS = Path(__file__).resolve().parent.parent / "tests" / "data" / "mail"
LONGEST = 40_000


def main() -> None:
    """Run each target for so many seconds, each in a process of its own."""
    seconds, *wanted = sys.argv[1:] or ["60"]
    failed = []
    for name in wanted or importlib.import_module("tests.fuzz_targets").TARGETS:
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory() as corpus:
            command = [sys.executable, "-c", f"from bench.fuzz import run; run({name!r})"]
            limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20"]
            done = subprocess.run([*command, corpus, str(MAILS), *limits], check=False)
        failed += [name] if done.returncode else []
    print(f"failed: {', '.join(failed) or 'none'}")
    raise SystemExit(bool(failed))


def run(name: str) -> None:
    """Fuzz one target, in this process, for as long as the arguments say."""
    atheris: Any = importlib.import_module("atheris")
    # The targets bring everything they call with them, so they must come only now.
    with atheris.instrument_imports(include=["ingest", "api"]):
        targets = importlib.import_module("tests.fuzz_targets")
    target, allowed_seconds = targets.TARGETS[name], targets.allowed_seconds

    def try_one(data: bytes) -> None:
        began = time.process_time()
        target(data)
        spent = time.process_time() - began
        if spent > allowed_seconds(len(data)):
            raise RuntimeError(f"{spent:.2f} s for {len(data)} bytes")

    atheris.Setup([name, *sys.argv[1:]], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
