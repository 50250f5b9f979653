"""What search engines are told: the sitemap of all pages worth finding, and robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from api.links import Links
from api.overviews import count_by
from api.text_spans import neutralise
from search.engine import SearchEngine, SearchRequest, Sort
from search.query import Everything

# The protocol's own bound on one file (sitemaps.org).
MOST_ADDRESSES = 50_000
FIXED = ("/", "/candidates", "/races", "/projects", "/cycles", "/trends", "/manual", "/archives")


def write_sitemap(engine: SearchEngine, links: Links) -> str:
    """Write the sitemap: fixed pages, projects, cycles, candidates, candidacies."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">')
    for number, (path, day) in enumerate(_addresses(engine)):
        if number == MOST_ADDRESSES:
            break
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(neutralise(links.absolute(path)))}</loc>{changed}</url>")
    lines.append("</urlset>")
    return "\n".join(lines) + "\n"


def _addresses(engine: SearchEngine) -> Iterator[tuple[str, str]]:
    everything = Everything()
    yield from ((path, "") for path in FIXED)
    for facet, folder in (("project", "projects"), ("cycle", "cycles")):
        for value in count_by(engine, facet, everything):
            yield f"/{folder}/{value.value}", ""
    for value in count_by(engine, "candidate", everything):
        yield f"/candidates/{value.value}", ""
    for one in engine.scan(SearchRequest(everything, sort=Sort.NEWEST)):
        yield f"/candidacies/{one.id}", f"{one.posted_at:%Y-%m-%d}"


def write_robots(links: Links) -> str:
    """Write robots.txt: pages are welcome, the endless searches and the API are not."""
    root = links.root
    return (
        "User-agent: *\n"
        f"Disallow: {root}/api/\n"
        f"Disallow: {root}/*?\n"
        f"Allow: {root}/static/\n"
        f"Sitemap: {links.absolute('/sitemap.xml')}\n"
    )
