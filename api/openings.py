"""The opening of a statement: the first words that say something, for lists and descriptions.

Owns which lines are only a greeting or a frame. Where a query matched, the engine's excerpts are
better.
"""

from __future__ import annotations

import re

from api.text_lines import is_rule, read_marker
from api.text_spans import normalise_lines

# A salutation: a few words on a line of their own that begin like one.
GREETING = re.compile(
    r"(?:hi|hello|hey|hola|greetings|dear|good (?:morning|day|evening)|howdy|all|folks|everyone|"
    r"everybody|stackers|team)\b[^.]{0,40}$",
    re.IGNORECASE,
)
# Greetings and rules before the first words are seldom longer than this.
LOOK_AT = 1200


def _bare(line: str) -> str:
    """Leave out what only means something at the beginning of a line."""
    marker = read_marker(line)
    return "" if is_rule(line) else marker.text if marker else line.removeprefix("#").strip("# ")


def opening(statement: str, longest: int = 280) -> str:
    """Give the first sentences after the greeting, on one line, cut between words."""
    lines = [line.strip() for line in normalise_lines(statement[:LOOK_AT]).split("\n")]
    while lines and (not any(map(str.isalnum, lines[0])) or GREETING.match(lines[0])):
        lines.pop(0)
    text = " ".join(" ".join(_bare(line) for line in lines).split())
    if len(text) <= longest:
        return text
    cut = text[:longest].rpartition(" ")[0] or text[:longest]
    return cut.rstrip(",;:-") + "\u00a0…"
