"""A sync killed at any moment is carried on by the next one, to the very same state."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ingest.pipeline import Run, sync
from ingest.raw_store import RawStore
from ingest.sources import open_source
from ingest.web import WebClient
from tests.loopback import Loopback
from tests.pipermail_site import FIRST, Site, candidacy, fill, reply_to
from tests.syncing import START, Syncing

KILLS = int(os.environ.get("HUSTINGS_TEST_KILLS", "100"))


def sync_when_told(folder: str, address: str, told: Connection) -> None:
    """What the child does: the kill is timed from the word, not from the start of a process."""
    web = WebClient()
    told.send("ready")
    told.recv()
    sync(RawStore(Path(folder)), [open_source(address, web)], Run(now=lambda: START))


def run_for(folder: Path, address: str, seconds: float) -> float:
    """Let a child sync so long, then kill -9 it; give how long it took if it was done before."""
    # A server that forks has no threads of ours and has imported everything once.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    ours, theirs = processes.Pipe()
    child = processes.Process(target=sync_when_told, args=(str(folder), address, theirs))
    child.start()
    assert ours.recv() == "ready"
    ours.send("go")
    began = time.monotonic()
    child.join(seconds)
    took = time.monotonic() - began
    child.kill()
    child.join()
    assert child.exitcode in (-9, 0)
    done = child.exitcode == 0
    child.close()
    return took if done else 0.0


def grow(site: Site, turn: int) -> None:
    """Let the archive go on meanwhile, so that there is something to do at every turn."""
    standing = candidacy(100 + turn, posted_at=FIRST + timedelta(hours=turn))
    site.months["2015-September"] += [standing, reply_to(standing, 400 + turn)]
    if turn % 5 == 0:
        site.months[f"2014-Week-{turn}"] = [candidacy(700 + turn, posted_at=FIRST)]
        site.months["2015-October"].append(site.months["2015-September"][0])
    site.publish()


def test_a_hundred_kills_at_random_moments_end_in_the_state_of_an_undisturbed_sync(
    tmp_path: Path, server: Loopback, web: WebClient, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("HUSTINGS_TEST_SEED", "0")) or random.randrange(10**6)
    with capsys.disabled():
        print(f"\n{KILLS} kills, seed {seed} (HUSTINGS_TEST_SEED={seed} repeats it)")
    chance = random.Random(seed)
    site = Site(server)
    fill(site)
    takes = run_for(tmp_path / "timing", site.url, 60)
    disturbed = Syncing(tmp_path / "disturbed", web, [site.url])
    killed = turn = 0
    while killed < KILLS and turn < 5 * KILLS:
        if turn % 3 == 0:
            grow(site, turn)
        took = run_for(disturbed.folder, site.url, chance.uniform(0, 1.5 * takes))
        # Kills fall anywhere within a sync, however fast this machine is just now.
        takes = took or takes
        killed += not took
        turn += 1
    disturbed()
    undisturbed = Syncing(tmp_path / "undisturbed", web, [site.url])
    undisturbed()
    with capsys.disabled():
        print(f"{killed} of {turn} syncs were killed before they were done")
    assert killed == KILLS
    assert disturbed.dump() == undisturbed.dump()
    assert not list(disturbed.folder.rglob("*.new"))
    assert disturbed.digests()
