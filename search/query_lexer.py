"""A query's text as tokens: parentheses, operators, field names and pieces of text, with positions.

One pass from left to right, so that the time grows with the length alone. Nothing is refused here:
whatever is not a token of its own is text, and `query_parser.py` says what it could not use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from search.documents import FIELD_ALIASES, FIELD_BY_NAME
from search.query_tree import Span


class TokenKind(StrEnum):
    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    AND = "AND"
    NOT = "NOT"
    FIELD = "field"
    STRANGE_FIELD = "strange field"
    TEXT = "text"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `closed` is false for a quotation that never ends, `slop` what follows it
    after `~`.
    """

    kind: TokenKind
    text: str
    at: Span
    slop: int = 0
    closed: bool = True


# As they are typed by phones and word processors.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{0,20}):(?![:/])")
_TEXT = re.compile(r'[^\s"()]+')
_MARKS = re.compile(r"[^\w\s\"()<>/*?-]+(?=\w)")
_SPACE = re.compile(r"\s+")
_SLOP = re.compile(r"~(\d{1,3})")
_OPERATORS = {"OR": TokenKind.OR, "AND": TokenKind.AND, "NOT": TokenKind.NOT}


def split_query(text: str) -> Iterator[Token]:
    """Give the tokens of a text from left to right."""
    text = _UNPRINTABLE.sub(" ", text).translate(_QUOTES)
    at, in_field = 0, False
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        # Marks before a word (`~project:nova`, `[nova]`) are no part of it; a nick may begin with
        # one.
        if not in_field and (marks := _MARKS.match(text, at)):
            at = marks.end()
        token = _token_at(text, at)
        yield token
        at, in_field = token.at.end, token.kind is TokenKind.FIELD


def is_field(word: str) -> bool:
    """Tell whether a word would be read as a field and what follows it."""
    return _field_at(word, 0) is not None


def _token_at(text: str, at: int) -> Token:
    char = text[at]
    if char in "()":
        return Token(TokenKind(char), char, Span(at, at + 1))
    if char == '"':
        return _quoted_at(text, at)
    following = text[at + 1 : at + 2]
    if char == "-" and following and following not in " -)":
        return Token(TokenKind.NOT, "-", Span(at, at + 1))
    # Every other character begins a piece of text.
    end = found.end() if (found := _TEXT.match(text, at)) else at + 1
    word = text[at:end]
    if word in _OPERATORS:
        return Token(_OPERATORS[word], word, Span(at, end))
    return _field_at(text, at) or Token(TokenKind.TEXT, word, Span(at, end))


def _quoted_at(text: str, at: int) -> Token:
    end = text.find('"', at + 1)
    if end < 0:
        return Token(TokenKind.QUOTED, text[at + 1 :].strip(), Span(at, len(text)), closed=False)
    slop = _SLOP.match(text, end + 1)
    after = slop.end() if slop else end + 1
    slack = int(slop[1]) if slop else 0
    return Token(TokenKind.QUOTED, text[at + 1 : end].strip(), Span(at, after), slop=slack)


def _field_at(text: str, at: int) -> Token | None:
    """Read `name:`; a strange name counts only when something stands right behind its colon."""
    found = _FIELD.match(text, at)
    if not found:
        return None
    name = found[1].casefold()
    name = FIELD_ALIASES.get(name, name)
    if name in FIELD_BY_NAME:
        return Token(TokenKind.FIELD, name, Span(at, found.end()))
    if not _TEXT.match(text, found.end()) and text[found.end() : found.end() + 1] not in ('"', "("):
        return None
    return Token(TokenKind.STRANGE_FIELD, found[1], Span(at, found.end()))
