"""The garbage collector of a server: it holds nobody up for long, and leaves nothing lying."""

from __future__ import annotations

import subprocess
import sys

import pytest

CIRCLE = """
import time, weakref
from api import garbage

class Circle: pass

garbage._COLLECT_SECONDS = 0.05
garbage.spare_collections()
one = Circle()
one.itself, seen = one, weakref.ref(one)
del one
until = time.monotonic() + 20
while seen() is not None and time.monotonic() < until:
    time.sleep(0.01)
print(seen())
"""

KEPT = """
import gc
from api import garbage

garbage.spare_collections()
passes = [0, 0, 0]

def count(phase, info):
    passes[info["generation"]] += phase == "start"

gc.callbacks.append(count)
kept = [[number] for number in range(300_000)]
print(passes[1] >= 15, passes[2])
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(CIRCLE, "None", id="circles go by the clock"),
        pytest.param(KEPT, "True 0", id="what is kept is looked at in small portions"),
    ],
)
def test_a_server_collects_garbage_often_and_little(code: str, said: str) -> None:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"{said}\n"
