"""Whether a candidacy was confirmed or withdrawn, as its thread tells.

An official is known by what he does: answering a candidacy with "confirmed" and little else, as
election officials did; no list of names. Withdrawals in mails of their own are `results.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.quotes import own_text
from ingest.records import Message, Reply, Status

_CONFIRMED = re.compile(
    r"^\W*(?:(?:your |this )?(?:candida\w{2,8}|nomination)(?: is"
    r"| has been)?(?: now)? )?(?:confirmed|ack(?:nowledged)?|accepted|verified)\b",
    re.I,
)
_WITHDRAWN = re.compile(
    r"\b(?:I(?:['’]m| am|['’]d like to| would like to| have decided to|['’]ve decided to| hereby"
    r"| will|['’]ll| must| have to| need to)? ?(?:\w+ )?(?:withdraw(?:ing)?|withdrew"
    r"|retract(?:ing)?|rescind(?:ing)?|pull(?:ing)?|remov(?:e|ing)|revok(?:e"
    r"|ing)) (?:\w+ )?my (?:name|candida\w+|nomination|self-nomination)"
    r"|my (?:candida\w+|nomination) is (?:hereby )?withdrawn|I(?:['’]m"
    r"| am)? (?:hereby )?withdraw(?:ing)?\b(?: from)?)",
    re.I,
)
_FEW_WORDS = 40


def read_status(message: Message, replies: Sequence[Reply]) -> tuple[Status, str]:
    """Tell the status that a thread gives, and the message id of the mail that says so."""
    confirmed = ""
    for reply in replies:
        own = own_text(reply.text)
        is_candidate = bool(message.address) and reply.address == message.address
        if is_candidate and withdraws(own):
            return Status.WITHDRAWN, reply.message_id
        if not confirmed and not is_candidate and confirms(own):
            confirmed = reply.message_id
    return (Status.CONFIRMED, confirmed) if confirmed else (Status.ANNOUNCED, "")


def confirms(own: str) -> bool:
    """Whether a short answer is an official's "confirmed"."""
    spoken = [line for line in own.splitlines() if line.strip()]
    return (
        bool(spoken) and len(own.split()) <= _FEW_WORDS and any(map(_CONFIRMED.match, spoken[:3]))
    )


def withdraws(own: str) -> bool:
    """Whether the writer says that he withdraws his own candidacy."""
    return bool(_WITHDRAWN.search(" ".join(own.split())[:3000]))
