"""Following the archives while serving: a sync at once and on a schedule, and the sample till then.

Each sync is a process of its own, so that it takes no time from searches, gives its memory back,
and cannot bring the server down. What a sync does is not known here: it is the `sync` command.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from api.command_parts import web_client
from api.settings import Settings
from api.upkeep import can_heal, heal_index
from ingest.errors import ArchiveError
from ingest.sample import serve_sample
from ingest.schedule import run_every
from ingest.sources import open_source
from ingest.whole_files import naming_the_folder
from search.engine import SearchEngine

_LOG = logging.getLogger("hustings.following")
RETRY_SECONDS = 15 * 60

SAMPLE_MARK = "--mark-sample"
DUE_OPTION = "--next-due"


class Following:
    """A thread beside the server that keeps an index of it up to date.

    `show` is called with the data folder to show from now on, whenever that changes.
    """

    def __init__(
        self, settings: Settings, engine: SearchEngine, show: Callable[[Path], None]
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._show = show
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._shows_sample = False
        self._kept = ExitStack()
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)

    def prepare(self) -> None:
        """Make sure that there is something to show: the sample, where nothing else can be had."""
        if self._settings.sample:
            self._show_sample("the sample archive was asked for")
        elif self._has_nothing() and not self._is_any_reachable():
            self._show_sample("no archive can be reached and nothing was synced yet")

    def start(self) -> None:
        """Sync from now on, unless the sample was asked for."""
        if not self._settings.sample:
            self._thread.start()

    def close(self) -> None:
        """End a running sync as a signal would, and wait for it."""
        self._stopping.set()
        if self._child is not None:
            self._child.terminate()
        if self._thread.is_alive():
            self._thread.join(30)
        self._kept.close()

    def _has_nothing(self) -> bool:
        return not self._engine.status().documents and not can_heal(self._settings, self._engine)

    def _run(self) -> None:
        # What was pulled before is shown again without waiting for what is new.
        heal_index(self._settings, self._engine)
        run_every(timedelta(seconds=self._settings.sync_every), self._sync_now, self._stopping)

    def _sync_now(self, next_due: datetime) -> None:
        options = (DUE_OPTION, next_due.isoformat(timespec="seconds"))
        while not self._sync(self._settings.data, self._settings.archives, *options):
            # Something failed; what failed is asked for again before the next full round.
            if self._stopping.wait(min(self._settings.sync_every, RETRY_SECONDS)):
                return
        self._show_archives()

    def _is_any_reachable(self) -> bool:
        with web_client(self._settings, hasty=True) as web:
            for address in self._settings.archives:
                try:
                    open_source(address, web).list_months()
                except ArchiveError as error:
                    _LOG.warning("%s", error)
                else:
                    return True
        return False

    def _show_sample(self, why: str) -> None:
        _LOG.warning("%s: serving the sample archive, whose people are invented", why)
        above = _find_temporary(self._settings.data)
        made = TemporaryDirectory(prefix=".hustings-sample-", dir=above, ignore_cleanup_errors=True)
        folder = Path(self._kept.enter_context(made))
        # The server stays, so that links to the sample's own pages lead somewhere.
        address = self._kept.enter_context(serve_sample())
        if self._sync(folder, (address,), SAMPLE_MARK):
            self._shows_sample = True
            self._show(folder)

    def _show_archives(self) -> None:
        if self._shows_sample:
            self._shows_sample = False
            _LOG.warning("a sync succeeded: serving the archives from now on, not the sample")
            self._show(self._settings.data)

    def _sync(self, data: Path, archives: Sequence[str], *options: str) -> bool:
        """Sync in a process of its own; give whether there is something to serve now."""
        command = [sys.executable, "-m", "api.commands", "sync", "--data", str(data), *options]
        # A session of its own, or Ctrl-C would reach it twice: from the terminal and from us.
        self._child = subprocess.Popen(  # noqa: S603
            [*command, "--", *archives], stdin=subprocess.DEVNULL, start_new_session=True
        )
        status = self._child.wait()
        self._child = None
        if status and not self._stopping.is_set():
            _LOG.warning("the sync ended with status %s; what is there stays", status)
        return status == 0


def _find_temporary(data: Path) -> Path:
    """Give a folder for what is thrown away: the data folder where nothing else can be written."""
    try:
        return Path(gettempdir())
    except FileNotFoundError:
        with naming_the_folder(data):
            data.mkdir(parents=True, exist_ok=True)
        return data
