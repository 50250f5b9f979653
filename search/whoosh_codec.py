"""How the words of an index reach Whoosh's files: gathered by word in memory, written list by list.

Whoosh takes postings one at a time, pickles each to sort them, and pickles and packs every block of
128: two thirds of what indexing cost. Here a word's postings grow in one row, rows are sorted by
word, and each is written whole (`posting_lists.py`). Segments, lexicon, columns, deletions and
commits are Whoosh's own. Its version is pinned; the tests of the contract fail if it changes.
"""

from __future__ import annotations

import heapq
import pickle
import struct
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.matching import ListMatcher

from search.posting_lists import ROW, pack_list, unpack_counts, unpack_each
from search.stored_words import STEP
from search.whoosh_terms import TermTable

MOST_FORM = 60  # letters of an absurdly long form that count
PLACED = "in_"  # fields that begin so carry places
KIN, WORDS = "kin", "word"

# Whoosh's own record of a term: flags, weight, documents, lengths, greatest weight, first, last,
# and where its postings lie. Weights and lengths serve its scoring, which nobody asks for.
_TERM = struct.Struct("!BfIBBfIIqi")
_TERM_DOCUMENTS = struct.Struct("!5xI")
_FIELD = struct.Struct("!H")
_NEW_WORD, _NUMBER = 250, 4  # bytes that a new word and each number of its row take, about

# Arrays rather than lists, which Python's collector would go through again and again.
Rows = dict[str, "array[int]"]
Term = tuple[str, str, "array[int]"]


class TermPlace(NamedTuple):
    """Where a term's postings lie in the file of postings."""

    documents: int
    offset: int
    length: int


def encode_form(form: str) -> bytes:
    """Write a form as the index has it; of an absurdly long one only the beginning counts."""
    return form.encode("utf-8", "surrogatepass")


def read_term(record: bytes) -> TermPlace:
    """Read Whoosh's record of a term."""
    row = _TERM.unpack(record)
    return TermPlace(row[2], row[8], row[9])


def read_frequency(record: bytes) -> int:
    """Read from Whoosh's record of a term in how many documents it is."""
    return int(_TERM_DOCUMENTS.unpack_from(record)[0])


class WordPool:
    """The words of the documents being written; beyond `most_bytes` they wait in files.

    Takes the place of Whoosh's pool of postings. `kin_of` gives what the `kin` field says of a form
    in `word`; that field is made of those alone, so it is right after any joining of segments.
    """

    def __init__(self, folder: Path, most_bytes: int, kin_of: Callable[[str], str]) -> None:
        self._folder = folder
        self._most = most_bytes
        self._kin_of = kin_of
        self._fields: dict[str, Rows] = {}
        self._room = most_bytes
        self._runs: list[IO[bytes]] = []

    def add_counts(self, field: str, document: int, counts: Mapping[str, int]) -> None:
        """Add a document's words with their counts in steps."""
        rows = self._fields.setdefault(field, {})
        known, get = len(rows), rows.get
        for form, steps in counts.items():
            row = get(form)
            if row is None:
                row = rows[form] = array(ROW)
            row.append(document)
            row.append(steps)
        self._spend((len(rows) - known) * _NEW_WORD + 2 * _NUMBER * len(counts))

    def add_places(
        self, field: str, document: int, words: Mapping[str, tuple[int, list[int]]]
    ) -> None:
        """Add a document's words with their counts in steps and their places, ascending."""
        rows = self._fields.setdefault(field, {})
        known, numbers, get = len(rows), 0, rows.get
        for form, (steps, places) in words.items():
            row = get(form)
            if row is None:
                row = rows[form] = array(ROW)
            row.fromlist([document, steps, len(places), *places])
            numbers += 3 + len(places)
        self._spend((len(rows) - known) * _NEW_WORD + _NUMBER * numbers)

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take one posting from Whoosh: of a plain field, or of a segment that is joined."""
        field, form, document, weight, places = item
        text, steps = form.decode("utf-8", "surrogatepass"), round(weight * STEP)
        if field.startswith(PLACED):
            self.add_places(field, document, {text: (steps, list(array(ROW, places)))})
        elif field != KIN:
            self.add_counts(field, document, {text: steps})

    def _spend(self, cost: int) -> None:
        self._room -= cost
        if self._room < 0:
            self._put_aside()

    def _put_aside(self) -> None:
        # Closed by `cleanup`; the file has no name and goes with the process.
        run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        for field, form, row in self._in_order():
            pickle.dump((field, form, row.tobytes()), run)
        self._runs.append(run)
        self._fields.clear()
        self._room = self._most

    def _in_order(self) -> Iterator[Term]:
        pairs = filter(None, map(self._kin_of, self._fields.get(WORDS, {})))
        self._fields[KIN] = {pair: array(ROW, (0, STEP)) for pair in pairs}
        for field in sorted(self._fields):
            rows = self._fields[field]
            for form in sorted(rows):
                yield field, form, rows[form]

    def iter_postings(self) -> Iterator[Term]:
        """Give each field's forms in order with their rows."""
        if not self._runs:
            yield from self._in_order()
            return
        self._put_aside()
        merged = heapq.merge(*map(_read_run, self._runs), key=itemgetter(0, 1))
        for (field, form), terms in groupby(merged, key=itemgetter(0, 1)):
            row = array(ROW)
            for _, _, more in terms:
                row.extend(more)
            yield field, form, row[:2] if field == KIN else row

    def cleanup(self) -> None:
        """Let go of what waits in files."""
        for run in self._runs:
            run.close()
        self._runs.clear()
        self._fields.clear()


def _read_run(run: IO[bytes]) -> Iterator[Term]:
    run.seek(0)
    while True:
        try:
            # A file without a name, written by this very object.
            field, form, row = pickle.load(run)  # noqa: S301
        except EOFError:
            return
        yield field, form, array(ROW, row)


class _TermWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes the lexicon and the lists of one segment."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._tindex: Any = TermTable(self._tindex)

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Term]) -> None:
        self._tindex.add_all(self._records(items))

    def _records(self, items: Iterable[Term]) -> Iterator[tuple[bytes, bytes]]:
        """Write the terms' lists, and give what the lexicon says of each."""
        field_key, last, placed = b"", "", False
        write, offset = self._postfile.file.write, self._postfile.tell()
        for field, form, row in items:
            if field != last:
                number = self._fieldmap.setdefault(field, len(self._fieldmap))
                field_key, last, placed = _FIELD.pack(number), field, field.startswith(PLACED)
            data, length, first, end = pack_list(row.tolist(), placed)
            size = write(data)
            yield (
                field_key + encode_form(form),
                _TERM.pack(0, 0.0, length, 0, 0, 0.0, first, end, offset, size),
            )
            offset += size


class WordCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with lists of our own; an index names it, so it reads them too."""

    # We keep no field lengths; asking for them costs a look at the disk for each posting.
    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _TermWriter:
        return _TermWriter(self, storage, segment)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Give a list to Whoosh itself, which asks for them to delete and to join."""
        offset, (length,) = terminfo.extent()  # Whoosh forgets to take the length out of its tuple
        data, documents = dbfile.get(offset, length), terminfo.doc_frequency()
        numbers, steps = unpack_counts(data, documents)
        counts = [step / STEP for step in steps]
        values = unpack_each(data, documents)
        return ListMatcher(numbers, counts, values, format_, scorer, term=term, terminfo=terminfo)
