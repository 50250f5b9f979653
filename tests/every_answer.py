"""Every address that the application answers, filled in for a candidacy of nova in mitaka.

Owns the table; a route that the application has and the table has not makes `addresses_of` fail, so
that no new page or answer escapes the tests that walk them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import httpx
from fastapi import FastAPI

from api.app import ROUTERS

QUERIES = ("", "review", "nova OR example", "candidate:ana", "subject:candidacy", '"\u202e<b>"')

# What each route is asked; {id}, {person} and {q} are filled in.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "/api/v1/candidacies": ("?q={q}", "?q={q}&sort=newest&per_page=100"),
    "/api/v1/candidacies/{candidacy_id}": ("/api/v1/candidacies/{id}",),
    "/api/v1/candidacies/{candidacy_id}/thread": ("/api/v1/candidacies/{id}/thread",),
    "/api/v1/candidacies/{candidacy_id}/similar": ("/api/v1/candidacies/{id}/similar",),
    "/api/v1/candidacies/{candidacy_id}/raw": ("/api/v1/candidacies/{id}/raw",),
    "/api/v1/suggest": ("?q=a", "?q=mai", "?q=e", "?q=rev", "?q=leak"),
    "/api/v1/candidates": ("", "?q=a"),
    "/api/v1/candidates/{slug}": ("/api/v1/candidates/{person}",),
    "/api/v1/races/{cycle}/{office}": ("/api/v1/races/mitaka/TC",),
    "/api/v1/races/{cycle}/{office}/{project}": ("/api/v1/races/mitaka/PTL/nova",),
    "/api/v1/races": ("?contested=true",),
    "/api/v1/cycles": ("",),
    "/api/v1/projects": ("",),
    "/api/v1/trends": ("?q=review&q=nova",),
    "/api/v1/export": ("?q={q}&format=jsonl", "?q={q}&format=csv", "?q={q}&format=mbox"),
    "/healthz": ("",),
    "/readyz": ("",),
    "/metrics": ("",),
    "/api/v1/archives": ("",),
    "/feed.atom": ("?q={q}",),
    "/projects/{project}/feed.atom": ("/projects/nova/feed.atom",),
    "/candidates/{person}/feed.atom": ("/candidates/{person}/feed.atom",),
    "/cycles/{cycle}/feed.atom": ("/cycles/mitaka/feed.atom",),
    "/": ("?q={q}", "?q={q}&project=nova&sort=oldest", "?q=zzzyx"),
    "/candidacies/{candidacy_id}": ("/candidacies/{id}",),
    "/static/{name}": ("/static/hustings.css", "/static/hustings.js"),
    "/candidates": ("", "?letter=A", "?letter=M"),
    "/candidates/{person}": ("/candidates/{person}",),
    "/races": ("",),
    "/races/{cycle}/{office}": ("/races/mitaka/TC",),
    "/races/{cycle}/{office}/{project}": ("/races/mitaka/PTL/nova",),
    "/projects": ("",),
    "/projects/{name}": ("/projects/nova",),
    "/cycles": ("",),
    "/cycles/{name}": ("/cycles/mitaka",),
    "/trends": ("", "?q={q}"),
    "/trends.csv": ("?q=review",),
    "/manual": ("",),
    "/archives": ("",),
    "/sitemap.xml": ("",),
    "/sitemaps/{name}.xml": ("/sitemaps/pages.xml", "/sitemaps/2015.xml"),
    "/robots.txt": ("",),
    "/openapi.json": ("",),
    "/pipermail/{archive}/{month}/{page}.html": (
        "/pipermail/sample-dev/2015-September/000001.html",
    ),
    "/{mail_hash}": ("/{id}",),
}
_LISTS = ("/hyperkitty/list/", "/archives/list/")


def routes_of(app: FastAPI) -> set[str]:
    """Give the path of every route, below included routers too."""
    found = {str(getattr(route, "path", "")) for route in app.routes}
    found |= {path for router in ROUTERS for path in _paths(router.routes)}
    return found - {"", "/static"}


def _paths(routes: Iterable[object]) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None:
            yield from _paths(inner.routes)
        elif hasattr(route, "path"):
            yield str(route.path)


def addresses_of(app: FastAPI, candidacies: Iterable[dict[str, str]]) -> Iterator[str]:
    """Give every address to ask, for each of the candidacies that an answer may be about."""
    whom = list(candidacies)
    for path in sorted(routes_of(app)):
        if path.startswith(_LISTS):
            continue  # these lead to the candidacy's page and to nothing else
        for example in EXAMPLES[path]:
            address = example if example.startswith("/") else path + example
            for one in whom if "{id}" in address or "{person}" in address else whom[:1]:
                for query in QUERIES if "{q}" in address else QUERIES[:1]:
                    filled = address.replace("{id}", one["id"]).replace("{person}", one["person"])
                    yield filled.replace("{q}", str(httpx.QueryParams(q=query))[2:])
