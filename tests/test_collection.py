"""Tests are the same wherever and whenever they are collected: processes share them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def collect(hash_seed: str) -> list[str]:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts="],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in collected.stdout.splitlines() if "::" in line]


def test_two_processes_collect_the_same_tests() -> None:
    first = collect("1")
    # Collecting takes longer than a second, so that the time of day differs as well as the hashes.
    assert len(first) > 1000
    assert collect("2") == first
