"""What the public is told when the engine cannot answer: one table from error to status and words.

An error's own text is for those who run the server (it names folders and hosts) and goes to the log
alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from search.engine import EngineStatus, SearchEngine, SearchRequest
from search.errors import (
    EngineMisconfigured,
    EngineUnavailable,
    IndexBroken,
    IndexBusy,
    IndexMissing,
    IndexUnwritable,
    IndexVersion,
    SearchError,
)
from search.query import Everything

_LOG = logging.getLogger("hustings.errors")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an error is answered; `retry_after` is in seconds, 0 where a retry is no use."""

    status: int
    code: str
    title: str
    detail: str = ""
    retry_after: int = 0


ERROR_ANSWERS: dict[type[Exception], Answer] = {
    IndexMissing: Answer(
        503,
        "index-missing",
        "The index is not there yet",
        "The archives are being pulled and indexed, which takes some minutes the first time, or no "
        "sync was started.",
        30,
    ),
    IndexBroken: Answer(
        503,
        "index-broken",
        "The index is being rebuilt",
        "It could not be read and is built anew from the mails that were pulled before.",
        30,
    ),
    IndexVersion: Answer(
        503,
        "index-version",
        "The index is being rebuilt for this release",
        "Another release of the program wrote it.",
        60,
    ),
    IndexBusy: Answer(503, "index-busy", "The index is being written", "Ask again soon.", 5),
    IndexUnwritable: Answer(
        503,
        "index-unwritable",
        "The index cannot be written",
        "The disk of this server is full or read-only; what was indexed before stays.",
        60,
    ),
    EngineUnavailable: Answer(
        503,
        "engine-unavailable",
        "The search engine is away",
        "The search engine does not answer now.",
        5,
    ),
    EngineMisconfigured: Answer(
        503,
        "engine-misconfigured",
        "A setting is missing",
        "The search engine cannot be used until a setting of this server is put right.",
        60,
    ),
    SearchError: Answer(
        500, "search-failed", "The search failed", "The server's log has it by this request's id."
    ),
}
_OLDER = "The newest index cannot be read and is rebuilt; until then an older one answers."


def answer_of(error: SearchError) -> Answer:
    """Give the answer to an error, the nearest class winning; its own text is logged."""
    _LOG.warning("%s", error)
    return next(ERROR_ANSWERS[kind] for kind in type(error).__mro__ if kind in ERROR_ANSWERS)


def tell_problem(engine: SearchEngine, status: EngineStatus) -> str:
    """Say what is wrong with the index, nothing where nothing is."""
    if not status.problem:
        return ""
    try:
        engine.search(SearchRequest(Everything(), per_page=0, excerpts=False))
    except SearchError as error:
        answer = answer_of(error)
        return f"{answer.title}. {answer.detail}"
    return _OLDER
