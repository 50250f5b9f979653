"""What every engine writes of a document: weighed words for finding, packed ones for showing.

Engine-independent, so that a word counts and is marked alike on each. How it lies on disk is the
engine's own.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ingest.records import Candidacy
from ingest.records_json import candidacy_from_json, candidacy_to_json
from search.analysis import Token, stem, tokenize
from search.documents import Document
from search.errors import IndexBroken
from search.packed_words import PackedWords, pack_words
from search.ranking import field_count

# Counts are kept in steps of 1/32: postings pack to half the size, and ranks do not change.
STEP = 32

LEVEL = 1  # of zlib: the next ones cost more time than they save bytes

Tokens = Mapping[str, list[Token]]


def tokens_of(document: Document) -> Tokens:
    """Take a document's texts apart, each once."""
    return {name: list(tokenize(text)) for name, text in document.texts.items()}


def in_steps(count: float) -> int:
    """Write a weighed count as the whole number that is kept of it; what occurs counts."""
    return round(count * STEP) or 1


def count_words(document: Document, tokens: Tokens) -> tuple[dict[str, int], dict[str, int]]:
    """Sum each word's weighed count over all fields, by stem and by form, in steps."""
    words: dict[str, float] = defaultdict(float)
    short = {name: list(tokenize(text)) for name, text in document.own_words.items()}
    for name, row in chain(tokens.items(), short.items()):
        each = field_count(name, 1, len(row))
        for form, _, _, _ in row:
            words[form] += each
    stems: dict[str, float] = defaultdict(float)
    for form, count in words.items():
        stems[stem(form)] += count
    return (
        {form: round(count * STEP) or 1 for form, count in stems.items()},
        {form: round(count * STEP) or 1 for form, count in words.items()},
    )


def stored_blobs(document: Document, tokens: Tokens) -> dict[str, bytes]:
    """Pack what is shown of a document: the candidacy without and with its thread, its marks."""
    whole = document.candidacy
    light = replace(whole, replies=(), raw=b"")
    rest = replace(whole, statement="", reasons=(), raw=b"")
    reply = document.texts["reply"].encode("utf-8", "surrogatepass")
    return {
        "light": zlib.compress(candidacy_to_json(light).encode(), LEVEL),
        # The mail apart: as text in a record it takes half as much again.
        "rest": join_blocks(
            zlib.compress(part, LEVEL) for part in (candidacy_to_json(rest).encode(), whole.raw)
        ),
        "marks": join_blocks(
            pack_words(tokens[name]) for name in ("candidate", "subject", "statement")
        ),
        "reply_marks": join_blocks([pack_words(tokens["reply"]), zlib.compress(reply, LEVEL)]),
    }


def unpack_light(light: bytes) -> Candidacy:
    """Give back a candidacy without its replies and raw mail."""
    return candidacy_from_json(zlib.decompress(light))


def unpack_whole(light: bytes, rest: bytes) -> Candidacy:
    """Give back a candidacy with everything."""
    more, raw = map(zlib.decompress, split_blocks(rest))
    replies = candidacy_from_json(more).replies
    return replace(unpack_light(light), replies=replies, raw=raw)


def unpack_marks(
    candidacy: Candidacy, marks: bytes, reply_marks: bytes
) -> tuple[dict[str, str], dict[str, PackedWords]]:
    """Give a hit's texts and their packed words by field, as `make_excerpts` takes them."""
    return join_marks(candidacy, unpack_words(marks), reply_marks)


def unpack_words(marks: bytes) -> list[PackedWords]:
    """Give the words of a candidacy's name, subject and statement."""
    return [PackedWords(block) for block in split_blocks(marks)]


def join_marks(
    candidacy: Candidacy, words: Sequence[PackedWords], reply_marks: bytes
) -> tuple[dict[str, str], dict[str, PackedWords]]:
    """Give what `unpack_marks` gives, where the words are at hand."""
    reply_words, reply = split_blocks(reply_marks)
    texts = _Texts(
        candidate=candidacy.candidate, subject=candidacy.subject, statement=candidacy.statement
    )
    texts.packed_reply = reply
    return texts, dict(zip(_SHOWN, [*words, PackedWords(reply_words)], strict=True))


_SHOWN = ("candidate", "subject", "statement", "reply")


class _Texts(dict[str, str]):
    """A hit's texts; that of its replies is unpacked when it is asked for: few hits show it."""

    packed_reply = b""

    def __missing__(self, field: str) -> str:
        if field != "reply":
            raise KeyError(field)
        try:
            text = zlib.decompress(self.packed_reply).decode("utf-8", "surrogatepass")
        except (zlib.error, UnicodeDecodeError) as error:
            raise IndexBroken(
                f"The index cannot be read ({error}): run `hustings reindex`."
            ) from error
        self[field] = text
        return text


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
