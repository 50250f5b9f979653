"""The pages of a search and of one candidacy, static files, and problems as pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.browse_routes import router as browse_router
from api.caching import is_known
from api.candidacy_page import make_candidacy_page
from api.dependencies import EngineDep, SettingsDep, VocabularyDep
from api.page_frame import Content, Page, Site, answer_page, draw, make_links, read_site
from api.parameters import DEEPEST, Asking, SelectionDep
from api.problems import Problem
from api.search_page import PER_PAGE, make_search_page
from api.static_files import static_files
from search.errors import SearchError

router = APIRouter(include_in_schema=False)
router.include_router(browse_router)

FOR_EVER = "public, max-age=31536000, immutable"


async def read_shown(
    selection: SelectionDep, page: Annotated[int, Query(ge=1, le=DEEPEST // PER_PAGE)] = 1
) -> Asking:
    """Read a search as a page shows it."""
    return selection.on_page(page)


@router.get("/")
def show_search(
    request: Request,
    asking: Annotated[Asking, Depends(read_shown)],
    engine: EngineDep,
    vocabulary: VocabularyDep,
    settings: SettingsDep,
) -> Response:
    """Show a search, or a greeting where nothing was asked."""
    return answer_page(
        request,
        engine,
        settings,
        lambda links: make_search_page(engine, vocabulary, asking, links),
    )


@router.get("/candidacies/{candidacy_id}")
def show_candidacy(
    request: Request, candidacy_id: str, engine: EngineDep, settings: SettingsDep
) -> Response:
    """Show one candidacy."""
    found = engine.read([candidacy_id[:64].upper()])
    if not found:
        raise HTTPException(404, "There is no such candidacy; perhaps it was taken away since.")
    return answer_page(
        request,
        engine,
        settings,
        lambda links: make_candidacy_page(engine, found[0], links),
    )


@router.get("/static/{name}")
def give_static_file(request: Request, name: str, v: str = "") -> Response:
    """Give a static file; for ever where its version is named."""
    file = static_files().get(name)
    if file is None:
        raise HTTPException(404, "There is no such file.")
    tag = f'"{file.version}"'
    headers = {
        "ETag": tag,
        "Cache-Control": FOR_EVER if v == file.version else "public, max-age=300",
    }
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(file.data, 200, headers, file.media_type)


def render_problem(request: Request, problem: Problem) -> Response:
    """Show a problem to a person, with what to do next."""
    page = Page(
        title=problem.title, description=problem.detail, path=own_path(request), indexed=False
    )
    links = make_links(request, request.app.state.settings)
    site = _site(request)
    if problem.status == 503:
        site = replace(site, problem="")  # the page itself tells it
    html = draw(Content(page, "problem.html", problem), links, site)
    return HTMLResponse(html, problem.status, {"Cache-Control": "no-store"})


def own_path(request: Request) -> str:
    """Give the path of a request below the one that the public sees."""
    return request.url.path.removeprefix(request.app.state.settings.root_path)


def _site(request: Request) -> Site:
    """Read the site's state, if the engine that may be the problem can tell it."""
    try:
        engine = request.app.state.engine
        return read_site(engine, engine.status())
    except SearchError:
        return Site()
