"""What every command shares: the options, the edge where errors become one line, opening things.

Settings are read here once for a command and handed on as plain arguments.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from api.settings import Settings, load_settings
from api.sockets import CannotListen
from api.terminal_lines import make_printable
from ingest.errors import IngestError
from ingest.records import Vocabulary
from ingest.web import WebClient
from ingest.web_answers import WebSettings
from search.errors import SearchError

if TYPE_CHECKING:
    from search.engine import SearchEngine

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_CODES = """\b
Exit status:
  0  all was done
  1  something failed; a line on standard error names it (the rest was done)
  2  the command was not understood, or a setting is wrong
"""


_ORDER = (
    "up",
    "sync",
    "serve",
    "search",
    "show",
    "explain",
    "export",
    "status",
    "check",
    "reindex",
)


class Commands(click.Group):
    """The group: commands are imported when they are called, errors are one line and a status.

    `elsewhere` maps a command's name to `module:attribute`. A sync takes half a second less when it
    need not import the web framework first.
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._elsewhere = elsewhere

    def list_commands(self, context: click.Context) -> list[str]:
        """List them in the order in which a newcomer needs them."""
        return list(_ORDER)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._elsewhere:
            return super().get_command(context, name)
        module, _, attribute = self._elsewhere[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (IngestError, SearchError, CannotListen) as error:
            raise click.ClickException(
                "".join(make_printable([hide_addresses(str(error))]))
            ) from error


def data_option(command: Command) -> Command:
    """Let a command be told which data folder to use."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The data folder; else HUSTINGS_DATA, else your user's data folder.",
    )(command)


def json_option(command: Command) -> Command:
    """Let a command answer programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(
        command
    )


def address_options(command: Command) -> Command:
    """Let a command be told where to listen."""
    command = click.option("--port", type=click.IntRange(0, 65535), help="The port [8000].")(
        command
    )
    return click.option("--host", help="The address to listen on [127.0.0.1].")(command)


def read_settings(**given: Any) -> Settings:
    """Read the settings, options winning; a wrong one ends the command with status 2."""
    try:
        return load_settings(**given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def vocabulary() -> Vocabulary:
    # Imported for whoever reads an index, or writes one: a sync that changes nothing does neither.
    from ingest.elections import load_elections

    return load_elections().vocabulary()


def is_remote(settings: Settings) -> bool:
    """Whether the index is in an OpenSearch cluster."""
    return settings.index.startswith(("http://", "https://"))


def engine_options(settings: Settings) -> dict[str, Any]:
    """Give what OpenSearch needs to be told; Whoosh needs nothing."""
    if not is_remote(settings):
        return {}
    password = settings.index_password
    if settings.index_password_file:
        try:
            password = settings.index_password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise click.UsageError(f"HUSTINGS_INDEX_PASSWORD_FILE: {error}") from error
    return {
        "user": settings.index_user,
        "password": password,
        "ca_certs": str(settings.index_ca) if settings.index_ca else "",
    }


@contextmanager
def reading(settings: Settings) -> Iterator[SearchEngine]:
    """Open the index for a command that prints what it says: addresses obscured unless shown."""
    from api.privacy import ObscuringEngine  # As in `vocabulary`.
    from search import open_engine

    engine = open_engine(settings.index_location, vocabulary(), **engine_options(settings))
    try:
        yield engine if settings.show_addresses else ObscuringEngine(engine)
    finally:
        engine.close()


@contextmanager
def web_client(settings: Settings, *, hasty: bool = False) -> Iterator[WebClient]:
    """Open a client for archives' servers; a hasty one only wants to know whether they answer."""
    web_settings = WebSettings(
        pause=settings.sync_pause,
        other_hosts=frozenset(settings.sync_hosts),
        contact=settings.contact,
    )
    if hasty:
        web_settings = replace(web_settings, tries=1, connect_timeout=5.0, read_timeout=20.0)
    web = WebClient(web_settings)
    try:
        yield web
    finally:
        web.close()


def say(lines: Iterable[str]) -> None:
    """Print lines for people, with nothing in them that steers a terminal."""
    for line in make_printable(lines):
        click.echo(line)


def hide_addresses(line: str) -> str:
    """Write addresses as people may see them, in a line that is told."""
    from api.privacy import obscure  # As in `vocabulary`: most syncs have nothing to warn of.

    return obscure(line)


def warn(line: str) -> None:
    """Say something on standard error."""
    for shown in make_printable([hide_addresses(line)]):
        click.echo(shown, err=True)


def write_bytes(piece: bytes) -> None:
    """Write what a program will read as it is; a terminal gets nothing that steers it."""
    if sys.stdout.isatty():
        piece = "".join(make_printable([piece.decode("utf-8", "replace")])).encode()
    sys.stdout.buffer.write(piece)
