"""The candidacy page's view model: statement, facts, thread, rivals, and what lies nearby.

Owns how much of a mail is shown in one page (a hostile mail may be megabytes, a thread endless);
the whole is always one link away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.evidence import find_page, find_reply
from api.links import Links
from api.openings import opening
from api.overviews import find_chosen
from api.page_frame import Content, Page
from api.templating import show_cycle
from api.text_blocks import Block, read_blocks
from ingest.records import Candidacy, Office, Reply
from search.engine import Hit, SearchEngine
from search.query import Everything

# The longest real statements have about 20,000 characters.
LONGEST_STATEMENT = 100_000
LONGEST_REPLY = 20_000
MOST_REPLY_TEXT = 400_000
MOST_REPLIES = 250


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's text as blocks; `left_out` counts the characters that only the mail itself has."""

    blocks: tuple[Block, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply as it is shown; `indent` stops growing where a phone's page would be used up."""

    reply: Reply
    text: Text
    indent: int


@dataclass(frozen=True, slots=True)
class CandidacyView:
    """Everything in the middle of the candidacy page."""

    candidacy: Candidacy
    statement: Text
    replies: tuple[ReplyView, ...]
    replies_left_out: int
    rivals: tuple[Candidacy, ...]
    others: tuple[Candidacy, ...]
    similar: tuple[Hit, ...]
    status_evidence: str
    outcome_evidence: str


def make_candidacy_page(engine: SearchEngine, candidacy: Candidacy, links: Links) -> Content:
    """Lay out one candidacy and ask the engine for what lies nearby."""
    rivals = find_rivals(engine, candidacy)
    others = find_chosen(engine, Everything(), {"candidate": (candidacy.person,)})
    known = {candidacy.id, *(one.id for one in rivals)}
    replies = show_replies(candidacy.replies)
    view = CandidacyView(
        candidacy=candidacy,
        statement=show_text(candidacy.statement, LONGEST_STATEMENT),
        replies=replies,
        replies_left_out=len(candidacy.replies) - len(replies),
        rivals=tuple(rivals),
        others=tuple(one for one in others if one.id not in known),
        similar=tuple(hit for hit in engine.similar(candidacy.id) if hit.candidacy.id not in known),
        status_evidence=_where_said(candidacy, candidacy.status_evidence, len(replies)),
        outcome_evidence=_where_said(candidacy, candidacy.outcome_evidence, len(replies)),
    )
    page = Page(
        title=title_of(candidacy),
        description=opening(candidacy.statement, 190) or candidacy.subject,
        path=f"/candidacies/{candidacy.id}",
        og_type="article",
    )
    return Content(page, "candidacy.html", view)


def title_of(candidacy: Candidacy) -> str:
    """Say who stood for what and when: `Ana Example for PTL of nova, Mitaka`."""
    name = candidacy.candidate or "Nameless sender"
    projects = ", ".join(candidacy.projects)
    office = candidacy.office + (f" of {projects}" if projects else "")
    return f"{name} for {office}, {show_cycle(candidacy.cycle)}"


def find_rivals(engine: SearchEngine, candidacy: Candidacy) -> list[Candidacy]:
    """Find who else stood in the race; none are known where the race is not."""
    if not candidacy.cycle or (candidacy.office is Office.PTL and not candidacy.projects):
        return []
    race: Mapping[str, tuple[str, ...]] = {
        "cycle": (candidacy.cycle,),
        "office": (candidacy.office.value,),
    }
    if candidacy.projects:
        race = {**race, "project": candidacy.projects[:1]}
    return [one for one in find_chosen(engine, Everything(), race) if one.id != candidacy.id]


def show_text(text: str, longest: int) -> Text:
    """Read a text as blocks, its beginning only where it is longer than a page can bear."""
    if len(text) <= longest:
        return Text(read_blocks(text))
    kept = text[:longest]
    # Whole lines, unless the text has none.
    kept = kept.rpartition("\n")[0] or kept
    return Text(read_blocks(kept), len(text) - len(kept))


def show_replies(replies: tuple[Reply, ...]) -> tuple[ReplyView, ...]:
    """Lay out a thread until it has had its share of the page."""
    shown: list[ReplyView] = []
    room = MOST_REPLY_TEXT
    for reply in replies[:MOST_REPLIES]:
        if room <= 0:
            break
        text = show_text(reply.text, min(LONGEST_REPLY, room))
        room -= len(reply.text) - text.left_out
        shown.append(ReplyView(reply, text, max(1, min(reply.depth, 5))))
    return tuple(shown)


def _where_said(candidacy: Candidacy, evidence: str, shown: int) -> str:
    """Give where the mail that is named as evidence is to be read: on this page, else in its
    archive; nothing where that cannot be told.
    """
    found = find_reply(candidacy, evidence)
    if found and found[0] < shown:
        return f"#reply-{found[0] + 1}"
    return find_page(candidacy, evidence)
