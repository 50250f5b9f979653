"""Query text to our own tree: grammar, limits, and notices for what was left out.

    either := all (OR all)*        all := term+        term := (NOT | -)* atom
    atom := ( either )  |  field: ( either )  |  field: text  |  text

Reading never fails. What one piece of text means in its field is `query_leaves.py`; the limits
stand in one table below, since each costly query is one that somebody pasted or half typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

from ingest.records import Vocabulary
from search.documents import mail_key
from search.query_leaves import LeafReader, is_address
from search.query_lexer import Token, TokenKind, split_query
from search.query_tree import (
    FieldIs,
    Notice,
    ParsedQuery,
    Query,
    Span,
    Word,
    all_of,
    any_of,
    none_of,
    wanted_leaves,
)

# Beyond these the answer says what was left out. A pasted id or address does not count as text.
MOST_CHARACTERS = 300
MOST_LEAVES = 24
MOST_DEPTH = 16
MOST_PASTED = 4000


def parse_query(text: str, vocabulary: Vocabulary) -> ParsedQuery:
    """Read a query as well as it can be read; never raise, and say in notices what was left out."""
    pasted = mail_key(text) if len(text) <= MOST_PASTED and len(text.split()) == 1 else ""
    if pasted and not is_address(text.strip()):
        return ParsedQuery(FieldIs("id", pasted, Span(0, len(text))))
    parser = _Parser(vocabulary)
    parser.tokens = parser.keep_within_limits(text)
    return ParsedQuery(parser.read_all(), tuple(parser.notices))


@dataclass
class _Parser:
    vocabulary: Vocabulary
    tokens: list[Token] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    next: int = 0
    leaves: int = 0
    skipped_parentheses: int = 0
    left_out: list[str] = field(default_factory=list)

    def keep_within_limits(self, text: str) -> list[Token]:
        """Split the text; leave out what stands beyond the limit of characters."""
        kept: list[Token] = []
        cost = 0
        for token in split_query(text[:MOST_PASTED]):
            cost += 0 if mail_key(token.text) else token.at.end - token.at.start
            if cost > MOST_CHARACTERS:
                self.say_cut(text[token.at.start :])
                return kept
            kept.append(token)
        if len(text) > MOST_PASTED:
            self.say_cut(text[MOST_PASTED:])
        return kept

    def say_cut(self, rest: str) -> None:
        self.say(
            "limited",
            shorten(rest),
            f"A query may have {MOST_CHARACTERS} characters: the rest was left out.",
        )

    def say(self, code: str, words: str, message: str) -> None:
        notice = Notice(code, words, message)
        if notice not in self.notices:
            self.notices.append(notice)

    def read_all(self) -> Query:
        reader = LeafReader(self.vocabulary, self.say)
        parts: list[Query] = []
        while self.peek():
            part = self.read_either(reader, "", 0)
            if part is not None:
                parts.append(part)
            if self.peek():
                self.stray_close(self.take())
        if self.left_out:
            words = shorten(" ".join(self.left_out))
            message = f"A query may have {MOST_LEAVES} words or conditions: the rest was left out."
            self.say("limited", words, message)
        return all_of(parts)

    def stray_close(self, token: Token) -> None:
        if self.skipped_parentheses:
            self.skipped_parentheses -= 1
        else:
            self.say(
                "unbalanced", token.text, "A closing parenthesis has no partner and was ignored."
            )

    def peek(self) -> Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def take_if(self, kind: TokenKind) -> Token | None:
        token = self.peek()
        return self.take() if token and token.kind is kind else None

    def read_either(self, reader: LeafReader, name: str, depth: int) -> Query | None:
        choices: list[Query] = []
        operator: Token | None = None
        while True:
            part = self.read_all_terms(reader, name, depth)
            if part is not None:
                choices.append(part)
            elif operator or (self.peek() and self.tokens[self.next].kind is TokenKind.OR):
                self.say("ignored", "OR", "OR needs something on both sides; it was ignored.")
            operator = self.take_if(TokenKind.OR)
            if operator is None:
                return any_of(choices) if choices else None

    def read_all_terms(self, reader: LeafReader, name: str, depth: int) -> Query | None:
        parts: list[Query] = []
        while (token := self.peek()) and token.kind not in (TokenKind.OR, TokenKind.CLOSE):
            if token.kind is TokenKind.AND:
                self.take()
                continue
            part = self.read_term(reader, name, depth)
            if part is not None:
                parts.append(part)
        return all_of(parts) if parts else None

    def read_term(self, reader: LeafReader, name: str, depth: int) -> Query | None:
        negative: Token | None = None
        denied = False
        while token := self.take_if(TokenKind.NOT):
            negative, denied = token, not denied
        part = self.read_atom(reader, name, depth)
        if part is None and negative:
            self.say("ignored", negative.text, "Nothing to leave out follows; it was ignored.")
        return none_of(part) if part is not None and denied else part

    def read_atom(self, reader: LeafReader, name: str, depth: int) -> Query | None:
        token = self.peek()
        if token is None or token.kind in (TokenKind.CLOSE, TokenKind.OR, TokenKind.AND):
            return None
        self.take()
        if token.kind is TokenKind.OPEN:
            return self.read_group(reader, name, depth)
        if token.kind is TokenKind.FIELD:
            return self.read_field(reader, token, depth)
        if token.kind is TokenKind.STRANGE_FIELD:
            return self.read_strange_field(token)
        part = reader.read(token, name) if self.leaves < MOST_LEAVES else None
        # An id without a field is looked for as an id and as a word, and is written back as both.
        self.leaves += max(1, sum(1 for _ in wanted_leaves(part))) if part else 1
        if self.leaves > MOST_LEAVES:
            self.left_out.append(token.text)
            return None
        return part

    def read_group(self, reader: LeafReader, name: str, depth: int) -> Query | None:
        if depth >= MOST_DEPTH:
            self.skipped_parentheses += 1
            self.say(
                "limited", "(", f"Parentheses may be nested {MOST_DEPTH} deep: others were ignored."
            )
            return None
        part = self.read_either(reader, name, depth + 1)
        if not self.take_if(TokenKind.CLOSE):
            self.say(
                "unbalanced",
                "(",
                "A parenthesis is not closed; it was taken to end with the query.",
            )
        return part

    def read_field(self, reader: LeafReader, token: Token, depth: int) -> Query | None:
        if self.take_if(TokenKind.NOT):  # `project:-nova` is meant as `-project:nova`
            part = self.read_field(reader, token, depth)
            return none_of(part) if part is not None else None
        follower = self.peek()
        if follower and follower.kind in (TokenKind.TEXT, TokenKind.QUOTED, TokenKind.OPEN):
            return self.read_atom(reader, token.text, depth)
        words = f"{token.text}:"
        self.say("ignored", words, f"Nothing follows {words} so it was ignored.")
        return None

    def read_strange_field(self, token: Token) -> Query | None:
        words = f"{token.text}:"
        self.say("unknown-field", words, f"There is no field {words} so it was read as a word.")
        self.leaves += 1
        word = token.text.casefold().rstrip("-")  # as the same word is read where no colon follows
        return Word(word, at=token.at) if self.leaves <= MOST_LEAVES else None


def shorten(words: str, most: int = 80) -> str:
    """Cut words for a notice: it names them, it does not repeat a page."""
    words = " ".join(chain.from_iterable(piece.split() for piece in words[: 4 * most].splitlines()))
    return words if len(words) <= most else words[: most - 1] + "…"
