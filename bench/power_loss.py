"""Power cuts at every step of a sync and of a rebuild: `python -m bench.power_loss [--every N]`.

Records the real commands with strace (Debian's package) and rebuilds, for each step and each kind
of loss, the folder that a disk would have then; each must be named and healed. What is checked says
`tests/power_cuts.py`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.lossy_disk import CUTS
from tests.power_cuts import cut_and_heal, recorded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="cut after each so many steps")
    parser.add_argument("--seed", type=int, default=1, help="of what a torn write keeps")
    asked = parser.parse_args()
    began, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, recorded(Path(folder)) as recordings:
        for recording in recordings:
            cuts = 0
            for point in range(0, len(recording.steps) + 1, asked.every):
                for cut in CUTS:
                    wrong = cut_and_heal(recording, point, cut, asked.seed, Path(folder) / "left")
                    cuts += 1
                    failed += bool(wrong)
                    if wrong:
                        step = recording.steps[max(point - 1, 0)]
                        print(f"  {recording.name}, step {point} ({step.kind} {step.path}), {cut}:")
                        print(*(f"    {one}" for one in wrong), sep="\n", flush=True)
            print(f"{recording.name}: {len(recording.steps)} steps, {cuts} cuts", flush=True)
    print(f"{failed} not healed, in {time.monotonic() - began:.0f} s")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
