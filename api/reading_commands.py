"""The commands that read: search, show, export, status. Wiring only."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.answers import SearchAnswer
from api.archive_answers import answer_archives, read_report
from api.asking import MOST_PER_PAGE, Asking
from api.command_parts import (
    EXIT_CODES,
    data_option,
    json_option,
    read_settings,
    reading,
    say,
    vocabulary,
    write_bytes,
)
from api.exports import FORMS, ExportFormat
from api.payloads import show_candidacy, write_json
from api.printing import describe_answer, describe_candidacy, describe_status
from api.privacy import obscure_report
from api.searching import answer_search
from search.documents import mail_key
from search.engine import SearchRequest, Sort
from search.query import FieldIs, parse_query

QUERY = {"ignore_unknown_options": True}


@click.command(epilog=EXIT_CODES, context_settings=QUERY)
@data_option
@json_option
@click.option("--sort", type=click.Choice([one.value for one in Sort]), default="relevance")
@click.option("--page", type=click.IntRange(1), default=1, help="Which page, from 1.")
@click.option("--per-page", type=click.IntRange(0, MOST_PER_PAGE), default=20)
@click.argument("query", nargs=-1)
def search(
    query: tuple[str, ...], data: Path | None, as_json: bool, sort: str, page: int, per_page: int
) -> None:
    """Search candidacies.

    \b
    hustings search review bandwidth
    hustings search 'project:nova cycle:juno..liberty "technical debt"'
    hustings search --json candidate:example
    """
    settings = read_settings(data=data)
    asking = Asking(q=" ".join(query), sort=Sort(sort), page=page, per_page=per_page)
    with reading(settings) as engine:
        answer = answer_search(engine, vocabulary(), asking, settings.base_url)
    if as_json:
        write_bytes(write_json(answer) + b"\n")
    else:
        say(describe_answer(SearchAnswer.model_validate(answer)))


@click.command(epilog=EXIT_CODES)
@data_option
@json_option
@click.argument("mail")
def show(mail: str, data: Path | None, as_json: bool) -> None:
    """Show one candidacy, by its id, a Message-ID of its thread, or a page of the archive.

    \b
    hustings show first@example.org
    hustings show https://lists.example.org/pipermail/dev/2015-September/000001.html
    """
    settings = read_settings(data=data)
    with reading(settings) as engine:
        key = mail_key(mail)
        asked = SearchRequest(query=FieldIs("id", key), per_page=1, excerpts=False)
        found = engine.read([hit.candidacy.id for hit in engine.search(asked).hits] if key else [])
    if not found:
        raise click.ClickException(f"no candidacy has the mail {mail}: try hustings search")
    if as_json:
        write_bytes(write_json(show_candidacy(found[0])) + b"\n")
    else:
        say(describe_candidacy(found[0]))


@click.command(epilog=EXIT_CODES, context_settings=QUERY)
@data_option
@click.option("--format", "form", type=click.Choice([one.value for one in ExportFormat]))
@click.argument("query", nargs=-1)
def export(query: tuple[str, ...], form: str | None, data: Path | None) -> None:
    """Write candidacies to standard output: all of them, or those that match a query.

    \b
    hustings export --format jsonl > candidacies.jsonl
    hustings export --format csv project:nova > nova.csv
    hustings export --format mbox is:elected > elected.mbox
    """
    settings = read_settings(data=data)
    write = FORMS[ExportFormat(form or "jsonl")].write
    parsed = parse_query(" ".join(query), vocabulary())
    asked = SearchRequest(query=parsed.query, sort=Sort.OLDEST, excerpts=False)
    with reading(settings) as engine:
        for piece in write(engine.scan(asked)):
            write_bytes(piece)


@click.command(epilog=EXIT_CODES)
@data_option
@json_option
def status(data: Path | None, as_json: bool) -> None:
    """Say how the archives and the index stand."""
    settings = read_settings(data=data)
    with reading(settings) as engine:
        stand = engine.status()
    report = read_report(stand.state)
    if as_json:
        answer = answer_archives(stand, report).model_dump(mode="json")
        click.echo(json.dumps({**answer, "problem": stand.problem, "data": str(settings.data)}))
    else:
        if report and not settings.show_addresses:
            report = obscure_report(report)
        say(describe_status(stand, report, str(settings.data)))
