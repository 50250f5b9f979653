"""What every answer bears and every request gets, whatever route it takes: headers, HEAD, 500.

The Content-Security-Policy allows files of ours and nothing else: no inline script or style, no
other host, no frame around us. Mail is hostile, and this is the second wall behind escaping.
"""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, problem_response

_LOG = logging.getLogger("hustings.errors")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
# As ASGI has them: names in small letters.
_RAW_HEADERS = tuple(
    (name.lower().encode("latin-1"), value.encode("latin-1"))
    for name, value in SECURITY_HEADERS.items()
)


class SecurityHeaders:
    """Put the headers on every answer that has not got its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                own = {name for name, _ in headers}
                missing = (pair for pair in _RAW_HEADERS if pair[0] not in own)
                message = {**message, "headers": [*headers, *missing]}
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Failures:
    """Answer 500 as a problem when a route broke, and log where."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def note_begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note_begin)
        except Exception:
            name = str(scope.get("request_id", ""))
            _LOG.exception("a request broke", extra={"request_id": name})
            if begun or scope["type"] != "http":
                raise  # the answer is half sent: only cutting the connection tells the client so
            await problem_response(_our_mistake(name))(scope, receive, send)


def _our_mistake(request_id: str) -> Problem:
    return Problem(
        type="urn:hustings:problem:our-mistake",
        title="Our mistake",
        status=500,
        detail="something broke here; the server's log has it under this request's id",
        request_id=request_id,
    )


class _Enough(Exception):
    """Raised through a body that nobody wants, to stop it being made."""


class HeadAsGet:
    """Answer HEAD as GET would, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif not ended:
                ended = True
                await send({"type": "http.response.body", "body": b""})
                if message.get("more_body"):
                    raise _Enough

        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, send_head)
        except _Enough:
            return
        finally:
            scope["route"] = asked.get("route")
