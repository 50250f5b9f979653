"""The five candidacies of the engines' contract, and short ways to ask about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ingest.records import Candidacy, Office, Outcome, Status
from search import SearchEngine, SearchRequest, SearchResults, parse_query
from tests.builders import make_candidacy, make_reply
from tests.engine_places import VOCABULARY


def standing(name: str, project: str, cycle: str, statement: str, **changes: Any) -> Candidacy:
    """Make a candidacy; its Message-ID is made of name, project and cycle."""
    slug = name.casefold().replace(" ", "-")
    fields: dict[str, Any] = {
        "message_id": f"{slug}.{project}.{cycle}@example.org",
        "subject": f"[{project}] candidacy",
        "candidate": name,
        "person": slug,
        "irc_nick": "",
        "projects": (project,) if project != "tc" else (),
        "office": Office.PTL if project != "tc" else Office.TC,
        "cycle": cycle,
        "cycle_order": VOCABULARY.cycles.index(cycle) + 1,
        "posted_at": datetime(2013 + VOCABULARY.cycles.index(cycle), 9, 14, tzinfo=UTC),
        "statement": statement,
    }
    return make_candidacy(**(fields | changes))


ANA = standing(
    "Ana Example",
    "nova",
    "liberty",
    "I want more review bandwidth.\n\nWe deferred too many specs. Our tick-tock upgrades work.",
    irc_nick="ana_ex",
    outcome=Outcome.ELECTED,
    race_size=2,
    archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/074512.html",
    replies=(
        make_reply(
            message_id="answer@example.net",
            text="> I want more review bandwidth.\n\n+1, congratulations in advance!",
            archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/074600.html",
        ),
    ),
    raw=b"From: ana\n\nraw \xff bytes\n",
)
BEN = standing(
    "Ben Sample",
    "nova",
    "liberty",
    "Cells are my topic. DevStack must not break, said Ana Example.",
    status=Status.CONFIRMED,
    outcome=Outcome.NOT_ELECTED,
    race_size=2,
)
CARLA = standing(
    "Carla Łukasz-Öberg",
    "neutron",
    "kilo",
    "Bandwidth review comes later; oslo.messaging 2.1 comes first. Nova is a neighbour.",
    status=Status.WITHDRAWN,
)
DMITRI = standing("Дмитрий Пример", "tc", "mitaka", "The technical committee should defer less.")
MING = standing("李小明", "documentation", "2023.1", "Documentation for operators and IPv6 users.")
ALL = (ANA, BEN, CARLA, DMITRI, MING)
NAMES = {"ana": ANA, "ben": BEN, "carla": CARLA, "dmitri": DMITRI, "ming": MING}
FIRST_OF = {candidacy.id: name for name, candidacy in NAMES.items()}


def ask(engine: SearchEngine, text: str, **how: Any) -> SearchResults:
    return engine.search(SearchRequest(parse_query(text, VOCABULARY).query, **how))


def found(engine: SearchEngine, text: str, **how: Any) -> set[str]:
    return {FIRST_OF[hit.candidacy.id] for hit in ask(engine, text, **how).hits}


def counts(results: SearchResults, field: str) -> dict[str, int]:
    return {v.value: v.count for f in results.facets if f.field == field for v in f.values}
