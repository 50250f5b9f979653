"""Postings, lexicon and columns of one generation of a Whoosh index, as plain Python values.

Reads Whoosh's files by whole blocks, since its matchers cost several calls for each posting. That
uses attributes that Whoosh does not promise; the version is pinned, and the tests of the contract
fail if they mean something else. Not thread-safe: `whoosh_snapshot.py` holds the lock.
"""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from whoosh import index
from whoosh.columns import VarBytesColumn
from whoosh.reading import TermNotFound

from search.errors import IndexBroken
from search.whoosh_folder import check_files
from search.whoosh_schema import encode_form

_COLUMN = VarBytesColumn()


class Postings(NamedTuple):
    """Where a form stands: documents, the weighed count in each, and packed positions (or
    nothing).
    """

    documents: list[int]
    counts: list[float]
    places: list[bytes]


_TOC = re.compile(r"_MAIN_(\d+)\.toc\Z")


def generation_of(build: Path) -> str:
    """Name the newest generation of a build, by its files alone: cheap enough for every second."""
    try:
        numbers = [int(found[1]) for name in os.listdir(build) if (found := _TOC.match(name))]
    except OSError as error:
        raise IndexBroken(f"The index in {build} cannot be read: {error}.") from error
    return f"{build.name}.{max(numbers, default=-1)}"


class BuildReader:
    """One generation of one build, open for reading; documents are numbered through all
    segments.
    """

    def __init__(self, build: Path) -> None:
        check_files(build)
        # A broken file makes Whoosh raise nearly anything: struct.error, EOFError, KeyError,
        # UnpicklingError, zlib.error, AssertionError, MemoryError.
        try:
            self._reader = index.open_dir(str(build)).reader()
            self._segments = self._open_segments()
        except Exception as error:
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
        found = Postings([], [], [])
        key = encode_form(form)
        for reader, base, deleted in self._segments:
            if field not in reader.schema:
                continue
            try:
                matcher = reader._terms.matcher(field, key, reader.schema[field].format)
            except TermNotFound:
                continue
            start = len(found.documents)
            _read_blocks(matcher, base, found)
            if deleted:
                _drop(found, start, deleted)
        return found

    def frequency(self, field: str, form: str) -> int:
        """Count the documents that have a form; those taken away since the last joining count
        too.
        """
        key, count = encode_form(form), 0
        for reader, _, _ in self._segments:
            try:
                count += reader._terms.term_info(field, key).doc_frequency()
            except TermNotFound:
                continue
        return count

    def spellings(self, field: str, prefix: str, most: int) -> list[str]:
        """Give the forms of a field that begin so; in each segment at most so many."""
        found: dict[str, None] = {}
        key = encode_form(prefix)
        for reader, _, _ in self._segments:
            if field not in reader._terms._fieldmap:
                continue
            for name, form in islice(reader._terms.terms_from(field, key), most):
                if name != field or not form.startswith(key):
                    break
                found[form.decode("utf-8", "replace")] = None
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
        if field not in reader._terms._fieldmap:
            return
        for (name, key), info in reader._terms.items_from(field, prefix):
            if name != field or not key.startswith(prefix):
                return
            yield key.decode("utf-8", "replace"), info.doc_frequency()


def _read_blocks(matcher: Any, base: int, into: Postings) -> None:
    while True:
        matcher._read_ids()
        matcher._read_weights()
        ids = matcher._ids
        into.documents.extend([base + i for i in ids] if base else ids)
        into.counts.extend(matcher._weights)
        if matcher._data[2]:
            into.places.extend(matcher._data[2])
        if matcher._lastblock:
            return
        matcher._next_block()


def _drop(found: Postings, start: int, deleted: frozenset[int]) -> None:
    keep = [i for i in range(start, len(found.documents)) if found.documents[i] not in deleted]
    if len(keep) == len(found.documents) - start:
        return
    found.documents[start:] = [found.documents[i] for i in keep]
    found.counts[start:] = [found.counts[i] for i in keep]
    if found.places:
        found.places[start:] = [found.places[i] for i in keep]
