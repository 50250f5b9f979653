"""The command line: `hustings`. Wiring only, and the one importer of the pipeline.

The commands that write are here; those that only read are in `reading_commands`.
"""

from __future__ import annotations

from pathlib import Path

import click

from api import reading_commands
from api.command_parts import (
    EXIT_CODES,
    OneLineErrors,
    data_option,
    engine_options,
    json_option,
    read_settings,
    say,
    vocabulary,
    web_client,
)
from api.settings import Settings
from ingest.catalogue import Catalogue
from ingest.pipeline import Run
from ingest.pipeline import rebuild as rebuild_catalogue
from ingest.pipeline import sync as pull
from ingest.progress import show_progress
from ingest.raw_store import RawStore
from ingest.records import IngestReport
from ingest.reports import render_report, report_to_json
from ingest.sources import open_source
from search import open_writer
from search.indexing import IndexChange, bring_up_to_date


@click.group(
    cls=OneLineErrors,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="hustings")
def main() -> None:
    """Find who stood for election in an open-source community, for what, and what they promised.

    \b
    hustings up                      follow the archives and serve what they say
    hustings sync                    pull the archives now
    hustings search review           search on the terminal

    Settings are variables named HUSTINGS_...; docs/settings.md lists them.
    """


for command in (
    reading_commands.serve,
    reading_commands.search,
    reading_commands.show,
    reading_commands.export,
    reading_commands.status,
):
    main.add_command(command)


@main.command(epilog=EXIT_CODES)
@data_option
@json_option
@click.option("--every", metavar="TIME", help="Go on, syncing every 15m, 6h, 1d...")
@click.argument("archives", nargs=-1, metavar="[ARCHIVE]...")
def sync(data: Path | None, as_json: bool, every: str | None, archives: tuple[str, ...]) -> None:
    """Pull archives (those of HUSTINGS_ARCHIVES unless named) and index their candidacies.

    \b
    hustings sync https://lists.example.org/pipermail/dev/
    hustings sync --every 6h
    """
    settings = read_settings(data=data, archives=archives or None, sync_every=every)
    report = sync_once(settings, Run(progress=show_progress()))
    click.echo(report_to_json(report)) if as_json else say(iter(render_report(report).splitlines()))
    if report.failed:
        raise SystemExit(1)


@main.command(epilog=EXIT_CODES)
@data_option
def reindex(data: Path | None) -> None:
    """Make catalogue and index anew from the raw months, without the network."""
    settings = read_settings(data=data)
    report = rebuild_catalogue(RawStore(settings.data), Run(progress=show_progress()))
    index_catalogue(settings, report, rebuild=True)
    say(iter(render_report(report).splitlines()))


def sync_once(settings: Settings, run: Run) -> IngestReport:
    """Pull every archive of the settings, and bring the index up to what was found."""
    with web_client(settings) as web:
        sources = [open_source(address, web) for address in settings.archives]
        report = pull(RawStore(settings.data), sources, run)
    index_catalogue(settings, report)
    return report


def index_catalogue(settings: Settings, report: IngestReport, rebuild: bool = False) -> IndexChange:
    """Make the index equal the catalogue, and leave the report for its readers."""
    words = vocabulary()
    with (
        Catalogue(RawStore(settings.data).catalogue_path, writing=False) as catalogue,
        open_writer(settings.index_location, words, **engine_options(settings)) as writer,
    ):
        table = catalogue.candidacies
        change = bring_up_to_date(
            writer,
            table.digests(),
            lambda ids: (candidacy for candidacy, _ in table.read(ids)),
            rebuild=rebuild,
        )
        writer.record_state(report_to_json(report))
    return change
