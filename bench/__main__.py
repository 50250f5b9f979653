"""Every measurement in a row, as `make bench` wants it: `python -m bench`.

What needs a program that is not installed is left out, and the last lines say what and why.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

HYPERKITTY = os.environ.get("HUSTINGS_TEST_HYPERKITTY", "")
OPENSEARCH = os.environ.get("HUSTINGS_TEST_OPENSEARCH", "")


def choose() -> tuple[list[list[str]], list[str]]:
    """Give the measurements that can be made here, and what is left out with the reason."""
    chosen = [["bench_ingest"], ["bench_search"], ["bench_http"], ["bench_load"]]
    left_out = []
    if not shutil.which("public-inbox-httpd"):
        chosen[2].append("--alone")
        left_out.append("bench_http beside others: install public-inbox (Debian)")
    elif HYPERKITTY:
        chosen[2] += ["--hyperkitty", HYPERKITTY]
    else:
        left_out.append(
            "bench_http beside HyperKitty: `bash .ci/hyperkitty FOLDER`, then set"
            " HUSTINGS_TEST_HYPERKITTY=FOLDER"
        )
    if shutil.which("notmuch") or shutil.which("public-inbox-index"):
        chosen.append(["bench_local", "--mails", "12000", "--months", "24"])
    else:
        left_out.append("bench_local: install notmuch or public-inbox (Debian)")
    if OPENSEARCH:
        chosen.append(["bench_engines", "--size", "2500", "--size", "25000"])
    else:
        left_out.append(
            "bench_engines: `bash .ci/opensearch FOLDER`, then set HUSTINGS_TEST_OPENSEARCH=FOLDER"
        )
    if shutil.which("strace"):
        chosen.append(["power_loss", "--every", "10"])
    else:
        left_out.append("power_loss: install strace (Debian)")
    if importlib.util.find_spec("atheris"):
        chosen.append(["fuzz", "10"])
    else:
        left_out.append("fuzz: install atheris (pip)")
    left_out.append("evaluate_candidacies: it wants an archive whose truth is known")
    return chosen, left_out


def main() -> None:
    chosen, left_out = choose()
    failed = []
    for name, *words in chosen:
        print(f"== {name} {' '.join(words)}".rstrip(), flush=True)
        command = [sys.executable, "-m", f"bench.{name}", *words]
        failed += [name] if subprocess.run(command, check=False).returncode else []
    for one in left_out:
        print(f"left out: {one}")
    print(f"failed: {', '.join(failed) or 'none'}")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
