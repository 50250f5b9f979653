"""Which mails announce a candidacy, and why we think so: the doors that the pipeline calls.

Puts the pieces together and decides nothing by itself: rules and weights are `evidence.py`'s,
fields `fields.py`'s, the statement `statements.py`'s, status `standing.py`'s. Persons and
outcomes need all candidacies at once, and come after (`people.py`, `results.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ingest.cases import Case, Parent, read_case
from ingest.elections import ElectionTable
from ingest.evidence import ENOUGH, is_hopeless, weigh
from ingest.fields import read_fields
from ingest.records import (
    Candidacy,
    Message,
    Reason,
    Thread,
    Verdict,
    message_id_hash,
)
from ingest.replies import LONGEST_SHOWN, list_replies, walk
from ingest.standing import read_status
from ingest.statements import clean_statement

# Few mails get beyond these; they are plain look-ups since an archive has hundreds of thousands.
_SUBJECT_WORDS = (
    "cand", "cadid", "canid", "nominat", "ptl", "plt", "team lead", "hat in", "running", "standing",
    "election",
)  # fmt: skip
_TC = re.compile(r"\btcs?\b|\btech(?:nical)?[ -]comm?itt?ee?")
_LEAD = re.compile(r"(?:team|technical|project) lead")
_OFFER_WORDS = (
    "candid", "nominat", "myself", "my self", " to run", "running", "to serve", "to continue",
    "to stand", "standing", " hat ", " my name", "be ptl", "the ptl", "as ptl", "for ptl", "elect",
)  # fmt: skip
_LOOKED_AT = 2500
_SCRUBBED = re.compile(
    r"-{10,} next part -{10,}|An? [\w ,-]{3,60} (?:was scrubbed|scrubbed)\.\.\.|^(?:URL|Url|Name"
    r"|Type|Size|Desc) ?:.{0,600}$"
    r"|<?https?://\S{1,600}/attachments/\S{1,200}>?",
    re.MULTILINE,
)


def may_name_office(data: bytes, start: int, end: int) -> bool:
    """Tell of a text's byte range whether it can announce anything without its subject's help.

    Never says no where `may_announce` would say yes for the text, and is asked before the text is
    decoded; letters beyond ASCII make no difference to these words.
    """
    looked_at = start + _LOOKED_AT
    low = data[start : looked_at if looked_at < end else end].lower()
    if looked_at < end and not low.isascii():
        # It looks at letters, of up to four bytes each.
        low = data[start : min(start + 4 * _LOOKED_AT, end)].lower()
    return b"ptl" in low or b" lead" in low or b" tc" in low or b"committee" in low


def may_announce(subject: str, text: str) -> bool:
    """Tell in microseconds whether a mail is worth a closer look; every mail is asked.

    Never says no to a mail that `weigh_message` could accept, since that asks it first.
    """
    if _hints(subject):
        return True
    low = text[:_LOOKED_AT].lower()
    if not (
        "ptl" in low
        or (" lead" in low and _LEAD.search(low))
        or ((" tc" in low or "committee" in low) and _TC.search(low))
    ):
        return False
    return any(word in low for word in _OFFER_WORDS)


# The mails of a thread share their subject.
@lru_cache(maxsize=1024)
def _hints(subject: str) -> bool:
    low = subject.lower()
    for word in _SUBJECT_WORDS:
        if word in low:
            return True
    return ("tc" in low or "committee" in low) and bool(_TC.search(low))


def needs_parts(message: Message) -> bool:
    """Whether a mail's words stand in scrubbed parts, under a subject of a candidacy.

    The pipeline then fetches the parts of kind html or text, and appends their text.
    """
    if not any(part.kind in ("html", "text") for part in message.parts):
        return False
    if message.subject and not _hints(message.subject):
        return False
    return len(_SCRUBBED.sub("", message.text).split()) < 3


def weigh_message(message: Message, parent: Parent | None, table: ElectionTable) -> Verdict:
    """Judge one mail by all rules; the verdict keeps every reason, also of a mail not recognised.

    `parent` is what the mail answers, by its references or else by the subject; None for the
    first of a thread and where the parent is missing.
    """
    if not may_announce(message.subject, message.text):
        nothing = Reason("nothing speaks of an office", -ENOUGH, "")
        return Verdict(message.message_id, False, -ENOUGH, (nothing,))
    return _weigh(read_case(message, parent, table))


def find_candidacies(
    thread: Thread, messages: Mapping[str, Message], table: ElectionTable
) -> list[Candidacy]:
    """Find the candidacies of one thread, with replies and status, in thread order.

    A message that `messages` does not hold is passed over: the caller leaves out what
    `may_announce` rules out, but for the threads of candidacies. Person, race size and outcome
    are left as they are.
    """
    found: list[tuple[Thread, Verdict]] = []
    for node in walk(thread):
        message = messages.get(node.thread.message_id)
        if message is None:
            continue
        verdict = _accept(message, node.parent, table)
        if verdict is not None:
            found.append((node.thread, verdict))
    standing = {head.message_id for head, _ in found}
    return [_compose(head, verdict, messages, standing, table) for head, verdict in found]


def _accept(message: Message, parent: Parent | None, table: ElectionTable) -> Verdict | None:
    """Judge as `weigh_message` does, but look no further at what cannot be a candidacy."""
    if not may_announce(message.subject, message.text):
        return None
    case = read_case(message, parent, table)
    if is_hopeless(case):
        return None
    verdict = _weigh(case)
    return verdict if verdict.is_candidacy else None


def _weigh(case: Case) -> Verdict:
    reasons = weigh(case)
    score = round(sum(reason.weight for reason in reasons), 2)
    return Verdict(case.message.message_id, score >= ENOUGH, score, reasons)


def _compose(
    thread: Thread,
    verdict: Verdict,
    messages: Mapping[str, Message],
    standing: set[str],
    table: ElectionTable,
) -> Candidacy:
    message = messages[thread.message_id]
    replies = list_replies(thread, messages, standing)
    statement = clean_statement(message.text)[:LONGEST_SHOWN]
    fields = read_fields(message, statement, [reply.posted_at for reply in replies], table)
    status, evidence = read_status(message, replies)
    return Candidacy(
        id=message_id_hash(message.message_id),
        message_id=message.message_id,
        archive=message.place.archive,
        archive_url=message.place.page_url,
        subject=message.subject,
        candidate=fields.candidate,
        person="",
        address=message.address,
        irc_nick=fields.irc_nick,
        office=fields.office,
        projects=fields.projects,
        cycle=fields.cycle,
        cycle_order=table.order_of(fields.cycle),
        posted_at=message.posted_at,
        statement=statement,
        status=status,
        status_evidence=evidence,
        reasons=verdict.reasons,
        replies=replies,
        archive_urls=(message.place.page_url,) if message.place.page_url else (),
        links=fields.links,
    )
