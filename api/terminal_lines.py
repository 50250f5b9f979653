"""What may be written to a terminal: nothing that steers it.

A file of its own, so that a command that only tells a few lines need not import what answers
searches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def make_printable(lines: Iterable[str]) -> Iterator[str]:
    """Leave out what would move a terminal's cursor or change its colours: mail is hostile."""
    for line in lines:
        yield "".join(
            character if character.isprintable() or character in "\n\t" else "\ufffd"
            for character in line.replace("\r\n", "\n")
        )
