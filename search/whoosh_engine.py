"""The engine's interface on Whoosh: which generation answers, and the answer put together.

Readers never wait for a writer. A request takes the snapshot there is; at most once a second one of
them looks whether the folder has a newer generation, opens it, and swaps. If a newer one cannot be
read, the last good one goes on serving and `status` says what is wrong.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.records import Candidacy, Vocabulary
from search.engine import EngineStatus, Hit, SearchRequest, SearchResults, Suggestion
from search.errors import IndexBroken, IndexMissing, IndexVersion, SearchError
from search.whoosh_answer import Answer, read_whole
from search.whoosh_folder import INDEX_VERSION, IndexFolder
from search.whoosh_reader import generation_of
from search.whoosh_snapshot import Room, Snapshot
from search.whoosh_suggest import similar, suggest

LOOK_EVERY = 1.0
ROOM = Room()


class WhooshEngine:
    """A `SearchEngine` on a folder."""

    def __init__(
        self,
        path: Path,
        vocabulary: Vocabulary,
        *,
        look_every: float = LOOK_EVERY,
        room: Room = ROOM,
    ) -> None:
        self.folder = IndexFolder(path, INDEX_VERSION)
        self.vocabulary = vocabulary
        self._look_every = look_every
        self._room = room
        self._snapshot: Snapshot | None = None
        self._looked_at = float("-inf")
        self._looking = threading.Lock()
        self._problem: SearchError | None = None
        self._unreadable = ""  # the generation that could not be opened: not tried again
        self._counted = (float("-inf"), 0)
        self._closed = False

    @contextmanager
    def _serving(self) -> Iterator[Snapshot]:
        """Lend the newest snapshot for one request."""
        if self._closed:
            raise SearchError("This engine was closed.")
        self._look()
        while True:
            snapshot = self._snapshot
            if snapshot is None:
                raise self._problem or IndexMissing(
                    f"Nothing is indexed in {self.folder.path} yet."
                )
            if snapshot.enter():
                break
        try:
            yield snapshot
        except IndexBroken as error:
            self._problem = error
            raise
        finally:
            snapshot.leave()

    def _look(self) -> None:
        """Swap to a newer generation if there is one; only one thread looks, the others go on."""
        due = time.monotonic() - self._looked_at >= self._look_every
        if not due and self._snapshot is not None:
            return
        if not self._looking.acquire(blocking=self._snapshot is None):
            return
        try:
            if self._snapshot is None or time.monotonic() - self._looked_at >= self._look_every:
                self._swap()
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()

    def _swap(self) -> None:
        try:
            build = self.folder.current()
            newest = generation_of(build)
            if self._snapshot and newest in (self._snapshot.generation, self._unreadable):
                return
            self._unreadable = newest
            newer = Snapshot(build, self.vocabulary, self._room)
            self._problem, self._unreadable = None, ""
        except SearchError as error:
            self._problem = error
            if self._snapshot or not isinstance(error, IndexBroken | IndexVersion):
                return
            last_good = self._open_last_good()
            if last_good is None:
                return
            newer = last_good
        older, self._snapshot = self._snapshot, newer
        if older:
            older.leave()

    def _open_last_good(self) -> Snapshot | None:
        for build in self.folder.builds():
            if not self.folder.is_sealed(build):
                continue  # it is being written, and would answer that there is nothing
            try:
                self.folder.check_version(build)
                return Snapshot(build, self.vocabulary, self._room)
            except SearchError:
                continue  # the reason that counts is the current build's, and is kept
        return None

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request."""
        with self._serving() as snapshot:
            return Answer(snapshot, request, self.vocabulary).results()

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        """Give whole candidacies in the order asked."""
        with self._serving() as snapshot:
            numbers = (snapshot.columns.number_of.get(each) for each in ids)
            return [read_whole(snapshot, number) for number in numbers if number is not None]

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        """Give every match whole, one at a time, all of one generation."""
        with self._serving() as snapshot:
            answer = Answer(snapshot, request, self.vocabulary)
            for number in answer.ordered(len(answer.documents)):
                yield read_whole(snapshot, number)

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Complete what is being typed."""
        with self._serving() as snapshot:
            return suggest(snapshot, snapshot.names(), text, limit)

    def similar(self, candidacy_id: str, limit: int = 5) -> list[Hit]:
        """Find candidacies whose statements are about the same things."""
        with self._serving() as snapshot:
            number = snapshot.columns.number_of.get(candidacy_id)
            if number is None:
                return []
            found = similar(snapshot, number, limit)
            return [Hit(snapshot.shown(each).candidacy, round(score, 4)) for each, score in found]

    def status(self) -> EngineStatus:
        """Tell how the index stands."""
        state, size = self.folder.read_state(), self._size()
        try:
            with self._serving() as snapshot:
                problem = str(self._problem or "")
                documents = len(snapshot.columns.documents)
                return EngineStatus("whoosh", snapshot.generation, documents, size, state, problem)
        except SearchError as error:
            return EngineStatus("whoosh", "", 0, size, state, str(error))

    def _size(self) -> int:
        """Count the index's bytes, as seldom as one looks for a newer one."""
        counted_at, size = self._counted
        now = time.monotonic()
        if now - counted_at >= self._look_every:
            size = self.folder.size()
            self._counted = (now, size)
        return size

    def close(self) -> None:
        """Let go of the index; a request that is still running ends first."""
        self._closed = True
        snapshot, self._snapshot = self._snapshot, None
        if snapshot:
            snapshot.leave()
