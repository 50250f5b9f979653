"""The JSON API for search and for one candidacy: request in, engine called, payload out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from api.answers import SearchAnswer, SimilarAnswer, SuggestAnswer, ThreadAnswer
from api.caching import answer_cached, answer_json
from api.dependencies import EngineDep, SettingsDep, VocabularyDep
from api.parameters import AskingDep, refuse_unknown_parameters
from api.payloads import CandidacyPayload, Json, clean, show_candidacy, show_hit, show_reply
from api.problems import error_shapes
from api.searching import find, link_header
from ingest.records import Candidacy
from search.engine import SearchEngine

COMMON = error_shapes(400, 414, 429, 431, 500, 503) | {304: {"description": "Not changed."}}
ONE = COMMON | error_shapes(404)

router = APIRouter(prefix="/api/v1", dependencies=[Depends(refuse_unknown_parameters)])

CandidacyId = Annotated[
    str,
    Path(
        description="Mailman's Message-ID-Hash of the mail.",
        pattern="^[A-Za-z2-7]{32}$",
        examples=["YQ6JXOQPCVBRUB4TTFTYTGXFVUXHTXGH"],
    ),
]


@router.get(
    "/candidacies",
    operation_id="search_candidacies",
    summary="Search candidacies",
    tags=["candidacies"],
    response_model=SearchAnswer,
    responses=COMMON,
)
def search_candidacies(
    request: Request,
    asking: AskingDep,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Find candidacies by words, fields and facets. A query never fails: `notices` say what of
    it was ignored."""
    headers: dict[str, str] = {}

    def make() -> bytes:
        found = find(engine, vocabulary, asking, settings.base_url)
        headers["Link"] = link_header(found.around["links"])
        return found.write()

    return answer_json(request, engine.status().generation, make, headers)


@router.get(
    "/candidacies/{candidacy_id}",
    operation_id="get_candidacy",
    summary="One candidacy",
    tags=["candidacies"],
    response_model=CandidacyPayload,
    responses=ONE,
)
def get_candidacy(request: Request, candidacy_id: CandidacyId, engine: EngineDep) -> Response:
    """Give one candidacy with its statement, the reasons it is taken for one, and its thread."""
    return answer_json(
        request,
        engine.status().generation,
        lambda: show_candidacy(read_candidacy(engine, candidacy_id)),
    )


@router.get(
    "/candidacies/{candidacy_id}/thread",
    operation_id="get_thread",
    summary="The thread below a candidacy",
    tags=["candidacies"],
    response_model=ThreadAnswer,
    responses=ONE,
)
def get_thread(request: Request, candidacy_id: CandidacyId, engine: EngineDep) -> Response:
    """Give the mails that answer a candidacy, in thread order."""

    def make() -> Json:
        candidacy = read_candidacy(engine, candidacy_id)
        return {
            "id": candidacy.id,
            "subject": clean(candidacy.subject),
            "total": len(candidacy.replies),
            "replies": [show_reply(reply) for reply in candidacy.replies],
        }

    return answer_json(request, engine.status().generation, make)


@router.get(
    "/candidacies/{candidacy_id}/similar",
    operation_id="get_similar",
    summary="Similar candidacies",
    tags=["candidacies"],
    response_model=SimilarAnswer,
    responses=ONE,
)
def get_similar(
    request: Request,
    candidacy_id: CandidacyId,
    engine: EngineDep,
    limit: Annotated[int, Query(ge=1, le=20, description="How many at most.")] = 5,
) -> Response:
    """Find candidacies whose statements are about the same things."""

    def make() -> Json:
        candidacy = read_candidacy(engine, candidacy_id)
        hits = engine.similar(candidacy.id, limit)
        return {"hits": [show_hit(hit) for hit in hits]}

    return answer_json(request, engine.status().generation, make)


@router.get(
    "/candidacies/{candidacy_id}/raw",
    operation_id="get_raw",
    summary="The mail as the archive gave it",
    tags=["candidacies"],
    response_class=Response,
    responses=ONE
    | {200: {"content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_raw(request: Request, candidacy_id: CandidacyId, engine: EngineDep) -> Response:
    """Give the raw mail; its addresses are obscured unless this server shows them."""

    def make() -> Response:
        candidacy = read_candidacy(engine, candidacy_id)
        return Response(strip_separator(candidacy.raw), media_type="message/rfc822")

    return answer_cached(request, engine.status().generation, make)


@router.get(
    "/suggest",
    operation_id="suggest",
    summary="Complete what is being typed",
    tags=["search"],
    response_model=SuggestAnswer,
    responses=COMMON,
)
def suggest(
    request: Request,
    engine: EngineDep,
    q: Annotated[str, Query(max_length=200, description="What was typed so far.")] = "",
    limit: Annotated[int, Query(ge=1, le=20, description="How many at most.")] = 8,
) -> Response:
    """Suggest candidates, projects, cycles and words."""

    def make() -> Json:
        found = engine.suggest(q, limit)
        return {
            "suggestions": [
                {
                    "kind": one.kind,
                    "text": clean(one.text),
                    "query": clean(one.query),
                    "count": one.count,
                }
                for one in found
            ]
        }

    return answer_json(request, engine.status().generation, make)


def read_candidacy(engine: SearchEngine, candidacy_id: str) -> Candidacy:
    """Read one candidacy, or answer 404."""
    found = engine.read([candidacy_id.upper()])
    if not found:
        raise HTTPException(404, f"there is no candidacy {candidacy_id}; /api/v1/candidacies lists")
    return found[0]


def strip_separator(raw: bytes) -> bytes:
    """Leave out the mbox separator line, which is no part of the mail."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
