"""The lease under which one process writes an index in a cluster: who, until when, kept alive.

A document that is only replaced by whom it was last read by (`if_seq_no`), renewed by a thread of
its own while the writer lives. A writer that crashed stops renewing and loses it; one that was cut
off for longer finds that out before it writes again. The hosts' clocks must agree to some seconds.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from datetime import UTC, datetime
from typing import Any

from search.errors import EngineUnavailable, IndexBusy, SearchError
from search.opensearch_client import Cluster

LEASE_SECONDS = 60.0

Json = dict[str, Any]


class Lease:
    """One writer's lease on an index; `dirty` tells that the last writer did not end well."""

    def __init__(self, cluster: Cluster, seconds: float = LEASE_SECONDS) -> None:
        self._cluster = cluster
        self._seconds = seconds
        self._path = f"/{cluster.name}-meta/_doc/lease"
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.dirty = False
        self._place: Json = {}
        self._lost = ""
        self._until = 0.0
        self._ended = threading.Event()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self) -> None:
        """Take the lease; raise `IndexBusy` naming its holder while somebody has it."""
        found = self._cluster.ask("GET", self._path, ignore=[404])
        held: Json = found.get("_source", {})
        if held and held["until"] > time.time() and held["owner"] != self.owner:
            until = datetime.fromtimestamp(held["until"], UTC)
            raise IndexBusy(
                f"Another process is writing the index {self._cluster.name!r}: {held['owner']}, "
                f"until {until:%H:%M:%S} UTC unless it goes on."
            )
        self.dirty = bool(held) and not held["clean"]
        if found.get("found"):
            self._place = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        else:
            self._place = {"op_type": "create"}
        self._write(clean=False)
        self.check()
        self._thread = threading.Thread(target=self._keep, name="hustings-lease", daemon=True)
        self._thread.start()

    def _write(self, *, clean: bool, seconds: float | None = None) -> None:
        """Write the lease anew, from its last known place on; note it if it was taken over."""
        until = time.time() + (self._seconds if seconds is None else seconds)
        body = {"owner": self.owner, "until": until, "clean": clean}
        with self._writing:
            answer = self._cluster.ask("PUT", self._path, body, ignore=[409], **self._place)
            if answer.get("status") == 409:
                # A request that was sent twice, its first answer lost, conflicts with itself.
                answer = self._cluster.ask("GET", self._path, ignore=[404])
                held = answer.get("_source", {})
                if held.get("owner") != self.owner:
                    self._lost = str(held.get("owner", "nobody"))
                    return
            self._place = {
                "if_seq_no": answer["_seq_no"],
                "if_primary_term": answer["_primary_term"],
            }
            self._until = until

    def _keep(self) -> None:
        while not self._ended.wait(self._seconds / 4):
            try:
                self._write(clean=False)
            except SearchError:
                continue  # tried again soon; `check` tells when it is too late
            if self._lost:
                return

    def check(self) -> None:
        """Raise unless this writer still has the lease: called before what cannot be undone."""
        if self._lost:
            raise IndexBusy(f"{self._lost} has taken over writing {self._cluster.name!r}.")
        if time.time() > self._until:
            raise EngineUnavailable("The writer's lease ran out while OpenSearch did not answer.")

    def give_back(self, *, clean: bool) -> None:
        """End the lease; `clean` says that nothing was left half done."""
        self._ended.set()
        if self._thread:
            self._thread.join()
        try:
            if not self._lost:
                self._write(clean=clean, seconds=0)
        except SearchError:
            pass  # it runs out by itself
