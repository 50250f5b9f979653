"""What one line of a plain-text mail is: a list item, a title, a rule, the end of a wrapped line.

Owns the signs that writers use; `text_blocks` puts the lines together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ATX = re.compile(r"#{1,6} +\S")
MARKER = re.compile(r"( {0,24})(?:([-*+•‣◦▪])|\(?(\d{1,3})[.)]|\(?([a-z])\)) +(?=\S)")
RULE = re.compile(r" {0,12}(?:-{3,}|={3,}|~{3,}|\*{3,}|_{3,}|(?:\* ){2,}\*|(?:- ){2,}-) *$")
FOOTNOTE = re.compile(r"\[\d{1,3}\]")
LABEL = re.compile(r"[A-Z][\w ]{1,30}:(?: |$)")

ROMAN = re.compile(r"[IVX]{1,5}[.)] +[^\W\d_].*[^.!?,:;]$")
# What an archive writes where a piece of a mail is kept elsewhere.
NEXT_PART = re.compile(r" {0,3}-{8,} next part -{8,}$")
SCRUBBED = re.compile(r"An? [^\n]{1,80} was scrubbed\.\.\.$")
SCRUBBED_FIELD = re.compile(r"(?:Name|Type|Size|Desc|URL|Url|From|Subject|Date) ?: ")

NARROWEST, WIDEST = 50, 120
# A line of a list, an address or a poem is seldom as long.
UNFINISHED = 40


@dataclass(frozen=True, slots=True)
class Marker:
    """The sign before a list item: its column, that of the item's text, its number, the text.

    `numbering` is how HTML names it: `1` for numbers, `a` for letters, empty for a mere sign.
    """

    indent: int
    width: int
    numbering: str
    value: int
    text: str


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def read_marker(line: str) -> Marker | None:
    """Read a list item's sign, if the line begins with one."""
    match = MARKER.match(line)
    if not match or is_rule(line):
        return None
    number, letter = match[3], match[4]
    value = int(number) if number else ord(letter) - ord("a") + 1 if letter else 1
    numbering = "1" if number else "a" if letter else ""
    return Marker(len(match[1]), match.end(), numbering, value, line[match.end() :])


def is_rule(line: str) -> bool:
    """Whether a line is drawn across the page: an underline or a separator."""
    return len(line) <= 200 and RULE.match(line) is not None


def heading_alone(line: str) -> str:
    """Give the title in a line that stands alone, if it is marked: `*so*`, `== so ==`, `SO`,
    `IV. So`.
    """
    if not 3 <= len(line) <= 80:
        return ""
    if ROMAN.match(line):
        return line
    for mark in ("**", "__", "==", "*", "="):
        if line.startswith(mark) and line.endswith(mark) and len(line) > 2 * len(mark):
            inner = line.strip(mark[0])
            bare = inner.strip()
            if bare and mark[0] not in bare and (mark == "==" or bare == inner):
                return bare
    letters = sum(char.isalpha() for char in line)
    spoken = line.isupper() and letters >= 6 and letters * 2 > len(line)
    return line if spoken and line[-1] not in ".!?," and len(line) <= 60 else ""


def wrap_width(lines: Sequence[str]) -> int:
    """Guess the column at which the writer's mail program broke lines."""
    lengths = [len(line) for line in lines if len(line) <= WIDEST]
    return max([NARROWEST, *lengths])


def was_wrapped(line: str, below: str, width: int) -> bool:
    """Whether a line end was the mail program's: the next word would not have fitted.

    A footnote, a label (`Nick: ana`) or an address on a line of its own keeps its line, and so does
    what follows a line so long that nothing wrapped it.
    """
    if len(line) > WIDEST or FOOTNOTE.match(below) or below.startswith(("http://", "https://")):
        return False
    if LABEL.match(below):
        return False
    goes_on = below[:1].islower() or below[:1].isdigit()
    if goes_on and len(line) >= UNFINISHED and line[-1] not in ".!?:":
        return True  # a sentence goes on, whichever of two programs wrapped it
    word = below.split(" ", 1)[0]
    # Writers' programs wrap a little before the widest line that they let through, hence the slack.
    return len(line) + 1 + len(word) > min(width, 80) - 8
