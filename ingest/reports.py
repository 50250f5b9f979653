"""A sync's report as JSON and back, and as lines for a person at a terminal.

Owns the stored form, which is also the `state` that readers of an index are given; what is counted
is decided where it happens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ingest.records import ArchiveReport, IngestReport, MonthFault

_TIMES = ("started_at", "finished_at")


def report_to_json(report: IngestReport) -> str:
    """Write a report as canonical JSON text on one line."""
    return json.dumps(asdict(report), default=_time_to_text, sort_keys=True, separators=(",", ":"))


def report_from_json(text: str) -> IngestReport:
    """Read what `report_to_json` wrote; raise `ValueError` for anything else."""
    try:
        record = json.loads(text)
        record["archives"] = tuple(_archive(one) for one in record["archives"])
        due = record.get("next_due")
        record["next_due"] = datetime.fromisoformat(due) if due else None
        return IngestReport(**record)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no stored report: {error}") from error


def render_report(report: IngestReport) -> str:
    """Say what a sync did, the faults by name, so that the counts can be added up by eye."""
    lines = [line for archive in report.archives for line in _archive_lines(archive)]
    lines.append(
        f"candidacies: {report.candidacies} ({report.candidacies_new} new,"
        f" {report.candidacies_changed} changed, {report.candidacies_gone} gone)"
    )
    if report.next_due:
        lines.append(f"next sync: {report.next_due.isoformat(sep=' ', timespec='minutes')}")
    return "\n".join(lines)


def _archive_lines(report: ArchiveReport) -> list[str]:
    seconds = (report.finished_at - report.started_at).total_seconds()
    skipped = sum(report.messages_skipped.values())
    lines = [
        f"{report.archive} ({report.address}), {seconds:.1f} s",
        f"  months: {report.months_named} named, {report.months_asked} asked ="
        f" {report.months_unchanged} unchanged + {report.months_fetched} fetched"
        f" + {report.months_failed} failed",
        f"  mails: {report.messages_read} read = {report.messages_kept} kept"
        f" + {report.messages_duplicate} duplicates + {skipped} skipped",
    ]
    lines += _counted("skipped", report.messages_skipped)
    lines += _counted("repaired", report.messages_repaired)
    lines += [f"  note: {note}" for note in report.notes]
    lines += [f"  FAULT {fault.month or 'archive'}: {fault.reason}" for fault in report.faults]
    return lines


def _counted(what: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    return [f"  {what}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))]


def _archive(record: dict[str, Any]) -> ArchiveReport:
    record = dict(record)
    for name in _TIMES:
        record[name] = datetime.fromisoformat(record[name])
    record["faults"] = tuple(MonthFault(**fault) for fault in record["faults"])
    record["notes"] = tuple(record["notes"])
    return ArchiveReport(**record)


def _time_to_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a report holds no {type(value).__name__}")
