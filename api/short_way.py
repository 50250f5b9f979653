"""The short way of an ordinary search: no router, no dependencies, a thread of ours.

FastAPI takes longer to route, read and hand over a search than the search itself takes. Here an
ordinary one (`ordinary.py`) goes to the same function that its route calls, with the same things.
Everything else goes on to the routes, which alone describe and refuse.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.asking import Asking
from api.clients import path_of
from api.ordinary import read_ordinary
from api.searchers import Searchers
from api.settings import Settings
from ingest.records import Vocabulary
from search.engine import SearchEngine
from search.errors import SearchError

AnswerSearch = Callable[[Request, Asking, SearchEngine, Vocabulary, Settings], Response]


@dataclass(frozen=True, slots=True)
class Way:
    """A route that can be gone the short way: its path, its parameters, its function.

    It stands in the scope as the route would, so that log and figures name both ways alike.
    """

    path: str
    known: frozenset[str]
    answer: AnswerSearch


class ShortWay:
    """Answer ordinary searches; hand on everything else."""

    def __init__(
        self,
        app: ASGIApp,
        ways: Iterable[Way],
        searchers: Searchers,
        answer_error: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._ways = {way.path: way for way in ways}
        self._searchers = searchers
        self._answer_error = answer_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = self._ways.get(path_of(scope)) if scope["type"] == "http" else None
        if way is not None and scope["method"] == "GET":
            asking = read_ordinary(scope["query_string"], way.known)
            if asking is not None:
                scope["route"] = way
                response = await self._search(Request(scope), way, asking)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _search(self, request: Request, way: Way, asking: Asking) -> Response:
        app: FastAPI = request.app
        state = app.state
        search = partial(
            way.answer, request, asking, state.engine, state.vocabulary, state.settings
        )
        try:
            return await self._searchers.do(search)
        except SearchError as error:
            return await self._answer_error(request, error)
