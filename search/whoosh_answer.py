"""One request answered on one generation: hits in order, facets, excerpts, other spellings."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, islice, repeat

from ingest.records import Candidacy, Vocabulary
from search.analysis import stem
from search.engine import Excerpt, Facet, Hit, Notice, SearchRequest, SearchResults, Sort
from search.facets import known_facets, make_facet
from search.naming import Naming, read_naming
from search.passages import Mark, make_excerpts
from search.ranking import NAME_BONUS, NEAR_BONUS, near_share, near_words
from search.respelling import did_you_mean
from search.stored_words import unpack_whole
from search.whoosh_columns import Tally
from search.whoosh_match import Matcher, Matches
from search.whoosh_snapshot import Snapshot
from search.whoosh_suggest import SnapshotWords

DEEPEST_HIT = 10_000
LOOKED_AT_CLOSELY = 40  # the best hits are ordered anew by how near the query's words stand


class Answer:
    """One request's answer in the making."""

    def __init__(self, snapshot: Snapshot, request: SearchRequest, vocabulary: Vocabulary) -> None:
        self.snapshot = snapshot
        self.request = request
        self.vocabulary = vocabulary
        self.matcher = Matcher(snapshot)
        self.found: Matches = self.matcher.match(request.query)
        self.scores = self.found.scores
        self.chosen = {
            field: snapshot.columns.chosen(field, values)
            for field, values in request.chosen.items()
            if values
        }
        self.documents = self._within(leaving_out="")
        self.tally = Tally(snapshot.columns, self.documents)

    def _within(self, leaving_out: str) -> AbstractSet[int]:
        documents = self.found.documents
        for field, inside in self.chosen.items():
            if field != leaving_out:
                documents = documents & inside
        return documents

    def results(self) -> SearchResults:
        """Put the whole answer together."""
        facets = tuple(self._facet(field) for field in known_facets(self.request.facets))
        hits = tuple(self._hits())
        meant: tuple[str, ...] = ()
        if not self.found.documents:
            meant = did_you_mean(SnapshotWords(self.snapshot), self.request.query)
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
        if field in self.chosen:
            counts = Tally(columns, self._within(leaving_out=field)).count(field)
        else:
            counts = self.tally.count(field)
        chosen = tuple(self.request.chosen.get(field, ()))
        size = self.request.facet_size
        return make_facet(field, counts, chosen, size, self.vocabulary, columns.labels(field))

    def _hits(self) -> Iterator[Hit]:
        per_page, page = self.request.per_page, max(self.request.page, 1)
        if per_page <= 0:
            return
        if page * per_page > DEEPEST_HIT:
            message = (
                f"Only the first {DEEPEST_HIT} hits can be paged through: "
                "narrow the search or export it."
            )
            self.matcher.notices.append(Notice("limited", f"page {page}", message))
            return
        numbers = self.ordered(page * per_page)[(page - 1) * per_page :]
        marks = self.matcher.marks(self.request.query) if self.request.excerpts and numbers else []
        for number in numbers:
            yield self._hit(number, marks)

    def ordered(self, most: int) -> list[int]:
        """Give the first documents in the order asked for; ties go to the newer one."""
        columns = self.snapshot.columns
        if not most:
            return []
        if self.request.sort is Sort.RELEVANCE and self.found.scores:
            return self._by_relevance(most)
        newest_first = self.request.sort is not Sort.OLDEST
        order = iter(columns.newest) if newest_first else reversed(columns.newest)
        return list(islice((number for number in order if number in self.documents), most))

    def _by_relevance(self, most: int) -> list[int]:
        """Order by score; among the best, those in which the query's words stand together rise."""
        self._put_named_first()
        best = self._best(self.documents, max(most, LOOKED_AT_CLOSELY))
        words = near_words(self.request.query)
        if len(words) > 1:
            first = best[:LOOKED_AT_CLOSELY]
            forms = [self.snapshot.kin(stem(word)) for word in words]
            self.scores = {**self.scores, **self._raised(first, forms, most)}
            best[:LOOKED_AT_CLOSELY] = self._best(first, len(first))
        return best[:most]

    def _best(self, numbers: Collection[int], most: int) -> list[int]:
        columns, scores = self.snapshot.columns, self.scores
        if len(numbers) > most:
            # Most are far from the best: they are told by their score alone.
            if len(numbers) == len(scores) and not self.chosen:
                numbers, worths = list(scores), list(scores.values())
            else:
                worths = list(map(scores.get, numbers, repeat(0.0)))
            least = heapq.nlargest(most, worths)[-1]
            numbers = [n for n, worth in zip(numbers, worths, strict=True) if worth >= least]
        keyed = [(-scores.get(number, 0.0), columns.rank[number]) for number in numbers]
        return [columns.newest[place] for _, place in heapq.nsmallest(most, keyed)]

    def _raised(
        self, best: Sequence[int], forms: Sequence[frozenset[str]], most: int
    ) -> dict[int, float]:
        """Score the best anew, from the first on, as far as one may still be among `most`."""
        raised: dict[int, float] = {}
        first: list[float] = []
        for number in best:
            score = self.scores[number]
            if len(first) >= most and score + NEAR_BONUS < first[0]:
                break
            raised[number] = score = score + NEAR_BONUS * self._together(number, forms)
            heapq.heappush(first, score)
            if len(first) > most:
                heapq.heappop(first)
        return raised

    def _together(self, number: int, forms: Sequence[frozenset[str]]) -> float:
        """Tell which share of neighbouring words of the query are near each other in a text."""
        _, subject, statement = self.snapshot.words(number)
        share = near_share(statement, forms)
        return share if share == 1 else max(share, near_share(subject, forms))

    def _put_named_first(self) -> None:
        """Put those that a short query names before those that mention them."""
        projects = self.snapshot.columns.values.get("project", {})
        named = read_naming(self.request.query, self.vocabulary, projects)
        raised = frozenset[int]().union(*map(self._named, named)).intersection(self.scores)
        if raised:
            bonus = {number: self.scores[number] + NAME_BONUS for number in raised}
            self.scores = {**self.scores, **bonus}

    def _named(self, naming: Naming) -> AbstractSet[int]:
        columns = self.snapshot.columns
        having = chain(
            (columns.having(field, value) for field, value in naming.values),
            (self.snapshot.documents("in_candidate", word) for word in naming.name),
        )
        found = next(having)
        while found and (more := next(having, None)) is not None:
            found &= more
        return found

    def _hit(self, number: int, marks: list[Mark]) -> Hit:
        shown = self.snapshot.shown(number)
        excerpts: tuple[Excerpt, ...] = ()
        if self.request.excerpts:
            excerpts = make_excerpts(shown.texts, shown.words, marks)
        return Hit(shown.candidacy, round(self.scores.get(number, 0.0), 4), excerpts)


def read_whole(snapshot: Snapshot, number: int) -> Candidacy:
    """Read a candidacy with everything."""
    return unpack_whole(snapshot.value("light", number), snapshot.value("rest", number))
