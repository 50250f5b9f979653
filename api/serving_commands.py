"""The commands that serve: `serve` alone, `up` and the archives followed beside. Wiring only."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from api.app import create_app, use_engine
from api.command_parts import (
    EXIT_CODES,
    address_options,
    data_option,
    engine_options,
    read_settings,
    vocabulary,
)
from api.following import Following
from api.logs import start_logs
from api.serving import leaving_on_sigterm
from api.serving import serve as run_server
from api.settings import Settings
from api.sockets import address_of, listen
from api.upkeep import heal_index
from api.workers import serve_with_workers
from search import open_engine
from search.engine import SearchEngine


@click.command(epilog=EXIT_CODES)
@data_option
@address_options
@click.option("--workers", type=click.IntRange(1, 64), help="How many processes answer [1].")
def serve(data: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve pages and the API; somebody else syncs.

    \b
    hustings serve --port 8080 --workers 2
    HUSTINGS_BASE_URL=https://example.org/hustings hustings serve --host 0.0.0.0
    """
    settings = read_settings(data=data, host=host, port=port, workers=workers)
    start_logs(settings.log_format, settings.log_level)
    sock = listen(settings.host, settings.port)
    engine = open_index(settings)
    healing = threading.Thread(target=heal_index, args=(settings, engine), daemon=True)
    healing.start()
    greet(address_of(sock), settings)
    with closing(engine):
        if settings.workers > 1:
            serve_with_workers(settings, sock)
        else:
            run_server(create_app(engine, vocabulary(), settings), sock)


@click.command(epilog=EXIT_CODES)
@data_option
@address_options
@click.option("--every", metavar="TIME", help="How long between syncs: 15m, 6h, 1d [6h].")
@click.option("--sample", is_flag=True, default=None, help="Serve the bundled sample archive.")
def up(
    data: Path | None, host: str | None, port: int | None, every: str | None, sample: bool | None
) -> None:
    """Follow the archives and serve what they say: sync now and on a schedule.

    Where no archive can be reached and nothing was synced yet, the bundled sample archive is
    served until a sync succeeds; every page says so.

    \b
    hustings up
    hustings up --sample
    HUSTINGS_ARCHIVES=https://lists.example.org/pipermail/dev/ hustings up --every 1h
    """
    settings = read_settings(data=data, host=host, port=port, sync_every=every, sample=sample)
    start_logs(settings.log_format, settings.log_level)
    sock = listen(settings.host, settings.port)
    engine = open_index(settings)
    app = create_app(engine, vocabulary(), settings)

    def show(folder: Path) -> None:
        use_engine(app, open_index(replace(settings, data=folder, index="")))

    following = Following(settings, engine, show)
    with leaving_on_sigterm(), closing(following):
        following.prepare()
        following.start()
        greet(address_of(sock), settings)
        run_server(app, sock)


def open_index(settings: Settings) -> SearchEngine:
    """Open the index that the settings name, whether it is there already or not."""
    return open_engine(settings.index_location, vocabulary(), **engine_options(settings))


def greet(address: str, settings: Settings) -> None:
    """Say where the server is and what to try first, to people: a log of JSON stays one."""
    if settings.log_format == "json":
        return
    click.echo(f"Hustings is at {address} (Ctrl-C ends it)", err=True)
    click.echo(f"Try {address}/?q=review", err=True)
    click.echo(f"or  curl '{address}/api/v1/candidacies?q=review'", err=True)
