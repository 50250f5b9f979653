"""The OpenAPI document: what FastAPI derives from the routes, and what it cannot know.

Every parameter problem is a 400 problem here, so FastAPI's own 422 shapes are taken out, and the
one shape of errors is put in.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import Problem

DESCRIPTION = """\
Who stood for election in an open-source community, for what, and what they promised.

All is read-only, and everything is GET (or HEAD). Unknown parameters are refused by name. Errors
are `application/problem+json` (RFC 9457). Answers carry an `ETag`: ask again with `If-None-Match`.
"""

TAGS = [
    {"name": "candidacies", "description": "One person standing in one race, each."},
    {"name": "candidates", "description": "Persons through the years."},
    {"name": "races", "description": "Races, cycles, projects."},
    {"name": "search", "description": "Help with searching."},
    {"name": "feeds", "description": "Atom feeds."},
    {"name": "service", "description": "How the program itself is."},
]


def describe_api(app: FastAPI) -> dict[str, Any]:
    """Give the document, made once."""
    if not app.openapi_schema:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        _state_errors(document)
        app.openapi_schema = document
    return app.openapi_schema


def _state_errors(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= shape.pop("$defs", {})
    schemas["Problem"] = shape
