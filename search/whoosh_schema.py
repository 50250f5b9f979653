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
from collections import defaultdict
from typing import Any, NamedTuple

from whoosh import columns, fields, formats

from search.analysis import Token, fold, stem
from search.documents import TEXT_FIELDS, Document
from search.ranking import field_count
from search.stored_words import STEP, count_words, in_steps, stored_blobs, tokens_of
from search.whoosh_codec import KIN, MOST_FORM, PLACED, WORDS

COLUMNS = ("facts", "light", "rest", "marks", "reply_marks")


class _Lists(formats.Format):  # type: ignore[misc]
    """Postings in lists of our own (`whoosh_codec.py`)."""

    posting_size = -1


class WordList(fields.FieldType):  # type: ignore[misc]
    """A Whoosh field whose words go to the pool directly."""

    def __init__(self) -> None:
        super().__init__(_Lists(), None)


class StoredDocument(NamedTuple):
    """What is written of a document: its words by field, with or without places, and the rest."""

    placed: dict[str, dict[str, tuple[int, list[int]]]]
    counted: dict[str, dict[str, int]]
    others: dict[str, Any]


def make_schema() -> fields.Schema:
    """Make the schema of a new index."""
    column = columns.VarBytesColumn()
    return fields.Schema(
        id=fields.ID(unique=True),
        **{name: WordList() for name in ("mail", "stem", WORDS, KIN)},
        **{PLACED + name: WordList() for name in TEXT_FIELDS},
        **dict.fromkeys(COLUMNS, fields.COLUMN(column)),
    )


def stored_document(document: Document) -> StoredDocument:
    """Turn a document into what is written of it."""
    tokens = tokens_of(document)
    stems, words = count_words(document, tokens)
    return StoredDocument(
        {PLACED + name: _placed(name, own) for name, own in tokens.items() if own},
        {
            "mail": dict.fromkeys(document.mails, STEP),
            "stem": _clipped(stems),
            WORDS: _clipped(words),
        },
        {"id": document.id, "facts": facts_of(document)} | stored_blobs(document, tokens),
    )


def _placed(name: str, tokens: list[Token]) -> dict[str, tuple[int, list[int]]]:
    places: dict[str, list[int]] = defaultdict(list)
    for form, position, _, _ in tokens:
        row = places[form if len(form) <= MOST_FORM else form[:MOST_FORM]]
        if not row or row[-1] != position:
            row.append(position)
    each = field_count(name, 1, len(tokens))
    steps = {often: in_steps(often * each) for often in set(map(len, places.values()))}
    return {form: (steps[len(row)], row) for form, row in places.items()}


def _clipped(counts: dict[str, int]) -> dict[str, int]:
    if max(map(len, counts), default=0) <= MOST_FORM:
        return counts
    return {form[:MOST_FORM]: steps for form, steps in counts.items()}


def kin_of(form: str) -> str:
    """Give what `kin` says of a form: nothing where it is its own stem."""
    stemmed = stem(form)
    return f"{stemmed} {form}" if stemmed != form else ""


def facts_of(document: Document) -> bytes:
    """Write the record that `whoosh_columns.py` reads whole at start, in the order it expects."""
    c = document.candidacy
    facts = [
        c.id, document.digest, str(c.office), c.projects, c.cycle, c.posted_at.timestamp(),
        c.posted_at.toordinal(), c.posted_at.year, c.person, c.candidate, fold(c.irc_nick),
        str(c.status), str(c.outcome), len(c.replies), c.race_size,
    ]  # fmt: skip
    return json.dumps(facts, separators=(",", ":")).encode()
