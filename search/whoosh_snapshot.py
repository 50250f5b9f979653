"""One generation of the index, open for any number of requests at once.

Owns the lock around Whoosh's readers (they are not thread-safe; a rare race was seen) and a bounded
memory of decoded postings: of words, never of answers. Everything else in it is read-only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ingest.records import Vocabulary
from search.errors import IndexBroken
from search.memory import Memory
from search.posting_lists import Postings
from search.ranking import damped, rarity
from search.whoosh_columns import Columns
from search.whoosh_names import Names
from search.whoosh_reader import BuildReader


class Snapshot:
    """The index as one commit left it."""

    def __init__(self, build: Path, vocabulary: Vocabulary, most_remembered: int) -> None:
        self._reader = BuildReader(build)
        self._lock = threading.RLock()
        self.generation = self._reader.generation
        with self._reading():
            self.columns = Columns(self._reader.column("facts"), vocabulary)
        self._scores: Memory[str, dict[int, float]] = Memory(most_remembered // 2)
        self._places: Memory[tuple[str, str], dict[int, bytes]] = Memory(most_remembered // 2)
        self._kin: dict[str, frozenset[str]] = {}
        self._names: Names | None = None
        self._users = 1
        self._users_lock = threading.Lock()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except IndexBroken:
                raise
            # A damaged file makes Whoosh raise nearly anything; each of them means the same here.
            except Exception as error:
                raise IndexBroken(
                    f"The index cannot be read ({type(error).__name__}: {error}): "
                    "run `hustings reindex`."
                ) from error

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
            with self._lock:
                self._reader.close()

    def postings(self, field: str, form: str) -> Postings:
        """Give a form's postings in a field."""
        with self._reading():
            return self._reader.postings(field, form)

    def places(self, field: str, form: str) -> Mapping[int, bytes]:
        """Give a form's packed positions in a field, by document."""
        if (places := self._places.get((field, form))) is None:
            with self._reading():
                found = self._reader.postings(field, form)
            places = dict(zip(found.documents, found.places, strict=True))
            # Positions weigh some words each.
            self._places.put((field, form), places, 4 * len(places))
        return places

    def spellings(self, field: str, prefix: str, most: int) -> list[str]:
        """Give the forms of a field that begin so."""
        with self._reading():
            return self._reader.spellings(field, prefix, most)

    def forms(self, field: str, prefix: str, most: int) -> list[tuple[str, int]]:
        """Give the forms of a field that begin so, with their number of documents."""
        with self._reading():
            return self._reader.forms(field, prefix, most)

    def frequency(self, field: str, form: str) -> int:
        """Count the documents that have a form, without reading its postings."""
        with self._reading():
            return self._reader.frequency(field, form)

    def value(self, column: str, number: int) -> bytes:
        """Give one document's value of a column."""
        with self._reading():
            return self._reader.value(column, number)

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
            worth = rarity(len(self.columns.documents), len(found.documents))
            counts = [worth * damped(count) for count in found.counts]
            scores = dict(zip(found.documents, counts, strict=True))
            self._scores.put(stemmed, scores, len(scores))
        return scores
