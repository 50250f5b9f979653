"""What a short plain query names: a project, a person, a race, whose candidacies come first.

People type `ana example`, `nova`, `nova mitaka` or `tc 2024.1` and mean the candidacies of just
these, not those that mention them. Engine-independent; how the named documents are found and
raised is the engine's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ingest.records import Vocabulary
from search.analysis import phrase_forms
from search.query_tree import And, Phrase, Query, Word
from search.query_values import read_value

MOST_WORDS = 5
_SHORTEST_CYCLE = 2  # letters: `m` is a cycle in a subject, and a letter in a query


@dataclass(frozen=True, slots=True)
class Naming:
    """What documents must have to be the named ones: values of fields, and words of the name."""

    values: tuple[tuple[str, str], ...] = ()
    name: tuple[str, ...] = ()


def read_naming(
    query: Query, vocabulary: Vocabulary, projects: Collection[str]
) -> tuple[Naming, ...]:
    """Give what a query may name, any of which will do; nothing for a query that is no name.

    `projects` are those that some document has.
    """
    words = _plain_words(query)
    if not words:
        return ()
    if project := _project(words, vocabulary, projects):
        return (Naming((("project", project),)),)
    found = [Naming(name=words)]
    for values, rest in _without_facts(words, vocabulary):
        project = _project(rest, vocabulary, projects)
        if project:
            found.append(Naming((("project", project), *values)))
        elif rest or len(values) > 1:
            found.append(Naming(values, rest))
    return tuple(dict.fromkeys(found))


def _plain_words(query: Query) -> tuple[str, ...]:
    parts: Iterable[Query] = query.parts if isinstance(query, And) else (query,)
    forms: list[str] = []
    for part in parts:
        if not isinstance(part, Word | Phrase) or part.field:
            return ()
        forms.extend(phrase_forms(part.text))
    return tuple(forms) if len(forms) <= MOST_WORDS else ()


def _project(words: tuple[str, ...], vocabulary: Vocabulary, projects: Collection[str]) -> str:
    name = read_value("project", "-".join(words), vocabulary) or ""
    return name if name in projects else ""


def _without_facts(
    words: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """Take a cycle, an office or both off a query's ends; give their values and what is left."""
    for cycle, rest in _without_cycle(words, vocabulary):
        yield (("cycle", cycle),), rest
    for place, word in enumerate(words):
        office = read_value("office", word, vocabulary)
        if office:
            others = words[:place] + words[place + 1 :]
            yield (("office", office),), others
            for cycle, rest in _without_cycle(others, vocabulary):
                yield (("cycle", cycle), ("office", office)), rest


def _without_cycle(
    words: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for size in (1, 2):  # `2024.1` is two words
        for start in dict.fromkeys((0, len(words) - size)):
            text = ".".join(words[start : start + size])
            known = text in vocabulary.cycles or text in vocabulary.cycle_aliases
            if known and start >= 0 and len(text) >= _SHORTEST_CYCLE:
                yield (
                    vocabulary.cycle_aliases.get(text, text),
                    words[:start] + words[start + size :],
                )
