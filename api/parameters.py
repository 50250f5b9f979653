"""The parameters of a search, in one place for JSON, feeds, exports and the command line.

Owns their names, bounds and words in OpenAPI, and the check that nothing unknown was sent. What a
query text means is `search.query`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError

from api.problems import bad_parameter
from search.documents import FACET_FIELDS
from search.engine import Sort

FACETS = tuple(facet.name for facet in FACET_FIELDS)
LONGEST_QUERY = 2000
DEEPEST = 10_000
MOST_PER_PAGE = 100

Text = Annotated[str, Query(max_length=200)]
Chosen = Annotated[list[Text], Query(max_length=50)]
FacetName = Literal["candidate", "office", "project", "cycle", "status", "outcome", "year", "none"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A search as somebody asked for it, before its query is read."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20
    facets: tuple[str, ...] = FACETS
    facet_size: int = 20
    excerpts: bool = True

    def on_page(self, page: int) -> Asking:
        return replace(self, page=page)

    def pairs(self) -> list[tuple[str, str]]:
        """Give the parameters that select and order, without those at their default."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        return pairs

    def address(self, path: str) -> str:
        """Give the address of this very page of the answer."""
        pairs = self.pairs()
        default = Asking()
        for name in ("per_page", "facet_size", "page"):
            if getattr(self, name) != getattr(default, name):
                pairs.append((name, str(getattr(self, name))))
        if self.facets != FACETS:
            pairs += [("facets", name) for name in self.facets or ("none",)]
        if not self.excerpts:
            pairs.append(("excerpts", "false"))
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path


def read_selection(
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


def read_page(
    selection: Annotated[Asking, Depends(read_selection)],
    page: Annotated[int, Query(ge=1, le=DEEPEST, description="Which page, from 1.")] = 1,
    per_page: Annotated[
        int, Query(ge=0, le=MOST_PER_PAGE, description="Hits on a page; 0 for counts alone.")
    ] = 20,
    facets: Annotated[
        list[FacetName],
        Query(max_length=10, description="Which facets to count; `none` for none. Unset: all."),
    ] = [],  # noqa: B006
    facet_size: Annotated[int, Query(ge=1, le=200, description="Values of each facet.")] = 20,
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


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse parameters that the operation does not have, by name, instead of ignoring them."""
    known = _known_parameters(request)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        offered = ", ".join(sorted(known)) or "none"
        raise RequestValidationError(
            [
                {"loc": ("query", name), "msg": f"is unknown here; there are: {offered}"}
                for name in unknown
            ]
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
