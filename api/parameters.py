"""The parameters of a search over HTTP, in one place for JSON, pages, feeds and exports.

Owns their names, bounds and words in OpenAPI, and the check that nothing unknown was sent. What a
query text means is `search.query`'s business. The readers are `async` because none of them waits:
FastAPI would give each a thread, which costs more than reading.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError

from api.asking import FACETS, MOST_PER_PAGE, Asking
from api.problems import bad_parameter
from search.engine import Sort

__all__ = [
    "DEEPEST",
    "FACETS",
    "Asking",
    "AskingDep",
    "SelectionDep",
    "refuse_unknown_parameters",
]

LONGEST_QUERY = 2000
LONGEST_VALUE = 200
MOST_VALUES = 50
LARGEST_FACET = 200
DEEPEST = 10_000

Text = Annotated[str, Query(max_length=LONGEST_VALUE)]
Chosen = Annotated[list[Text], Query(max_length=MOST_VALUES)]
FacetName = Literal["candidate", "office", "project", "cycle", "status", "outcome", "year", "none"]


async def read_selection(
    q: Annotated[
        str,
        Query(
            max_length=LONGEST_QUERY,
            description="The query; the manual is docs/query-language.md. Empty: everything.",
            openapi_examples={
                "words": {"value": "review bandwidth"},
                "fields": {"value": "project:nova cycle:juno..liberty is:elected"},
            },
        ),
    ] = "",
    candidate: Annotated[Chosen, Query(description="Only these persons.")] = [],  # noqa: B006
    office: Annotated[Chosen, Query(description="Only these offices.")] = [],  # noqa: B006
    project: Annotated[Chosen, Query(description="Only these projects.")] = [],  # noqa: B006
    cycle: Annotated[Chosen, Query(description="Only these cycles.")] = [],  # noqa: B006
    status: Annotated[Chosen, Query(description="Only these statuses.")] = [],  # noqa: B006
    outcome: Annotated[Chosen, Query(description="Only these outcomes.")] = [],  # noqa: B006
    year: Annotated[Chosen, Query(description="Only these years.")] = [],  # noqa: B006
    sort: Annotated[Sort, Query(description="The order.")] = Sort.RELEVANCE,
) -> Asking:
    """Read what selects and orders candidacies; each facet may be given several times."""
    given = {
        "candidate": candidate,
        "office": office,
        "project": project,
        "cycle": cycle,
        "status": status,
        "outcome": outcome,
        "year": year,
    }
    chosen = {name: tuple(values) for name, values in given.items() if values}
    return Asking(q=q, chosen=chosen, sort=sort)


async def read_page(
    selection: Annotated[Asking, Depends(read_selection)],
    page: Annotated[int, Query(ge=1, le=DEEPEST, description="Which page, from 1.")] = 1,
    per_page: Annotated[
        int, Query(ge=0, le=MOST_PER_PAGE, description="Hits on a page; 0 for counts alone.")
    ] = 20,
    facets: Annotated[
        list[FacetName],
        Query(max_length=10, description="Which facets to count; `none` for none. Unset: all."),
    ] = [],  # noqa: B006
    facet_size: Annotated[
        int, Query(ge=1, le=LARGEST_FACET, description="Values of each facet.")
    ] = 20,
    excerpts: Annotated[bool, Query(description="Whether to give excerpts.")] = True,
) -> Asking:
    """Read a search with its page; deep pages are refused, since `export` gives everything."""
    if page * per_page > DEEPEST:
        most = DEEPEST // per_page
        raise bad_parameter("page", f"must be at most {most} here; /api/v1/export gives all")
    wanted = tuple(name for name in facets if name != "none") if facets else FACETS
    return replace(
        selection,
        page=page,
        per_page=per_page,
        facets=wanted,
        facet_size=facet_size,
        excerpts=excerpts,
    )


SelectionDep = Annotated[Asking, Depends(read_selection)]
AskingDep = Annotated[Asking, Depends(read_page)]


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse parameters that the operation does not have, by name, instead of ignoring them."""
    known = _known_parameters(request)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        words = f"there are: {', '.join(sorted(known))}" if known else "this address takes none"
        raise RequestValidationError(
            [{"loc": ("query", name), "msg": f"is unknown here; {words}"} for name in unknown]
        )


def _known_parameters(request: Request) -> frozenset[str]:
    """Read the names from the OpenAPI document, so that it can never say otherwise."""
    cache: dict[str, frozenset[str]] = request.app.state.__dict__.setdefault("known", {})
    path = request.scope["route"].path
    if path not in cache:
        operation = request.app.openapi()["paths"].get(path, {}).get("get", {})
        cache[path] = frozenset(
            parameter["name"]
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        )
    return cache[path]
