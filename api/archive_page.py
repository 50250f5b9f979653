"""The page on the archives: what the newest sync did, month faults and message counts included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.archive_answers import ArchivePayload, answer_archives
from api.dependencies import read_report
from api.page_frame import Content, Page
from search.engine import SearchEngine

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """The index as it stands, and each archive as the newest sync left it."""

    documents: int
    engine: str
    size_bytes: int
    sample: bool
    next_due: datetime | None
    archives: tuple[ArchivePayload, ...]
    changes: tuple[int, int, int]
    most_faults: int


def make_archive_page(engine: SearchEngine) -> Content:
    """Lay out the state of the archives."""
    status = engine.status()
    report = read_report(status.state)
    answer = answer_archives(status, report)
    changes = (
        (report.candidacies_new, report.candidacies_changed, report.candidacies_gone)
        if report
        else (0, 0, 0)
    )
    view = ArchiveView(
        documents=status.documents,
        engine=status.engine,
        size_bytes=status.size_bytes,
        sample=answer.sample,
        next_due=answer.next_due,
        archives=tuple(answer.archives),
        changes=changes,
        most_faults=MOST_FAULTS,
    )
    page = Page(
        title="State of the archives",
        description="Which mailing lists are read, when they were last synced, and what was odd.",
        path="/archives",
        section="/archives",
    )
    return Content(page, "archives.html", view)
