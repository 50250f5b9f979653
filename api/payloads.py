"""The shapes of one candidacy and its parts in JSON, for HTTP and for `export` alike.

The models are the description: OpenAPI is made of them, and a test holds what is sent against them.
What is sent is made from records as plain values, because a search answers with hundreds of objects
and making a model of each took longer than finding them. Lists and answers around them stand in
`answers.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema
from pydantic_core import to_json

from api.remembering import Remembering
from ingest.records import Candidacy, Reply
from search.engine import Hit


def write_time(moment: datetime) -> str:
    """Write a time as ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Json = dict[str, Any]

Time = Annotated[
    datetime,
    PlainSerializer(write_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class ReasonPayload(BaseModel):
    """One piece of evidence for the verdict that a mail announces a candidacy."""

    rule: str = Field(description="The rule's name.", examples=["subject-names-candidacy"])
    weight: float = Field(description="Positive speaks for, negative against.", examples=[3.0])
    seen: str = Field(description="The words it saw.", examples=["PTL candidacy"])


class ReplyPayload(BaseModel):
    """One mail below the candidacy, in thread order."""

    message_id: str = Field(examples=["reply-1@example.org"])
    sender: str = Field(examples=["Ben Example"])
    address: str = Field(examples=["ben at example.org"])
    posted_at: Time = Field(description="UTC.", examples=["2015-09-14T15:02:00Z"])
    text: str = Field(
        description="The mail's text; quoted lines begin with `>`.",
        examples=["> I would like to run\n\n+1, thank you."],
    )
    archive_url: str = Field(
        description="The mail's page in its archive, empty where it has none.",
        examples=["https://lists.example.org/pipermail/dev/2015-September/000002.html"],
    )
    depth: int = Field(description="1 for an answer to the candidacy itself.", examples=[1])
    parent_id: str = Field(
        description="The Message-ID it answers, empty where unknown.",
        examples=["first@example.org"],
    )


class CandidacySummary(BaseModel):
    """One person standing in one race, without the thread below."""

    id: str = Field(
        description="Mailman's Message-ID-Hash of the mail: the id in HyperKitty's URLs too.",
        examples=["YQ6JXOQPCVBRUB4TTFTYTGXFVUXHTXGH"],
    )
    message_id: str = Field(description="Without angle brackets.", examples=["first@example.org"])
    archive: str = Field(description="The archive it came from.", examples=["openstack-dev"])
    archive_url: str = Field(
        description="The mail's page in that archive, empty where it has none.",
        examples=["https://lists.example.org/pipermail/openstack-dev/2015-September/000001.html"],
    )
    subject: str = Field(examples=["[nova] PTL candidacy"])
    candidate: str = Field(description="The name as this mail gave it.", examples=["Ana Example"])
    person: str = Field(
        description="Shared by all candidacies of one person.", examples=["ana-example"]
    )
    address: str = Field(
        description="Obscured unless this server shows addresses.", examples=["ana at example.org"]
    )
    irc_nick: str = Field(description="Empty where none was given.", examples=["ana"])
    office: Literal["PTL", "TC"] = Field(
        description="Project team lead or technical committee.", examples=["PTL"]
    )
    projects: list[str] = Field(description="Empty for TC.", examples=[["nova"]])
    cycle: str = Field(description="Empty where it could not be told.", examples=["mitaka"])
    race: str = Field(description="cycle/office/project.", examples=["mitaka/PTL/nova"])
    race_size: int = Field(
        description="The candidates of the race, this one included.", examples=[2]
    )
    posted_at: Time = Field(description="UTC.", examples=["2015-09-14T12:00:00Z"])
    statement: str = Field(
        description="What the candidate wrote, without quotes, footer and signature.",
        examples=["I would like to run for Nova PTL. Review bandwidth is what I care about."],
    )
    status: Literal["announced", "confirmed", "withdrawn"] = Field(examples=["confirmed"])
    status_evidence: str = Field(
        description="The mail that says so, if one does.", examples=["reply-1@example.org"]
    )
    outcome: Literal["elected", "not elected", "unknown"] = Field(examples=["elected"])
    outcome_evidence: str = Field(
        description="The mail that says so, if one does.", examples=["results@example.org"]
    )
    reasons: list[ReasonPayload] = Field(description="Why this mail is taken for a candidacy.")
    archive_urls: list[str] = Field(description="Its pages in every archive that has it.")
    links: list[str] = Field(
        description="What the mail links to.", examples=[["https://review.example.org/123"]]
    )


class CandidacyPayload(CandidacySummary):
    """One person standing in one race, with the thread below."""

    replies: list[ReplyPayload] = Field(description="The thread, in order.")


class ExcerptPayload(BaseModel):
    """A passage around matches. `pieces` alternate unmarked and marked text, beginning unmarked."""

    field: str = Field(examples=["statement"])
    pieces: list[str] = Field(examples=[["", "Review", " bandwidth is what I care about."]])


class HitPayload(CandidacySummary):
    """A candidacy that was found."""

    score: float = Field(description="Relevance within this answer.", examples=[7.25])
    excerpts: list[ExcerptPayload]


def write_json(payload: Json) -> bytes:
    """Write a payload as JSON in UTF-8, without white space."""
    return to_json(payload)


def summarise(candidacy: Candidacy) -> Json:
    """Shape a candidacy without its thread."""
    return {
        "id": candidacy.id,
        "message_id": clean(candidacy.message_id),
        "archive": candidacy.archive,
        "archive_url": candidacy.archive_url,
        "subject": clean(candidacy.subject),
        "candidate": clean(candidacy.candidate),
        "person": candidacy.person,
        "address": clean(candidacy.address),
        "irc_nick": clean(candidacy.irc_nick),
        "office": candidacy.office.value,
        "projects": list(candidacy.projects),
        "cycle": candidacy.cycle,
        "race": candidacy.race,
        "race_size": candidacy.race_size,
        "posted_at": write_time(candidacy.posted_at),
        "statement": clean(candidacy.statement),
        "status": candidacy.status.value,
        "status_evidence": clean(candidacy.status_evidence),
        "outcome": candidacy.outcome.value,
        "outcome_evidence": clean(candidacy.outcome_evidence),
        "reasons": [
            {"rule": reason.rule, "weight": reason.weight, "seen": clean(reason.seen)}
            for reason in candidacy.reasons
        ],
        "archive_urls": list(candidacy.archive_urls or (candidacy.archive_url,)),
        "links": [clean(link) for link in candidacy.links],
    }


def show_candidacy(candidacy: Candidacy) -> Json:
    """Shape a whole candidacy: the object of the API and of `export --format jsonl`."""
    return summarise(candidacy) | {"replies": [show_reply(reply) for reply in candidacy.replies]}


def show_reply(reply: Reply) -> Json:
    """Shape one mail of the thread."""
    return {
        "message_id": clean(reply.message_id),
        "sender": clean(reply.sender),
        "address": clean(reply.address),
        "posted_at": write_time(reply.posted_at),
        "text": clean(reply.text),
        "archive_url": reply.archive_url,
        "depth": reply.depth,
        "parent_id": clean(reply.parent_id),
    }


def show_hit(hit: Hit) -> Json:
    """Shape a hit: the candidacy without its thread, its score and excerpts."""
    return summarise(hit.candidacy) | _show_match(hit)


def _show_match(hit: Hit) -> Json:
    return {
        "score": round(hit.score, 4),
        "excerpts": [
            {"field": excerpt.field, "pieces": [clean(piece) for piece in excerpt.pieces]}
            for excerpt in hit.excerpts
        ],
    }


def write_hit(hit: Hit) -> bytes:
    """Write a hit as `write_json(show_hit(hit))` would; how its candidacy looks is remembered."""
    return b"%b,%b" % (_written(hit.candidacy)[:-1], write_json(_show_match(hit))[1:])


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which a mail may hold and JSON in UTF-8 cannot carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


_written = Remembering[Candidacy, bytes](
    lambda candidacy: write_json(summarise(candidacy)), lambda made: len(made) + 200, 12 << 20
)
