"""The words of a text with their places, packed to lie beside the document.

Reading ten statements word by word again costs more than the search that found them. Here each form
stands once, with its places behind it. Forms lie in buckets by a sum of their bytes: one is found
by looking for its bytes in its bucket, and nothing is read of the others.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise, starmap
from operator import add, sub

from search.analysis import Token
from search.narrow_rows import pack_rows, row_size, unpack_row

_HEADER = struct.Struct("<BBBII")  # widths of rows, of buckets, their power; forms and their bytes
_IN_BUCKET = 8  # forms, about
_MOST_POWER = 8
_FEW = 24  # forms to look for one by one; of more of them, the text's own are gone through


def pack_words(tokens: Iterable[Token]) -> bytes:
    """Pack a text's tokens for `PackedWords`."""
    by_form: dict[str, list[Token]] = defaultdict(list)
    for token in tokens:
        by_form[token[0]].append(token)
    if not by_form:
        return b""
    power = min((len(by_form) // _IN_BUCKET).bit_length(), _MOST_POWER)
    forms = _encode("\n".join(by_form)).split(b"\n")
    buckets = [zlib.crc32(form) & (1 << power) - 1 for form in forms]
    # By bucket, and in each as they first stand in the text.
    order = sorted(range(len(forms)), key=buckets.__getitem__)
    forms = [forms[i] for i in order]
    rows = [*by_form.values()]
    rows = [rows[i] for i in order]
    _, positions, starts, ends = zip(*chain.from_iterable(rows), strict=True)
    mark, packed = pack_rows(
        [[*accumulate(map(len, rows))], positions, starts, [*map(sub, ends, starts)]]
    )
    joined = b"\n%b\n" % b"\n".join(forms)
    widths, directory = _pack_buckets(buckets, forms, 1 << power)
    header = _HEADER.pack(mark, widths, power, len(forms), len(joined))
    return b"".join((header, joined, directory, packed))


def _pack_buckets(buckets: Iterable[int], forms: Iterable[bytes], count: int) -> tuple[int, bytes]:
    """Pack which form is each bucket's first, and where in the packed text that one begins."""
    sizes = [0] * (count + 1)
    for bucket in buckets:
        sizes[bucket + 1] += 1
    firsts = [*accumulate(sizes)]
    places = [*accumulate(map(len, forms), initial=_HEADER.size)]
    return pack_rows([[places[first] + first for first in firsts], firsts])


class PackedWords:
    """A text's forms, and its words by number: those of one form follow each other."""

    __slots__ = (
        "_begins", "_end", "_ends", "_firsts", "_last", "_mark", "_packed", "_places", "_rows",
        "_spans",
    )  # fmt: skip

    def __init__(self, packed: bytes) -> None:
        self._packed = packed = packed or _NO_WORDS
        self._mark, widths, power, forms, length = _HEADER.unpack_from(packed)
        self._last = (1 << power) - 1
        self._end = end = _HEADER.size + length
        begins = end + row_size(widths, 0, self._last + 2)
        firsts = begins + row_size(widths, 1, self._last + 2)
        self._begins = unpack_row(widths, 0, packed[end:begins])
        self._firsts = unpack_row(widths, 1, packed[begins:firsts])
        self._rows = firsts + row_size(self._mark, 0, forms)
        self._ends = unpack_row(self._mark, 0, packed[firsts : self._rows])
        self._places: array[int] | None = None
        self._spans: tuple[array[int], array[int]] | None = None

    def forms(self) -> list[str]:
        """Give the forms, each once."""
        forms = self._packed[_HEADER.size : self._end]
        return forms.decode("utf-8", "surrogatepass").split("\n")[1:-1]

    def counts(self) -> list[tuple[str, int]]:
        """Give each form with how often it stands in the text, as they first stand there."""
        begins = (0, *self._ends)
        numbers = sorted(range(len(self._ends)), key=lambda i: self._place(begins[i]))
        forms = self.forms()
        return [(forms[i], begins[i + 1] - begins[i]) for i in numbers]

    def find(self, wanted: frozenset[str]) -> Sequence[int]:
        """Give the numbers of the words whose form is wanted, in the order of the text."""
        found = self._ranges(wanted)
        if len(found) < 2:
            return range(*found[0]) if found else ()
        return sorted(chain.from_iterable(starmap(range, found)), key=self._place)

    def _place(self, i: int) -> tuple[int, int]:
        """Give what words are ordered by: of a compound and its first part, the compound first."""
        return self._positions()[i], -self._starts_and_lengths()[1][i]

    def positions(self, wanted: frozenset[str]) -> Sequence[int]:
        """Give the positions, as `analysis.py` counts them, of the wanted words, in order."""
        found = self._ranges(wanted)
        if not found:
            return ()
        position = self._positions()
        if len(found) == 1:
            return position[slice(*found[0])]
        return sorted(chain.from_iterable(position[begin:end] for begin, end in found))

    def _ranges(self, wanted: frozenset[str]) -> list[tuple[int, int]]:
        """Give where the wanted forms' words begin and end among all words."""
        ends = self._ends
        if len(wanted) > _FEW:
            numbers = [i for i, form in enumerate(self.forms()) if form in wanted]
            return [(ends[i - 1] if i else 0, ends[i]) for i in numbers]
        packed, begins, last = self._packed, self._begins, self._last
        found: list[tuple[int, int]] = []
        for key, line in _lines(wanted):
            bucket = key & last
            begin = begins[bucket]
            at = packed.find(line, begin, begins[bucket + 1] + 1)
            if at >= 0:
                i = self._firsts[bucket] + packed.count(b"\n", begin, at)
                found.append((ends[i - 1] if i else 0, ends[i]))
        return found

    def _positions(self) -> array[int]:
        if self._places is None:
            [self._places] = self._unpacked(1, 2)
        return self._places

    def _starts_and_lengths(self) -> tuple[array[int], array[int]]:
        if self._spans is None:
            starts, lengths = self._unpacked(2, 4)
            self._spans = starts, lengths
        return self._spans

    def _unpacked(self, first: int, last: int) -> Iterator[array[int]]:
        """Give some of the words' rows."""
        size = self._ends[-1] if self._ends else 0
        ends = [self._rows, *(row_size(self._mark, n, size) for n in range(1, last))]
        for number, (begin, end) in enumerate(pairwise(accumulate(ends)), 1):
            if number >= first:
                yield unpack_row(self._mark, number, self._packed[begin:end])

    def position(self, i: int) -> int:
        """Give a word's position, as `analysis.py` counts it."""
        return self._positions()[i]

    def spans(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Give where words begin and end in the text."""
        starts, lengths = self._starts_and_lengths()
        return [(starts[i], starts[i] + lengths[i]) for i in numbers]

    def spans_of(self, wanted: frozenset[str], most: int) -> Sequence[tuple[int, int]]:
        """Give where the first so many of the wanted words begin and end, form by form."""
        found = self._ranges(wanted)
        if not found:
            return ()
        if sum(end - begin for begin, end in found) > most:
            return self.spans(self.find(wanted)[:most])
        starts, lengths = self._starts_and_lengths()
        spans: list[tuple[int, int]] = []
        for begin, end in found:
            own = starts[begin:end]
            spans += zip(own, map(add, own, lengths[begin:end]), strict=True)
        return spans


@lru_cache(1024)
def _lines(wanted: frozenset[str]) -> tuple[tuple[int, bytes], ...]:
    return tuple((_sum_of(form), _encode(f"\n{form}\n")) for form in wanted)


def _sum_of(form: str) -> int:
    return zlib.crc32(_encode(form))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_NO_WORDS = _HEADER.pack(0, 0, 0, 0, 1) + b"\n" + _pack_buckets((), (), 1)[1]
