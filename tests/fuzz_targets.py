"""What reads hostile bytes, each as a function of bytes that must come back, and soon."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from api.mail_privacy import obscure_mail
from api.openings import opening
from api.privacy import obscure
from api.text_blocks import read_blocks
from ingest import reading
from ingest.candidacies import find_candidacies, may_announce
from ingest.dates import parse_date, settle_date
from ingest.elections import load_elections
from ingest.headers import decode_field, parse_message_id, parse_references, parse_sender
from ingest.markup import html_to_text
from ingest.mbox import find_pieces, find_start_behind, split_messages
from ingest.messages import parse_message
from ingest.own_links import is_plain
from ingest.pipermail_pages import read_index, read_message_page, read_month_page
from ingest.quotes import mark_quotes
from ingest.records import Message, RawMessage, SkippedMessage, Thread
from ingest.statements import clean_statement
from ingest.unpacking import NotUnpackable, unpack_stream
from search.query import MOST_CHARACTERS, parse_query, render_query
from tests.builders import A_DAY, make_message, make_skeleton

_TABLE = load_elections()
_VOCABULARY = _TABLE.vocabulary()
_BASE = "https://lists.example.org/pipermail/sample-dev/"
_MOST = 1_000_000
_ANNOUNCING = "I would like to announce my candidacy for the Nova PTL position for Mitaka.\n\n"


def split(data: bytes) -> None:
    """Every byte of a month belongs to one mail or one skipped piece, in order."""
    end = 0
    for piece in split_messages(data, "sample-dev", "2015-September"):
        place = piece.place if isinstance(piece, SkippedMessage) else piece
        assert place.offset >= end
        end = place.offset + place.length
    assert end <= len(data)


def cut(data: bytes) -> None:
    """A month is cut between two of its mails, wherever one begins to look for a place."""
    starts = [piece.start for piece in find_pieces(data) if not piece.is_lead]
    first = starts[0] + 1 if starts else 1
    for position in range(first, len(data), max(1, len(data) // 50)):
        behind = next((start for start in starts if start >= position), -1)
        assert find_start_behind(data, position, data) == behind


def read(data: bytes) -> None:
    """Every piece of a month becomes a row or a skip."""
    month = reading.read_month(data, "sample-dev", "2015-September", A_DAY.isoformat(), 1)
    assert month.pieces == len(list(split_messages(data, "sample-dev", "2015-September")))


def parse(data: bytes) -> None:
    raw = RawMessage("sample-dev", "2015-September", 0, 0, len(data), data)
    message = parse_message(raw, A_DAY)
    if isinstance(message, Message):
        assert message.message_id
        assert message.posted_at.tzinfo is not None


def read_fields(data: bytes) -> None:
    """Each line stands in each field: a date, a name, an id, a list of ids, a subject."""
    for line in data.split(b"\n")[:100]:
        text = line.decode("latin-1")
        assert settle_date(text, f"From a {text}", A_DAY)[0].tzinfo is not None
        parse_date(text)
        decode_field(line)
        _, address = parse_sender(text)
        assert address == address.lower()
        message_id, _ = parse_message_id(text, "sample-dev")
        assert message_id == "".join(message_id.split())
        parse_references(text, text)


def find(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    subject, _, body = text.partition("\n")
    message = make_message(subject=subject, text=_ANNOUNCING + body)
    may_announce(message.subject, message.text)
    thread = Thread(message.message_id, make_skeleton(message))
    for candidacy in find_candidacies(thread, {message.message_id: message}, _TABLE):
        assert candidacy.message_id == message.message_id


def clean(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    clean_statement(text)
    mark_quotes(text)


def read_html(data: bytes) -> None:
    html_to_text(data.decode("utf-8", "replace"))


def lay_out(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    read_blocks(text)
    opening(text)


def hide(data: bytes) -> None:
    obscure(data.decode("utf-8", "replace"))
    obscure_mail(data)


def read_pages(data: bytes) -> None:
    """Whatever a list server sends, no link of it leads out of the archive's folder."""
    source = data.decode("utf-8", "replace")
    for volume in read_index(source, _BASE) or []:
        assert all(is_plain(text) and "/" not in text for text in volume.texts)
    read_month_page(source)
    read_message_page(source)


def ask(data: bytes) -> None:
    """A query is read and written back; one that becomes longer than a query may be is cut."""
    parsed = parse_query(data.decode("utf-8", "replace"), _VOCABULARY)
    written = render_query(parsed.query)
    again = parse_query(written, _VOCABULARY).query
    assert again == parsed.query or len(written) > MOST_CHARACTERS


def unpack(data: bytes) -> None:
    """No archive unpacks to more than is allowed, whatever its pieces."""
    with contextlib.suppress(NotUnpackable):
        pieces = unpack_stream((data[at : at + 700] for at in range(0, len(data), 700)), _MOST)
        assert sum(map(len, pieces)) <= _MOST


TARGETS: dict[str, Callable[[bytes], None]] = {
    "split": split,
    "cut": cut,
    "read": read,
    "parse": parse,
    "fields": read_fields,
    "find": find,
    "clean": clean,
    "html": read_html,
    "blocks": lay_out,
    "obscure": hide,
    "pages": read_pages,
    "query": ask,
    "unpack": unpack,
}


def allowed_seconds(size: int) -> float:
    """Give the CPU time that an input of so many bytes may take: linear, with room for a slow
    machine and for instruments in the code.
    """
    return 1.0 + size * 50e-6
