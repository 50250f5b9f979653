"""Which words meet: text to tokens, folding, stemming. Used by every engine.

A text is a row of words; a word such as `oslo.messaging` or `DevStack` has parts and is found by
each of them and whole. A token's `position` is sixteen times the number of its word plus the
number of its part, so that neighbours are told apart from parts without a graph. The index keeps
every token in its exact form (folded, not stemmed), for phrases; `stem` says which forms are one
word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import snowballstemmer  # type: ignore[import-untyped]

PARTS = 16  # places that one word takes: a word with more parts goes on in the next word's
MOST_WHOLE = 48  # letters: longer compounds (addresses, digests) are found by their parts alone


class Token(NamedTuple):
    """One searchable form, its position, and where it stands in the text."""

    form: str
    position: int
    start: int
    end: int


_new = tuple.__new__  # what a NamedTuple calls, after two calls more

# Letters and digits with their combining marks, joined by single marks: `tick-tock`, `v2.1`,
# `O'Brien`.
_LETTERS = r"[^\W_][\u0300-\u036f]*"
_WORD = re.compile(rf"(?:{_LETTERS})+(?:[-._'’+](?:{_LETTERS})+)*")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:[-._'+][A-Za-z0-9]+)*")  # the same, told faster
_PIECE = re.compile(rf"(?:{_LETTERS})+")
# DevStack, OpenStack, HTTPServer; not IPv6, VMs, PTLs.
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_ENDING = re.compile(r"['’]([sS]|[tT]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])\Z")
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]+|[^{_CJK}]+")
_HAS_CJK = re.compile(rf"[{_CJK}]")

# Letters that no decomposition turns into a plain one.
_SPECIAL = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "ŧ": "t", "ŋ": "n", "ĸ": "k", "ё": "е", "ї": "і",
}  # fmt: skip

# Words that the stemmer would make one with a word of another meaning.
_UNSTEMMED = frozenset(
    {
        "ironic", "designate", "operator", "operators", "university", "universal", "organ", "news",
        "openstack", "community", "communities", "commune", "policy", "policies", "general",
        "generally", "swift", "heat", "horizon", "glance", "process", "processes", "congress",
    }
)  # fmt: skip
_KEPT_STEMS = {
    "operators": "operator", "communities": "community", "policies": "policy",
    "processes": "process", "generally": "general",
}  # fmt: skip


_VOWELS = frozenset("aeiouy")


class _Folding(dict[int, str]):
    """A table for `str.translate` that works out each letter once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _SPECIAL.get(char)
        if plain is None:
            apart = unicodedata.normalize("NFD", char)
            # Only Latin loses its marks: й and が are letters of their own.
            plain = apart[0] if len(apart) > 1 and ord(apart[0]) < 0x250 else char
            plain = "" if 0x300 <= code <= 0x36F else plain
        self[code] = plain
        return plain


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Fold case, width and accents: two texts that people would call the same come out equal."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING)


class _Stems(dict[str, str]):
    """Stems by form, worked out once; emptied when a hostile archive makes it huge."""

    def __init__(self) -> None:
        super().__init__()
        self._stemmer = snowballstemmer.stemmer("english")

    def __missing__(self, form: str) -> str:
        if len(self) > 400_000:
            self.clear()
        self[form] = found = self._work_out(form)
        return found

    def _work_out(self, form: str) -> str:
        if not (form.isascii() and form.isalpha()) or form in _UNSTEMMED:
            return _KEPT_STEMS.get(form, form)
        if form.endswith("s") and len(form) > 2 and _VOWELS.isdisjoint(form):
            return form[:-1]  # PTLs, VMs: the stemmer leaves alone what has no vowel
        return str(self._stemmer.stemWord(form))


_STEMS = _Stems()


def stem(form: str) -> str:
    """Give what all forms of a word share: `defer` for `deferred`; other scripts stay as they
    are.
    """
    return _STEMS[form]


