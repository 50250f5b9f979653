"""The one table of fields, and what a candidacy becomes when it is indexed.

The parser, the engines, the facets, the manual and the tests all read `FIELDS`: a field is added
here and nowhere else. How text becomes words is `analysis.py`; how a document lies on disk is the
engine's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.records import Candidacy, message_id_hash


class FieldKind(StrEnum):
    """How a field is searched: by its words, by its exact value, or by its place in an order."""

    TEXT = "text"
    VALUE = "value"
    ORDERED = "ordered"
    DATE = "date"
    MAIL = "mail"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how it is searched and weighed, and how people are told about it.

    `weight` is what one occurrence counts in an unfielded search (0: not searched then);
    `usual_words` is the length at which a text counts as neither short nor long. It is a constant,
    not an average, so that one document's score does not hang on all the others. `facet` is
    the facet's label, empty where there is none.
    """

    name: str
    kind: FieldKind
    description: str
    example: str
    weight: float = 0.0
    usual_words: int = 1
    facet: str = ""


TEXT, VALUE, ORDERED = FieldKind.TEXT, FieldKind.VALUE, FieldKind.ORDERED
DATE, MAIL, FLAG = FieldKind.DATE, FieldKind.MAIL, FieldKind.FLAG

FIELDS: tuple[Field, ...] = (
    Field(
        "candidate", TEXT, "The candidate's name.", 'candidate:"Ana Example"', 8.0, 2, "Candidate"
    ),
    Field("office", VALUE, "The office: `PTL` or `TC`.", "office:TC", 0.5, 1, "Office"),
    Field(
        "project",
        VALUE,
        "The project; former names and short names are understood.",
        "project:(nova OR quantum)",
        5.0,
        1,
        "Project",
    ),
    Field(
        "cycle",
        ORDERED,
        "The release cycle, or a range of cycles; either end may be left open.",
        "cycle:juno..liberty",
        1.5,
        1,
        "Cycle",
    ),
    Field(
        "status",
        VALUE,
        "`announced`, `confirmed` or `withdrawn`.",
        "status:confirmed",
        facet="Status",
    ),
    Field(
        "outcome",
        VALUE,
        "`elected`, `not-elected` or `unknown`.",
        "outcome:not-elected",
        facet="Outcome",
    ),
    Field("year", ORDERED, "The year of the mail, or a range.", "year:2014..2016", facet="Year"),
    Field("subject", TEXT, "Words of the mail's subject.", "subject:candidacy", 2.0, 5),
    Field("statement", TEXT, "Words of the statement.", "statement:bandwidth", 1.0, 350),
    Field(
        "reply",
        TEXT,
        "Words of the replies, quoted lines left out.",
        "reply:congratulations",
        0.35,
        150,
    ),
    Field("nick", VALUE, "The candidate's nick on IRC.", "nick:ana", 4.0, 1),
    Field(
        "id",
        MAIL,
        "A mail, by its Message-ID, its hash, or its page in an archive.",
        "id:first@example.org",
    ),
    Field(
        "date",
        DATE,
        "The day the mail was posted: a year, month or day, or a range of them.",
        "date:2014-01..2015-06",
    ),
    Field("after", DATE, "Posted on or after the first day of a year, month or day.", "after:2014"),
    Field("before", DATE, "Posted before the first day of a year, month or day.", "before:2015-06"),
    Field(
        "is",
        FLAG,
        "`elected`, `announced`, `confirmed`, `withdrawn`, `contested` (more than one candidate), "
        "`uncontested`, `ptl` or `tc`.",
        "is:elected",
    ),
    Field("has", FLAG, "`replies` or `nick`.", "has:replies"),
)

FIELD_BY_NAME = {field.name: field for field in FIELDS}
TEXT_FIELDS = tuple(field.name for field in FIELDS if field.kind is TEXT)
# In the order in which people narrow a search down.
FACET_FIELDS = tuple(
    FIELD_BY_NAME[name]
    for name in ("office", "project", "cycle", "year", "candidate", "status", "outcome")
)

# Other words people type for a field; the manual lists them.
FIELD_ALIASES = {
    "author": "candidate",
    "from": "candidate",
    "person": "candidate",
    "projects": "project",
    "team": "project",
    "release": "cycle",
    "replies": "reply",
    "body": "statement",
    "title": "subject",
    "irc": "nick",
    "message-id": "id",
    "messageid": "id",
    "msgid": "id",
    "since": "after",
    "until": "before",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What an engine indexes of one candidacy.

    `texts` are searched by words; `values` by exact value; `mails` are keys of every mail in the
    thread (`mail_keys`). `own_words` maps a value field to what an unfielded search sees of it.
    """

    candidacy: Candidacy
    digest: str
    texts: dict[str, str]
    own_words: dict[str, str]
    mails: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.candidacy.id


def to_document(candidacy: Candidacy, digest: str) -> Document:
    """Take from a candidacy what is searched; `digest` comes back from the index unchanged."""
    texts = {
        "candidate": candidacy.candidate,
        "subject": candidacy.subject,
        "statement": candidacy.statement,
        "reply": "\n\n".join(filter(None, (own_words(r.text) for r in candidacy.replies))),
    }
    values = {
        "office": str(candidacy.office),
        "project": " ".join(candidacy.projects),
        "cycle": candidacy.cycle,
        "nick": candidacy.irc_nick,
    }
    return Document(candidacy, digest, texts, values, _mails(candidacy))


def own_words(text: str) -> str:
    """Leave out a reply's quoted lines: they repeat the statement, which is searched already."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">")).strip()


def _mails(candidacy: Candidacy) -> tuple[str, ...]:
    keys = {candidacy.id: None, message_id_hash(candidacy.message_id): None}
    pages = [candidacy.archive_url, *candidacy.archive_urls]
    for reply in candidacy.replies:
        keys[message_id_hash(reply.message_id)] = None
        pages.append(reply.archive_url)
    for page in pages:
        key = mail_key(page)
        if key:
            keys[key] = None
    return tuple(keys)


# Pipermail: `.../openstack-dev/2015-April/061234.html`; months also `2015q2`, `20150406`, `2015`.
_PIPERMAIL_PAGE = re.compile(r"/([^/\s]{1,100})/([^/\s]{1,40})/(\d{1,9})\.html(?:[?#]\S*)?\Z")
_HYPERKITTY_PAGE = re.compile(r"/(?:message|thread)/([A-Za-z2-7]{32})(?:/\S*)?\Z")
_HASH = re.compile(r"[A-Za-z2-7]{32}\Z")
# Half a surrogate pair is in no mail; those left out here stand for bytes, which may be.
_HALF_PAIR = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_MESSAGE_ID = re.compile(r"<?([^\s<>@]{1,500}@[^\s<>@]{1,500})>?\Z")


def mail_key(text: str) -> str:
    """Give the key under which a pasted Message-ID, hash or page address finds its mail; else
    nothing.

    A page's server is left out: archives move, and mirrors keep the path.
    """
    text = text.strip().removesuffix(",").removesuffix(".")
    if "://" in text or text.startswith("/"):
        if page := _HYPERKITTY_PAGE.search(text):
            return page[1].upper()
        if page := _PIPERMAIL_PAGE.search(text):
            return f"{page[1]}/{page[2]}/{int(page[3])}".lower()
        return ""
    if _HASH.match(text) and (text.isupper() or any(c.isdigit() for c in text)):
        return text.upper()
    if (found := _MESSAGE_ID.match(text)) and not _HALF_PAIR.search(found[1]):
        return message_id_hash(found[1])
    return ""
