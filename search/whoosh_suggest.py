"""What an engine offers unasked: completions, other spellings, candidacies like one at hand.

Works on the index's own lists: facts in memory for candidates, projects and cycles, the `word`
field for words with their document frequency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from search import offers
from search.analysis import phrase_forms
from search.engine import Suggestion
from search.offers import LEAST_LETTERS, complete_word
from search.query_tree import Query
from search.spelling import distance
from search.whoosh_match import Matcher
from search.whoosh_names import Names
from search.whoosh_snapshot import Snapshot

MOST_FORMS = 3000


def suggest(snapshot: Snapshot, names: Names, text: str, limit: int) -> list[Suggestion]:
    """Complete the end of what is typed: names over all of it, then words for its last word."""
    typed = " ".join(phrase_forms(text))
    if len(typed) < LEAST_LETTERS or limit <= 0 or text[-1:].isspace():
        return []
    kinds = {"candidate": 0, "project": 1, "cycle": 2}
    found = sorted(names.starting(typed), key=lambda s: (kinds[s.kind], -s.count, s.text))
    by_kind = Counter[str]()
    kept: list[Suggestion] = []
    for each in found:
        by_kind[each.kind] += 1
        if by_kind[each.kind] <= max(limit // 2, 1):
            kept.append(each)
    kept = kept[: max(limit - 2, 1)]
    room = limit - len(kept)
    return kept + list(complete_word(text, room, lambda form: _forms(snapshot, form)))


def _forms(snapshot: Snapshot, beginning: str) -> list[tuple[str, int]]:
    return sorted(snapshot.forms("word", beginning, MOST_FORMS), key=lambda row: (-row[1], row[0]))


class SnapshotWords:
    """What `respelling.py` asks of an index, asked of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def finds(self, queries: Sequence[Query]) -> list[bool]:
        return [bool(Matcher(self._snapshot).match(query).documents) for query in queries]

    def near(self, word: str, slips: int) -> Iterator[tuple[str, int]]:
        likely = [
            form
            for form in self._snapshot.spellings("word", word[:3], MOST_FORMS)
            if abs(len(form) - len(word)) <= slips and distance(word, form, slips) <= slips
        ]
        # A slip in the first three letters: such spellings are looked up one by one.
        for form in {*likely, *_early_slips(word)}:
            yield form, self._snapshot.frequency("word", form)

    def values(self, field: str) -> Mapping[str, int]:
        return self._snapshot.columns.totals[field]


def _early_slips(word: str) -> Iterator[str]:
    for i in range(3):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :]
        for letter in ascii_lowercase:
            yield word[:i] + letter + word[i:]
            yield word[:i] + letter + word[i + 1 :]


def key_terms(snapshot: Snapshot, number: int) -> dict[str, float]:
    """Choose the stems that say most about a statement, each with its worth."""
    facts = snapshot.columns.facts[number]
    _, _, statement = snapshot.words(number)
    return offers.key_terms(
        (facts.candidate, facts.cycle, *facts.projects),
        statement,
        len(snapshot.columns.documents),
        lambda stems: {each: snapshot.frequency("stem", each) for each in stems},
    )


def similar(snapshot: Snapshot, number: int, limit: int) -> list[tuple[int, float]]:
    """Find the documents that share most of a statement's key terms; a mere one is not enough."""
    terms = key_terms(snapshot, number)
    scores: dict[int, float] = {}
    shared = Counter[int]()
    for stemmed, worth in terms.items():
        for other, score in snapshot.stem_scores(stemmed).items():
            scores[other] = scores.get(other, 0.0) + worth * score
            shared[other] += 1
    least = 2 if len(terms) > 3 else 1
    found = [(n, score) for n, score in scores.items() if n != number and shared[n] >= least]
    found.sort(key=lambda row: (-row[1], snapshot.columns.rank[row[0]]))
    return found[: max(limit, 0)]
