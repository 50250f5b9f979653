"""A raw mail with its addresses obscured: headers, text parts, and what transfer encodings hide.

Message-ID, In-Reply-To and References stay, being how mails find each other; Content-Type stays,
since its boundary holds the mail together. What is not text (pictures, signatures) stays as well.
"""

from __future__ import annotations

import base64
import quopri
import re
from email import message_from_bytes
from email.errors import MessageError
from email.generator import BytesGenerator
from email.header import Header, decode_header
from email.message import Message
from io import BytesIO
from typing import Any

_AT = re.compile(rb"(?<=[\w.+%=~'\"\x80-\xff-])@(?=[\w\[\x80-\xff])")
_AT_IN_TEXT = re.compile(r"(?<=[\w.+%=~'\"-])[@\uff20](?=[\w\[])")
_ENCODED_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{1,2000}\?=")
_FIELD = re.compile(rb"(?m)^[!-9;-~]+:[^\n]*(?:\n[ \t][^\n]*)*")
_STRUCTURE = re.compile(rb"(?mi)^content-(?:transfer-encoding:\s*(?:base64|quoted)|type:\s*m)")
_KEPT = (b"message-id", b"in-reply-to", b"references", b"content-type", b"content-id")
_BINARY = ("application", "audio", "font", "image", "model", "video")
_WIDE = ("utf-16", "utf-32", "utf-7")


def obscure_mail(raw: bytes) -> bytes:
    """Write every address of a raw mail as `user at example.org`; the rest stays as it is."""
    head, blank, body = _split_head(raw)
    if _STRUCTURE.search(raw):
        try:
            return _obscure_parts(raw)
        except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # The email package refuses some broken mails; their letters are still ours to obscure.
            pass
    return _obscure_head(head) + blank + _AT.sub(b" at ", body)


def _split_head(raw: bytes) -> tuple[bytes, bytes, bytes]:
    end = re.search(rb"\r?\n\r?\n", raw)
    if end is None:
        return raw, b"", b""
    return raw[: end.start()], end.group(), raw[end.end() :]


def _obscure_head(head: bytes) -> bytes:
    first, newline, _ = head.partition(b"\n")
    separator = first + newline if head.startswith(b"From ") else b""
    fields = _FIELD.sub(lambda found: _obscure_field(found.group()), head[len(separator) :])
    return _AT.sub(b" at ", separator) + fields


def _obscure_field(field: bytes) -> bytes:
    if field.partition(b":")[0].lower().strip() in _KEPT:
        return field
    return _AT.sub(b" at ", _ENCODED_WORD.sub(_obscure_encoded_word, field))


def _obscure_encoded_word(found: re.Match[bytes]) -> bytes:
    try:
        [(text, charset)] = decode_header(found.group().decode("ascii"))
        shown = text.decode(charset or "ascii") if isinstance(text, bytes) else text
        hidden = _AT_IN_TEXT.sub(" at ", shown)
        return found.group() if hidden == shown else Header(hidden, "utf-8").encode().encode()
    except (MessageError, ValueError, LookupError):
        return found.group()


def _obscure_parts(raw: bytes) -> bytes:
    separator = b""
    if raw.startswith(b"From "):
        separator, _, raw = raw.partition(b"\n")
        separator = _AT.sub(b" at ", separator) + b"\n"
    message = message_from_bytes(raw)
    for part in message.walk():
        _obscure_headers(part)
        if not part.is_multipart() and not _is_packed_binary(part):
            _obscure_payload(part)
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, maxheaderlen=0).flatten(message)
    return separator + written.getvalue()


def _is_packed_binary(part: Message[Any, Any]) -> bool:
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    return encoding == "base64" and part.get_content_maintype() in _BINARY


def _obscure_headers(part: Message[Any, Any]) -> None:
    fields = list(part.raw_items())
    for name in {name for name, _ in fields}:
        del part[name]
    for name, value in fields:
        line = f"{name}:{value}".encode("utf-8", "surrogateescape")
        shown = _obscure_field(line).decode("utf-8", "surrogateescape")
        part.set_raw(name, shown[len(name) + 1 :])


def _obscure_payload(part: Message[Any, Any]) -> None:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    shown = _obscure_bytes(payload, part.get_content_charset() or "")
    if shown == payload:
        return
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        shown = base64.encodebytes(shown)
    elif encoding.startswith("quoted"):
        shown = quopri.encodestring(shown)
    part.set_payload(shown.decode("ascii", "surrogateescape"))


def _obscure_bytes(payload: bytes, charset: str) -> bytes:
    if not charset.startswith(_WIDE):
        return _AT.sub(b" at ", payload)
    return _AT_IN_TEXT.sub(" at ", payload.decode(charset, "replace")).encode(charset)
