"""How the application is put together, and how its errors become answers.

The engine, the vocabulary and the settings are given; nothing is opened here. What stands before
the routes (limits, logs, security headers, caching) is plain ASGI, outermost first.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.caching import RELEASE
from api.clients import RootPath, TrustedProxies
from api.dependencies import read_report
from api.export_routes import router as export_router
from api.feed_routes import router as feed_router
from api.front import Failures, HeadAsGet, SecurityHeaders
from api.health_routes import router as health_router
from api.json_routes import router as json_router
from api.json_routes import search_candidacies
from api.limits import RateLimit, SizeLimits, Turns
from api.logs import RequestLog
from api.measured import MeasuredEngine
from api.metrics import Metrics
from api.old_links import router as old_link_router
from api.openapi import describe_api
from api.ordinary import SEARCHED, SHOWN
from api.page_routes import render_problem, show_search
from api.page_routes import router as page_router
from api.privacy import ObscuringEngine
from api.problems import Problem, describe_faults, problem_response, wants_page
from api.race_routes import router as race_router
from api.searchers import Searchers
from api.searching import PATH as SEARCH_PATH
from api.settings import Settings
from api.short_way import ShortWay, Way
from api.trouble import ERROR_ANSWERS, Answer, answer_of
from ingest.records import Vocabulary
from search.engine import SearchEngine
from search.errors import SearchError

# Higher levels of gzip cost three times the time for a tenth of the bytes.
PACKING = 1
STATIC = Path(__file__).parent / "static"


STATUS_ANSWERS: dict[int, Answer] = {
    400: Answer(400, "bad-request", "Bad request"),
    404: Answer(
        404,
        "not-found",
        "Not found",
        "There is nothing at this address; /openapi.json lists what there is for programs.",
    ),
    405: Answer(
        405,
        "method-not-allowed",
        "Method not allowed",
        "Everything here is read by GET or HEAD; nothing can be changed over HTTP.",
    ),
    406: Answer(406, "not-acceptable", "Not acceptable"),
}


ROUTERS = (
    json_router,
    race_router,
    export_router,
    health_router,
    feed_router,
    page_router,
    old_link_router,
)


# Searches are what is asked most by far: both their shapes go the short way.
WAYS = (
    Way(SEARCH_PATH, SEARCHED, search_candidacies),
    Way("/", SHOWN, show_search),
)


def create_app(engine: SearchEngine, vocabulary: Vocabulary, settings: Settings) -> FastAPI:
    """Put the application together around an engine that is open already."""
    app = FastAPI(
        title="Hustings",
        version=RELEASE,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.vocabulary = vocabulary
    app.state.settings = settings
    app.state.metrics = Metrics(lambda: app.state.engine.status(), read_report, settings.workers)
    use_engine(app, engine)
    app.openapi = lambda: describe_api(app)  # type: ignore[method-assign]
    for kind in ERROR_ANSWERS:
        app.add_exception_handler(kind, answer_search_error)
    app.add_exception_handler(RequestValidationError, answer_bad_parameters)
    app.add_exception_handler(HTTPException, answer_http_error)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    _stand_before(app, settings)
    return app


def use_engine(app: FastAPI, engine: SearchEngine) -> None:
    """Read from this engine from now on; the one before is the caller's to close."""
    shown = engine if app.state.settings.show_addresses else ObscuringEngine(engine)
    app.state.engine = MeasuredEngine(shown, app.state.metrics)


def _stand_before(app: FastAPI, settings: Settings) -> None:
    """Put what is not a route's business before the routes; the last added is the outermost."""
    app.add_middleware(
        ShortWay,
        ways=WAYS,
        searchers=Searchers(settings.search_concurrency),
        answer_error=answer_search_error,
    )
    app.add_middleware(
        Turns,
        at_once=settings.search_concurrency,
        queue=settings.search_queue,
        wait=settings.search_wait,
        exports=settings.export_concurrency,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=PACKING)
    app.add_middleware(HeadAsGet)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Retry-After", "X-Request-ID"],
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    app.add_middleware(RateLimit, limit=settings.rate_limit)
    app.add_middleware(SizeLimits)
    app.add_middleware(Failures)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.add_middleware(RootPath, root=settings.root_path)
    app.add_middleware(TrustedProxies, trusted=settings.trusted_proxies)


async def answer_search_error(request: Request, error: Exception) -> Response:
    """Answer an error of the engine by the table of what the public is told."""
    known = answer_of(cast(SearchError, error))
    retry_after = getattr(error, "retry_after", known.retry_after)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return _answer(request, known, known.detail, headers)


async def answer_bad_parameters(request: Request, error: Exception) -> Response:
    """Answer 400 naming every parameter at fault."""
    faults = describe_faults(cast(RequestValidationError, error))
    problem = Problem(
        type="urn:hustings:problem:bad-parameter",
        title="Bad parameter",
        status=400,
        detail="; ".join(f"{fault.parameter} {fault.message}" for fault in faults),
        parameters=faults,
    )
    return _show(request, problem, {})


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer what a route or the router refused."""
    refused = cast(HTTPException, error)
    unnamed = Answer(refused.status_code, "http", "The request failed")
    known = STATUS_ANSWERS.get(refused.status_code, unnamed)
    detail = str(refused.detail)
    if known.detail and detail == HTTPStatus(refused.status_code).phrase:  # the router's own
        detail = known.detail
    return _answer(request, known, detail, dict(refused.headers or {}))


def _answer(request: Request, known: Answer, detail: str, headers: dict[str, str]) -> Response:
    problem = Problem(
        type=f"urn:hustings:problem:{known.code}",
        title=known.title,
        status=known.status,
        detail=detail,
    )
    return _show(request, problem, headers)


def _show(request: Request, problem: Problem, headers: dict[str, str]) -> Response:
    if not wants_page(request):
        return problem_response(problem, request, headers)
    page = render_problem(request, problem)
    page.headers.update(headers)
    return page
