"""One search from asking to answer, the same for the HTTP API and `hustings search --json`.

Reads the query's text, asks the engine, shapes what it says. Nothing here knows a request.
"""

from __future__ import annotations

from api.asking import Asking
from api.payloads import Json, clean, show_hit
from ingest.records import Vocabulary
from search.engine import Facet, SearchEngine, SearchRequest, SearchResults
from search.query import ParsedQuery, parse_query, render_query

PATH = "/api/v1/candidacies"


def make_request(asking: Asking, parsed: ParsedQuery) -> SearchRequest:
    """Turn what was asked into the engine's request."""
    return SearchRequest(
        query=parsed.query,
        chosen=asking.chosen,
        sort=asking.sort,
        page=asking.page,
        per_page=asking.per_page,
        facets=asking.facets,
        facet_size=asking.facet_size,
        excerpts=asking.excerpts,
    )


def answer_search(
    engine: SearchEngine, vocabulary: Vocabulary, asking: Asking, base: str = ""
) -> Json:
    """Search and shape the answer; `base` is put before the paths of its links."""
    parsed = parse_query(asking.q, vocabulary)
    results = engine.search(make_request(asking, parsed))
    return {
        "total": results.total,
        "hits": [show_hit(hit) for hit in results.hits],
        "facets": {facet.field: show_facet(facet) for facet in results.facets},
        "suggestions": list(results.did_you_mean),
        "notices": show_notices(parsed, results),
        "page": asking.page,
        "per_page": asking.per_page,
        "understood": clean(render_query(parsed.query)),
        "links": page_links(asking, results.total, base),
    }


def show_facet(facet: Facet) -> Json:
    values = [
        {"value": one.value, "label": clean(one.label), "count": one.count, "chosen": one.chosen}
        for one in facet.values
    ]
    return {"values": values, "more": facet.more}


def show_notices(parsed: ParsedQuery, results: SearchResults | None = None) -> list[Json]:
    """Shape what the parser and the engine had to say, each thing once."""
    said = dict.fromkeys((*parsed.notices, *(results.notices if results else ())))
    return [
        {"code": one.code, "words": clean(one.words), "message": clean(one.message)} for one in said
    ]


def page_links(asking: Asking, total: int, base: str) -> Json:
    """Link the pages around this one, the feed and the download of the same search."""
    path = base + PATH
    last = max(1, -(-total // asking.per_page)) if asking.per_page else 1
    here = asking.page
    selected = Asking(q=asking.q, chosen=asking.chosen)
    return {
        "self": asking.address(path),
        "first": asking.on_page(1).address(path),
        "prev": asking.on_page(min(here - 1, last)).address(path) if here > 1 else None,
        "next": asking.on_page(here + 1).address(path) if here < last else None,
        "last": asking.on_page(last).address(path),
        "feed": selected.address(f"{base}/feed.atom"),
        "export": selected.address(f"{base}/api/v1/export"),
    }


def link_header(links: Json) -> str:
    """Write the links of an answer as its Link header (RFC 8288)."""
    rels = [rel for rel in ("first", "prev", "next", "last") if links[rel]]
    return ", ".join(f'<{links[rel]}>; rel="{rel}"' for rel in rels)
