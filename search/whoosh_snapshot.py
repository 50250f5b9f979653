"""One generation of the index, open for any number of requests at once.

Owns the lock around Whoosh's readers (they are not thread-safe; a rare race was seen) and bounded
memories of decoded postings and documents: of what was read, never of answers. Everything else in
it is read-only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from ingest.records import Candidacy, Vocabulary
from search.errors import IndexBroken
from search.memory import Memory
from search.packed_words import PackedWords
from search.posting_lists import Postings
from search.ranking import damped, rarity
from search.rows import Places
from search.stored_words import STEP, join_marks, unpack_light, unpack_words
from search.whoosh_columns import Columns
from search.whoosh_names import Names
from search.whoosh_reader import BuildReader

_UNPACKED = 3000  # bytes that a document takes in memory beside its texts and words, about


class Room(NamedTuple):
    """How much of what was decoded may be remembered: postings, and bytes of documents."""

    postings: int = 2_000_000
    documents: int = 48 << 20


class Shown(NamedTuple):
    """What a hit shows: its candidacy without replies, its texts, and their words."""

    candidacy: Candidacy
    texts: Mapping[str, str]
    words: Mapping[str, PackedWords]


class _Reading:
    """The lock around Whoosh's readers; what goes wrong inside is told as one kind of error.

    Entered a dozen times by each search: a generator would cost more than many of the reads.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
        # A damaged file makes Whoosh raise nearly anything; each of them means the same here.
        if isinstance(error, Exception) and not isinstance(error, IndexBroken):
            raise IndexBroken(
                f"The index cannot be read ({type(error).__name__}: {error}): "
                "run `hustings reindex`."
            ) from error


class Snapshot:
    """The index as one commit left it."""

    def __init__(self, build: Path, vocabulary: Vocabulary, room: Room) -> None:
        self._reader = BuildReader(build)
        self._reading = _Reading()
        self.generation = self._reader.generation
        with self._reading:
            self.columns = Columns(self._reader.column("facts"), vocabulary)
        self._scores: Memory[str, dict[int, float]] = Memory(room.postings // 2)
        self._documents: Memory[tuple[str, str], frozenset[int]] = Memory(room.postings // 20)
        self._places: Memory[tuple[str, str], Places] = Memory(room.postings // 2)
        self._shown: Memory[int, Shown] = Memory(room.documents // 2)
        self._words: Memory[int, list[PackedWords]] = Memory(room.documents // 2)
        self._kin: dict[str, frozenset[str]] = {}
        self._names: Names | None = None
        self._users = 1
        self._users_lock = threading.Lock()

    def names(self) -> Names:
        """Give the names for completion, made when they are first asked for."""
        if self._names is None:
            self._names = Names(self.columns)
        return self._names

    def enter(self) -> bool:
        """Count one more user; false if the snapshot was closed meanwhile."""
        with self._users_lock:
            if not self._users:
                return False
            self._users += 1
            return True

    def leave(self) -> None:
        """Count one user less; the last one closes the files."""
        with self._users_lock:
            self._users -= 1
            last = not self._users
        if last:
            with self._reading:
                self._reader.close()

    def postings(self, field: str, form: str) -> Postings:
        """Give a form's postings in a field."""
        with self._reading:
            return self._reader.postings(field, form)

    def documents(self, field: str, form: str) -> frozenset[int]:
        """Give the documents that have a form in a field."""
        if (documents := self._documents.get((field, form))) is None:
            documents = frozenset(self.postings(field, form).documents)
            self._documents.put((field, form), documents, len(documents) + 1)
        return documents

    def places(self, field: str, form: str) -> Places:
        """Give a form's places in a field, as `rows.py` numbers them."""
        if (places := self._places.get((field, form))) is None:
            with self._reading:
                places = self._reader.places(field, form)
            self._places.put((field, form), places, len(places))
        return places

    def spellings(self, field: str, prefix: str, most: int) -> list[str]:
        """Give the forms of a field that begin so."""
        with self._reading:
            return self._reader.spellings(field, prefix, most)

    def forms(self, field: str, prefix: str, most: int) -> list[tuple[str, int]]:
        """Give the forms of a field that begin so, with their number of documents."""
        with self._reading:
            return self._reader.forms(field, prefix, most)

    def frequency(self, field: str, form: str) -> int:
        """Count the documents that have a form, without reading its postings."""
        with self._reading:
            return self._reader.frequency(field, form)

    def value(self, column: str, number: int) -> bytes:
        """Give one document's value of a column."""
        with self._reading:
            return self._reader.value(column, number)

    def words(self, number: int) -> Sequence[PackedWords]:
        """Give the words of a document's name, subject and statement."""
        if (words := self._words.get(number)) is None:
            with self._reading:
                marks = self._reader.value("marks", number)
                words = unpack_words(marks)
            self._words.put(number, words, len(marks) + _UNPACKED)
        return words

    def shown(self, number: int) -> Shown:
        """Give what a hit on a document shows."""
        if (shown := self._shown.get(number)) is None:
            with self._reading:
                candidacy = unpack_light(self._reader.value("light", number))
                replies = self._reader.value("reply_marks", number)
                shown = Shown(candidacy, *join_marks(candidacy, self.words(number), replies))
            size = len(candidacy.statement) + 2 * len(replies)
            self._shown.put(number, shown, size + _UNPACKED)
        return shown

    def kin(self, stemmed: str) -> frozenset[str]:
        """Give all forms in the index that share a stem, the stem itself included."""
        found = self._kin.get(stemmed)
        if found is None:
            pairs = self.forms("kin", f"{stemmed} ", 200)
            found = frozenset({stemmed, *(pair.partition(" ")[2] for pair, _ in pairs)})
            if len(self._kin) > 10_000:
                self._kin.clear()
            self._kin[stemmed] = found
        return found

    def stem_scores(self, stemmed: str) -> Mapping[int, float]:
        """Give every document that has a word of this stem anywhere, with its score."""
        if (scores := self._scores.get(stemmed)) is None:
            found = self.postings("stem", stemmed)
            worths = self.worths(found.steps, len(found.documents))
            scores = dict(zip(found.documents, map(worths.__getitem__, found.steps), strict=True))
            self._scores.put(stemmed, scores, len(scores))
        return scores

    def worths(self, steps: Iterable[int], documents: int) -> dict[int, float]:
        """Score each different count of a word that stands in so many documents."""
        worth = rarity(len(self.columns.documents), documents)
        return {step: worth * damped(step / STEP) for step in set(steps)}
