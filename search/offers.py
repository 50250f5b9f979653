"""What is offered beside answers, by one rule for every engine: words' endings, texts' key words.

No engine in it: which words an index has, and how often, is given. Other spellings are
`respelling.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from search.analysis import phrase_forms, stem
from search.engine import Suggestion
from search.packed_words import PackedWords
from search.ranking import rarity

LEAST_LETTERS = 2
_LEAST_WORD = 3
_KEY_TERMS = 24
_LIKELY = 400
_COMMON = 0.35  # a word in more of the documents than this says nothing about one of them
_SAID_BY_ALL = frozenset(("ptl", "tc", "candidaci", "candid", "elect", "run", "cycl"))


def complete_word(
    text: str, room: int, beginning: Callable[[str], Iterable[tuple[str, int]]]
) -> Iterator[Suggestion]:
    """Complete the last word of a text; `beginning` gives the forms that begin so, commonest first,
    with their documents. Of several forms of one word the first is offered.
    """
    before, _, last = text.rpartition(" ")
    forms = phrase_forms(last)
    if len(forms) != 1 or len(forms[0]) < _LEAST_WORD or not last.isalnum():
        return
    seen: set[str] = set()
    for form, count in beginning(forms[0]):
        if len(seen) >= room:
            return
        if stem(form) not in seen:
            seen.add(stem(form))
            whole = f"{before} {form}".strip()
            yield Suggestion("word", whole, whole, count)


def key_terms(
    names: Iterable[str],
    statement: PackedWords,
    documents: int,
    with_stems: Callable[[Sequence[str]], Mapping[str, int]],
) -> dict[str, float]:
    """Choose the stems that say most about a statement, each with its worth.

    `names` are those of its candidate, cycle and projects: what it is about counts, not whose it
    is, since two statements of one project are not alike for that.
    """
    own = {stem(form) for name in names for form in phrase_forms(name)} | _SAID_BY_ALL
    counts = Counter[str]()
    for form, times in statement.counts():
        counts[stem(form)] += times
    likely = [row for row in counts.most_common(_LIKELY) if len(row[0]) > 2 and row[0] not in own]
    having = with_stems([stemmed for stemmed, _ in likely])
    worth: dict[str, float] = {}
    for stemmed, count in likely:
        with_it = having[stemmed]
        if 1 < with_it <= max(_COMMON * documents, 2) and not stemmed.isdigit():
            worth[stemmed] = rarity(documents, with_it) * count / (count + 1.2)
    best = sorted(worth, key=lambda stemmed: (-worth[stemmed], stemmed))[:_KEY_TERMS]
    return {stemmed: worth[stemmed] for stemmed in best}
