"""The shape of the archives' state in JSON: what the newest sync did with each of them."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, Field

from api.payloads import Time
from api.privacy import obscure
from ingest.records import ArchiveReport, IngestReport
from ingest.reports import report_from_json
from search.engine import EngineStatus


class MonthFaultPayload(BaseModel):
    """A month that could not be pulled, or that looks wrong."""

    month: str = Field(examples=["2015-September"])
    reason: str = Field(examples=["the archive named it but has it not (404)"])


class ArchivePayload(BaseModel):
    """What the newest sync did with one archive.

    asked = unchanged + fetched + failed; read = kept + skipped + duplicate.
    """

    archive: str = Field(examples=["openstack-dev"])
    address: str = Field(examples=["https://lists.example.org/pipermail/openstack-dev/"])
    started_at: Time = Field(examples=["2026-11-22T12:00:00Z"])
    finished_at: Time = Field(examples=["2026-11-22T12:03:10Z"])
    months_named: int = Field(examples=[137])
    months_asked: int = Field(examples=[137])
    months_unchanged: int = Field(examples=[135])
    months_fetched: int = Field(examples=[2])
    months_failed: int = Field(examples=[0])
    faults: list[MonthFaultPayload]
    messages_read: int = Field(examples=[12568])
    messages_kept: int = Field(examples=[12540])
    messages_skipped: dict[str, int] = Field(description="By reason.")
    messages_repaired: dict[str, int] = Field(description="By what had to be mended.")
    messages_duplicate: int = Field(examples=[20])
    notes: list[str]


class ArchivesAnswer(BaseModel):
    """The newest sync, and the index that came of it."""

    sample: bool = Field(description="Whether this is the sample archive.", examples=[False])
    documents: int = Field(description="Candidacies in the index.", examples=[628])
    engine: str = Field(examples=["whoosh"])
    generation: str = Field(examples=["12"])
    next_due: Time | None = Field(
        description="When the next sync is due, null where none is planned.",
        examples=["2026-11-22T18:03:10Z"],
    )
    archives: list[ArchivePayload] = Field(description="Empty before the first sync.")


@lru_cache(maxsize=4)
def read_report(state: str) -> IngestReport | None:
    """Read the report that a sync left in an index; None if none did, or another release's."""
    try:
        return report_from_json(state) if state else None
    except ValueError:
        return None


def answer_archives(status: EngineStatus, report: IngestReport | None) -> ArchivesAnswer:
    """Shape the index's status and the newest sync's report."""
    return ArchivesAnswer(
        sample=bool(report and report.sample),
        documents=status.documents,
        engine=status.engine,
        generation=status.generation,
        next_due=report.next_due if report else None,
        archives=[show_archive(one) for one in report.archives] if report else [],
    )


def show_archive(report: ArchiveReport) -> ArchivePayload:
    """Shape what a sync did with one archive."""
    return ArchivePayload(
        archive=report.archive,
        address=report.address,
        started_at=report.started_at,
        finished_at=report.finished_at,
        months_named=report.months_named,
        months_asked=report.months_asked,
        months_unchanged=report.months_unchanged,
        months_fetched=report.months_fetched,
        months_failed=report.months_failed,
        faults=[
            MonthFaultPayload(month=fault.month, reason=obscure(fault.reason))
            for fault in report.faults
        ],
        messages_read=report.messages_read,
        messages_kept=report.messages_kept,
        messages_skipped=dict(report.messages_skipped),
        messages_repaired=dict(report.messages_repaired),
        messages_duplicate=report.messages_duplicate,
        notes=[obscure(note) for note in report.notes],
    )
