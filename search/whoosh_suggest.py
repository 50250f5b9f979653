"""What an engine offers unasked: completions, other spellings, candidacies like one at hand.

Works on the index's own lists: facts in memory for candidates, projects and cycles, the `word`
field for words with their document frequency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_lowercase

from search.analysis import fold, phrase_forms, stem
from search.engine import Suggestion
from search.packed_words import PackedWords
from search.query import render_query
from search.query_tree import (
    And,
    FieldIs,
    Fuzzy,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
    any_of,
    wanted_leaves,
)
from search.query_values import slug
from search.ranking import rarity
from search.spelling import distance
from search.stored_words import split_blocks
from search.whoosh_match import Matcher
from search.whoosh_names import Names
from search.whoosh_snapshot import Snapshot

LEAST_LETTERS = 2
MOST_FORMS = 3000
MOST_SPELLINGS = 3
KEY_TERMS = 24
COMMON = 0.35  # a word in more of the documents than this says nothing about one of them


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
    return kept + list(_words(snapshot, text, limit - len(kept)))


def _words(snapshot: Snapshot, text: str, room: int) -> Iterator[Suggestion]:
    before, _, last = text.rpartition(" ")
    forms = phrase_forms(last)
    if len(forms) != 1 or len(forms[0]) < 3 or not last.isalnum():
        return
    found = snapshot.forms("word", forms[0], MOST_FORMS)
    found.sort(key=lambda row: (-row[1], row[0]))
    seen: set[str] = set()
    for form, count in found:
        if len(seen) >= room:
            return
        if stem(form) not in seen:
            seen.add(stem(form))
            whole = f"{before} {form}".strip()
            yield Suggestion("word", whole, whole, count)


def did_you_mean(snapshot: Snapshot, query: Query) -> tuple[str, ...]:
    """Give queries that find something where this one found nothing: other spellings first."""
    respelt = _respell(snapshot, query)
    offers = [respelt] if respelt is not None else []
    words = [leaf for leaf in wanted_leaves(query) if isinstance(leaf, Word | Phrase)]
    if isinstance(query, And) and len(words) > 1:
        base = respelt if isinstance(respelt, And) else query
        plain = [part for part in base.parts if isinstance(part, Word | Phrase)]
        others = [part for part in base.parts if not isinstance(part, Word | Phrase)]
        if len(plain) > 1:
            offers.append(And((any_of(list(plain)), *others)) if others else any_of(list(plain)))
    found = [offer for offer in offers if Matcher(snapshot).match(offer).documents]
    return tuple(dict.fromkeys(render_query(offer) for offer in found))[:MOST_SPELLINGS]


def _respell(snapshot: Snapshot, query: Query) -> Query | None:
    """Replace every word that the index has not by the nearest that it has; None if none was."""
    match query:
        case And(parts) | Or(parts):
            new = [_respell(snapshot, part) for part in parts]
            if not any(new):
                return None
            kept = tuple(n if n is not None else p for n, p in zip(new, parts, strict=True))
            return replace(query, parts=kept)
        case Word() | Fuzzy() | Prefix():
            if Matcher(snapshot).match(query).documents:
                return None
            near = nearest(snapshot, fold(query.text))
            return Word(near, query.field) if near else None
        case FieldIs(field, value) if field in ("project", "nick", "cycle"):
            values = snapshot.columns.values[field]
            close = [v for v in values if distance(v, slug(value), 2) <= min(2, len(v) // 3)]
            if value in values or not close:
                return None
            best = min(close, key=lambda v: (distance(v, slug(value), 2), -len(values[v]), v))
            return FieldIs(field, best)
        case Not():
            return None
        case _:
            return None


def nearest(snapshot: Snapshot, word: str) -> str:
    """Give the index's word nearest to a misspelt one: by distance, then by how common it is."""
    if not 3 < len(word) <= 40 or not word.isalnum():
        return ""
    most = 1 if len(word) < 6 else 2
    near = [
        (slips, -snapshot.frequency("word", form), form)
        for form in snapshot.spellings("word", word[:3], MOST_FORMS)
        if abs(len(form) - len(word)) <= most and not form[:1].isdigit()
        if 0 < (slips := distance(word, form, most)) <= most
    ]
    # A slip in the first three letters: such spellings are looked up one by one.
    near += [(1, -snapshot.frequency("word", form), form) for form in set(_early_slips(word))]
    near = [row for row in near if row[1] and row[2] != word]
    return min(near)[2] if near else ""


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
    _, _, statement = split_blocks(snapshot.value("marks", number))
    # What it is about, not whose it is: two statements of one project are not alike for that.
    own = {
        stem(form)
        for name in (facts.candidate, facts.cycle, *facts.projects)
        for form in phrase_forms(name)
    }
    own |= {"ptl", "tc", "candidaci", "candid", "elect", "run", "cycl"}
    counts = Counter[str]()
    for form, times in PackedWords(statement).counts():
        counts[stem(form)] += times
    total = len(snapshot.columns.documents)
    worth: dict[str, float] = {}
    likely = [row for row in counts.most_common(400) if len(row[0]) > 2 and row[0] not in own]
    for stemmed, count in likely:
        with_it = snapshot.frequency("stem", stemmed)
        if 1 < with_it <= max(COMMON * total, 2) and not stemmed.isdigit():
            worth[stemmed] = rarity(total, with_it) * count / (count + 1.2)
    best = sorted(worth, key=lambda stemmed: (-worth[stemmed], stemmed))[:KEY_TERMS]
    return {stemmed: worth[stemmed] for stemmed in best}


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
