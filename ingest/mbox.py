"""Where one mail ends and the next begins, in a month's unpacked bytes.

Owns the separator rule and nothing of what a mail says (`messages.py` does). It is not simply "a
line that begins with From ", since mails hold such lines: Pipermail does not escape what came out
of base64, and people paste whole mails. So a separator is a `From ` line with a date, and a
header block below it that the archive's own writer would have written; which writer it was, the
first mail of the month tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ingest.records import Place, RawMessage, SkippedMessage

CUT_BY_ARCHIVER = "cut-by-archiver"
CUT_SUBJECT = "No subject"  # what Pipermail calls what it cut off
BEFORE_FIRST_MAIL = "before-first-mail"

_BOM = b"\xef\xbb\xbf"
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = rb"\d{1,2}:\d\d(?::\d\d)?"
# `Thu Apr  2 12:00:00 2015`, with a zone before or after the year as some mail servers write it,
# and `Mon, 2 Aug 1999 18:55:09 -0400 (EDT)` as the archivers of 1999 did.
_ASCTIME = (
    _DAY + rb" " + _MONTH + rb" [ \d]?\d " + _CLOCK + rb"(?: [A-Z+\-][A-Z0-9]{1,5})? \d{4}"
    rb"(?: [A-Z+\-][A-Z0-9]{1,5})?"
)
_RFC_DATE = _DAY + rb", [ \d]?\d " + _MONTH + rb" \d{2,4} " + _CLOCK + rb"[ \w+\-()]{0,40}"
_SEPARATOR = re.compile(
    rb"From (?P<sender>[^\n]{0,400}?)(?P<gap> {1,4})(?:%b|%b)[ \t]{0,8}\r?\n"
    % (_ASCTIME, _RFC_DATE)
)
# A mail as Pipermail writes it, with nothing odd between its separator and its text: nearly every
# mail of such a month. Found and taken apart at once, which is most of what a first sync does; what
# this matches is a mail by the rules below, too.
_FOLDED = rb"([^\n]*+(?:\n[ \t][^\n]*+)*+)\n"
PLAIN_HEAD = re.compile(
    rb"From (?!bogus@)[!-~]{1,200}(?: at [!-~]{1,200})?  %b %b [ \d]\d \d\d:\d\d:\d\d \d{4}\n"
    rb"From: %b"
    rb"Date: (?:[A-Z][a-z]{2}, {1,2})?(\d{1,2} %b (?:19|20)\d\d)"
    rb" ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) ([+-]\d{4})(?: \([^()\n]{0,40}\))?\n"
    rb"Subject: ?%b(?:In-Reply-To: ?%b)?(?:References: ?%b)?"
    rb"Message-ID: <([!-;=?-~]{1,1000})>\n\n"
    % (_DAY, _MONTH, _FOLDED, _MONTH, _FOLDED, _FOLDED, _FOLDED)
)
_LONGEST_PLAIN_HEAD = 32 * 1024
_FIELD_NAME = re.compile(rb"([!-9;-~]{1,80})[ \t]{0,4}:")
_PIPERMAIL_HEAD = re.compile(
    rb"From: [^\n]*\n(?:[ \t][^\n]*\n)*+Date: ?[^\n]*\n(?:[ \t][^\n]*\n)*+Subject: ?[^\n]*\n"
)
_MESSAGE_ID = re.compile(
    rb"^Message-ID:[ \t]*([^\n]*(?:\n[ \t][^\n]*)?)", re.IGNORECASE | re.MULTILINE
)
# A header block of a real mail ends well before this many bytes; quoted text may never end.
LONGEST_HEAD = 256 * 1024
# What says that lines below a `From ` line are a mail's own header and not prose with a colon.
_TELLING_FIELDS = frozenset(
    (b"from", b"date", b"message-id", b"received", b"return-path", b"subject")
)
_STRONG_FIELDS = frozenset((b"from", b"date", b"message-id"))

# Pipermail's stand-in for a sender, the subject it invents, and the id it makes of its own clock.
_CUT_PIECE = re.compile(
    rb"From bogus@does\.not\.exist\.com  [^\n]*\r?\nFrom: bogus@does\.not\.exist\.com \(\)\r?\n"
    rb"Date: [^\n]*-0000\r?\nSubject: No subject\r?\n(?:Message-ID: <mailman\.\d+\.\d+\.\d+\.)?"
)
# HyperKitty's importer writes the same piece as a mail of nobody, with no subject.
_CUT_EXPORT = re.compile(
    rb"From [^\n]*\nFrom:(?: None)?(?: <>)?[ \t]*\n(?:To: [^\n]*\n)?Subject: None\n"
)


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the first mail of a month tells of the program that wrote the month."""

    pipermail: bool
    obscures: bool
    gives_ids: bool
    blank_line: bytes

    @property
    def plain(self) -> bool:
        """Whether its mails may be taken as Pipermail writes them, line ends included."""
        return self.pipermail and self.blank_line == b"\n\n"


