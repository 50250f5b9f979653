"""The pages for people: request in, engine called, page out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from api.problems import Problem, problem_response

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_start() -> Response:
    """Say what this is."""
    return PlainTextResponse("Hustings. The API is at /api/v1/candidacies.\n")


def render_problem(request: Request, problem: Problem) -> Response:
    """Show a problem to a person."""
    return problem_response(problem, request)
