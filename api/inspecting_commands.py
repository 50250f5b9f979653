"""The commands that look behind the results: explain, check. Wiring only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from api.command_parts import (
    EXIT_CODES,
    data_option,
    engine_options,
    json_option,
    read_settings,
    say,
    vocabulary,
)
from api.printing import describe_explanation, describe_findings
from api.privacy import obscure
from api.settings import Settings
from ingest.checking import Finding
from ingest.checking import check as find_damage
from ingest.explaining import explain as explain_mail
from ingest.raw_store import RawStore
from search import open_writer
from search.errors import IndexBroken, IndexMissing, IndexVersion


@click.command(epilog=EXIT_CODES)
@data_option
@json_option
@click.argument("mail", metavar="MESSAGE-ID")
def explain(mail: str, data: Path | None, as_json: bool) -> None:
    """Say why a mail is, or is not, taken for a candidacy, rule by rule.

    \b
    hustings explain first@example.org
    hustings explain https://lists.example.org/pipermail/dev/2015-September/000001.html
    """
    settings = read_settings(data=data)
    found = explain_mail(RawStore(settings.data), mail)
    if found is None:
        raise click.ClickException(f"no archive followed has the mail {mail}: sync, or look it up")
    show = str if settings.show_addresses else obscure
    verdict = found.verdict
    if not as_json:
        say(describe_explanation(found, show))
        return
    reasons = [
        {"rule": one.rule, "weight": one.weight, "seen": show(one.seen)} for one in verdict.reasons
    ]
    answer = {
        "message_id": verdict.message_id,
        "is_candidacy": verdict.is_candidacy,
        "candidacy_id": found.candidacy_id,
        "score": verdict.score,
        "reasons": reasons,
    }
    click.echo(json.dumps(answer))


@click.command(epilog=EXIT_CODES)
@data_option
@json_option
@click.option("--all", "tell_all", is_flag=True, help="List each repaired and skipped mail too.")
def check(data: Path | None, as_json: bool, tell_all: bool) -> None:
    """Find and name damage in the data folder: raw months, catalogue, index. Nothing is changed.

    The status is 1 if something is damaged. Repaired and skipped mails are counted, and listed
    with --all.
    """
    settings = read_settings(data=data)
    indexed, broken = read_digests(settings)
    show = str if settings.show_addresses else obscure
    found = find_damage(RawStore(settings.data), indexed)
    findings = [replace(one, reason=show(one.reason)) for one in found]
    damaged = bool(broken) or any(one.is_damage for one in findings)
    if as_json:
        if broken:
            click.echo(json.dumps({"kind": "index", "reason": broken, "is_damage": True}))
        for one in findings:
            click.echo(json.dumps(shape_finding(one)))
    else:
        say(describe_findings(findings, broken, tell_all))
    if damaged:
        raise SystemExit(1)


def shape_finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "reason": finding.reason,
        "archive": finding.place.archive,
        "month": finding.place.month,
        "number": finding.place.number,
        "message_id": finding.message_id,
        "is_damage": finding.is_damage,
    }


def read_digests(settings: Settings) -> tuple[Mapping[str, str] | None, str]:
    """Read what the index says it holds, or why it cannot be read."""
    words = vocabulary()
    try:
        with open_writer(settings.index_location, words, **engine_options(settings)) as writer:
            return writer.digests(), ""
    except IndexMissing:
        return {}, ""
    except (IndexBroken, IndexVersion) as error:
        return None, str(error)
