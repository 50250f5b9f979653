"""What subjects and quoted names tell of who answers whom and of what a mail is about.

Owns the marks that mail programs put before subjects, and the signs of a hijacked thread. Linking
the mails is `threads.py`'s business.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.answers import SOMEBODY
from ingest.records import Skeleton

# The number is Outlook's and mutt's: `Re[2]:`, `Re^2:`, `RE(3):`.
_NUMBER = r"(?:\s{0,3}[\[(^]\s{0,3}\d{1,4}\s{0,3}[\])]?)?\s{0,3}[:：]"
_ANSWER_WORDS = r"re|aw|sv|vs|antw|antwort|odp|ynt|rif|res|回复|回覆|答复|答覆"
_MARK = re.compile(
    rf"(?:{_ANSWER_WORDS}|fwd?|wg|vb|tr|enc|doorst|转发|轉寄){_NUMBER}\s*", re.IGNORECASE
)
_REPLY_MARK = re.compile(rf"(?:{_ANSWER_WORDS}){_NUMBER}", re.IGNORECASE)
_TAG = re.compile(r"\[[^\[\]]{1,80}\]\s*")
_WAS = re.compile(r"[\[(]\s{0,3}was\s{0,3}[:\s]\s{0,3}.{1,400}?\s*[\])]?\s*\Z", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LONGEST = 1000


def base_subject(subject: str) -> str:
    """Strip reply and forward marks in any language and bracketed tags from the front, fold case.

    Two mails of one conversation have the same base subject, unless somebody changed the subject.
    """
    return _take_apart(subject)[0]


def subject_tags(subject: str) -> frozenset[str]:
    """Give the bracketed tags before the base subject, brackets included, case folded."""
    return _take_apart(subject)[1]


@lru_cache(maxsize=8192)
def _take_apart(subject: str) -> tuple[str, frozenset[str]]:
    rest = " ".join(subject[:_LONGEST].split())
    tags = set()
    start = 0
    while match := _MARK.match(rest, start) or _TAG.match(rest, start):
        if match.end() == len(rest):
            break
        if rest[start] == "[":
            tags.add(match[0].strip().casefold())
        start = match.end()
    return rest[start:].casefold(), frozenset(tags)


def has_reply_mark(subject: str) -> bool:
    """Tell whether a subject says of itself that it answers (`Re:`, `AW:`, `答复:`), tags aside."""
    rest = subject[:_LONGEST].strip()
    start = 0
    while match := _TAG.match(rest, start):
        start = match.end()
    return _REPLY_MARK.match(rest, start) is not None


def leaves_topic(mail: Skeleton, parent: Skeleton) -> bool:
    """Tell whether a mail hijacks a thread: it refers to its parent, but speaks of something else.

    A new subject with `(was: ...)` says so itself. Without that, somebody pressed "reply" to begin
    something new if the subjects share no word and the text answers nobody.
    """
    before = base_subject(parent.subject)
    after = base_subject(mail.subject)
    if before == after or not before or not after:
        return False
    if _WAS.search(after) is not None:
        return _WAS.sub("", after) != _WAS.sub("", before)
    return mail.answers == "" and not _telling_words(before) & _telling_words(after)


def _telling_words(subject: str) -> set[str]:
    return {word for word in _WORD.findall(subject) if len(word) > 2}


def is_named(skeleton: Skeleton, name: str | None) -> bool:
    """Tell whether a quoted name is the sender's, also as `Example, Ana` or with a middle name."""
    if not name or name == SOMEBODY:
        return False
    if "@" in name or " at " in name:
        return name.replace(" at ", "@").casefold() == skeleton.address
    words = set(_WORD.findall(name.casefold()))
    own = set(_WORD.findall(skeleton.sender.casefold()))
    return bool(words) and (
        words == own or (len(words & own) > 1 and (words <= own or own <= words))
    )
