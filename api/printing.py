"""How the commands speak to people: hits, candidacies, status, as plain lines.

Addresses were obscured before they came here. What a program should read is JSON, not this.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from api.answers import SearchAnswer
from api.payloads import ExcerptPayload, HitPayload
from ingest.checking import Finding
from ingest.explaining import Explanation
from ingest.records import Candidacy, IngestReport
from ingest.reports import render_report
from search.engine import EngineStatus

_WIDTH = 88


def describe_answer(answer: SearchAnswer) -> Iterator[str]:
    """Show what a search found: a few lines a hit, with excerpts."""
    for notice in answer.notices:
        yield f"note: {notice.message}"
    if not answer.hits:
        yield "nothing found" if not answer.total else f"no such page: {answer.total} found"
        for suggestion in answer.suggestions:
            yield f"did you mean: {suggestion}"
        return
    first = (answer.page - 1) * answer.per_page + 1
    yield f"{first} to {first + len(answer.hits) - 1} of {answer.total}"
    for hit in answer.hits:
        yield ""
        yield from _describe_hit(hit)


def _describe_hit(hit: HitPayload) -> Iterator[str]:
    yield f"{hit.candidate}: {hit.race} ({hit.posted_at:%Y-%m-%d}, {_standing(hit)})"
    for excerpt in hit.excerpts[:2]:
        yield from _wrap(_mark(excerpt), "    ")
    yield f"    {hit.archive_url or hit.message_id}"
    yield f"    hustings show {hit.id}"


def _standing(hit: HitPayload) -> str:
    return hit.status if hit.outcome == "unknown" else hit.outcome


def _mark(excerpt: ExcerptPayload) -> str:
    """Put stars around what matched."""
    marked = (f"*{piece}*" if number % 2 else piece for number, piece in enumerate(excerpt.pieces))
    return "".join(marked)


def describe_candidacy(candidacy: Candidacy) -> Iterator[str]:
    """Show one candidacy whole: who, for what, the statement, the thread."""
    yield f"{candidacy.candidate} <{candidacy.address}>" + (
        f" ({candidacy.irc_nick} on IRC)" if candidacy.irc_nick else ""
    )
    yield f"{candidacy.race}, {candidacy.posted_at:%Y-%m-%d %H:%M} UTC"
    yield f"status {candidacy.status}, outcome {candidacy.outcome}"
    yield candidacy.subject
    yield candidacy.archive_url or candidacy.message_id
    yield ""
    yield candidacy.statement
    for reply in candidacy.replies:
        yield ""
        yield f"{'>' * reply.depth} {reply.sender}, {reply.posted_at:%Y-%m-%d %H:%M} UTC"
        yield reply.text


def describe_status(status: EngineStatus, report: IngestReport | None, data: str) -> Iterator[str]:
    """Say how the data folder and the index stand."""
    yield f"data: {data}"
    yield (
        f"index: {status.engine}, {status.documents} candidacies, generation"
        f" {status.generation or 'none'}, {status.size_bytes} bytes"
    )
    if status.problem:
        yield f"problem: {status.problem}"
    if report is None:
        yield "no sync has ended yet: run hustings sync"
        return
    for archive in report.archives:
        yield f"newest sync of {archive.archive}: ended {archive.finished_at:%Y-%m-%d %H:%M} UTC"
    yield from render_report(report).splitlines()


def describe_explanation(found: Explanation, show: Callable[[str], str]) -> Iterator[str]:
    """Say what a mail was taken for, and each reason with its weight and the words it saw."""
    verdict = found.verdict
    yield show(
        f"{found.message.subject or '(no subject)'}, from {found.message.sender or 'nobody'}"
    )
    yield f"<{verdict.message_id}>, {found.message.posted_at:%Y-%m-%d %H:%M} UTC"
    if found.candidacy_id:
        yield f"stands as the candidacy {found.candidacy_id} (score {verdict.score:g})"
    else:
        what = "announces a candidacy" if verdict.is_candidacy else "is no candidacy"
        yield f"{what} (score {verdict.score:g})"
    if found.parent:
        yield show(f"answers {found.parent.subject or '(no subject)'}, from {found.parent.sender}")
    for reason in verdict.reasons:
        seen = f": {show(reason.seen)}" if reason.seen else ""
        yield f"  {reason.weight:+6.2f}  {reason.rule}{seen}"


def describe_findings(findings: Sequence[Finding], broken: str, tell_all: bool) -> Iterator[str]:
    """Name each damage; count what was repaired and skipped, or list that too."""
    if broken:
        yield f"DAMAGE index: {broken}"
    counts: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        if finding.is_damage or tell_all:
            yield str(finding)
        else:
            counts[finding.kind, finding.reason.partition(" (")[0].partition(":")[0]] += 1
    for (kind, reason), count in sorted(counts.items()):
        yield f"{kind}: {reason} {count}"
    damaged = sum(finding.is_damage for finding in findings) + bool(broken)
    yield f"{damaged} damaged" if damaged else "no damage"


def _wrap(text: str, margin: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), _WIDTH, initial_indent=margin, subsequent_indent=margin
    )
