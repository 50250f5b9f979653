"""A judged set over an archive whose truth is known: queries and grades made from the truth alone.

The candidacies are those that the pipeline finds in the archive; what each of them is, the truth
file says, so that a query's grades follow from facts and no engine had a part in them. Nothing of
the archive is kept: queries are made anew each time, the same for the same archive.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.judged_set import Judged
from bench.truth import Row, read_truth
from bench.truth_archive import judge_archive, read_months
from ingest.elections import load_elections
from ingest.records import Candidacy, Vocabulary

OF_EACH_KIND = 40
MOST_WITH_WORD = 8  # candidacies that have a word which is called rare
_WORD = re.compile(r"[a-z]{5,20}")


@dataclass(frozen=True)
class _Known:
    """A candidacy with what the truth says of it."""

    id: str
    row: Row
    words: frozenset[str]

    @property
    def project(self) -> str:
        """The project's short name; empty for the committee."""
        return self.row.projects[1] if self.row.office == "PTL" else ""


Kind = Callable[[random.Random, Sequence[_Known]], Iterator[tuple[str, Mapping[str, int]]]]


def make_archive_set(folder: Path) -> tuple[list[Candidacy], list[Judged], Vocabulary]:
    """Read an archive's folder (`site/`, `truth.jsonl`), and make the judged queries for it."""
    table = load_elections()
    months = next((folder / "site" / "pipermail").glob("*/*.txt.gz")).parent
    candidacies = judge_archive(read_months(months), months, table).candidacies
    rows = {row.message_id: row for row in read_truth(folder / "truth.jsonl") if row.is_candidacy}
    known = [
        _Known(each.id, row, frozenset(_WORD.findall(row.statement.lower())))
        for each in candidacies
        if (row := rows.get(each.message_id))
    ]
    return candidacies, list(judge_known(known)), table.vocabulary()


def judge_known(known: Sequence[_Known]) -> Iterator[Judged]:
    """Make so many different queries of each kind, each with at least one best answer."""
    for number, (name, kind) in enumerate(KINDS.items()):
        made: dict[str, Mapping[str, int]] = {}
        for query, grades in kind(random.Random(number), known):
            if 3 in grades.values():
                made.setdefault(query, grades)
            if len(made) == OF_EACH_KIND:
                break
        yield from (Judged(query, grades, name) for query, grades in made.items())


def _each(maker: random.Random, known: Sequence[_Known]) -> Iterator[_Known]:
    yield from maker.sample(known, len(known))


def _graded(known: Sequence[_Known], grade: Callable[[_Known], int]) -> dict[str, int]:
    return {each.id: worth for each in known if (worth := grade(each))}


def _persons(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """A candidate's name: all of his candidacies."""

    def grade(each: _Known) -> int:
        return 3 * (each.row.name == one.row.name)

    for one in _each(maker, known):
        yield one.row.name.lower(), _graded(known, grade)


def _persons_of_projects(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """A last name and a project: that project's are the answer, his others are near it."""

    def grade(each: _Known) -> int:
        return (3 if each.project == one.project else 1) if each.row.name == one.row.name else 0

    for one in _each(maker, known):
        if one.project and " " in one.row.name:
            yield f"{one.row.name.split()[-1].lower()} {one.project}", _graded(known, grade)


def _races(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """A project and a cycle: that race, and no other."""

    def grade(each: _Known) -> int:
        return 3 * (each.project == one.project and each.row.cycle == one.row.cycle)

    for one in _each(maker, known):
        if one.project:
            yield f"{one.project} {one.row.cycle}", _graded(known, grade)


def _committees(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The committee of a cycle."""

    def grade(each: _Known) -> int:
        return 3 * (each.row.office == "TC" and each.row.cycle == one.row.cycle)

    for one in _each(maker, known):
        yield f"tc {one.row.cycle}", _graded(known, grade)


def _rare_words(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Three rare words of one statement; those that have two of them are near it."""
    frequency = Counter(word for each in known for word in each.words)

    def grade(each: _Known) -> int:
        return {3: 3, 2: 1}.get(len(words & each.words), 0)

    for one in _each(maker, known):
        rare = sorted(word for word in one.words if frequency[word] <= MOST_WITH_WORD)
        if len(rare) >= 3:
            words = frozenset(maker.sample(rare, 3))
            yield " ".join(sorted(words)), _graded(known, grade)


def _quotations(
    maker: random.Random, known: Sequence[_Known]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Four words as they follow each other in one statement: whoever wrote them."""
    texts = {each.id: f" {' '.join(each.row.statement.lower().split())} " for each in known}
    for one in _each(maker, known):
        found = re.findall(r"(?<= )[a-z]{2,}(?: [a-z]{2,}){3}(?= )", texts[one.id])
        if found:
            phrase = maker.choice(found)
            same = (each for each, text in texts.items() if f" {phrase} " in text)
            yield f'"{phrase}"', dict.fromkeys(same, 3)


KINDS: Mapping[str, Kind] = {
    "person": _persons,
    "person and project": _persons_of_projects,
    "race": _races,
    "committee": _committees,
    "rare words": _rare_words,
    "quotation": _quotations,
}
