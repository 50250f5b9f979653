"""Excerpts as a page shows them: what was layout in the mail is no noise between its words.

An engine's excerpt is on one line, so that a list's stars, a title's underline and the rules
between parts stand in the middle of sentences. Programs get it as the engine gave it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from search.engine import Excerpt

# Each stands between white space, so that `--option`, `a*b` and `2 - 1` inside words stay.
_DRAWN = re.compile(r"(?<!\S)(?:-{8,} next part(?: -{8,})?|[-=~_*+#^]{3,}|#{1,6}|\|)(?!\S)\s?")
_STAR = re.compile(r"(?<=\s)\*\s")
_DASH = re.compile(r"(?<=\s)--?(?=\s)")
_LAYOUT = re.compile(r"[-=~_*+#^|]")
_STRONG = re.compile(r"\*\*(?!\s)|(?<!\s)\*\*")


def show_excerpts(excerpts: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Keep the excerpts that mark something, without their layout; a piece stays a piece."""
    marking = (excerpt for excerpt in excerpts if len(excerpt.pieces) > 1)
    return tuple(Excerpt(one.field, tuple(map(_plain, one.pieces))) for one in marking)


def _plain(piece: str) -> str:
    if piece.isalnum():
        return piece
    if _LAYOUT.search(piece):  # most pieces have none of it, and looking four times takes longer
        piece = _STRONG.sub("", _DRAWN.sub("", piece))
        piece = _DASH.sub("–", _STAR.sub("•\xa0", piece))
    # No line begins with an ellipsis that ends a passage.
    return piece.removesuffix(" …") + "\xa0…" if piece.endswith(" …") else piece
