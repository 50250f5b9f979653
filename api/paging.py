"""One page of a list, and how the others are reached from it (RFC 8288).

A search tells its pages in its answer too, which knows more of them (`searching.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import Request, Response

from api.answers import CandidatesAnswer, RacesAnswer
from api.caching import answer_cached
from api.searching import link_header
from search.engine import SearchEngine


def answer_page_of(
    request: Request,
    engine: SearchEngine,
    make: Callable[[], CandidatesAnswer | RacesAnswer],
) -> Response:
    """Answer with one page of a list, the pages around it in its Link header."""

    def write() -> Response:
        made = make()
        last = max(1, -(-made.total // made.per_page))
        links = {
            "first": _page(request, 1),
            "prev": _page(request, min(made.page - 1, last)) if made.page > 1 else "",
            "next": _page(request, made.page + 1) if made.page < last else "",
            "last": _page(request, last),
        }
        headers = {"Link": link_header(links)}
        return Response(made.model_dump_json(), 200, headers, "application/json")

    return answer_cached(request, engine.status().generation, write)


def _page(request: Request, number: int) -> str:
    """Give the address of another page of what was asked."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "page"]
    pairs = asked + ([("page", str(number))] if number > 1 else [])
    query = urlencode(pairs, errors="replace")
    return request.url.path + (f"?{query}" if query else "")
