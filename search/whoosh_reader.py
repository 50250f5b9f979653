"""Postings, lexicon and columns of one generation of a Whoosh index, as plain Python values.

Reads Whoosh's files by whole blocks, since its matchers cost several calls for each posting. That
uses attributes that Whoosh does not promise; the version is pinned, and the tests of the contract
fail if they mean something else. Not thread-safe: `whoosh_snapshot.py` holds the lock.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import re
from array import array
from collections.abc import Iterator
from itertools import compress, islice
from operator import add
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.columns import VarBytesColumn

from search.errors import IndexBroken
from search.posting_lists import Postings, unpack_counts, unpack_places
from search.rows import DOCUMENT
from search.whoosh_codec import MOST_FORM, encode_form, read_frequency, read_term
from search.whoosh_folder import check_files
from search.whoosh_mapped import MappedStorage

_COLUMN = VarBytesColumn()


_TOC = re.compile(r"_MAIN_(\d+)\.toc\Z")


def generation_of(build: Path) -> str:
    """Name the newest generation of a build, by its files alone: cheap enough for every second."""
    try:
        numbers = [int(found[1]) for name in os.listdir(build) if (found := _TOC.match(name))]
    except OSError as error:
        raise IndexBroken(f"The index in {build} cannot be read: {error}.") from error
    return f"{build.name}.{max(numbers, default=-1)}"


class _Storage(MappedStorage):
    """A folder that closes what it opened: Whoosh leaves a file open in which it finds a fault."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.opened: list[Any] = []

    def open_file(self, name: str, **how: Any) -> Any:
        self.opened.append(super().open_file(name, **how))
        return self.opened[-1]

    def close_opened(self) -> None:
        for file in self.opened:
            with contextlib.suppress(Exception):
                file.close()


class BuildReader:
    """One generation of one build, open for reading; documents are numbered through all
    segments.
    """

    def __init__(self, build: Path) -> None:
        check_files(build)
        storage = _Storage(build)
        # A broken file makes Whoosh raise nearly anything: struct.error, EOFError, KeyError,
        # UnpicklingError, zlib.error, AssertionError, MemoryError.
        try:
            self._reader = index.FileIndex(storage).reader()
            self._segments = self._open_segments()
            storage.opened.clear()
        except Exception as error:
            storage.close_opened()
            raise IndexBroken(
                f"The index in {build} cannot be read ({type(error).__name__}): "
                "run `hustings reindex`."
            ) from error
        self._columns: dict[tuple[str, int], Any] = {}
        self.generation = f"{build.name}.{self._reader.generation()}"

    def _open_segments(self) -> list[tuple[Any, int, frozenset[int]]]:
        segments = []
        for reader, base in self._reader.leaf_readers():
            if reader.doc_count_all():
                deleted = frozenset(base + n for n in reader._perdoc.deleted_docs())
                segments.append((reader, base, deleted))
        return segments

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()

    def live_documents(self) -> list[int]:
        """List the documents that were not taken away."""
        return [
            number
            for reader, base, deleted in self._segments
            for number in range(base, base + reader.doc_count_all())
            if number not in deleted
        ]

    def column(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Give every live document's value of a column."""
        for reader, base, deleted in self._segments:
            values = self._column_of(reader, base, name)
            for number in range(reader.doc_count_all()):
                if base + number not in deleted:
                    yield base + number, bytes(values[number])

    def value(self, name: str, document: int) -> bytes:
        """Give one document's value of a column."""
        for reader, base, _ in reversed(self._segments):
            if document >= base:
                return bytes(self._column_of(reader, base, name)[document - base])
        return b""

    def _column_of(self, reader: Any, base: int, name: str) -> Any:
        """Open a column once: Whoosh adds up all its lengths each time."""
        opened = self._columns.get((name, base))
        if opened is None:
            opened = self._columns[name, base] = reader.column_reader(name, _COLUMN)
        return opened

    def postings(self, field: str, form: str) -> Postings:
        """Give all postings of a form in a field; empty lists if it is not there."""
        found: Postings | None = None
        for data, length, base, deleted in self._lists(field, form):
            part = unpack_counts(data, length, base)
            part = _without(part, deleted) if deleted else part
            found = Postings(*map(add, found, part)) if found else part
        return found or Postings([], [])

    def places(self, field: str, form: str) -> array[int]:
        """Give all places of a form in a field, as `rows.py` numbers them."""
        found = array("Q")
        for data, length, base, deleted in self._lists(field, form):
            part = unpack_places(data, length, base)
            if deleted:
                part = array("Q", (at for at in part if at >> DOCUMENT not in deleted))
            found += part
        return found

    def _lists(self, field: str, form: str) -> Iterator[tuple[bytes, int, int, frozenset[int]]]:
        """Give a form's list in each segment: its bytes, how many documents, from which number on,
        and which of them were taken away.
        """
        for reader, base, deleted in self._segments:
            if record := self._record(reader, field, form):
                place = read_term(record)
                data = reader._terms._postfile.get(place.offset, place.length)
                yield data, place.documents, base, deleted

    @staticmethod
    def _record(reader: Any, field: str, form: str) -> bytes:
        terms = reader._terms
        if field not in terms._fieldmap:
            return b""
        try:
            at, length = terms._range_for_key(field, encode_form(form[:MOST_FORM]))
        except KeyError:
            return b""
        return bytes(terms._dbfile.get(at, length))

    def frequency(self, field: str, form: str) -> int:
        """Count the documents that have a form; those taken away since the last joining count
        too.
        """
        records = (self._record(reader, field, form) for reader, _, _ in self._segments)
        return sum(read_frequency(record) for record in records if record)

    def spellings(self, field: str, prefix: str, most: int) -> list[str]:
        """Give the forms of a field that begin so; in each segment at most so many."""
        found: dict[str, None] = {}
        for reader, _, _ in self._segments:
            terms = reader._terms
            if field not in terms._fieldmap:
                continue
            start = terms._keycoder(field, encode_form(prefix))
            for key in islice(terms._tindex.keys_from(start), most):
                if not key.startswith(start):
                    break
                found[key[2:].decode("utf-8", "replace")] = None
        return list(found)

    def forms(self, field: str, prefix: str, most: int) -> list[tuple[str, int]]:
        """Give the forms of a field that begin so, in order, with how many documents have each."""
        rows = [
            self._forms_of(reader, field, encode_form(prefix)) for reader, _, _ in self._segments
        ]
        merged: list[tuple[str, int]] = []
        for form, count in heapq.merge(*rows) if len(rows) > 1 else rows[0] if rows else ():
            if merged and merged[-1][0] == form:
                merged[-1] = (form, merged[-1][1] + count)
            elif len(merged) >= most:
                break
            else:
                merged.append((form, count))
        return merged

    @staticmethod
    def _forms_of(reader: Any, field: str, prefix: bytes) -> Iterator[tuple[str, int]]:
        terms = reader._terms
        if field not in terms._fieldmap:
            return
        start = terms._keycoder(field, prefix)
        for key, record in terms._tindex.items_from(start):
            if not key.startswith(start):
                return
            yield key[2:].decode("utf-8", "replace"), read_frequency(record)


def _without(found: Postings, deleted: frozenset[int]) -> Postings:
    keep = [number not in deleted for number in found.documents]
    return Postings(list(compress(found.documents, keep)), list(compress(found.steps, keep)))
