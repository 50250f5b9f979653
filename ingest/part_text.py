"""The text of a piece of a mail that the archive keeps elsewhere.

Pipermail's scrubber shows HTML escaped in a page of its own; HyperKitty gives it as it was. Owns
how such bytes become text; which pieces are worth having the mail's readers decide.
"""

from __future__ import annotations

import re

from ingest.charsets import decode_bytes, find_codec
from ingest.errors import MonthBroken, MonthMissing, PageMissing, WebError
from ingest.markup import html_to_text
from ingest.records import Part
from ingest.tags import unescape
from ingest.web import WebClient
from ingest.web_answers import Answer

# A statement is never this large; an attached film is.
_LIMIT = 8 * 2**20
_META = re.compile(rb"charset\s{0,4}=\s{0,4}(?:[\"']|&quot;|&#39;)?([\w.:-]{2,30})", re.IGNORECASE)
_TYPEWRITER = re.compile(r"\s*<tt>(.*)</tt>\s*", re.IGNORECASE | re.DOTALL)
# Scrubbers under Python 3 write what does not fit into the page's charset in this way.
_ESCAPED = re.compile(r"\\(?:u(?!00|d[89a-f])([0-9a-f]{4})|U000([01][0-9a-f]{4}))")
_LINE_END = re.compile(r"<br\s{0,2}/?>", re.IGNORECASE)


def fetch_part_text(web: WebClient, address: str, part: Part) -> str:
    """Give the text at an address that was checked to be the archive's own.

    Raise `MonthMissing` or `MonthBroken`, with the part's address where others name the month.
    """

    def read(answer: Answer) -> tuple[bytes, str, str]:
        headers = answer.headers
        packing = headers.get("content-encoding", "")
        return b"".join(answer.unpacked), headers.get("content-type", ""), packing

    try:
        data, content_type, packing = web.fetch(address, read, limit=_LIMIT)
    except PageMissing as error:
        raise MonthMissing(f"the part {address} is not there", month=part.url) from error
    except WebError as error:
        raise MonthBroken(f"the part could not be had: {error}", month=part.url) from error
    return read_part(data, part, content_type, packing)


def read_part(data: bytes, part: Part, content_type: str = "", packing: str = "") -> str:
    """Turn the bytes of a part into text by what it is said to be.

    `packing` is the Content-Encoding, where HyperKitty puts the charset.
    """
    kind = (part.kind or content_type).partition(";")[0].strip().lower()
    name = part.url.lower()
    text = _decode(data, content_type, packing)
    if kind in ("text/html", "application/xhtml+xml") or name.endswith((".html", ".htm")):
        return html_to_text(_unwrap(text))
    if kind == "message/rfc822" or name.endswith((".eml", ".mht")):
        return unescape(text)
    return text


def _decode(data: bytes, content_type: str, packing: str) -> str:
    data = data.replace(b"\r\n", b"\n")
    declared = packing if find_codec(packing) else ""
    meta = _META.search(data[:8192])
    if not declared and meta:
        declared = meta[1].decode("ascii")
    if not declared and not _is_utf8(data):
        # A server's default charset says nothing of a file; it is asked when the bytes do not tell.
        _, _, declared = content_type.lower().partition("charset=")
    return decode_bytes(data, declared.strip("\"' "))[0]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unwrap(source: str) -> str:
    """Undo the scrubber's page: its HTML is escaped, blanks made hard, in a typewriter's face."""
    match = _TYPEWRITER.fullmatch(source)
    if match is None:
        return source
    text = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), match[1])
    return unescape(_LINE_END.sub("", text)).replace("\N{NO-BREAK SPACE}", " ")
