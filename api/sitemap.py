"""What search engines are told: the sitemaps of all pages worth finding, and robots.txt.

One index names a sitemap of the pages to browse by and one of each year's candidacies, so that no
answer grows with the archive: each asks for what a search may ask for, without threads and raw
mails. There is no `lastmod`: a thread goes on after its candidacy, and a wrong date is worse than
none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from api.links import Links
from api.overviews import AT_ONCE, DEEPEST, count_by
from api.text_spans import neutralise
from search.engine import SearchEngine, SearchRequest, Sort
from search.facets import RACE
from search.query import Everything

# The protocol's own bound on one file (sitemaps.org).
MOST_ADDRESSES = 50_000
FIXED = ("/", "/candidates", "/races", "/projects", "/cycles", "/trends", "/manual", "/archives")
PAGES = "pages"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def write_sitemap_index(engine: SearchEngine, links: Links) -> str:
    """Write which sitemaps there are: one of pages, one of each year in which somebody stood."""
    years = sorted(value.value for value in count_by(engine, "year", Everything()))
    paths = (f"/sitemaps/{name}.xml" for name in (PAGES, *years))
    return _write("sitemapindex", "sitemap", paths, links)


def write_sitemap(engine: SearchEngine, name: str, links: Links) -> str | None:
    """Write the sitemap of that name; None where there is no such."""
    paths = list(_browsable(engine) if name == PAGES else _of_year(engine, name))
    return _write("urlset", "url", paths[:MOST_ADDRESSES], links) if paths else None


def _write(whole: str, each: str, paths: Iterable[str], links: Links) -> str:
    places = (escape(neutralise(links.absolute(path))) for path in paths)
    lines = (f"<{each}><loc>{place}</loc></{each}>" for place in places)
    return "\n".join((_XML, f"<{whole} {_SPACE}>", *lines, f"</{whole}>", ""))


def _browsable(engine: SearchEngine) -> Iterator[str]:
    yield from FIXED
    for facet in ("project", "cycle", "candidate"):
        for value in count_by(engine, facet, Everything()):
            yield f"/{facet}s/{value.value}"
    # A race of one is no more than its candidacy.
    yield from (
        f"/races/{race.value}" for race in count_by(engine, RACE, Everything()) if race.count > 1
    )


def _of_year(engine: SearchEngine, year: str) -> Iterator[str]:
    for page in range(1, DEEPEST // AT_ONCE + 1):
        request = SearchRequest(
            Everything(), {"year": (year,)}, Sort.OLDEST, page, AT_ONCE, excerpts=False
        )
        hits = engine.search(request).hits
        yield from (f"/candidacies/{hit.candidacy.id}" for hit in hits)
        if len(hits) < AT_ONCE:
            return


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
