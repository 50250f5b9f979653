"""What one piece of text means: word, phrase, prefix, fuzzy word, value, range or a pasted mail.

Knows the fields and the vocabulary, not the grammar. Each reading that leaves something out says
so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ingest.records import Vocabulary
from search.analysis import has_words
from search.documents import FIELD_BY_NAME, FieldKind, mail_key
from search.query_lexer import Token, TokenKind, is_field
from search.query_tree import FieldIs, FieldRange, Fuzzy, Phrase, Prefix, Query, Word, any_of
from search.query_values import (
    FLAG_WORDS,
    allowed_values,
    day_before,
    first_day,
    read_cycle,
    read_day,
    read_value,
)

LEAST_PREFIX = 3
LEAST_FUZZY = 4
MOST_SLOP = 20

# Inside a word these would be read as something else when it is written back.
_MEANINGFUL = str.maketrans("@~*()", ".....")

Say = Callable[[str, str, str], None]
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_PAGE_KEY = re.compile(r"[^/\s]{1,100}/[^/\s]{1,40}/\d{1,9}\Z")


@dataclass(frozen=True, slots=True)
class LeafReader:
    """Reads pieces of text; `say(code, words, message)` takes the notices."""

    vocabulary: Vocabulary
    say: Say

    def read(self, token: Token, name: str) -> Query | None:
        """Give what a token means in the field `name` (empty: no field); None if it means
        nothing.
        """
        if token.kind is TokenKind.QUOTED and not token.closed:
            self.say(
                "unbalanced", '"', "A quotation is not closed; it was taken to end with the query."
            )
        kind = FIELD_BY_NAME[name].kind if name else FieldKind.TEXT
        if kind is FieldKind.MAIL:
            return self.read_mail(token)
        if kind is FieldKind.FLAG:
            return self.read_flag(token, name)
        if kind is FieldKind.DATE:
            return self.read_date(token, name)
        if kind is FieldKind.ORDERED:
            return self.read_ordered(token, name)
        if kind is FieldKind.VALUE:
            return self.read_listed(token, name)
        return self.read_text(token, name)

    def ignore(self, token: Token, why: str, code: str = "ignored") -> None:
        self.say(code, token.text, f"“{token.text[:80]}” was ignored: {why}.")

    def read_mail(self, token: Token) -> Query | None:
        key = mail_key(token.text)
        if not key and len(token.text) == 32:
            key = mail_key(token.text.upper())
        if not key and _PAGE_KEY.match(token.text):
            key = token.text.casefold()
        if key:
            return FieldIs("id", key, token.at)
        self.ignore(token, "it is no Message-ID, hash or archive page", "bad-value")
        return None

    def read_flag(self, token: Token, name: str) -> Query | None:
        found = FLAG_WORDS[name].get(token.text.casefold().replace("_", "-"))
        if found:
            return FieldIs(*found, token.at)
        self.ignore(token, f"{name}: may be {', '.join(allowed_values(name))}", "bad-value")
        return None

    def read_date(self, token: Token, name: str) -> Query | None:
        low, dots, high = token.text.partition("..")
        days = [read_day(part) if part else "" for part in (low, high)]
        if None in days or not any(days) or (dots and name != "date"):
            self.ignore(token, "a date is a year, month or day such as 2015-09-14", "bad-date")
            return None
        first, last = days[0] or "", days[1] or ""
        if name == "after":
            return FieldRange("date", first, "", token.at)
        if name == "before":
            before = day_before(first)
            return FieldRange("date", "", before, token.at) if before else None
        if not dots:
            return FieldRange("date", first, first, token.at)
        if first and last and first_day(first) > first_day(last):
            first, last = last, first
        return FieldRange("date", first, last, token.at)

    def read_ordered(self, token: Token, name: str) -> Query | None:
        low, dots, high = token.text.partition("..")
        if not dots or token.kind is TokenKind.QUOTED:
            return self.read_listed(token, name)
        ends = [self.range_end(token, name, part) if part else "" for part in (low, high)]
        if not any(ends):
            self.ignore(token, "a range needs at least one end that is known", "bad-value")
            return None
        order = self.order(name)
        if all(ends) and order(ends[0]) > order(ends[1]):
            ends.reverse()
        return FieldRange(name, ends[0], ends[1], token.at)

    def order(self, name: str) -> Callable[[str], int]:
        cycles = self.vocabulary.cycles
        if name == "cycle" and cycles:
            return lambda value: cycles.index(value) if value in cycles else -1
        return lambda value: int(value) if value.isdecimal() else 0

    def range_end(self, token: Token, name: str, text: str) -> str:
        value = self.value_of(token, name, text)
        if name == "cycle" and self.vocabulary.cycles and value not in self.vocabulary.cycles:
            if read_cycle(text, self.vocabulary) is not None:  # shaped like one: not said yet
                self.unknown_cycle(text)
            message = f"“{text[:40]}” has no place among the cycles: that end was left open."
            self.say("bad-value", text, message)
            return ""
        return value or ""

    def value_of(self, token: Token, name: str, text: str) -> str | None:
        """Read a value; say what is wrong with it. An unknown cycle is kept: it finds nothing."""
        if name == "cycle":
            cycle = read_cycle(text, self.vocabulary)
            return cycle if cycle is not None else self.unknown_cycle(text)
        value = read_value(name, text, self.vocabulary)
        if value is None:
            listed = ", ".join(allowed_values(name)) or "a year such as 2015"
            self.ignore(token, f"{name}: may be {listed}", "bad-value")
        return value

    def unknown_cycle(self, text: str) -> str:
        names = [*self.vocabulary.cycles, *self.vocabulary.cycle_aliases]
        close = get_close_matches(text.casefold(), names, n=3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        self.say("unknown-cycle", text, f"No cycle is called “{text[:40]}”.{hint}")
        return text.casefold()

    def read_listed(self, token: Token, name: str) -> Query | None:
        if token.kind is TokenKind.TEXT:
            if "*" in token.text:
                return self.read_wildcard(token, name)
            word = token.text.strip("~")
            if token.text.endswith("~") and len(word) >= LEAST_FUZZY and ":" not in word:
                return Fuzzy(word.casefold(), name, token.at)
        # A nick may begin and end with the marks that separate other names.
        text = token.text.strip(_SPACES + ("*~,;" if name == "nick" else "*~,;-_"))
        if not text:
            self.ignore(token, "it has no letters")
            return None
        value = self.value_of(token, name, text)
        return FieldIs(name, value, token.at) if value else None

    def read_text(self, token: Token, name: str) -> Query | None:
        if not name and (found := self.pasted_mail(token)) is not None:
            return found
        if not has_words(token.text):
            self.ignore(token, "it has no letters or digits")
            return None
        if token.kind is TokenKind.QUOTED:
            if token.slop > MOST_SLOP:
                self.say(
                    "limited", f"~{token.slop}", f"Words of a phrase may be {MOST_SLOP} apart."
                )
            return Phrase(token.text, min(token.slop, MOST_SLOP), name, token.at)
        return self.read_word(token, name)

    def pasted_mail(self, token: Token) -> Query | None:
        key = mail_key(token.text)
        if not key:
            return None
        found = FieldIs("id", key, token.at)
        if is_address(token.text) and has_words(token.text):
            # Without brackets it may as well be an address that somebody wrote about.
            return any_of([found, Word(plain(token.text), at=token.at)])
        return found

    def read_word(self, token: Token, name: str) -> Query | None:
        text = token.text
        if "*" in text:
            return self.read_wildcard(token, name)
        bare, tilde, number = text.rpartition("~")
        if tilde and bare and (not number or number.isdigit()):
            if len(bare) < LEAST_FUZZY or not bare.isalnum():
                self.say(
                    "ignored", "~", f"~ needs a plain word of {LEAST_FUZZY} letters before it."
                )
                return Word(plain(bare), name, token.at) if has_words(bare) else None
            if number not in ("", "1"):
                self.say("limited", f"~{number}", "A fuzzy word may differ by one letter.")
            return Fuzzy(bare, name, token.at)
        text = plain(text)
        if not name and (key := mail_key(text)):  # 'HASH', [HASH]
            return FieldIs("id", key, token.at)
        return Word(text, name, token.at)

    def read_wildcard(self, token: Token, name: str) -> Query | None:
        """Read a star at the end of a word; say that one elsewhere cannot be used."""
        beginning, star, _ = token.text.lstrip("*").partition("*")
        if token.text != beginning + "*":
            self.say("limited", token.text, "A star may stand only at the end of a word.")
        if not has_words(beginning):
            self.ignore(token, "a star needs letters before it")
            return None
        beginning = plain(beginning)
        if not star:
            return self.read(replace(token, text=beginning), name)
        if len(beginning) >= LEAST_PREFIX:
            return Prefix(beginning, name, token.at)
        message = f"A star needs {LEAST_PREFIX} letters before it: read as a whole word."
        self.say("short-prefix", token.text, message)
        if name and FIELD_BY_NAME[name].kind is not FieldKind.TEXT:
            value = self.value_of(token, name, beginning)
            return FieldIs(name, value, token.at) if value else None
        return Word(beginning, name, token.at)


def is_address(text: str) -> bool:
    """Tell whether a Message-ID without brackets may as well be somebody's address."""
    return "@" in text and not text.startswith(("<", "/")) and "://" not in text


def plain(text: str) -> str:
    """Take the marks off both ends of a word, and whatever would make it an operator or a field."""
    first = next(i for i, char in enumerate(text) if char.isalnum())
    last = next(i for i, char in enumerate(reversed(text)) if char.isalnum())
    word = text[first : len(text) - last].translate(_MEANINGFUL)
    if word in ("OR", "AND", "NOT"):
        return word.casefold()
    return word.replace(":", ".") if is_field(word) else word
