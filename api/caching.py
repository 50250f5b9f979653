"""What a client may keep, and for how long: ETag, 304, Cache-Control, Link.

A tag is made of the index's generation and of what was asked, so most repeated questions are
answered without searching. Tags are weak: gzip changes the bytes, not the meaning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from fastapi import Request, Response
from pydantic import BaseModel

from api.payloads import Json, write_json

FRESH = "public, max-age=60"

try:
    RELEASE = version("hustings")
except PackageNotFoundError:
    RELEASE = "0"


def make_tag(request: Request, generation: str) -> str:
    """Make the tag of an answer; another release may answer otherwise, so it counts too."""
    # Of the scope: making Starlette's `url` of it costs as much as a tenth of a search.
    path, query = request.scope["path"], request.scope["query_string"]
    asked = b"%b\n%b" % (f"{RELEASE}\n{generation}\n{path}".encode("utf-8", "replace"), query)
    return f'W/"{hashlib.blake2b(asked, digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client says it holds that answer (RFC 9110, 13.1.2: compared weakly)."""
    given = request.headers.get("if-none-match", "")
    if given.strip() == "*":
        return True
    bare = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") == bare for part in given.split(","))


def answer_json(
    request: Request,
    generation: str,
    make: Callable[[], BaseModel | Json | bytes],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with JSON under a tag, or 304 without making it."""

    def write() -> Response:
        return Response(_write(make()), 200, dict(headers or {}), "application/json")

    return answer_cached(request, generation, write)


def _write(made: BaseModel | Json | bytes) -> bytes | str:
    if isinstance(made, bytes):
        return made
    return made.model_dump_json() if isinstance(made, BaseModel) else write_json(made)


def answer_cached(request: Request, generation: str, make: Callable[[], Response]) -> Response:
    """Answer under a tag, or 304 without making the answer.

    `generation` is read before the answer is made: an answer newer than its tag is asked for again,
    one older than its tag would be kept for ever.
    """
    tag = make_tag(request, generation)
    headers = {"ETag": tag, "Cache-Control": FRESH}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    response = make()
    response.headers.update(headers)
    return response
