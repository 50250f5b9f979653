"""How an address is shown: `user at example.org`, in everything that leaves the program.

`ObscuringEngine` stands before the engine, so that no route, page, feed or export can forget.
Message-IDs and the archive's own URLs look like addresses and stay as they are: they are how a mail
is found again. A raw mail is `mail_privacy`'s part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from api.mail_privacy import obscure_mail
from api.remembering import Remembering
from ingest.records import ArchiveReport, Candidacy, IngestReport, Reason, Reply
from search.engine import (
    EngineStatus,
    Excerpt,
    Facet,
    FacetValue,
    Hit,
    SearchEngine,
    SearchRequest,
    SearchResults,
    Suggestion,
)

# An @ between what may end a local part and what may begin a host; the look-arounds are of one
# character, so a text of any length is read once. Handles (`@ana`, `/@ana`) have nothing before it.
_AT = re.compile(r"(?<=[\w.+%=~'\"-])[@\uff20](?=[\w\[])")
_AT_OR_URL = re.compile(rf"https?://\S+|{_AT.pattern}", re.IGNORECASE)


ROOM = 12 << 20  # bytes of candidacies of hits that are remembered obscured


def obscure(text: str) -> str:
    """Write every address in a text as `user at example.org`; inside a URL the @ becomes `%40`."""
    if not _may_hold_one(text):
        return text
    return _AT_OR_URL.sub(_obscure_found, text)


def _obscure_found(found: re.Match[str]) -> str:
    # A link to a HyperKitty archive holds the list's address, and must go on working.
    words = found.group()
    return _AT.sub("%40", words) if len(words) > 1 else " at "


def _may_hold_one(text: str) -> bool:
    return "@" in text or "\uff20" in text


def obscure_pieces(pieces: Sequence[str]) -> tuple[str, ...]:
    """Obscure a text cut in pieces, also where an address goes across a cut."""
    text = "".join(pieces)
    if not _may_hold_one(text):
        return tuple(pieces)
    places = {found.start() for found in _AT.finditer(text)}
    shown, start = [], 0
    for piece in pieces:
        shown.append(
            "".join(
                " at " if start + number in places else character
                for number, character in enumerate(piece)
            )
        )
        start += len(piece)
    return tuple(shown)


def obscure_candidacy(candidacy: Candidacy) -> Candidacy:
    """Give the same candidacy with every address obscured, in the raw mail too."""
    return replace(
        candidacy,
        subject=obscure(candidacy.subject),
        candidate=obscure(candidacy.candidate),
        address=obscure(candidacy.address),
        irc_nick=obscure(candidacy.irc_nick),
        statement=obscure(candidacy.statement),
        reasons=tuple(_obscure_reason(reason) for reason in candidacy.reasons),
        replies=tuple(_obscure_reply(reply) for reply in candidacy.replies),
        links=tuple(obscure(link) for link in candidacy.links if not link.startswith("mailto:")),
        raw=obscure_mail(candidacy.raw),
    )


def obscure_report(report: IngestReport) -> IngestReport:
    """Give the same report with every address obscured: its notes quote mails."""
    return replace(report, archives=tuple(map(_obscure_archive, report.archives)))


def _obscure_archive(report: ArchiveReport) -> ArchiveReport:
    faults = tuple(replace(fault, reason=obscure(fault.reason)) for fault in report.faults)
    return replace(report, faults=faults, notes=tuple(map(obscure, report.notes)))


def _obscure_reason(reason: Reason) -> Reason:
    return replace(reason, seen=obscure(reason.seen)) if _may_hold_one(reason.seen) else reason


def _obscure_reply(reply: Reply) -> Reply:
    return replace(
        reply,
        sender=obscure(reply.sender),
        address=obscure(reply.address),
        text=obscure(reply.text),
    )


class ObscuringEngine:
    """A `SearchEngine` whose every answer has its addresses obscured."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._obscured = Remembering(obscure_candidacy, _size, ROOM)

    def search(self, request: SearchRequest) -> SearchResults:
        results = self._engine.search(request)
        return replace(
            results,
            hits=tuple(map(self._obscure_hit, results.hits)),
            facets=tuple(map(obscure_facet, results.facets)),
        )

    def _obscure_hit(self, hit: Hit) -> Hit:
        excerpts = tuple(map(_obscure_excerpt, hit.excerpts))
        return Hit(self._obscured(hit.candidacy), hit.score, excerpts)

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        return [obscure_candidacy(candidacy) for candidacy in self._engine.read(ids)]

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        return map(obscure_candidacy, self._engine.scan(request))

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        found = self._engine.suggest(text, limit)
        return [replace(one, text=obscure(one.text), query=obscure(one.query)) for one in found]

    def similar(self, candidacy_id: str, limit: int = 5) -> list[Hit]:
        return [self._obscure_hit(hit) for hit in self._engine.similar(candidacy_id, limit)]

    def status(self) -> EngineStatus:
        return self._engine.status()

    def close(self) -> None:
        self._engine.close()


def _obscure_excerpt(excerpt: Excerpt) -> Excerpt:
    pieces = obscure_pieces(excerpt.pieces)
    return excerpt if pieces == excerpt.pieces else Excerpt(excerpt.field, pieces)


def obscure_facet(facet: Facet) -> Facet:
    """Give the same facet with every label obscured."""
    if not any(_may_hold_one(value.label) for value in facet.values):
        return facet
    return replace(facet, values=tuple(map(_obscure_value, facet.values)))


def _obscure_value(value: FacetValue) -> FacetValue:
    return value._replace(label=obscure(value.label))


def _size(candidacy: Candidacy) -> int:
    return len(candidacy.statement) + 2000  # the other fields, about
