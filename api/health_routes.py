"""How the program itself is: alive, ready, its figures, the state of the archives."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api.archive_answers import ArchivesAnswer, answer_archives
from api.caching import RELEASE, answer_json
from api.dependencies import EngineDep, read_report
from api.json_routes import COMMON
from api.metrics import METRICS_TYPE
from api.parameters import refuse_unknown_parameters
from api.problems import error_shapes
from api.trouble import tell_problem

router = APIRouter(dependencies=[Depends(refuse_unknown_parameters)])
PROBED = error_shapes(400, 414, 431, 500)


class Health(BaseModel):
    """That this process answers."""

    status: Literal["ok"] = Field(examples=["ok"])
    release: str = Field(examples=["0.1.0"])


class Readiness(BaseModel):
    """Whether searches can be answered, and why not."""

    ready: bool = Field(examples=[True])
    why_not: str = Field(description="Empty where it is ready.", examples=[""])
    engine: str = Field(examples=["whoosh"])
    generation: str = Field(examples=["12"])
    documents: int = Field(examples=[628])


@router.get(
    "/healthz",
    operation_id="get_health",
    summary="Whether this process answers",
    tags=["service"],
    response_model=Health,
    responses=PROBED,
)
def get_health() -> Response:
    """Answer as long as the process lives, whatever the index is like."""
    return _show(200, Health(status="ok", release=RELEASE))


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Whether searches can be answered",
    tags=["service"],
    response_model=Readiness,
    responses=PROBED | {503: {"model": Readiness, "description": "Not ready; `why_not` tells."}},
)
def get_readiness(engine: EngineDep) -> Response:
    """Tell whether searches can be answered, and why not."""
    status = engine.status()
    readiness = Readiness(
        ready=not status.problem,
        why_not=tell_problem(engine, status),
        engine=status.engine,
        generation=status.generation,
        documents=status.documents,
    )
    return _show(503 if status.problem else 200, readiness)


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Figures for Prometheus",
    tags=["service"],
    response_class=Response,
    responses=PROBED
    | {200: {"content": {METRICS_TYPE.split(";")[0]: {"schema": {"type": "string"}}}}},
)
def get_metrics(request: Request) -> Response:
    """Give requests, durations, the index and the newest sync as Prometheus reads them."""
    figures = request.app.state.metrics.render()
    return Response(figures, headers={"Cache-Control": "no-store"}, media_type=METRICS_TYPE)


@router.get(
    "/api/v1/archives",
    operation_id="list_archives",
    summary="The archives and their newest sync",
    tags=["service"],
    response_model=ArchivesAnswer,
    responses=COMMON,
)
def list_archives(request: Request, engine: EngineDep) -> Response:
    """Tell what the newest sync did with each archive, with counts that add up."""
    status = engine.status()
    stand = f"{status.generation}\n{status.documents}\n{status.state}"
    return answer_json(request, stand, lambda: answer_archives(status, read_report(status.state)))


def _show(code: int, payload: BaseModel) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(payload.model_dump_json(), code, headers, "application/json")
