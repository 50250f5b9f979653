"""What is logged of a request: its id, method, route, status, duration. Nothing about who asked.

No client address, no query text, no header: a log outlives its purpose, and what people search for
is theirs. The request's id is in the answer too (`X-Request-ID`): a complaint finds its line.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.clients import path_of
from api.metrics import Metrics
from api.privacy import obscure
from api.terminal_lines import make_printable

_REQUESTS = logging.getLogger("hustings.requests")
_GIVEN_ID = re.compile(rb"[\w.-]{1,64}\Z")
_FIELDS = ("request_id", "method", "route", "status", "milliseconds")
# Others are the client's own words, and no business of the log.
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_QUIET = ("/healthz", "/readyz", "/metrics")


class RequestLog:
    """Give every request an id, and log and count it when it was answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = name = _request_id(scope)
        status, began = 499, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", name.encode("ascii"))]
                message = {**message, "headers": headers}
            await send(message)

        self._metrics.at_work.inc()
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._metrics.at_work.dec()
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.count_request(route, scope["method"], status, seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        if _REQUESTS.isEnabledFor(level):
            method = scope["method"] if scope["method"] in _METHODS else "other"
            values = (scope["request_id"], method, route, status, round(seconds * 1000, 1))
            extra = dict(zip(_FIELDS, values, strict=True))
            # By hand, since `log` would look for the calling line first, which nobody is told.
            words = (method, route, status)
            record = _REQUESTS.makeRecord(
                _REQUESTS.name, level, "", 0, "%s %s %s", words, None, extra=extra
            )
            _REQUESTS.handle(record)


def route_of(scope: Scope) -> str:
    """Name a request by its route, never by its path: a path may hold anything, a route is ours."""
    path = getattr(scope.get("route"), "path", None)
    if path is not None:
        return str(path)
    return "/static" if path_of(scope).startswith("/static/") else "(none)"


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.match(value):
            return str(value.decode("ascii"))
    return secrets.token_hex(8)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": obscure(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = obscure(self.formatException(record.exc_info))
        return json.dumps(line)


class PlainLines(logging.Formatter):
    """A line for people: time, level, message, and the request it is about."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_second(int(record.created))} {record.levelname.lower():7} {record.getMessage()}"
        if hasattr(record, "milliseconds"):
            line += f" {record.milliseconds} ms"
        if hasattr(record, "request_id"):
            line += f" [{record.request_id}]"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        # A message may quote what came from outside, and a line must stay one.
        first, *rest = make_printable(obscure(line).splitlines() or [""])
        return "\n  ".join([first, *rest])


@lru_cache(maxsize=2)
def _second(since: int) -> str:
    return datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%d %H:%M:%S")


def start_logs(log_format: str, level: str) -> None:
    """Send every log line of the program and its libraries to standard error, in one form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("hustings").setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
