"""Writing a Whoosh index: changes in one commit, or a whole new build switched to at once.

One writer at a time, under the folder's lock. Any failure cancels, so that readers see all of a
change or nothing of it. Values are analysed before Whoosh sees the document: Whoosh keeps the
words of a document that failed half way, and gives them to the next one.
"""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import accumulate, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from whoosh import columns, index, query
from whoosh.reading import SegmentReader

from ingest.records import Candidacy, Vocabulary
from search.documents import to_document
from search.errors import IndexBroken, IndexMissing
from search.stored_words import unpack_whole
from search.whoosh_codec import WordCodec, WordPool
from search.whoosh_folder import INDEX_VERSION, IndexFolder
from search.whoosh_mapped import MappedStorage
from search.whoosh_reader import BuildReader
from search.whoosh_schema import kin_of, make_schema, stored_document

MOST_BYTES = 64 << 20  # of words in memory while an index is written
MOST_SEGMENTS = 8  # more are joined: each one costs every search a little
LEAST_JOINED = 4  # segments
MOST_JOINED = 10  # documents, unless there are twice as many segments: a change is to stay cheap
_DELETE_AT_ONCE = 500
_RARELY = (20_000, 50, 100)  # objects made between two looks, and so on, as `gc` takes them


class WhooshWriter:
    """An `IndexWriter` on a folder."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self.folder = IndexFolder(path, INDEX_VERSION)
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._held.enter_context(self.folder.held())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # With what went wrong meanwhile: the folder knows what the disk's refusals mean.
        self._held.__exit__(kind, error, trace)

    def digests(self) -> dict[str, str]:
        """Give id to digest of every document."""
        try:
            reader = BuildReader(self.folder.current())
        except IndexMissing:
            return {}
        try:
            rows = [json.loads(record) for _, record in reader.column("facts")]
            return {row[0]: row[1] for row in rows}
        # A damaged column makes Whoosh and json raise nearly anything.
        except Exception as error:
            raise IndexBroken(
                f"The index in {self.folder.path} cannot be read ({type(error).__name__}): "
                "run `hustings reindex`."
            ) from error
        finally:
            reader.close()

    def apply(self, changed: Iterable[tuple[Candidacy, str]], gone: Iterable[str]) -> None:
        """Put changed candidacies in the place of their old documents and take the gone ones
        away.
        """
        try:
            build = self.folder.current()
        except IndexMissing:
            self.rebuild(changed)
            return
        rows = {candidacy.id: (candidacy, digest) for candidacy, digest in changed}
        old = sorted({*rows, *gone})
        if not old:
            return
        with _collecting_rarely():
            self._apply(build, old, rows.values())

    def _apply(
        self, build: Path, old: Sequence[str], rows: Iterable[tuple[Candidacy, str]]
    ) -> None:
        writer = _open_writer(build)
        try:
            for ids in _batches(old, _DELETE_AT_ONCE):
                writer.delete_by_query(query.Or([query.Term("id", each) for each in ids]))
            for candidacy, digest in rows:
                _add(writer, candidacy, digest)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=join_small_segments)
        self.folder.seal(build)

    def rebuild(self, documents: Iterable[tuple[Candidacy, str]]) -> None:
        """Build a new index aside and switch to it; the old one stays as the last good one."""
        build = self.folder.new_build()
        try:
            with _collecting_rarely():
                _write_all(build, documents)
            self.folder.switch_to(build)
        except BaseException:
            shutil.rmtree(build, ignore_errors=True)
            raise

    def record_state(self, state: str) -> None:
        """Leave the sync's state for readers."""
        self.folder.write_state(state)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Let Python look for cycles less often: it would go through each document's words in vain."""
    usual = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _write_all(build: Path, documents: Iterable[tuple[Candidacy, str]]) -> None:
    index.create_in(str(build), make_schema())
    writer = _open_writer(build)
    try:
        for candidacy, digest in documents:
            _add(writer, candidacy, digest)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(optimize=True)


def _open_writer(build: Path) -> Any:
    writer = index.FileIndex(MappedStorage(build)).writer(codec=WordCodec())
    writer.pool = WordPool(build, MOST_BYTES, kin_of)
    return writer


def _add(writer: Any, candidacy: Candidacy, digest: str) -> None:
    stored = stored_document(to_document(candidacy, digest))
    for field, words in stored.placed.items():
        writer.pool.add_places(field, writer.docnum, words)
    for field, counts in stored.counted.items():
        writer.pool.add_counts(field, writer.docnum, counts)
    writer.add_document(**stored.others)


def _batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch


def join_small_segments(writer: Any, segments: list[Any]) -> list[Any]:
    """Say which segments stay as they are, after putting the others into the new one.

    Whoosh's own policy waits long and then joins everything. Documents are indexed anew from what
    is stored of them: joining posting by posting costs Whoosh ten times as much.
    """
    joined = _worth_joining(segments)
    for segment in joined:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        for candidacy, digest in _documents_of(reader, segment):
            _add(writer, candidacy, digest)
        reader.close()
    return [segment for segment in segments if segment not in joined]


def _worth_joining(segments: list[Any]) -> list[Any]:
    """Choose what to join: of many segments the smallest, of far too many all that are small, and
    everything when a third of the documents is deleted.
    """
    total = sum(segment.doc_count_all() for segment in segments)
    deleted = sum(segment.deleted_count() for segment in segments)
    if deleted * 3 > total:
        return segments
    small = [segment for segment in segments if segment.doc_count_all() * 10 < total]
    if len(segments) < MOST_SEGMENTS:
        return []
    if len(segments) >= 2 * MOST_SEGMENTS:
        return small
    small.sort(key=lambda segment: segment.doc_count())
    sizes = accumulate(segment.doc_count() for segment in small)
    joined = [segment for segment, size in zip(small, sizes, strict=True) if size <= MOST_JOINED]
    return joined if len(joined) >= LEAST_JOINED else []


def _documents_of(reader: Any, segment: Any) -> Iterator[tuple[Candidacy, str]]:
    column = columns.VarBytesColumn()
    facts, light, rest = (reader.column_reader(n, column) for n in ("facts", "light", "rest"))
    for number in range(segment.doc_count_all()):
        if not segment.is_deleted(number):
            digest = json.loads(bytes(facts[number]))[1]
            yield unpack_whole(bytes(light[number]), bytes(rest[number])), digest
