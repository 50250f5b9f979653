"""Atom feeds of any search, one project, one candidate, one cycle: request in, feed out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request, Response

from api.asking import Asking
from api.caching import answer_cached
from api.dependencies import EngineDep, SettingsDep, VocabularyDep
from api.feeds import FEED_TYPE, FeedHead, write_feed
from api.json_routes import COMMON
from api.parameters import SelectionDep, refuse_unknown_parameters
from api.searching import make_request
from ingest.records import Vocabulary
from search.engine import SearchEngine, Sort
from search.query import parse_query

router = APIRouter(dependencies=[Depends(refuse_unknown_parameters)])

ENTRIES = 50
RESPONSES: dict[int | str, dict[str, Any]] = COMMON | {
    200: {"description": "An Atom feed.", "content": {FEED_TYPE: {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class Feeder:
    """What every feed is made with; `base` is where the public reaches this server."""

    request: Request
    engine: SearchEngine
    vocabulary: Vocabulary
    base: str

    def answer(self, asking: Asking, title: str, page: str) -> Response:
        """Answer with the newest candidacies that match; `page` is the path that shows them."""
        newest = replace(
            asking, sort=Sort.NEWEST, per_page=ENTRIES, page=1, facets=(), excerpts=False
        )

        def make() -> Response:
            parsed = parse_query(asking.q, self.vocabulary)
            hits = self.engine.search(make_request(newest, parsed)).hits
            # Whole, for what confirmed or settled a candidacy may be in its thread.
            candidacies = self.engine.read([hit.candidacy.id for hit in hits])
            question = Asking(q=asking.q, chosen=asking.chosen).address("")
            head = FeedHead(
                asked=question,
                title=title,
                feed_url=f"{self.base}{_own_path(self.request)}",
                page_url=f"{self.base}{page}",
                base_url=self.base,
            )
            feed = write_feed(head, candidacies)
            return Response(feed, media_type=f"{FEED_TYPE}; charset=utf-8")

        return answer_cached(self.request, self.engine.status().generation, make)


async def make_feeder(
    request: Request, engine: EngineDep, vocabulary: VocabularyDep, settings: SettingsDep
) -> Feeder:
    """Gather what a feed is made with."""
    base = settings.base_url or str(request.base_url).rstrip("/")
    return Feeder(request, engine, vocabulary, base)


def path_of(kind: str, name: str) -> str:
    return f"/{kind}/{quote(name, safe='')}"


def _own_path(request: Request) -> str:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return f"{path}?{request.url.query}" if request.url.query else path


FeederDep = Annotated[Feeder, Depends(make_feeder)]
Project = Annotated[str, Path(max_length=200, description="The project.", examples=["nova"])]
Person = Annotated[str, Path(max_length=200, description="The person.", examples=["ana-example"])]
Cycle = Annotated[str, Path(max_length=200, description="The cycle.", examples=["mitaka"])]


@router.get(
    "/feed.atom",
    operation_id="get_search_feed",
    summary="Any search as an Atom feed",
    tags=["feeds"],
    response_class=Response,
    responses=RESPONSES,
)
def get_search_feed(selection: SelectionDep, feeder: FeederDep) -> Response:
    """Give the newest candidacies that match a search; `sort` does not matter here."""
    what = [selection.q, *(value for values in selection.chosen.values() for value in values)]
    words = ", ".join(filter(None, what)) or "every candidacy"
    page = Asking(q=selection.q, chosen=selection.chosen).address("/")
    return feeder.answer(selection, f"Hustings: {words}", page)


@router.get(
    "/projects/{project}/feed.atom",
    operation_id="get_project_feed",
    summary="A project's candidacies as an Atom feed",
    tags=["feeds"],
    response_class=Response,
    responses=RESPONSES,
)
def get_project_feed(project: Project, feeder: FeederDep) -> Response:
    """Give the newest candidacies for a project; its other names are understood."""
    name = feeder.vocabulary.project_aliases.get(project.lower(), project.lower())
    asking = Asking(chosen={"project": (name,)})
    return feeder.answer(asking, f"Hustings: candidates for {name}", path_of("projects", name))


@router.get(
    "/candidates/{person}/feed.atom",
    operation_id="get_candidate_feed",
    summary="A candidate's candidacies as an Atom feed",
    tags=["feeds"],
    response_class=Response,
    responses=RESPONSES,
)
def get_candidate_feed(person: Person, feeder: FeederDep) -> Response:
    """Give the newest candidacies of one person."""
    asking = Asking(chosen={"candidate": (person,)})
    return feeder.answer(
        asking, f"Hustings: candidacies of {person}", path_of("candidates", person)
    )


@router.get(
    "/cycles/{cycle}/feed.atom",
    operation_id="get_cycle_feed",
    summary="A cycle's candidacies as an Atom feed",
    tags=["feeds"],
    response_class=Response,
    responses=RESPONSES,
)
def get_cycle_feed(cycle: Cycle, feeder: FeederDep) -> Response:
    """Give the newest candidacies of a cycle; its other names are understood."""
    name = feeder.vocabulary.cycle_aliases.get(cycle.lower(), cycle.lower())
    asking = Asking(chosen={"cycle": (name,)})
    return feeder.answer(asking, f"Hustings: candidates of {name}", path_of("cycles", name))
