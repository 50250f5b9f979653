"""The words of a text with their places, packed to lie beside the document.

Reading ten statements word by word again costs more than the search that found them; here a word is
found by looking for its bytes, and only places that are asked for are worked out.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

from search.analysis import Token

_HEADER = struct.Struct("<cII")
_FEW = 24  # forms to look for one by one; more of them are looked up word by word


def pack_words(tokens: Iterable[Token]) -> bytes:
    """Pack a text's tokens for `PackedWords`."""
    tokens = list(tokens)
    forms = "".join(f"\n{token.form}" for token in tokens).encode("utf-8", "surrogatepass") + b"\n"
    steps: list[int] = []
    last_position = last_start = 0
    for token in tokens:
        steps.append(token.position - last_position)
        last_position = token.position
    for token in tokens:
        steps.append(token.start - last_start)
        last_start = token.start
    steps.extend(token.end - token.start for token in tokens)
    kind = "B" if max(steps, default=0) < 256 and min(steps, default=0) >= 0 else "i"
    header = _HEADER.pack(kind.encode(), len(tokens), len(forms))
    return header + forms + array(kind, steps).tobytes()


class PackedWords:
    """A text's forms in order; the i-th has a position, and a span in the text."""

    def __init__(self, packed: bytes) -> None:
        kind, self.count, length = _HEADER.unpack_from(packed) if packed else (b"B", 0, 0)
        end = _HEADER.size + length
        self._forms = packed[_HEADER.size : end]
        self._steps: array[int] = array(kind.decode())
        self._steps.frombytes(packed[end:])
        self._starts: Sequence[int] = ()
        self._positions: Sequence[int] = ()

    def forms(self) -> list[str]:
        """Give all forms in order."""
        return self._forms.decode("utf-8", "surrogatepass").split("\n")[1:-1]

    def find(self, wanted: frozenset[str]) -> list[int]:
        """Give the numbers of the words whose form is wanted, in order."""
        if len(wanted) > _FEW:
            return [i for i, form in enumerate(self.forms()) if form in wanted]
        found: list[int] = []
        for form in wanted:
            line = f"\n{form}\n".encode("utf-8", "surrogatepass")
            number = counted = 0
            at = self._forms.find(line)
            while at >= 0:
                # Counted on from the last place: from the first, a huge mail would take hours.
                number += self._forms.count(b"\n", counted, at)
                counted = at
                found.append(number)
                at = self._forms.find(line, at + len(line) - 1)
        return sorted(found)

    def position(self, i: int) -> int:
        """Give a word's position, as `analysis.py` counts it."""
        if not self._positions:
            self._positions = list(accumulate(self._steps[: self.count]))
        return self._positions[i]

    def span(self, i: int) -> tuple[int, int]:
        """Give where a word begins and ends in the text."""
        if not self._starts:
            self._starts = list(accumulate(self._steps[self.count : 2 * self.count]))
        return self._starts[i], self._starts[i] + self._steps[2 * self.count + i]
