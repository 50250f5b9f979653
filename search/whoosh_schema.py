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
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from whoosh import columns, fields, formats

from search.analysis import Token, fold, stem
from search.documents import TEXT_FIELDS, Document
from search.ranking import field_count
from search.stored_words import STEP, count_words, in_steps, stored_blobs, tokens_of

# Raise it when what is written below changes: an index of another number is rebuilt.
INDEX_VERSION = 1

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
    tokens = tokens_of(document)
    stored: dict[str, Any] = {
        f"in_{name}": _placed(name, own) for name, own in tokens.items() if own
    }
    stems, words = count_words(document, tokens)
    stored |= {
        "id": document.id,
        "mail": dict.fromkeys(document.mails, (1.0, b"")),
        "stem": _weighed(stems),
        "word": _weighed(words),
        "kin": {f"{stem(form)} {form}": (1.0, b"") for form in words if stem(form) != form},
    }
    return stored | stored_blobs(document, tokens) | {"facts": facts_of(document)}


def _placed(name: str, tokens: list[Token]) -> dict[str, tuple[float, bytes]]:
    places: dict[str, list[int]] = defaultdict(list)
    for token in tokens:
        row = places[token.form]
        if not row or row[-1] != token.position:
            row.append(token.position)
    return {
        form: (in_steps(field_count(name, len(row), len(tokens))) / STEP, _pack_places(row))
        for form, row in places.items()
    }


def _pack_places(places: list[int]) -> bytes:
    return array("I", places).tobytes()


def _weighed(counts: Mapping[str, int]) -> dict[str, tuple[float, bytes]]:
    return {form: (count / STEP, b"") for form, count in counts.items()}


def facts_of(document: Document) -> bytes:
    """Write the record that `whoosh_columns.py` reads whole at start, in the order it expects."""
    c = document.candidacy
    facts = [
        c.id, document.digest, str(c.office), c.projects, c.cycle, c.posted_at.timestamp(),
        c.posted_at.toordinal(), c.posted_at.year, c.person, c.candidate, fold(c.irc_nick),
        str(c.status), str(c.outcome), len(c.replies), c.race_size,
    ]  # fmt: skip
    return json.dumps(facts, separators=(",", ":")).encode()
