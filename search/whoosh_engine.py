"""The engine's interface on Whoosh: which generation answers, and the answer put together.

Readers never wait for a writer. A request takes the snapshot there is; at most once a second one of them
looks whether the folder has a newer generation, opens it, and swaps. If a newer one cannot be
read, the last good one goes on serving and `status` says what is wrong.
"""

from __future__ import annotations

import heapq
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ingest.records import Candidacy, Vocabulary
from ingest.records_json import candidacy_from_json
from search.engine import (
    EngineStatus,
    Excerpt,
    Facet,
    Hit,
    Notice,
    SearchRequest,
    SearchResults,
    Sort,
    Suggestion,
)
from search.errors import IndexBroken, IndexMissing, IndexVersion, SearchError
from search.facets import known_facets, make_facet
from search.passages import Mark, make_excerpts
from search.ranking import NAME_BONUS, named_words
from search.whoosh_folder import IndexFolder
from search.whoosh_match import Matcher, Matches
from search.whoosh_reader import generation_of
from search.whoosh_schema import INDEX_VERSION, split_blocks
from search.whoosh_snapshot import Snapshot
from search.whoosh_suggest import did_you_mean, similar, suggest

DEEPEST_HIT = 10_000
LOOK_EVERY = 1.0
REMEMBERED_POSTINGS = 2_000_000


