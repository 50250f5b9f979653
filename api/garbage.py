"""When Python looks for garbage in a process that serves for weeks.

Only circles are garbage here: all else goes at once, when nothing names it any more.
"""

from __future__ import annotations

import gc
import threading
import time

_PORTIONS = (2_000, 5, 1_000)  # objects; times until their rest; times until everything
_COLLECT_SECONDS = 30
_COLLECT_SHARE = 1 / 2000  # of the time, at most


def spare_collections() -> None:
    """Let the garbage collector pass over what stays for good, and look for garbage by the clock.

    What is open and imported is a quarter of a million objects, and looking at them all held up a
    search for 100 ms now and then; looking at the hundred thousand that searches decode and keep
    held up all that waited for 50. So what is young is looked at in portions of some 3 ms, and all
    that came since at once by the clock, in some 15 ms, 140 at 25,000 candidacies. A request leaves
    no circles behind, but a connection does, and a download that was broken off leaves all it held.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_PORTIONS)
    threading.Thread(target=_collect_by_the_clock, name="garbage", daemon=True).start()


def _collect_by_the_clock() -> None:
    wait: float = _COLLECT_SECONDS
    while True:
        time.sleep(wait)
        began = time.perf_counter()
        gc.collect()
        # Nobody is answered meanwhile, and of a large index that was opened since it takes longer.
        wait = max(_COLLECT_SECONDS, (time.perf_counter() - began) / _COLLECT_SHARE)
