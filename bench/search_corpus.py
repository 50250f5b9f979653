"""Invented candidacies by the thousand, and queries as people type them, the same for each seed.

Words follow Zipf's law over a few hundred real ones and many made up, so that posting lists are
as long and as short as in real mail. Nothing here is meant to be read; `judged/` holds texts that
are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ingest.records import Candidacy, Office, Outcome, Reply, Status, Vocabulary, message_id_hash


def split_words(text: str) -> list[str]:
    """Give the words of a list written as one text."""
    return text.split()


CYCLES = split_words(
    "havana icehouse juno kilo liberty mitaka newton ocata pike queens rocky stein train "
    "ussuri victoria wallaby xena yoga zed 2023.1 2023.2 2024.1 2024.2 2025.1"
)
PROJECTS = split_words(
    "nova neutron cinder glance swift keystone horizon heat ironic designate barbican manila "
    "sahara trove magnum murano zaqar congress octavia kolla tripleo mistral senlin watcher "
    "vitrage cyborg placement documentation infrastructure oslo requirements "
    "release-management quality-assurance i18n openstack-ansible openstack-helm rally "
    "telemetry cloudkitty masakari tacker zun"
)
REAL = split_words(
    "the to and of i a in we for is our that have with as on this be it project team cycle "
    "work community review reviews openstack will more can been users release help "
    "contributors new code time people core my would like operators deployers testing upgrade "
    "upgrades features bugs documentation stable bandwidth priorities process gate stability "
    "scheduler api driver drivers vendor quality technical debt mentoring diversity "
    "onboarding releases deferred specs blueprint backlog midcycle summit ptl candidacy "
    "election leadership communication transparency coverage functional integration "
    "performance scale scalability rolling cells quotas networking storage identity policy "
    "federation devstack tempest deprecation microversions interop hypervisor"
)
FIRST = split_words(
    "Ana Ben Carla Dmitri Elif Farid Greta Hugo Ines Jonas Keiko Luis Mina Noor Otto Priya "
    "Quentin Rosa Sven Tara Umar Vera Wanda Xavier Yuki Zoe Łukasz Søren Zoë Jürgen"
)
LAST = split_words(
    "Example Sample Placeholder Mockridge Testova Fictional Inventov Fabler Storyson "
    "Talesworth Figment Conjur Imaginez Pretender Notreal Makebelieve Fauxton Novel Mythen "
    "Legendre Pseudos Dummer Fixture Stubbs Mocksen Staged Contriva Devisor Feigner Shamley"
)
VOCABULARY = Vocabulary(
    cycles=tuple(CYCLES),
    cycle_aliases={cycle[0]: cycle for cycle in CYCLES[:19]},
    project_aliases={"quantum": "neutron", "docs": "documentation", "infra": "infrastructure"},
)
_SYLLABLES = split_words(
    "ba ce di fo gu ha ki lo mu ne pa re si to vu wa xe yo za shi tra plo gri sta cre"
)


def _words() -> tuple[list[str], list[float]]:
    maker = random.Random(7)
    made = {"".join(maker.choices(_SYLLABLES, k=maker.randint(2, 4))) for _ in range(12_000)}
    words = REAL + sorted(made - set(REAL))
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    return words, weights


WORDS, WEIGHTS = _words()


def make_text(maker: random.Random, words: int) -> str:
    """Make sentences and paragraphs of so many words."""
    row = maker.choices(WORDS, cum_weights=WEIGHTS, k=words)
    pieces = []
    for place in range(0, len(row), 14):
        sentence = " ".join(row[place : place + 14])
        pieces.append(sentence.capitalize() + ("." if place % 70 else ".\n\n"))
    return " ".join(pieces)


def make_candidacies(count: int, seed: int = 1) -> Iterator[Candidacy]:
    """Make so many candidacies, with a statement of about 350 words and three replies each."""
    maker = random.Random(seed)
    for number in range(count):
        yield make_candidacy(maker, number)


def make_candidacy(maker: random.Random, number: int) -> Candidacy:
    """Make one candidacy; the same state of `maker` and number make the same one."""
    first, last = maker.choice(FIRST), maker.choice(LAST)
    extra = f" {maker.choice(LAST)}" if maker.random() < 0.6 else ""
    name = f"{first} {last}{extra}"
    office = Office.TC if maker.random() < 0.15 else Office.PTL
    projects = () if office is Office.TC else (maker.choice(PROJECTS),)
    order = maker.randrange(len(CYCLES))
    posted = datetime(2013, 3, 1, tzinfo=UTC) + timedelta(days=180 * order + maker.randrange(14))
    topic = projects[0] if projects else "tc"
    message_id = f"{seed_of(number)}@example.org"
    statement = f"I would like to run for {topic} {office} in {CYCLES[order]}.\n\n"
    statement += make_text(maker, max(60, int(maker.gauss(350, 120))))
    statement += f"\n\nMy nick is {first.lower()}. The tick-tock of oslo.messaging and DevStack.\n"
    page = f"https://lists.example.org/pipermail/openstack-dev/{posted:%Y-%B}/{number:06}.html"
    return Candidacy(
        id=message_id_hash(message_id),
        message_id=message_id,
        archive="openstack-dev",
        archive_url=page,
        subject=f"[{topic}] {office} candidacy for {CYCLES[order]}",
        candidate=name,
        person=name.casefold().replace(" ", "-"),
        address=f"{first.lower()}@example.org",
        irc_nick=first.lower() if maker.random() < 0.7 else "",
        office=office,
        projects=projects,
        cycle=CYCLES[order],
        cycle_order=order + 1,
        posted_at=posted,
        statement=statement,
        status=maker.choice(list(Status)),
        outcome=maker.choice(list(Outcome)),
        replies=tuple(_reply(maker, number, each, posted) for each in range(maker.randrange(7))),
        archive_urls=(page,),
        raw=f"From: {name}\n\n{statement}".encode(),
        race_size=maker.randint(1, 3),
    )


def seed_of(number: int) -> str:
    """Name a candidacy's mail by its number."""
    return f"candidacy.{number}"


