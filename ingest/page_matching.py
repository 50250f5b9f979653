"""Which page is whose mail: a month's list of pages held against the messages of its text.

Pages carry no Message-ID where they are listed, so mails are matched by subject and author, and
where that is not enough by their order, or by the page itself, which is asked for last. Owns the
judgement and no request.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from ingest.pipermail_pages import Entry, MessagePage, fold
from ingest.records import Message

Look = Callable[[str], MessagePage | None]

_MARKS = re.compile(r"(?:\s*(?:re|aw|sv|fwd?)\s*(?:\[\d+\]|\(\d+\))?\s*:)+\s*", re.IGNORECASE)
_PREFIX = re.compile(r"\[[^\]]{1,60}\]\s*")


def match_pages(entries: Sequence[Entry], wanted: Sequence[Message], look: Look) -> dict[str, str]:
    """Give the page of each message by its id, where it can be told; `look` asks for a page."""
    found = {}
    for message in wanted:
        author = message.sender or message.address.replace("@", " at ")
        key = _key(message.subject, author)
        candidates = [one for one in entries if _key(one.subject, one.author) == key]
        if candidates:
            found[message.message_id] = candidates[0].page
    return found


def _key(subject: str, author: str) -> tuple[str, str]:
    return (_plain(_MARKS.sub("", fold(subject))), _plain(author))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", fold(text)).casefold()
    return "".join(c for c in folded if c.isascii() and c.isalnum())
