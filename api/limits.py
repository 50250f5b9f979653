"""How much one client and all clients together may ask: sizes, requests a minute, turns at work.

Plain ASGI, so that a refused request costs next to nothing. What is refused is told as a problem
with `Retry-After`. Health, metrics and static files are never made to wait.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.clients import client_of, is_loopback, path_of, share_of
from api.problems import Problem, problem_response

LONGEST_ADDRESS = 8_192
LARGEST_HEADERS = 32_768
LARGEST_BODY = 65_536
MOST_CLIENTS = 20_000
USUAL_RATE = 300
EXPORT = "/api/v1/export"
_NEVER_LIMITED = ("/healthz", "/readyz", "/metrics", "/static/", "/robots.txt", "/favicon")


class SizeLimits:
    """Refuse addresses, headers and bodies that no honest client sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = _find_excess(scope) if scope["type"] == "http" else None
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(problem, 0, scope, receive, send)


def _find_excess(scope: Scope) -> Problem | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return _problem(414, "address-too-long", f"addresses end at {LONGEST_ADDRESS} bytes")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        return _problem(431, "headers-too-large", f"headers end at {LARGEST_HEADERS} bytes")
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or int(length[:20]) > LARGEST_BODY:
        return _problem(413, "body-too-large", f"bodies end at {LARGEST_BODY} bytes")
    return None


class RateLimit:
    """Slow a client that asks too often, by the generic cell rate algorithm.

    A client may spend a minute's worth at once, and then one request each 60/limit seconds.
    """

    def __init__(
        self, app: ASGIApp, limit: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._spare_loopback = limit is None
        self._limit = USUAL_RATE if limit is None else limit
        self._clock = clock
        self._due: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._count(scope) if scope["type"] == "http" else 0.0
        if wait <= 0:
            await self._app(scope, receive, send)
            return
        problem = _problem(429, "too-many-requests", f"at most {self._limit} requests a minute")
        await _refuse(problem, math.ceil(wait), scope, receive, send)

    def _count(self, scope: Scope) -> float:
        """Count a request; give the seconds to wait if it is one too many."""
        if not self._limit or path_of(scope).startswith(_NEVER_LIMITED):
            return 0.0
        address = client_of(scope)
        if self._spare_loopback and is_loopback(address):
            return 0.0
        share, now, each = share_of(address), self._clock(), 60 / self._limit
        due = max(self._due.get(share, now), now)
        if due - now > 60 - each / 2:
            return due - now - 60 + each
        self._due[share] = due + each
        self._due.move_to_end(share)
        if len(self._due) > MOST_CLIENTS:
            self._due.popitem(last=False)
        return 0.0


class Turns:
    """Let so many requests work at once and so many wait; tell the others to come back.

    A turn ends when the answer begins, so that a client that reads slowly keeps nobody waiting. An
    export works while it is read: it has turns of its own, for its whole length.
    """

    def __init__(self, app: ASGIApp, at_once: int, queue: int, wait: float, exports: int) -> None:
        self._app = app
        self._turns = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._queue = queue
        self._wait = wait
        self._exports_left = exports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_of(scope).startswith(_NEVER_LIMITED):
            await self._app(scope, receive, send)
        elif path_of(scope) == EXPORT:
            await self._export(scope, receive, send)
        elif await self._get_turn():
            await self._work(scope, receive, send)
        else:
            problem = _problem(503, "too-busy", "too many searches at once; ask again in a moment")
            await _refuse(problem, 2, scope, receive, send)

    async def _get_turn(self) -> bool:
        if not self._turns.locked():
            return await self._turns.acquire()
        if self._waiting >= self._queue:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait):
                return await self._turns.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        held = True

        async def send_and_release(message: Message) -> None:
            nonlocal held
            if held and message["type"] == "http.response.start":
                held = False
                self._turns.release()
            await send(message)

        try:
            await self._app(scope, receive, send_and_release)
        finally:
            if held:
                self._turns.release()

    async def _export(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._exports_left <= 0:
            problem = _problem(503, "too-busy", "too many exports at once; ask again in a minute")
            await _refuse(problem, 30, scope, receive, send)
            return
        self._exports_left -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._exports_left += 1


_TITLES = {
    413: "The body is too large",
    414: "The address is too long",
    429: "Too many requests",
    431: "The headers are too large",
    503: "Too busy",
}


def _problem(status: int, code: str, detail: str) -> Problem:
    return Problem(
        type=f"urn:hustings:problem:{code}", title=_TITLES[status], status=status, detail=detail
    )


async def _refuse(
    problem: Problem, retry_after: int, scope: Scope, receive: Receive, send: Send
) -> None:
    problem = problem.model_copy(update={"request_id": str(scope.get("request_id", ""))})
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    # The rest of an overlong body is not read, so the connection cannot serve another request.
    headers |= {"Connection": "close"} if problem.status in (413, 414, 431) else {}
    with suppress(OSError):
        await problem_response(problem, None, headers)(scope, receive, send)
