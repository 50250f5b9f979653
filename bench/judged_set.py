"""The judged set: a fixed corpus of invented candidacies, queries, and graded answers.

Made from `judged/topics.json`, always alike. Each statement has two topics as goals (grade 3 for
a query about them) and mentions others in passing (grade 1); sentences that share words with a
topic and mean something else are among them, and get nothing. A person's or project's own
candidacies are worth 3, mentions of the name elsewhere 1. So a grade follows from what a text is
about, and no engine's answer had a part in it.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.search_corpus import split_words
from ingest.records import Candidacy, Office, Reply, Vocabulary, message_id_hash

TOPICS = Path(__file__).parent / "judged" / "topics.json"
CYCLES = ("juno", "kilo", "liberty", "mitaka", "newton", "ocata")
PROJECTS = split_words(
    "nova neutron cinder glance keystone horizon heat ironic designate swift sahara trove"
)
FIRST = split_words(
    "Ana Ben Carla Dario Elif Farid Greta Hugo Ines Jonas Keiko Luis Mina Noor Otto"
)
LAST = split_words(
    "Example Sample Mockridge Testova Inventov Fabler Storyson Figment Pretender Novel"
)
SIZE = 240
VOCABULARY = Vocabulary(cycles=CYCLES, project_aliases={"quantum": "neutron"})


@dataclass(frozen=True)
class Judged:
    """One query with the grade of every candidacy that has one, by id."""

    query: str
    grades: Mapping[str, int]
    kind: str = "all"


@dataclass(frozen=True)
class _Made:
    candidacy: Candidacy
    goals: frozenset[str]
    mentions: frozenset[str]
    mentioned_people: frozenset[str]
    mentioned_projects: frozenset[str]


def make_judged_set() -> tuple[list[Candidacy], list[Judged]]:
    """Make the corpus and its judged queries."""
    source = json.loads(TOPICS.read_text(encoding="utf-8"))
    maker = random.Random(20150914)
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    maker.shuffle(people)
    made = [_make(maker, source, people[:70], number) for number in range(SIZE)]
    return [each.candidacy for each in made], _judge(source, made)


def _make(maker: random.Random, source: dict[str, Any], people: list[str], number: int) -> _Made:
    name, cycle = maker.choice(people), maker.choice(CYCLES)
    office = Office.TC if maker.random() < 0.12 else Office.PTL
    project = "" if office is Office.TC else maker.choice(PROJECTS)
    goals = maker.sample(source["topics"], 2)
    others = [topic for topic in source["topics"] if topic not in goals]
    mentions = maker.sample(others, 5)
    friend = maker.choice([person for person in people if person != name])
    neighbour = maker.choice([each for each in PROJECTS if each != project])
    title = f"{project} PTL".capitalize() if project else "the TC"
    body = [maker.choice(topic["main"]) for topic in goals]
    body += [maker.choice(topic["passing"]) for topic in mentions]
    body.append(f"I learnt a lot from {friend}, and from working with the {neighbour} team.")
    maker.shuffle(body)
    opening = maker.choice(source["openings"]).format(title=title, cycle=cycle)
    statement = "\n\n".join([opening, *body, maker.choice(source["closings"])])
    posted = datetime(2014, 4, 1, tzinfo=UTC) + timedelta(
        days=182 * CYCLES.index(cycle) + number % 9
    )
    reply_topic = maker.choice(others)
    reply = f"+1 from me.\n\nWhat do you think of this, though? {maker.choice(reply_topic['main'])}"
    candidacy = _candidacy(number, name, office, project, cycle, posted, statement, reply)
    return _Made(
        candidacy,
        frozenset(topic["name"] for topic in goals),
        frozenset([reply_topic["name"]]),
        frozenset([friend]),
        frozenset([neighbour]),
    )


def _candidacy(
    number: int,
    name: str,
    office: Office,
    project: str,
    cycle: str,
    posted: datetime,
    statement: str,
    reply: str,
) -> Candidacy:
    message_id = f"judged.{number}@example.org"
    return Candidacy(
        id=message_id_hash(message_id),
        message_id=message_id,
        archive="judged",
        archive_url=f"https://lists.example.org/pipermail/judged/{posted:%Y-%B}/{number:06}.html",
        subject=f"[{project or 'tc'}] {office} candidacy",
        candidate=name,
        person=name.casefold().replace(" ", "-"),
        address="someone@example.org",
        irc_nick="",
        office=office,
        projects=(project,) if project else (),
        cycle=cycle,
        cycle_order=CYCLES.index(cycle) + 1,
        posted_at=posted,
        statement=statement,
        replies=(Reply(f"reply.{message_id}", "Vera Voter", "v@example.org", posted, reply, ""),),
    )


def _judge(source: dict[str, Any], made: Sequence[_Made]) -> list[Judged]:
    judged = [
        Judged(query, _grade(made, topic["name"]))
        for topic in source["topics"]
        for query in topic["queries"]
    ]
    people = sorted({each.candidacy.candidate for each in made})
    for person in people[:20:2]:
        judged.append(Judged(person.lower(), _grades(made, _person_grade(person))))
    for project in PROJECTS[:8]:
        judged.append(Judged(project, _grades(made, _project_grade(project))))
    for topic, project in zip(source["topics"][:8], PROJECTS, strict=False):
        grades = _grade([m for m in made if project in m.candidacy.projects], topic["name"])
        judged.append(Judged(f"project:{project} {topic['queries'][0]}", grades))
    return [each for each in judged if any(grade == 3 for grade in each.grades.values())]


def _grades(made: Sequence[_Made], grade: Callable[[_Made], int]) -> dict[str, int]:
    return {each.candidacy.id: worth for each in made if (worth := grade(each))}


def _grade(made: Sequence[_Made], topic: str) -> dict[str, int]:
    return _grades(made, lambda m: 3 if topic in m.goals else 1 if topic in m.mentions else 0)


def _person_grade(person: str) -> Callable[[_Made], int]:
    return lambda m: 3 if m.candidacy.candidate == person else int(person in m.mentioned_people)


def _project_grade(project: str) -> Callable[[_Made], int]:
    return lambda m: 3 if project in m.candidacy.projects else int(project in m.mentioned_projects)


def ndcg(found: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Measure an order of answers: 1 is the best possible (gain 2^grade - 1)."""

    def gain(order: Sequence[int]) -> float:
        return sum((2.0**g - 1) / math.log2(place + 2) for place, g in enumerate(order[:depth]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(each, 0) for each in found]) / best if best else 0.0
