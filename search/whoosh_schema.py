"""How a document lies in Whoosh: its fields, and what is written into each.

Words are analysed and weighed here, not by Whoosh, so that both engines mean the same by a word:

    stem         every word of every field, stemmed, with its BM25F count: unfielded words
    word         the same unstemmed: unfielded prefixes and fuzzy words, spelling, suggestions
    kin          "stem form" for each form that differs from its stem: which forms are one word
    in_<field>   the forms of one text field with their positions: phrases, words in that field
    id, mail     exact keys
    facts        one small record for facets, filters and sorting; read whole at start
    light, rest  the candidacy as a hit shows it; what only `read` needs
    marks, reply_marks    the words of its texts with their places, for excerpts

The last six are columns: bytes by document, packed, read only when asked for.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from whoosh import columns, fields, formats

from ingest.records_json import candidacy_to_json
from search.analysis import Token, fold, stem, tokenize
from search.documents import TEXT_FIELDS, Document
from search.packed_words import pack_words
from search.ranking import field_count

# Raise it when what is written below changes: an index of another number is rebuilt.
INDEX_VERSION = 1

# Counts are kept in steps of 1/32: postings pack to half the size, and ranks do not change.
_STEP = 32
COLUMNS = ("facts", "light", "rest", "marks", "reply_marks")
MOST_FORM_BYTES = 120


class _Counts(formats.Format):  # type: ignore[misc]
    """Postings that have a weight and nothing else."""

    posting_size = 0


class _Places(formats.Format):  # type: ignore[misc]
    """Postings that carry positions."""

    posting_size = -1


class WeighedWords(fields.FieldType):  # type: ignore[misc]
    """A Whoosh field that takes weighed words: a mapping of form to (weight, packed positions)."""

    def __init__(self, places: bool = False) -> None:
        super().__init__(_Places() if places else _Counts(), None)

    def index(
        self, value: Mapping[str, tuple[float, bytes]], **_: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Give Whoosh the postings as they are."""
        for form, (weight, places) in value.items():
            yield encode_form(form), 1, weight, places


def encode_form(form: str) -> bytes:
    """Write a form as the index has it; of an absurdly long one only the beginning counts."""
    return form.encode("utf-8", "surrogatepass")[:MOST_FORM_BYTES]


def make_schema() -> fields.Schema:
    """Make the schema of a new index."""
    column = columns.VarBytesColumn()
    return fields.Schema(
        id=fields.ID(unique=True),
        mail=WeighedWords(),
        stem=WeighedWords(),
        word=WeighedWords(),
        kin=WeighedWords(),
        **{f"in_{name}": WeighedWords(places=True) for name in TEXT_FIELDS},
        **dict.fromkeys(COLUMNS, fields.COLUMN(column)),
    )


def stored_document(document: Document) -> dict[str, Any]:
    """Turn a document into what Whoosh's `add_document` takes."""
    tokens = {name: list(tokenize(text)) for name, text in document.texts.items()}
    stored: dict[str, Any] = {
        f"in_{name}": _placed(name, own) for name, own in tokens.items() if own
    }
    stems, words = _weighed(document, tokens)
    stored |= {
        "id": document.id,
        "mail": dict.fromkeys(document.mails, (1.0, b"")),
        "stem": stems,
        "word": words,
        "kin": {f"{stem(form)} {form}": (1.0, b"") for form in words if stem(form) != form},
    }
    return stored | _columns(document, tokens)


def _placed(name: str, tokens: list[Token]) -> dict[str, tuple[float, bytes]]:
    places: dict[str, list[int]] = defaultdict(list)
    for token in tokens:
        row = places[token.form]
        if not row or row[-1] != token.position:
            row.append(token.position)
    return {
        form: (_stepped(field_count(name, len(row), len(tokens))), _pack_places(row))
        for form, row in places.items()
    }


def _pack_places(places: list[int]) -> bytes:
    return array("I", places).tobytes()


def _weighed(
    document: Document, tokens: Mapping[str, list[Token]]
) -> tuple[dict[str, tuple[float, bytes]], dict[str, tuple[float, bytes]]]:
    """Sum each word's count over the fields, by stem and by form."""
    words: dict[str, float] = defaultdict(float)
    short = {name: list(tokenize(text)) for name, text in document.own_words.items()}
    for name, row in chain(tokens.items(), short.items()):
        each = field_count(name, 1, len(row))
        for token in row:
            words[token.form] += each
    stems: dict[str, float] = defaultdict(float)
    for form, count in words.items():
        stems[stem(form)] += count
    return _steps(stems), _steps(words)


def _steps(counts: Mapping[str, float]) -> dict[str, tuple[float, bytes]]:
    return {form: (_stepped(count), b"") for form, count in counts.items()}


def _stepped(count: float) -> float:
    return max(round(count * _STEP), 1) / _STEP


def _columns(document: Document, tokens: Mapping[str, list[Token]]) -> dict[str, bytes]:
    whole = document.candidacy
    light = replace(whole, replies=(), raw=b"")
    rest = replace(whole, statement="", reasons=())
    reply = document.texts["reply"]
    packed_reply = pack_words(tokens["reply"])
    return {
        "facts": facts_of(document),
        "light": zlib.compress(candidacy_to_json(light).encode(), 6),
        "rest": zlib.compress(candidacy_to_json(rest).encode(), 6),
        "marks": join_blocks(
            pack_words(tokens[name]) for name in ("candidate", "subject", "statement")
        ),
        "reply_marks": join_blocks([packed_reply, zlib.compress(_plain(reply), 6)]),
    }


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def facts_of(document: Document) -> bytes:
    """Write the record that `whoosh_columns.py` reads whole at start, in the order it expects."""
    c = document.candidacy
    facts = [
        c.id, document.digest, str(c.office), c.projects, c.cycle, c.posted_at.timestamp(),
        c.posted_at.toordinal(), c.posted_at.year, c.person, c.candidate, fold(c.irc_nick),
        str(c.status), str(c.outcome), len(c.replies), c.race_size,
    ]  # fmt: skip
    return json.dumps(facts, separators=(",", ":")).encode()


def join_blocks(blocks: Iterable[bytes]) -> bytes:
    """Put blocks of bytes into one, each behind its length."""
    return b"".join(len(block).to_bytes(4, "little") + block for block in blocks)


def split_blocks(data: bytes) -> list[bytes]:
    """Give back what `join_blocks` joined."""
    blocks: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        blocks.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return blocks
