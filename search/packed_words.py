"""The words of a text with their places, packed to lie beside the document.

Reading ten statements word by word again costs more than the search that found them. Here each form
stands once, with its places behind it: a form is found by looking for its bytes, and nothing is
read of the others.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, starmap

from search.analysis import Token
from search.narrow_rows import pack_rows, row_size, unpack_row

_HEADER = struct.Struct("<BII")
_FEW = 24  # forms to look for one by one; of more of them, the text's own are gone through


def pack_words(tokens: Iterable[Token]) -> bytes:
    """Pack a text's tokens for `PackedWords`."""
    by_form: dict[str, list[Token]] = defaultdict(list)
    for token in tokens:
        by_form[token.form].append(token)
    ordered = [token for own in by_form.values() for token in own]
    rows = (
        list(accumulate(map(len, by_form.values()))),
        [token.position for token in ordered],
        [token.start for token in ordered],
        [token.end - token.start for token in ordered],
    )
    mark, packed = pack_rows(rows)
    forms = _encode("".join(f"\n{form}" for form in by_form)) + b"\n"
    return _HEADER.pack(mark, len(by_form), len(forms)) + forms + packed


class PackedWords:
    """A text's forms, and its words by number: those of one form follow each other."""

    __slots__ = ("_at", "_end", "_ends", "_mark", "_packed", "_rows", "_size")

    def __init__(self, packed: bytes) -> None:
        self._packed = packed or _NO_WORDS
        self._mark, forms, length = _HEADER.unpack_from(self._packed)
        self._end = end = _HEADER.size + length
        self._at = end + row_size(self._mark, 0, forms)
        self._ends = unpack_row(self._mark, 0, self._packed[end : self._at])
        self._size = self._ends[-1] if forms else 0
        self._rows: dict[int, array[int]] = {}

    def forms(self) -> list[str]:
        """Give the forms, each once, in the order in which they first stand."""
        forms = self._packed[_HEADER.size : self._end]
        return forms.decode("utf-8", "surrogatepass").split("\n")[1:-1]

    def counts(self) -> Iterator[tuple[str, int]]:
        """Give each form with how often it stands in the text."""
        begin = 0
        for form, end in zip(self.forms(), self._ends, strict=True):
            yield form, end - begin
            begin = end

    def find(self, wanted: frozenset[str]) -> Sequence[int]:
        """Give the numbers of the words whose form is wanted, in the order of the text."""
        found = self._ranges(wanted)
        if len(found) < 2:
            return range(*found[0]) if found else ()
        position = self._row(1)
        return sorted(chain.from_iterable(starmap(range, found)), key=position.__getitem__)

    def positions(self, wanted: frozenset[str]) -> Sequence[int]:
        """Give the positions, as `analysis.py` counts them, of the wanted words, in order."""
        found = self._ranges(wanted)
        if not found:
            return ()
        position = self._row(1)
        if len(found) == 1:
            return position[slice(*found[0])]
        return sorted(chain.from_iterable(position[begin:end] for begin, end in found))

    def _ranges(self, wanted: frozenset[str]) -> list[tuple[int, int]]:
        """Give where the wanted forms' words begin and end among all words."""
        if len(wanted) > _FEW:
            places = [i for i, form in enumerate(self.forms()) if form in wanted]
        else:
            places = self._few(wanted)
        ends = self._ends
        return [(ends[i - 1] if i else 0, ends[i]) for i in places]

    def _few(self, wanted: frozenset[str]) -> list[int]:
        packed, begin, end = self._packed, _HEADER.size, self._end
        found: list[int] = []
        for line in _lines(wanted):
            at = packed.find(line, begin, end)
            if at >= 0:
                found.append(packed.count(b"\n", begin, at))
        if len(found) > 1:
            found.sort()
        return found

    def _row(self, number: int) -> array[int]:
        row = self._rows.get(number)
        if row is None:
            begin = self._at + sum(row_size(self._mark, n, self._size) for n in range(1, number))
            end = begin + row_size(self._mark, number, self._size)
            row = self._rows[number] = unpack_row(self._mark, number, self._packed[begin:end])
        return row

    def position(self, i: int) -> int:
        """Give a word's position, as `analysis.py` counts it."""
        return self._row(1)[i]

    def spans(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Give where words begin and end in the text."""
        starts, lengths = self._row(2), self._row(3)
        return [(starts[i], starts[i] + lengths[i]) for i in numbers]


@lru_cache(1024)
def _lines(wanted: frozenset[str]) -> tuple[bytes, ...]:
    return tuple(_encode(f"\n{form}\n") for form in wanted)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_NO_WORDS = pack_words(())