def tokenize(text: str) -> Iterator[Token]:
    """Give the tokens of a text in the order of their positions: each word whole, then its
    parts.
    """
    place = 0
    for found in (_ASCII_WORD if text.isascii() else _WORD).finditer(text):
        word = found[0]
        # Most words by far; a generator for each of them would cost more than all else here.
        if word.isascii() and word.isalpha() and (word.islower() or word.istitle()):
            start, end = found.span()
            yield _new(Token, (word.lower(), place, start, end))
            place += PARTS
            continue
        used = 0
        for token in _word_tokens(word, found.start(), place):
            yield token
            used = token.position - place
        place += PARTS * (1 + used // PARTS)


def has_words(text: str) -> bool:
    """Tell whether there is anything in a text that could be found."""
    return _WORD.search(text) is not None


def has_cjk(text: str) -> bool:
    """Tell whether a text has letters of scripts that leave no space between words."""
    return _HAS_CJK.search(text) is not None


def _word_tokens(word: str, start: int, place: int) -> Iterator[Token]:
    if word.isascii() and word.isalnum() and not _HUMP.search(word):
        yield Token(word.lower(), place, start, start + len(word))
        return
    if _HAS_CJK.search(word):
        yield from _cjk_tokens(word, start, place)
        return
    parts = list(_parts(word, start))
    whole = _whole(word)
    if len(parts) == 1:
        form, first, last = parts[0]
        yield Token(form, place, first, min(last, start + len(word)))
        return
    if len(whole) <= MOST_WHOLE:
        yield Token(whole, place, start, start + len(word))
    for number, (form, first, last) in enumerate(parts):
        yield Token(form, place + number, first, last)


def _pieces(word: str) -> Iterator[tuple[str, int]]:
    """Split a word at its marks, each piece with its place; `nova's` is nova, `don't` is dont."""
    if ending := _ENDING.search(word):
        head = word[: ending.start()]
        word = head if ending[1] in "sS" else f"{head}{ending[1]}"
    for found in _PIECE.finditer(word):
        yield found[0], found.start()


def _parts(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Split a word into the forms it is found by in part, each with its place in the text."""
    for piece, at in _pieces(word):
        cuts = [0, *(hump.start() for hump in _HUMP.finditer(piece)), len(piece)]
        for low, high in pairwise(cuts):
            if form := fold(piece[low:high]):
                yield form, start + at + low, start + at + high


def _whole(word: str) -> str:
    """Join a word's pieces; a point stays between digits, since 2.1 is not 21."""
    pieces = [piece for piece, _ in _pieces(word)]
    joined = pieces[0]
    for piece in pieces[1:]:
        joined += ("." if joined[-1].isdigit() and piece[0].isdigit() else "") + piece
    return fold(joined)


def _cjk_tokens(word: str, start: int, place: int) -> Iterator[Token]:
    """Give each character, and each pair of neighbours, of scripts that leave no space."""
    number = 0
    for run in _RUN.finditer(word):
        first = start + run.start()
        if not _HAS_CJK.match(run[0]):
            for token in _word_tokens(run[0], first, 0) if _PIECE.match(run[0]) else ():
                yield Token(token.form, place + number, token.start, token.end)
            number += 1
            continue
        for i, char in enumerate(run[0]):
            yield Token(fold(char), place + number, first + i, first + i + 1)
            if i + 1 < len(run[0]):
                yield Token(fold(run[0][i : i + 2]), place + number, first + i, first + i + 2)
            number += 1


def word_forms(text: str) -> list[tuple[str, ...]]:
    """Give the ways in which one typed word may stand in a text: whole, or as a row of parts.

    `DevStack` gives `(devstack,)` and `(dev, stack)`; each row is searched as a phrase.
    """
    rows: list[tuple[str, ...]] = []
    words = [found[0] for found in _WORD.finditer(text)]
    if len(words) == 1 and not _HAS_CJK.search(words[0]):
        parts = tuple(form for form, _, _ in _parts(words[0], 0))
        whole = _whole(words[0])
        if len(parts) != 1 and len(whole) <= MOST_WHOLE:
            rows.append((whole,))
        if parts:
            rows.append(parts)
        return rows
    return [row for row in [phrase_forms(text)] if row]


def phrase_forms(text: str) -> tuple[str, ...]:
    """Give the exact forms of a phrase in order: compounds by their parts, `DevStack` whole."""
    forms: list[str] = []
    for found in _WORD.finditer(text):
        if _HAS_CJK.search(found[0]):
            forms.extend(_cjk_forms(found[0]))
            continue
        forms.extend(fold(piece) for piece, _ in _pieces(found[0]))
    return tuple(forms)


def _cjk_forms(word: str) -> Iterator[str]:
    for run in _RUN.finditer(word):
        if not _HAS_CJK.match(run[0]):
            yield from (fold(piece) for piece in _PIECE.findall(run[0]))
        elif len(run[0]) == 1:
            yield fold(run[0])
        else:
            yield from (fold(run[0][i : i + 2]) for i in range(len(run[0]) - 1))