class Piece(NamedTuple):
    """A byte range of a month, one mail as a rule; `head` is its header where nothing in it is
    odd. `is_lead` marks what stands before the first mail.
    """

    start: int
    end: int
    head: re.Match[bytes] | None = None
    is_lead: bool = False


def find_pieces(data: bytes) -> Iterator[Piece]:
    """Tell where a month is to be cut; the pieces cover every byte but leading blank lines."""
    starts = list(_find_starts(data))
    first = starts[0][0] if starts else len(data)
    if data[:first].strip(b"\r\n\t \x00"):
        yield Piece(0, first, is_lead=True)
    for (start, head), (end, _) in pairwise([*starts, (len(data), None)]):
        yield Piece(start, end, head)


def cut_piece(
    data: bytes, piece: Piece, archive: str, month: str, number: int
) -> RawMessage | SkippedMessage:
    """Cut one piece out of a month; what is no mail comes with the reason."""
    start, end = piece.start, piece.end
    if piece.is_lead:
        place = Place(archive, month, number, start, end)
        return SkippedMessage(place, BEFORE_FIRST_MAIL, _first_line(data))
    mail = data[start:end]
    detail = _describe_cut_piece(mail)
    if detail is None:
        return RawMessage(archive, month, number, start, end - start, mail)
    place = Place(archive, month, number, start, end - start)
    return SkippedMessage(place, CUT_BY_ARCHIVER, detail)


def split_messages(data: bytes, archive: str, month: str) -> Iterator[RawMessage | SkippedMessage]:
    """Cut a month into its mails, in order.

    What stands before the first separator, and pieces that Pipermail cut off at an unescaped
    `From ` line, come as skipped messages with their byte range.
    """
    for number, piece in enumerate(find_pieces(data)):
        yield cut_piece(data, piece, archive, month, number)


def find_start_behind(data: bytes, position: int, beginning: bytes) -> int:
    """Give where the first mail begins at or behind a position of some bytes of an mbox, else -1.

    `beginning` are the first bytes of the mbox, whose first mail tells what program wrote it.
    """
    writers = (_tell_writer(beginning, match) for match in _separators(beginning, 0))
    writer = next(filter(None, writers), None)
    if writer is not None:
        for match in _separators(data, position):
            if _begins_mail(data, match, writer):
                return match.start()
    return -1


def _separators(data: bytes, position: int) -> Iterator[re.Match[bytes]]:
    """Give the lines at or behind a position that look like separators."""
    if position:
        start = data.find(b"\nFrom ", position - 1) + 1 or -1
    else:
        start = len(_BOM) if data.startswith(_BOM) else 0
    while start >= 0:
        if match := _SEPARATOR.match(data, start):
            yield match
        start = data.find(b"\nFrom ", start) + 1 or -1


def _find_starts(data: bytes) -> Iterator[tuple[int, re.Match[bytes] | None]]:
    """Give where mails begin, and the headers of those that are plain."""
    position = len(_BOM) if data.startswith(_BOM) else 0
    if not data.startswith(b"From ", position):
        position = data.find(b"\nFrom ") + 1
    writer: _Writer | None = None
    while position or writer is None:
        if writer is None:
            match = _SEPARATOR.match(data, position)
            writer = _tell_writer(data, match) if match is not None else None
            if writer is not None and position == len(_BOM) and data.startswith(_BOM):
                yield 0, None
            elif writer is not None:
                yield position, _plain_head(data, position, writer)
        elif head := _plain_head(data, position, writer):
            yield position, head
        elif (match := _SEPARATOR.match(data, position)) and _begins_mail(data, match, writer):
            yield position, None
        position = data.find(b"\nFrom ", position) + 1
        if not position:
            return