class WhooshEngine:
    """A `SearchEngine` on a folder."""

    def __init__(
        self,
        path: Path,
        vocabulary: Vocabulary,
        *,
        look_every: float = LOOK_EVERY,
        remembered_postings: int = REMEMBERED_POSTINGS,
    ) -> None:
        self.folder = IndexFolder(path, INDEX_VERSION)
        self.vocabulary = vocabulary
        self._look_every = look_every
        self._remembered = remembered_postings
        self._snapshot: Snapshot | None = None
        self._looked_at = float("-inf")
        self._looking = threading.Lock()
        self._problem: SearchError | None = None
        self._unreadable = ""  # the generation that could not be opened: not tried again
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
            newer = Snapshot(build, self.vocabulary, self._remembered)
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
            try:
                self.folder.check_version(build)
                return Snapshot(build, self.vocabulary, self._remembered)
            except SearchError:
                continue  # the reason that counts is the current build's, and is kept
        return None

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request."""
        with self._serving() as snapshot:
            return _Answer(snapshot, request, self.vocabulary).results()

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        """Give whole candidacies in the order asked."""
        with self._serving() as snapshot:
            numbers = (snapshot.columns.number_of.get(each) for each in ids)
            return [read_whole(snapshot, number) for number in numbers if number is not None]

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        """Give every match whole, one at a time, all of one generation."""
        with self._serving() as snapshot:
            answer = _Answer(snapshot, request, self.vocabulary)
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
            return [Hit(read_light(snapshot, each), round(score, 4)) for each, score in found]

    def status(self) -> EngineStatus:
        """Tell how the index stands."""
        state, size = self.folder.read_state(), self.folder.size()
        try:
            with self._serving() as snapshot:
                problem = str(self._problem or "")
                documents = len(snapshot.columns.documents)
                return EngineStatus("whoosh", snapshot.generation, documents, size, state, problem)
        except SearchError as error:
            return EngineStatus("whoosh", "", 0, size, state, str(error))

    def close(self) -> None:
        """Let go of the index; a request that is still running ends first."""
        self._closed = True
        snapshot, self._snapshot = self._snapshot, None
        if snapshot:
            snapshot.leave()


class _Answer:
    """One request's answer in the making."""

    def __init__(self, snapshot: Snapshot, request: SearchRequest, vocabulary: Vocabulary) -> None:
        self.snapshot = snapshot
        self.request = request
        self.vocabulary = vocabulary
        self.matcher = Matcher(snapshot)
        self.found: Matches = self.matcher.match(request.query)
        self.chosen = {
            field: snapshot.columns.chosen(field, values)
            for field, values in request.chosen.items()
            if values
        }
        self.documents = self._within(leaving_out="")

    def _within(self, leaving_out: str) -> AbstractSet[int]:
        documents = self.found.documents
        for field, inside in self.chosen.items():
            if field != leaving_out:
                documents = documents & inside
        return documents

    def results(self) -> SearchResults:
        facets = tuple(self._facet(field) for field in known_facets(self.request.facets))
        hits = tuple(self._hits())
        meant: tuple[str, ...] = ()
        if not self.found.documents:
            meant = did_you_mean(self.snapshot, self.request.query)
        return SearchResults(
            total=len(self.documents),
            hits=hits,
            facets=facets,
            did_you_mean=meant,
            notices=tuple(dict.fromkeys(self.matcher.notices)),
            generation=self.snapshot.generation,
        )

    def _facet(self, field: str) -> Facet:
        columns = self.snapshot.columns
        counts = columns.count(field, self._within(leaving_out=field))
        chosen = tuple(self.request.chosen.get(field, ()))
        size = self.request.facet_size
        return make_facet(field, counts, chosen, size, self.vocabulary, columns.labels(field))

    def _hits(self) -> Iterator[Hit]:
        per_page, page = self.request.per_page, max(self.request.page, 1)
        if per_page <= 0:
            return
        if page * per_page > DEEPEST_HIT:
            message = f"Only the first {DEEPEST_HIT} hits can be paged through: narrow the search or export it."
            self.matcher.notices.append(Notice("limited", f"page {page}", message))
            return
        numbers = self.ordered(page * per_page)[(page - 1) * per_page :]
        marks = self.matcher.marks(self.request.query) if self.request.excerpts and numbers else []
        for number in numbers:
            yield self._hit(number, marks)

    def ordered(self, most: int) -> list[int]:
        """Give the first documents in the order asked for; ties go to the newer one."""
        columns = self.snapshot.columns
        scores = self.scores()
        if self.request.sort is Sort.RELEVANCE and scores:
            rank = columns.rank
            keyed = [(-scores.get(number, 0.0), rank[number]) for number in self.documents]
            return [columns.newest[place] for _, place in heapq.nsmallest(most, keyed)]
        newest_first = self.request.sort is not Sort.OLDEST
        order = iter(columns.newest) if newest_first else reversed(columns.newest)
        found: list[int] = []
        for number in order:
            if len(found) >= most:
                break
            if number in self.documents:
                found.append(number)
        return found

    def scores(self) -> dict[int, float]:
        """Give the scores, those of a person or project that a short query names put in front."""
        scores = dict(self.found.scores)
        words = named_words(self.request.query)
        for number in self._named(words) if words else ():
            if number in scores:
                scores[number] += NAME_BONUS
        return scores

    def _named(self, words: tuple[str, ...]) -> AbstractSet[int]:
        columns = self.snapshot.columns
        name = "-".join(words)
        name = self.vocabulary.project_aliases.get(name, name)
        if project := columns.having("project", name):
            return project
        found = [set(self.snapshot.postings("in_candidate", word).documents) for word in words]
        return set.intersection(*found)

    def _hit(self, number: int, marks: list[Mark]) -> Hit:
        candidacy = read_light(self.snapshot, number)
        excerpts: tuple[Excerpt, ...] = ()
        if self.request.excerpts:
            excerpts = make_excerpts(*_texts(self.snapshot, number, candidacy), marks)
        return Hit(candidacy, round(self.found.scores.get(number, 0.0), 4), excerpts)


def _texts(
    snapshot: Snapshot, number: int, candidacy: Candidacy
) -> tuple[dict[str, str], dict[str, bytes]]:
    candidate, subject, statement = split_blocks(snapshot.value("marks", number))
    reply_words, reply = split_blocks(snapshot.value("reply_marks", number))
    texts = {
        "candidate": candidacy.candidate,
        "subject": candidacy.subject,
        "statement": candidacy.statement,
        "reply": zlib.decompress(reply).decode("utf-8", "surrogatepass"),
    }
    packed = {
        "candidate": candidate,
        "subject": subject,
        "statement": statement,
        "reply": reply_words,
    }
    return texts, packed


def read_light(snapshot: Snapshot, number: int) -> Candidacy:
    """Read a candidacy without its replies and raw mail."""
    return candidacy_from_json(zlib.decompress(snapshot.value("light", number)))


def read_whole(snapshot: Snapshot, number: int) -> Candidacy:
    """Read a candidacy with everything."""
    rest = candidacy_from_json(zlib.decompress(snapshot.value("rest", number)))
    return replace(read_light(snapshot, number), replies=rest.replies, raw=rest.raw)
