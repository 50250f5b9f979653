"""The command line: `hustings`. Wiring only, and the one importer of the pipeline.

The commands that write are here; those that read and serve are in files of their own, so that each
imports only what it needs.
"""

from __future__ import annotations

import gc
import signal
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import click

from api.command_parts import (
    EXIT_CODES,
    Commands,
    data_option,
    json_option,
    read_settings,
    say,
    warn,
    web_client,
)
from api.settings import Settings
from api.upkeep import index_catalogue
from ingest.errors import IngestError
from ingest.pipeline import Run, rebuild
from ingest.pipeline import sync as pull
from ingest.progress import show_progress
from ingest.raw_store import RawStore
from ingest.records import IngestReport
from ingest.reports import render_report, report_to_json
from ingest.schedule import run_every
from ingest.sources import open_source
from ingest.web import WebClient
from search.errors import SearchError

ELSEWHERE = {
    "up": "api.serving_commands:up",
    "serve": "api.serving_commands:serve",
    "search": "api.reading_commands:search",
    "show": "api.reading_commands:show",
    "export": "api.reading_commands:export",
    "status": "api.reading_commands:status",
    "explain": "api.inspecting_commands:explain",
    "check": "api.inspecting_commands:check",
}


@click.group(
    cls=Commands,
    elsewhere=ELSEWHERE,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="hustings")
def main() -> None:
    """Find who stood for election in an open-source community, for what, and what they promised.

    \b
    hustings up                follow the archives and serve what they say
    hustings sync              pull the archives now
    hustings search review     search on the terminal

    Settings are variables named HUSTINGS_...; docs/settings.md lists them.
    """


@main.command(epilog=EXIT_CODES)
@data_option
@json_option
@click.option("--every", metavar="TIME", help="Go on, syncing every 15m, 6h, 1d...")
@click.option("--next-due", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), hidden=True)
@click.option("--mark-sample", is_flag=True, hidden=True)
@click.argument("archives", nargs=-1, metavar="[ARCHIVE]...")
def sync(
    data: Path | None,
    as_json: bool,
    every: str | None,
    next_due: datetime | None,
    mark_sample: bool,
    archives: tuple[str, ...],
) -> None:
    """Pull archives (those of HUSTINGS_ARCHIVES unless named) and index their candidacies.

    An archive is the address of a Pipermail or HyperKitty list, an mbox, a Maildir, or a folder.

    \b
    hustings sync https://lists.example.org/pipermail/dev/
    hustings sync --every 6h
    """
    collect_rarely()
    settings = read_settings(data=data, archives=archives or None, sync_every=every)
    stopping = stop_on_signals()
    run = Run(
        progress=show_progress(),
        is_stopping=stopping.is_set,
        next_due=next_due,
        sample=mark_sample,
    )
    if every:
        sync_for_ever(settings, stopping, as_json)
    elif not sync_once(settings, run, stopping, as_json):
        raise SystemExit(1)


@main.command(epilog=EXIT_CODES)
@data_option
def reindex(data: Path | None) -> None:
    """Make catalogue and index anew from the raw months, without the network."""
    collect_rarely()
    settings = read_settings(data=data)
    report = rebuild(RawStore(settings.data), Run(progress=show_progress()))
    index_catalogue(settings, report, rebuild=True)
    say(render_report(shown(report, settings)).splitlines())


class Stopping(threading.Event):
    """Set by the first signal; whoever waits for a server then is cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.web: WebClient | None = None

    def set(self) -> None:
        super().set()
        if self.web is not None:
            self.web.stop()


def sync_once(settings: Settings, run: Run, stopping: Stopping, as_json: bool) -> bool:
    """Pull every archive of the settings, index and tell what was found; False if some failed."""
    with web_client(settings) as web:
        stopping.web = web
        sources = [open_source(address, web) for address in settings.archives]
        report = pull(RawStore(settings.data), sources, run)
    index_catalogue(settings, report)
    tell(shown(report, settings), as_json)
    return not report.failed and not run.is_stopping()


def sync_for_ever(settings: Settings, stopping: Stopping, as_json: bool) -> None:
    """Sync until a signal; what fails is told and tried again."""

    def sync_now(next_due: datetime) -> None:
        try:
            run = Run(progress=show_progress(), is_stopping=stopping.is_set, next_due=next_due)
            sync_once(settings, run, stopping, as_json)
        except (IngestError, SearchError) as error:
            warn(f"Error: {error}")

    run_every(timedelta(seconds=settings.sync_every), sync_now, stopping)


def shown(report: IngestReport, settings: Settings) -> IngestReport:
    """Give a report as it may leave the program."""
    if settings.show_addresses or ("@" not in str(report) and "\uff20" not in str(report)):
        return report
    # Imported for a report that names a mail or a person: that of most syncs does not.
    from api.privacy import obscure_report

    return obscure_report(report)


def tell(report: IngestReport, as_json: bool) -> None:
    """Print a sync's report, and its faults on standard error."""
    if as_json:
        click.echo(report_to_json(report))
    else:
        say(render_report(report).splitlines())
    for archive in report.archives:
        for fault in archive.faults:
            warn(f"Error: {archive.archive} {fault.month}".rstrip() + f": {fault.reason}")


def collect_rarely() -> None:
    """Let Python look for circles of records seldom: there are many records and hardly any circle.

    For commands that end with their work; it is a twentieth of a first sync.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def stop_on_signals() -> Stopping:
    """Let the first SIGTERM or SIGINT end the work between two months, the second at once."""
    stopping = Stopping()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping


if __name__ == "__main__":
    main()
