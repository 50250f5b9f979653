"""The JSON API for what candidacies add up to: candidates, races, cycles, projects, trends."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from api.answers import (
    CandidateAnswer,
    CandidatesAnswer,
    CyclesAnswer,
    ProjectsAnswer,
    RaceAnswer,
    RacesAnswer,
    TrendsAnswer,
)
from api.caching import answer_json
from api.dependencies import EngineDep, VocabularyDep
from api.json_routes import COMMON, ONE
from api.not_there import no_race
from api.overviews import (
    answer_candidate,
    answer_candidates,
    answer_projects,
    answer_race,
    answer_trends,
)
from api.parameters import LONGEST_QUERY, SelectionDep, refuse_unknown_parameters
from api.payloads import Json
from api.race_counts import answer_cycles, answer_races
from ingest.records import Office, Vocabulary
from search.engine import SearchEngine

router = APIRouter(prefix="/api/v1", dependencies=[Depends(refuse_unknown_parameters)])

Name = Annotated[str, Path(min_length=1, max_length=200)]
Cycle = Annotated[Name, Path(description="The cycle.", examples=["mitaka"])]
OfficeName = Annotated[Office, Path(description="The office.", examples=["PTL"])]
MOST_LINES = 8


@router.get(
    "/candidates",
    operation_id="list_candidates",
    summary="Everybody who stood",
    tags=["candidates"],
    response_model=CandidatesAnswer,
    responses=COMMON,
)
def list_candidates(
    request: Request,
    selection: SelectionDep,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    page: Annotated[int, Query(ge=1, le=1000, description="Which page, from 1.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=1000, description="Persons on a page.")] = 100,
) -> Response:
    """List the persons whose candidacies match, the most frequent first."""
    return answer_json(
        request,
        engine.status().generation,
        lambda: answer_candidates(engine, vocabulary, selection, page, per_page),
    )


@router.get(
    "/candidates/{slug}",
    operation_id="get_candidate",
    summary="One person through the years",
    tags=["candidates"],
    response_model=CandidateAnswer,
    responses=ONE,
)
def get_candidate(
    request: Request,
    slug: Annotated[Name, Path(description="The person.", examples=["ana-example"])],
    engine: EngineDep,
) -> Response:
    """Give all candidacies of one person, oldest first."""

    def make() -> Json:
        answer = answer_candidate(engine, slug)
        if answer is None:
            raise HTTPException(404, f"nobody is called {slug} here; /api/v1/candidates lists all")
        return answer

    return answer_json(request, engine.status().generation, make)


@router.get(
    "/races",
    operation_id="list_races",
    summary="The races",
    tags=["races"],
    response_model=RacesAnswer,
    responses=COMMON,
)
def list_races(
    request: Request,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    contested: Annotated[
        bool | None,
        Query(description="Only races with more than one candidate, or only those with one."),
    ] = None,
    page: Annotated[int, Query(ge=1, le=1000, description="Which page, from 1.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=1000, description="Races on a page.")] = 100,
) -> Response:
    """List the races and how many stood in each, the oldest cycle first."""
    return answer_json(
        request,
        engine.status().generation,
        lambda: answer_races(engine, vocabulary, contested, page, per_page),
    )


@router.get(
    "/races/{cycle}/{office}",
    operation_id="get_race_of_office",
    summary="One race of an office without projects",
    tags=["races"],
    response_model=RaceAnswer,
    responses=ONE,
)
def get_race_of_office(
    request: Request,
    cycle: Cycle,
    office: Annotated[Office, Path(description="The office.", examples=["TC"])],
    engine: EngineDep,
    vocabulary: VocabularyDep,
) -> Response:
    """Give everybody who stood for an office in a cycle, and who won where that is known.

    A lead is elected for each project: for PTL, name the project too.
    """
    return answer_json(
        request,
        engine.status().generation,
        lambda: find_race(engine, vocabulary, cycle, office, ""),
    )


@router.get(
    "/races/{cycle}/{office}/{project}",
    operation_id="get_race",
    summary="One race",
    tags=["races"],
    response_model=RaceAnswer,
    responses=ONE,
)
def get_race(
    request: Request,
    cycle: Cycle,
    office: OfficeName,
    project: Annotated[Name, Path(description="The project.", examples=["nova"])],
    engine: EngineDep,
    vocabulary: VocabularyDep,
) -> Response:
    """Give everybody who stood in a race, and who won where that is known."""
    return answer_json(
        request,
        engine.status().generation,
        lambda: find_race(engine, vocabulary, cycle, office, project),
    )


def find_race(
    engine: SearchEngine, vocabulary: Vocabulary, cycle: str, office: Office, project: str
) -> Json:
    """Give a race, or answer 404."""
    answer = answer_race(engine, vocabulary, cycle, office, project)
    if answer is None:
        what = no_race(cycle, office, project, vocabulary)
        raise HTTPException(404, f"{what} /api/v1/races lists the races.")
    return answer


@router.get(
    "/cycles",
    operation_id="list_cycles",
    summary="The cycles",
    tags=["races"],
    response_model=CyclesAnswer,
    responses=COMMON,
)
def list_cycles(request: Request, engine: EngineDep, vocabulary: VocabularyDep) -> Response:
    """List the cycles in which somebody stood, oldest first."""
    return answer_json(
        request, engine.status().generation, lambda: answer_cycles(engine, vocabulary)
    )


@router.get(
    "/projects",
    operation_id="list_projects",
    summary="The projects",
    tags=["races"],
    response_model=ProjectsAnswer,
    responses=COMMON,
)
def list_projects(request: Request, engine: EngineDep, vocabulary: VocabularyDep) -> Response:
    """List the projects for whose lead somebody stood, the most frequent first."""
    return answer_json(
        request, engine.status().generation, lambda: answer_projects(engine, vocabulary)
    )


@router.get(
    "/trends",
    operation_id="get_trends",
    summary="How often cycles talk of something",
    tags=["search"],
    response_model=TrendsAnswer,
    responses=COMMON,
)
def get_trends(
    request: Request,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    q: Annotated[
        list[Annotated[str, Query(max_length=LONGEST_QUERY)]],
        Query(
            min_length=1,
            max_length=MOST_LINES,
            description="A query; give several to compare them.",
            examples=[["review", "gate"]],
        ),
    ],
    within: Annotated[
        str,
        Query(max_length=LONGEST_QUERY, description="Count only candidacies that match this too."),
    ] = "",
) -> Response:
    """Give, for each query, the share of candidacies of each cycle that match."""
    return answer_json(
        request,
        engine.status().generation,
        lambda: answer_trends(engine, vocabulary, q, within),
    )
