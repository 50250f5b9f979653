"""The pages to browse by: candidates, races, projects, cycles, trends, manual, archives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.archive_page import make_archive_page
from api.caching import answer_cached
from api.cycle_pages import make_cycle_page, make_cycles_page
from api.dependencies import EngineDep, SettingsDep, VocabularyDep
from api.manual_page import make_manual_page
from api.not_there import no_cycle, no_project, no_race
from api.overviews import find_race
from api.page_frame import Content, answer_page, make_links
from api.parameters import LONGEST_QUERY
from api.people_pages import make_people_page, make_person_page
from api.project_pages import make_project_page, make_projects_page
from api.race_pages import make_race_page, make_races_page
from api.sitemap import write_robots, write_sitemap, write_sitemap_index
from api.trend_page import make_trend_page, write_trends_csv
from ingest.records import Office

router = APIRouter(include_in_schema=False)

Queries = Annotated[list[Annotated[str, Query(max_length=LONGEST_QUERY)]], Query(max_length=20)]
Within = Annotated[str, Query(max_length=LONGEST_QUERY)]


def or_not_found(content: Content | None, what: str) -> Content:
    """Give the page, or answer 404 with what was not found."""
    if content is None:
        raise HTTPException(404, what)
    return content


@router.get("/candidates")
def show_candidates(
    request: Request,
    engine: EngineDep,
    settings: SettingsDep,
    letter: Annotated[str, Query(pattern="^([A-Za-z#])?$")] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """List the candidates, those of one letter or those who stood most often."""
    return answer_page(
        request,
        engine,
        settings,
        lambda links: make_people_page(engine, letter.upper(), page, links),
    )


@router.get("/candidates/{person}")
def show_candidate(
    request: Request,
    person: str,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Show one person through the years."""
    missing = "Nobody of that name stood for anything here."
    return answer_page(
        request,
        engine,
        settings,
        lambda links: or_not_found(
            make_person_page(engine, vocabulary, person[:200], links), missing
        ),
    )


@router.get("/races")
def show_races(
    request: Request, engine: EngineDep, vocabulary: VocabularyDep, settings: SettingsDep
) -> Response:
    """Show where there was a choice."""
    return answer_page(
        request, engine, settings, lambda links: make_races_page(engine, vocabulary, links)
    )


@router.get("/races/{cycle}/{office}")
@router.get("/races/{cycle}/{office}/{project}")
def show_race(
    request: Request,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Show one race, statements side by side."""
    named = request.path_params
    office, project = named["office"].upper(), named.get("project", "")[:200]
    if office not in set(Office):
        raise HTTPException(404, "The offices are PTL and TC.")
    cycle = named["cycle"][:200]
    found = find_race(engine, vocabulary, cycle, Office(office), project)
    if not found:
        raise HTTPException(404, no_race(cycle, Office(office), project, vocabulary))
    project = vocabulary.project_aliases.get(project.lower(), project.lower())
    return answer_page(
        request, engine, settings, lambda links: make_race_page(found, project, links)
    )


@router.get("/projects")
def show_projects(
    request: Request, engine: EngineDep, vocabulary: VocabularyDep, settings: SettingsDep
) -> Response:
    """List the projects."""
    return answer_page(
        request, engine, settings, lambda links: make_projects_page(engine, vocabulary)
    )


@router.get("/projects/{name}")
def show_project(
    request: Request,
    name: str,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Show one project's leads and candidates through time."""
    missing = no_project(name, vocabulary)
    return answer_page(
        request,
        engine,
        settings,
        lambda links: or_not_found(
            make_project_page(engine, vocabulary, name[:200], links), missing
        ),
    )


@router.get("/cycles")
def show_cycles(
    request: Request, engine: EngineDep, vocabulary: VocabularyDep, settings: SettingsDep
) -> Response:
    """List the cycles, and plot their races."""
    return answer_page(
        request, engine, settings, lambda links: make_cycles_page(engine, vocabulary, links)
    )


@router.get("/cycles/{name}")
def show_cycle(
    request: Request,
    name: str,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Show one cycle and everybody who stood in it."""
    missing = no_cycle(name, vocabulary)
    return answer_page(
        request,
        engine,
        settings,
        lambda links: or_not_found(make_cycle_page(engine, vocabulary, name[:200], links), missing),
    )


@router.get("/trends")
def show_trends(
    request: Request,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
    q: Queries = [],  # noqa: B006 a default that FastAPI copies
    within: Within = "",
) -> Response:
    """Plot several queries through the cycles."""
    return answer_page(
        request,
        engine,
        settings,
        lambda links: make_trend_page(engine, vocabulary, (q, within), links),
    )


@router.get("/trends.csv")
def give_trends_csv(
    request: Request,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    q: Queries = [],  # noqa: B006 a default that FastAPI copies
    within: Within = "",
) -> Response:
    """Give the lines of a trends page as CSV."""
    name = {"Content-Disposition": 'attachment; filename="trends.csv"'}
    return answer_cached(
        request,
        engine.status().generation,
        lambda: Response(
            write_trends_csv(engine, vocabulary, q, within), 200, name, "text/csv; charset=utf-8"
        ),
    )


@router.get("/manual")
def show_manual(request: Request, engine: EngineDep, settings: SettingsDep) -> Response:
    """Show the manual of the query language."""
    return answer_page(request, engine, settings, make_manual_page)


@router.get("/archives")
def show_archives(request: Request, engine: EngineDep, settings: SettingsDep) -> Response:
    """Show the state of the archives."""
    return answer_page(request, engine, settings, lambda links: make_archive_page(engine))


@router.get("/sitemap.xml")
@router.get("/sitemaps/{name}.xml")
def give_sitemap(request: Request, engine: EngineDep, settings: SettingsDep) -> Response:
    """Give the index of the sitemaps, or one of them."""
    links, name = make_links(request, settings), request.path_params.get("name")

    def make() -> Response:
        text = write_sitemap(engine, name, links) if name else write_sitemap_index(engine, links)
        if text is None:
            raise HTTPException(404, "There is no such sitemap; /sitemap.xml names them.")
        return Response(text, media_type="application/xml")

    return answer_cached(request, engine.status().generation, make)


@router.get("/robots.txt")
def give_robots(request: Request, settings: SettingsDep) -> Response:
    """Give robots.txt."""
    return PlainTextResponse(
        write_robots(make_links(request, settings)),
        headers={"Cache-Control": "public, max-age=86400"},
    )
