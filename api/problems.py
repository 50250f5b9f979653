"""The one JSON shape of every error: RFC 9457, `application/problem+json`.

Which error becomes which status stands in `app.py`; this file only says how a problem looks. A
browser that asks for a page gets the problem as one, if the pages offer `render_problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

PROBLEM_TYPE = "application/problem+json"


class BadParameter(BaseModel):
    """One parameter that could not be used."""

    parameter: str = Field(description="The parameter's name.", examples=["per_page"])
    message: str = Field(
        description="What is wrong with it.", examples=["must be at most 100; 5000 was given"]
    )


class Problem(BaseModel):
    """What went wrong, for programs by `type` and `status`, for people by `title` and `detail`."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(
        description="A stable name of the kind of problem.",
        examples=["urn:hustings:problem:bad-parameter"],
    )
    title: str = Field(description="The kind of problem in words.", examples=["Bad parameter"])
    status: int = Field(description="The HTTP status.", examples=[400])
    detail: str = Field(
        description="What happened this time, and what to do.",
        examples=["per_page must be at most 100; 5000 was given"],
    )
    parameters: list[BadParameter] = Field(
        default=[], description="The parameters at fault, if any."
    )
    request_id: str = Field(
        default="", description="Names this request in the server's log.", examples=["6f1c0e9a"]
    )


def problem_response(
    problem: Problem, request: Request | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a problem, under the id by which the log knows the request."""
    if request is not None:
        problem = problem.model_copy(update={"request_id": request_id(request)})
    return Response(
        problem.model_dump_json(),
        problem.status,
        {"Cache-Control": "no-store", **(headers or {})},
        PROBLEM_TYPE,
    )


def request_id(request: Request) -> str:
    """Give the id under which the log has this request, empty where no log is kept."""
    return str(request.scope.get("request_id", ""))


def wants_page(request: Request) -> bool:
    """Tell whether a person with a browser asked, so that a page helps more than JSON."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept and not request.url.path.startswith("/api/")


def bad_parameter(parameter: str, message: str) -> RequestValidationError:
    """Make the error for a parameter that its type alone cannot refuse."""
    return RequestValidationError([{"loc": ("query", parameter), "msg": message, "type": "value"}])


def describe_faults(error: RequestValidationError) -> list[BadParameter]:
    """Name every parameter at fault, each with the words of the one who gave it."""
    return [_describe_fault(fault) for fault in error.errors()]


# What the library says, in the words of this program.
_WORDS = (
    ("Input should", "must"),
    ("String should", "must"),
    ("List should", "must"),
    ("must be less than or equal to", "must be at most"),
    ("must be greater than or equal to", "must be at least"),
    ("be a valid integer, unable to parse string as an integer", "be a whole number"),
    ("be a valid boolean, unable to interpret input", "be true or false"),
    ("Field required", "is required"),
    ("match pattern '^[A-Za-z2-7]{32}$'", "be a candidacy's id: 32 letters and digits"),
    ("match pattern '^([A-Za-z#])?$'", "be one letter, or # for every other sign"),
)


def _describe_fault(fault: Mapping[str, Any]) -> BadParameter:
    name = str(fault["loc"][1]) if len(fault["loc"]) > 1 else str(fault["loc"][0])
    message = str(fault["msg"]).removeprefix("Value error, ")
    for theirs, ours in _WORDS:
        message = message.replace(theirs, ours)
    given = fault.get("input")
    if isinstance(given, str):
        message += f"; {given[:80]!r} was given"
    return BadParameter(parameter=name, message=message)


def error_shapes(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the problems that an operation may answer, for OpenAPI."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


_MEANINGS = {
    400: "A parameter is unknown or out of bounds; `parameters` names it.",
    404: "There is no such thing; `detail` says what to try.",
    406: "The format asked for is not offered.",
    414: "The address is too long.",
    429: "Too many requests from this client; `Retry-After` says when to come back.",
    431: "The headers are too large.",
    500: "Our mistake; `request_id` names it in the server's log.",
    503: "Not able to answer now: nothing indexed yet, the engine away, or too busy; "
    "`Retry-After` says when to come back.",
}
