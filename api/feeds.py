"""Candidacies as an Atom feed (RFC 4287), newest first.

Ids are made of what never changes (the Message-ID-Hash, the question), so that a reader tells old
from new whatever host serves it. Text is given as text, never as markup: a mail stays a mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from api.evidence import find_reply
from api.payloads import write_time
from ingest.records import Candidacy, Outcome, Status

FEED_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"
# What XML 1.0 cannot carry, not even escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself: `asked` names the question, the addresses are absolute."""

    asked: str
    title: str
    feed_url: str
    page_url: str
    base_url: str


def write_feed(head: FeedHead, candidacies: Sequence[Candidacy]) -> bytes:
    """Write a feed of candidacies, in the order given."""
    feed = Element(f"{{{_ATOM}}}feed")
    name = blake2b(head.asked.encode("utf-8", "replace"), digest_size=16).hexdigest()
    _add(feed, "id", f"urn:hustings:feed:{name}")
    _add(feed, "title", head.title)
    _add(feed, "updated", max(map(_updated, candidacies), default=_NEVER))
    _add(feed, "generator", "Hustings")
    _link(feed, "self", head.feed_url, FEED_TYPE)
    _link(feed, "alternate", head.page_url, "text/html")
    for candidacy in candidacies:
        _add_entry(feed, candidacy, head.base_url)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add_entry(feed: Element, candidacy: Candidacy, base_url: str) -> None:
    entry = SubElement(feed, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"urn:hustings:candidacy:{candidacy.id}")
    _add(entry, "title", _title(candidacy))
    _add(entry, "published", write_time(candidacy.posted_at))
    _add(entry, "updated", _updated(candidacy))
    author = SubElement(entry, f"{{{_ATOM}}}author")
    _add(author, "name", candidacy.candidate or "unknown")
    _link(entry, "alternate", f"{base_url}/candidacies/{candidacy.id}", "text/html")
    if candidacy.archive_url.startswith(("http://", "https://")):
        _link(entry, "via", candidacy.archive_url, "text/html")
    for term in (str(candidacy.office), candidacy.cycle, *candidacy.projects):
        if term:
            SubElement(entry, f"{{{_ATOM}}}category", term=_speakable(term))
    _add(entry, "content", candidacy.statement).set("type", "text")


def _title(candidacy: Candidacy) -> str:
    race = " ".join((*candidacy.projects, str(candidacy.office), candidacy.cycle)).strip()
    standing = ""
    if candidacy.outcome is not Outcome.UNKNOWN:
        standing = f" ({candidacy.outcome})"
    elif candidacy.status is Status.WITHDRAWN:
        standing = " (withdrawn)"
    return f"{candidacy.candidate}: {race}{standing}"


def _updated(candidacy: Candidacy) -> str:
    """Tell when a candidacy last changed in a way that matters: when it was posted, or when a reply
    confirmed, withdrew or settled it.

    Other replies are no part of the entry, and a reader would show it as new with each of them. The
    date of a mail outside of the thread is not known here; the time of a sync would differ from
    server to server and with every rebuild.
    """
    times = [candidacy.posted_at]
    for evidence in (candidacy.status_evidence, candidacy.outcome_evidence):
        if found := find_reply(candidacy, evidence):
            times.append(found[1].posted_at)
    return write_time(max(times))


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = _speakable(text)
    return child


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", rel=rel, href=_speakable(address), type=kind)


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("\ufffd", text)
