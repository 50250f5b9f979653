"""One mail's bytes to a `Message`: who, when, in answer to what, and the text.

Owns the order in which things are tried, the stable id of mails that have none, and the notes
that Pipermail's scrubber leaves. The forms of single fields are `headers.py`'s, dates
`dates.py`'s, MIME `mime.py`'s. There are two roads because nearly every mail comes as Pipermail
writes it, with a fixed header and plain text: that one is a single regular expression and no
parser.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from ingest.charsets import decode_bytes
from ingest.dates import settle_date
from ingest.headers import (
    cut_fields,
    decode_field,
    decode_raw,
    parse_message_id,
    parse_references,
    parse_sender,
    read_fields,
)
from ingest.mime import read_mime
from ingest.records import Message, Part, Place, RawMessage, SkippedMessage

NO_HEADER = "no-header"
NUL_BYTES = "nul-bytes"
FROM_LINE_ESCAPED = "from-line-escaped"
SENDER_MISSING = "sender-missing"
TEXT_TOO_LONG = "text-too-long"

# Each stage behind holds a text whole, some of them several times. Of a mail in MIME, what comes
# first is its text.
LONGEST_TEXT = 8 * 2**20
_LONGEST_MIME = 16 * 2**20

_FOLDED = rb"([^\n]*+(?:\n[ \t][^\n]*+)*+)\n"
_PIPERMAIL_MAIL = re.compile(
    rb"From ([^\n]*+)\nFrom: ?"
    + _FOLDED
    + rb"Date: ?"
    + _FOLDED
    + rb"Subject: ?"
    + _FOLDED
    + rb"(?:In-Reply-To: ?"
    + _FOLDED
    + rb")?(?:References: ?"
    + _FOLDED
    + rb")?"
    + rb"(?:Message-ID: ?"
    + _FOLDED
    + rb")?(?:\n|\Z)"
)
_NO_SUBJECT = "No subject"
_NOTE = re.compile(
    r"^(?P<what>(?:An HTML attachment|A non-text attachment|An embedded message|"
    r"An embedded and charset-unspecified text) was scrubbed)\.\.\.\n"
    r"(?P<fields>(?:[A-Z][\w-]{0,20}: [^\n]{0,500}\n(?:[ \t][^\n]{0,500}\n)?){0,8}?)"
    r"(?:URL|Url ?): ?<?(?P<url>[^\s<>]{1,1000})>?",
    re.MULTILINE,
)
_NOTE_KINDS = {
    "An HTML attachment was scrubbed": "html",
    "An embedded and charset-unspecified text was scrubbed": "text",
}


@dataclass(frozen=True, slots=True)
class _Content:
    """One mail taken apart: the From_ line, the wanted header fields, and its text."""

    envelope: bytes
    fields: dict[str, bytes]
    text: str
    parts: tuple[Part, ...]
    repairs: tuple[str, ...]


def parse_message(raw: RawMessage, month_start: datetime | None) -> Message | SkippedMessage:
    """Read one mail; give a skipped message only where there is no header at all to read.

    `month_start` is the first day of the month that the archive filed the mail under.
    """
    match = _PIPERMAIL_MAIL.match(raw.data)
    if match is None:
        content = _take_apart(raw.data)
        if content is None:
            return SkippedMessage(_place_of(raw), NO_HEADER, _first_words(raw.data))
        return _compose(raw, month_start, content)
    envelope, sender, date, subject, in_reply_to, references, message_id = match.groups(b"")
    fields = {
        "from": sender,
        "date": date,
        "subject": subject,
        "in-reply-to": in_reply_to,
        "references": references,
        "message-id": message_id,
    }
    text, repairs = _decode_text(raw.data[match.end() :])
    return _compose(raw, month_start, _Content(envelope, fields, text, (), repairs))


def find_parts(text: str) -> tuple[Part, ...]:
    """Name the pieces of a mail that Pipermail's scrubber put elsewhere, by the notes it left.

    Notes that stand in quoted lines are another mail's.
    """
    if "scrubbed..." not in text:
        return ()
    return tuple(_read_note(match) for match in _NOTE.finditer(text))


def _read_note(match: re.Match[str]) -> Part:
    fields = {
        name.strip(): value.strip()
        for name, _, value in (line.partition(":") for line in match["fields"].splitlines())
    }
    name = fields.get("Name", "")
    kind = _NOTE_KINDS.get(match["what"], "other")
    if kind == "other" and fields.get("Type", "").startswith("text/"):
        kind = "html" if fields["Type"].startswith("text/html") else "text"
    return Part(url=match["url"], kind=kind, name="" if name == "not available" else name)


def _compose(raw: RawMessage, month_start: datetime | None, content: _Content) -> Message:
    fields, cut_repair = cut_fields(content.fields)
    repairs = list(content.repairs)
    text = content.text
    if "\x00" in text:
        text = text.replace("\x00", "")
        repairs.append(NUL_BYTES)
    if "\n>From " in text or text.startswith(">From "):
        text, is_mended = _unescape_from_lines(text)
        if is_mended:
            repairs.append(FROM_LINE_ESCAPED)
    sender, address, sender_repair = read_sender(fields.get("from") or fields.get("sender", b""))
    subject, subject_repair = read_subject(fields.get("subject", b""))
    claimed = fields.get("date", b"").decode("latin-1").strip()
    posted_at, date_repair = settle_date(claimed, content.envelope.decode("latin-1"), month_start)
    message_id, id_repair = parse_message_id(
        fields.get("message-id", b"").decode("latin-1"), raw.archive
    )
    repairs += filter(None, (cut_repair, sender_repair, subject_repair, date_repair, id_repair))
    if not message_id:
        message_id = make_stable_id(address, claimed, subject, text)
    return Message(
        message_id=message_id,
        sender=sender,
        address=address,
        subject=subject,
        posted_at=posted_at,
        claimed_date=claimed,
        references=parse_references(
            fields.get("references", b"").decode("latin-1"),
            fields.get("in-reply-to", b"").decode("latin-1"),
        ),
        text=text,
        place=_place_of(raw),
        parts=content.parts or find_parts(text),
        repairs=tuple(dict.fromkeys(repairs)) if repairs else (),
    )


@lru_cache(maxsize=8192)
def read_sender(field: bytes) -> tuple[str, str, str]:
    """Read a From field; cached, since the same people write all the time."""
    text, repair = decode_raw(field)
    sender, address = parse_sender(text)
    return sender, address, repair or ("" if address else SENDER_MISSING)


@lru_cache(maxsize=1024)
def read_subject(field: bytes) -> tuple[str, str]:
    """Read a Subject field; cached, since the mails of a thread share it."""
    subject, repair = decode_field(field)
    return "" if subject == _NO_SUBJECT else subject, repair


def make_stable_id(address: str, claimed: str, subject: str, text: str) -> str:
    """Make an id that the next build of the archive will give again.

    Only what a build does not change goes in: white space, obscured addresses and the addresses of
    scrubbed parts are left out.
    """
    own = text.partition("-------------- next part --------------")[0]
    own = _NOTE.sub("", own).replace(" at ", "@")
    seed = "\0".join((address, claimed, subject, "".join(own.split())))
    digest = hashlib.sha256(seed.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{digest[:32]}@made-up.invalid"


def _place_of(raw: RawMessage) -> Place:
    return Place(raw.archive, raw.month, raw.number, raw.offset, raw.length)


def _unescape_from_lines(text: str) -> tuple[str, bool]:
    """Undo the `>` that an mbox put before `From `; beside quoted lines it is a quote."""
    lines = text.split("\n")
    mended = False
    for index, line in enumerate(lines):
        if not line.startswith(">From "):
            continue
        before = lines[index - 1] if index else ""
        after = lines[index + 1] if index + 1 < len(lines) else ""
        if not before.startswith(">") and not after.startswith(">"):
            lines[index] = line[1:]
            mended = True
    return "\n".join(lines), mended


def _first_words(data: bytes) -> str:
    return " ".join(data[:200].decode("utf-8", "replace").split())[:120]


def _take_apart(data: bytes) -> _Content | None:
    """Read a mail whose header is not Pipermail's, or is in some way odd."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    envelope, _, mail = data.partition(b"\n")
    if not envelope.startswith(b"From "):
        envelope, mail = b"", data
    head, _, body = mail.partition(b"\n\n")
    if mail.startswith(b"\n"):
        head, body = b"", mail[1:]
    fields, repairs = read_fields(head)
    if not fields:
        return None
    if fields.keys() & {"content-type", "content-transfer-encoding"}:
        read = read_mime(mail[:_LONGEST_MIME])
        repairs += [*read.repairs, *([TEXT_TOO_LONG] if len(mail) > _LONGEST_MIME else [])]
        return _Content(envelope, fields, read.text, tuple(read.parts), tuple(repairs))
    text, more = _decode_text(body)
    return _Content(envelope, fields, text, (), (*repairs, *more))


def _decode_text(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode a text whose charset nobody declared, up to the bound; give the repairs needed."""
    text, repair = decode_bytes(body[:LONGEST_TEXT])
    long = TEXT_TOO_LONG if len(body) > LONGEST_TEXT else ""
    return text, tuple(filter(None, (repair, long)))
