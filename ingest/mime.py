"""The text of a mail that still has its MIME structure: HyperKitty's exports, local mboxes.

Owns which parts are read, in which order, and how transfer encodings and format=flowed are undone.
Pipermail's texts never come here: their archiver has been through all this, and left notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as MimeMessage
from email.policy import compat32

from ingest.charsets import decode_bytes
from ingest.headers import decode_words
from ingest.markup import html_to_text
from ingest.records import Part

MIME_BROKEN = "mime-broken"
MIME_TOO_DEEP = "mime-too-deep"
HTML_ONLY = "html-only"

# The standard parser needs a frame of the stack for each level, and compares each line with every
# open boundary. Mails of people have four or five levels.
_DEEPEST = 30
_MOST_BOUNDARIES = 200
_MOST_COMPARISONS = 10_000_000
_MOST_PARTS = 500
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|div|p|meta)\b", re.IGNORECASE)


@dataclass(slots=True)
class MimeBody:
    """What was found so far in one mail."""

    texts: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    repairs: dict[str, None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(text if text.endswith("\n") else text + "\n" for text in self.texts)


def read_mime(data: bytes) -> MimeBody:
    """Read a whole mail (header and body, without separator line); never fails.

    Of alternatives the plain text is taken, unless it is empty; attached texts and forwarded mails
    follow the text; everything else is named in `parts`.
    """
    body = MimeBody()
    boundaries = len(_BOUNDARY.findall(data))
    if boundaries > _MOST_BOUNDARIES or boundaries * data.count(b"\n") > _MOST_COMPARISONS:
        body.repairs[MIME_TOO_DEEP] = None
        body.texts.append(decode_bytes(data.partition(b"\n\n")[2])[0])
        return body
    try:
        mail = message_from_bytes(data, policy=compat32)
    except (RecursionError, ValueError, LookupError):
        body.repairs[MIME_BROKEN] = None
        body.texts.append(decode_bytes(data.partition(b"\n\n")[2])[0])
        return body
    _read_part(mail, body, 0)
    return body


def _read_part(part: MimeMessage, body: MimeBody, depth: int) -> None:
    if depth > _DEEPEST or len(body.texts) + len(body.parts) > _MOST_PARTS:
        body.repairs[MIME_TOO_DEEP] = None
        return
    kind = part.get_content_type()
    if part.is_multipart():
        children = [child for child in part.get_payload() if isinstance(child, MimeMessage)]
        if kind == "multipart/alternative":
            _read_alternative(children, body, depth)
        elif kind == "message/rfc822":
            _read_embedded(children, body, depth)
        else:
            for child in children:
                _read_part(child, body, depth + 1)
        if kind == "multipart/mixed" and not body.text.strip():
            _read_inline_html(children, body)
    elif kind.startswith("multipart/"):
        # A multipart without its boundary: the parser leaves the whole as one text.
        body.repairs[MIME_BROKEN] = None
        body.texts.append(_part_text(part, body))
    elif kind in ("text/plain", "text/enriched", "text/x-patch") and not _is_binary(part):
        body.texts.append(_part_text(part, body))
    elif kind == "text/html" and depth == 0:
        body.repairs[HTML_ONLY] = None
        body.texts.append(html_to_text(_part_text(part, body)))
    else:
        body.parts.append(Part(url="", kind=_kind_of(kind), name=_part_name(part)))


def _read_alternative(children: list[MimeMessage], body: MimeBody, depth: int) -> None:
    """Take the plain text; the HTML only where there is no plain text to read."""
    before = len(body.texts)
    rest = []
    for child in children:
        if child.get_content_type() == "text/plain":
            _read_part(child, body, depth + 1)
        else:
            rest.append(child)
    has_text = any(text.strip() for text in body.texts[before:])
    for child in rest:
        if child.is_multipart() and not has_text:
            _read_part(child, body, depth + 1)
            has_text = any(text.strip() for text in body.texts[before:])
        elif child.get_content_type() == "text/html" and not has_text:
            body.repairs[HTML_ONLY] = None
            body.texts.append(html_to_text(_part_text(child, body)))
            has_text = True
        else:
            body.parts.append(
                Part(url="", kind=_kind_of(child.get_content_type()), name=_part_name(child))
            )


def _read_inline_html(children: list[MimeMessage], body: MimeBody) -> None:
    """HyperKitty keeps the HTML of an HTML-only mail as an attachment of an empty text."""
    for child in children:
        if child.get_content_type() == "text/html":
            text = html_to_text(_part_text(child, body))
            if text.strip():
                body.repairs[HTML_ONLY] = None
                body.texts.append(text)
                return


def _read_embedded(children: list[MimeMessage], body: MimeBody, depth: int) -> None:
    """Show a forwarded mail as its reader sees it: who, when, what, then the text."""
    for child in children[:1]:
        head = [
            f"{name}: {' '.join(decode_words(str(child[name])[:2000])[0].split())}"
            for name in ("From", "Date", "Subject")
            if child[name]
        ]
        body.texts.append("-------- Forwarded message --------\n" + "\n".join(head) + "\n")
        _read_part(child, body, depth + 1)


def _is_binary(part: MimeMessage) -> bool:
    return "attachment" in str(part.get("Content-Disposition", "")).lower() and not _is_text_name(
        _part_name(part)
    )


def _is_text_name(name: str) -> bool:
    return name == "" or name.lower().endswith((".txt", ".md", ".rst", ".text", ".patch", ".diff"))


def _kind_of(content_type: str) -> str:
    if content_type == "text/html":
        return "html"
    return "text" if content_type.startswith("text/") else "other"


def _part_name(part: MimeMessage) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return " ".join(decode_words(name[:500])[0].split())[:200]


def _part_text(part: MimeMessage, body: MimeBody) -> str:
    try:
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
    except (ValueError, LookupError, AssertionError):
        body.repairs[MIME_BROKEN] = None
        data = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if part.defects:
        body.repairs[MIME_BROKEN] = None
    text, repair = decode_bytes(data, _parameter(part, "charset"))
    if repair:
        body.repairs[repair] = None
    text = text.replace("\r\n", "\n")
    if _parameter(part, "format").lower() == "flowed":
        return unwrap_flowed(text, delete_space=_parameter(part, "delsp").lower() == "yes")
    return text


def _parameter(part: MimeMessage, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except (ValueError, LookupError, TypeError):
        return ""
    return value if isinstance(value, str) else str(value[-1])


def unwrap_flowed(text: str, *, delete_space: bool) -> str:
    """Join soft line ends (RFC 3676): a line ending in a blank goes on, if as deeply quoted."""
    joined = "".join(_join_soft_lines(text.removesuffix("\n").split("\n"), delete_space))
    return joined if text.endswith("\n") else joined.removesuffix("\n")


def _join_soft_lines(lines: list[str], delete_space: bool) -> Iterator[str]:
    open_depth = -1
    for line in lines:
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_signature = content == "-- "
        if open_depth >= 0 and (depth != open_depth or is_signature):
            yield "\n"
            open_depth = -1
        if open_depth < 0 and depth:
            yield ">" * depth + " "
        if content.endswith(" ") and not is_signature:
            yield content[:-1] if delete_space else content
            open_depth = depth
        else:
            yield content + "\n"
            open_depth = -1
    if open_depth >= 0:
        yield "\n"