def _reply(maker: random.Random, number: int, each: int, posted: datetime) -> Reply:
    return Reply(
        message_id=f"reply.{number}.{each}@example.org",
        sender=f"{maker.choice(FIRST)} {maker.choice(LAST)}",
        address="someone@example.org",
        posted_at=posted + timedelta(hours=each + 1),
        text="> I would like to run\n\n+1, " + make_text(maker, maker.randint(10, 120)),
        archive_url="",
    )


def make_queries(count: int, seed: int = 2) -> list[str]:
    """Make so many different queries, in the proportions in which people type them."""
    maker = random.Random(seed)
    kinds = [(make, share) for make, share in _KINDS]
    made: dict[str, None] = {}
    while len(made) < count:
        make = maker.choices([m for m, _ in kinds], [s for _, s in kinds])[0]
        made[make(maker)] = None
    return list(made)


def _common(maker: random.Random) -> str:
    return maker.choice(REAL[10:])


def _any_word(maker: random.Random) -> str:
    return maker.choices(WORDS, cum_weights=WEIGHTS)[0]


_KINDS = (
    (lambda m: f"{_any_word(m)} {_any_word(m)}", 18),
    (lambda m: f"{_any_word(m)} {_common(m)} {_any_word(m)}", 10),
    (_any_word, 6),
    (lambda m: f"{m.choice(FIRST)} {m.choice(LAST)}", 12),
    (lambda m: f"{m.choice(PROJECTS)} {m.choice(CYCLES)}", 8),
    (lambda m: f"project:{m.choice(PROJECTS)} {_common(m)}", 9),
    (lambda m: f"candidate:{m.choice(LAST).casefold()} cycle:{m.choice(CYCLES)}", 5),
    (lambda m: f'"{_common(m)} {_common(m)}"', 6),
    (lambda m: f'"{_common(m)} {_any_word(m)}"~3', 3),
    (lambda m: f"{_common(m)} OR {_any_word(m)} OR {_common(m)}", 4),
    (lambda m: f"{_common(m)} -{_any_word(m)} is:elected", 3),
    (lambda m: f"{_any_word(m)[:4]}* {_common(m)}", 4),
    (lambda m: f"{_common(m)[:5]}~" if m.random() < 0.3 else f"reply:{_common(m)}", 3),
    (lambda m: f"cycle:juno..pike subject:{m.choice(PROJECTS)} {_any_word(m)}", 3),
    (lambda m: f"after:{m.randint(2013, 2024)} before:2025 {_any_word(m)}", 3),
    (lambda m: f"{_common(m)}x{_any_word(m)}", 1),
    (lambda m: f"project:{m.choice(PROJECTS)} cycle:{m.choice(CYCLES)}", 2),
)
