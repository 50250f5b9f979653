"""An invented community with enough elections to fill every page, in a real index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ingest.elections import load_elections
from ingest.records import Candidacy, Office, Outcome, Reason, Status, message_id_hash
from search import open_engine, open_writer
from search.engine import SearchEngine
from tests.builders import A_DAY, make_candidacy, make_reply

CYCLES = (
    "juno",
    "kilo",
    "liberty",
    "mitaka",
    "newton",
    "ocata",
    "pike",
    "queens",
    "rocky",
    "stein",
)
PEOPLE = {
    "nova": ("Ana Example", "Ben Placeholder", "Chiara Esempio", "Dmitri Sample"),
    "neutron": ("Esra Example", "Farid Voorbeeld", "Gwen Muster"),
    "documentation": ("Hiro Example", "Ines Ejemplo"),
    "openstack-ansible": ("Jonas Przyklad", "Ana Example"),
}
COMMITTEE = ("Kofi Example", "Lena Muster", "Ana Example", "Noor Voorbeeld", "Esra Example")

STATEMENT = """Hi all,

I would like to run for {project} PTL for the {cycle} cycle. I have worked on {project} for some
years and care about review bandwidth, about stable releases, and about the people who come to us
for the first time.

Goals for {cycle}
-----------------

 * Review bandwidth: no patch should wait for more than a week for its first review. That means
   that core reviewers share the load.
 * Testing: the gate is too slow [1].
   - unit tests first
   - fewer full-stack jobs
 * {theme}

What I have done
----------------

1. Mentored five new reviewers.
2. Cut the run time of the gate by a third; see https://review.example.org/12345 (and the blog).

All of it in the spirit of

    for job in gate:
        job.run(faster=True)

[1] https://gate.example.org/graphs?job=full-stack&days=90

Thanks for reading,
{name}
"""
THEMES = ("Documentation that is written with the code", "Fewer deprecations", "Rolling upgrades")
REPLY = """On Monday, {name} wrote:
> I would like to run for PTL, because there
> are many things that we could do better, and
> because I believe that I have the time
> to do some of them.

+1, and thank you. Would you say more about the gate?
"""


def make_community() -> list[Candidacy]:
    """Make about a hundred candidacies of people who do not exist."""
    cycles = load_elections().vocabulary().cycles
    made: list[Candidacy] = []
    for turn, cycle in enumerate(CYCLES):
        order = cycles.index(cycle) + 1
        for project, people in PEOPLE.items():
            standing = [people[(turn + step) % len(people)] for step in range(1 + turn % 3)]
            standing = list(dict.fromkeys(standing))
            made += [
                _stand(cycle, order, name, project, place, len(standing))
                for place, name in enumerate(standing)
            ]
        if turn % 2:
            made += [
                _stand(cycle, order, name, "", place, len(COMMITTEE))
                for place, name in enumerate(COMMITTEE)
            ]
    return made


def _stand(cycle: str, order: int, name: str, project: str, place: int, rivals: int) -> Candidacy:
    day = A_DAY + timedelta(days=182 * (order - 12), hours=place)
    elected = Outcome.ELECTED if place == 0 else Outcome.NOT_ELECTED
    key = f"{cycle}-{project or 'tc'}-{place}"
    reply = make_reply(
        message_id=f"{key}-reply@example.org",
        sender="Olga Example",
        posted_at=day + timedelta(hours=5),
        text=REPLY.format(name=name),
    )
    answer = replace(reply, message_id=f"{key}-answer@example.org", sender=name, depth=2)
    return make_candidacy(
        message_id=f"{key}@example.org",
        subject=f"[{project}] PTL candidacy" if project else "[all][tc] TC candidacy",
        candidate=name,
        person=name.lower().replace(" ", "-"),
        address=f"{name.split()[0].lower()}@example.org",
        irc_nick=name.split()[0].lower(),
        office=Office.PTL if project else Office.TC,
        projects=(project,) if project else (),
        cycle=cycle,
        cycle_order=order,
        posted_at=day,
        statement=STATEMENT.format(
            name=name,
            project=project.capitalize() or "Technical Committee",
            cycle=cycle.capitalize(),
            theme=THEMES[(order + place) % len(THEMES)],
        ),
        status=Status.WITHDRAWN if rivals > 2 and place == 2 else Status.CONFIRMED,
        status_evidence=reply.message_id,
        outcome=Outcome.UNKNOWN if cycle == CYCLES[-1] else elected,
        outcome_evidence="results@example.org",
        reasons=(
            Reason("subject-names-candidacy", 3.0, "PTL candidacy"),
            Reason("is-reply", -0.5, "In-Reply-To"),
        ),
        replies=(reply, answer) if place % 2 == 0 else (),
        raw=f"From: {name}\nSubject: candidacy\n\nHi all\n".encode(),
        race_size=rivals,
    )


def open_community(
    folder: Path, candidacies: list[Candidacy] | None = None, state: str = ""
) -> SearchEngine:
    """Write candidacies to a real index in a folder, and open it for reading."""
    vocabulary = load_elections().vocabulary()
    made = make_community() if candidacies is None else candidacies
    with open_writer(folder, vocabulary) as writer:
        writer.rebuild((one, message_id_hash(repr(one))) for one in made)
        if state:
            writer.record_state(state)
    return open_engine(folder, vocabulary)