def _plain_head(data: bytes, position: int, writer: _Writer) -> re.Match[bytes] | None:
    if not writer.plain or (position and data[position - 2 : position] != b"\n\n"):
        return None
    head = PLAIN_HEAD.match(data, position)
    # Of a longer one not all would be looked at by those who decide what is a mail.
    return head if head is not None and head.end() - position < _LONGEST_PLAIN_HEAD else None


def _tell_writer(data: bytes, match: re.Match[bytes]) -> _Writer | None:
    blank_line = b"\n\r\n" if match[0].endswith(b"\r\n") else b"\n\n"
    if not _head_fields(data, match.end(), blank_line):
        return None
    head = _head_block(data, match.end(), blank_line)
    return _Writer(
        pipermail=len(match["gap"]) == 2 and _PIPERMAIL_HEAD.match(head) is not None,
        obscures=b" at " in match["sender"],
        gives_ids=_find_id(head) is not None,
        blank_line=blank_line,
    )


def _begins_mail(data: bytes, match: re.Match[bytes], writer: _Writer) -> bool:
    stands_free = data.endswith(writer.blank_line, 0, match.start())
    if not writer.pipermail:
        fields = _head_fields(data, match.end(), writer.blank_line)
        # An mbox made by hand may lack the blank line; then only a whole header block will do.
        return bool(fields & _TELLING_FIELDS) if stands_free else fields >= _STRONG_FIELDS
    if not stands_free or len(match["gap"]) != 2:
        return False
    head = _head_block(data, match.end(), writer.blank_line)
    if _PIPERMAIL_HEAD.match(head) is None:
        return False
    found = _find_id(head)
    if found is None:
        return not writer.gives_ids
    # A text that quotes a whole mail of an archive: Pipermail obscures addresses in texts, ids
    # included, but never in a mail's own Message-ID.
    return not (writer.obscures and b"@" not in found and b" at " in found)


def _find_id(head: bytes) -> bytes | None:
    """Give the Message-ID field of a header block as it stands, folding included."""
    # As Pipermail writes it: a plain look-up, an eighth of what the search costs.
    at = head.find(b"\nMessage-ID:") + 1
    found = _MESSAGE_ID.match(head, at) if at else _MESSAGE_ID.search(head)
    return found[1] if found is not None else None


def _head_block(data: bytes, start: int, blank_line: bytes) -> bytes:
    """Give the lines up to the first empty one, at most `LONGEST_HEAD` bytes."""
    limit = start + LONGEST_HEAD
    end = data.find(blank_line, start, limit)
    return data[start : end + 1 if end >= 0 else limit]


def _head_fields(data: bytes, start: int, blank_line: bytes) -> frozenset[bytes]:
    """Name the fields of a header block, lower case; nothing if its first line is no field."""
    if _FIELD_NAME.match(data, start) is None:
        return frozenset()
    names = set()
    for line in _head_block(data, start, blank_line).split(b"\n", 200)[:200]:
        match = _FIELD_NAME.match(line)
        if match is not None:
            names.add(match[1].lower())
        elif not line.startswith((b" ", b"\t", b">")) and line.strip():
            break
    return frozenset(names)


def _describe_cut_piece(piece: bytes) -> str | None:
    """Give the first words of a piece that was cut off another mail; None if it is a mail."""
    match = _CUT_PIECE.match(piece) or _CUT_EXPORT.match(piece)
    if match is None:
        return None
    head, _, body = piece.replace(b"\r\n", b"\n").partition(b"\n\n")
    if b"\nContent-Type: multipart/" in head:
        # HyperKitty wraps every mail anew: the text begins below the first part's own header.
        body = body.partition(b"\n\n")[2]
    return _first_line(body)


def _first_line(data: bytes) -> str:
    return data.lstrip()[:120].split(b"\n", 1)[0].decode("utf-8", "replace").strip()
