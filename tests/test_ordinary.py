"""An ordinary search is read in one go exactly as FastAPI reads it parameter by parameter."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

import pytest
from fastapi import Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from api.asking import FACETS, Asking
from api.ordinary import SEARCHED, SHOWN, read_ordinary
from api.page_routes import read_shown
from api.parameters import AskingDep, refuse_unknown_parameters

PLAIN = FastAPI()
_READ: list[Asking] = []


@PLAIN.get("/json", dependencies=[Depends(refuse_unknown_parameters)])
async def read_json(asking: AskingDep) -> None:
    _READ.append(asking)


@PLAIN.get("/page")
async def read_page(asking: Annotated[Asking, Depends(read_shown)]) -> None:
    _READ.append(asking)


NAMES = sorted(SEARCHED | {"facets", "Q", "unknown", ""})
VALUES = (
    "", "nova", "a b", "\u00e9", "\x00", "relevance", "newest", "NEWEST", "0", "1", "01", " 1",
    "-1", "+1", "1.0", "1_0", "\u0661", "20", "100", "101", "200", "201", "500", "501", "10000",
    "10001", "1000000", "true", "false", "True", "on", "none", "x" * 200, "x" * 201, "x" * 2000,
    "x" * 2001,
)  # fmt: skip


def read_by_fastapi(path: str, query: bytes) -> Asking | None:
    """Read a search as its route does; None where the route refuses it."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": query, "headers": [], "scheme": "http", "root_path": "",
    }  # fmt: skip
    _READ.clear()
    asyncio.run(PLAIN(scope, receive, send))
    assert sent[0]["status"] in (200, 422), sent
    return _READ[0] if sent[0]["status"] == 200 else None


pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text()), max_size=5)


@given(pairs)
def test_what_is_read_as_ordinary_is_what_the_route_would_read(given: list[Any]) -> None:
    query = urlencode(given, errors="replace").encode()
    for path, known in (("/json", SEARCHED), ("/page", SHOWN)):
        read = read_ordinary(query, known)
        assert read is None or read == read_by_fastapi(path, query)


@given(st.binary(max_size=40).map(lambda more: b"q=" + more))
def test_bytes_that_nobody_encoded_are_read_alike(query: bytes) -> None:
    read = read_ordinary(query, SEARCHED)
    assert read is None or read == read_by_fastapi("/json", query)


@pytest.mark.parametrize("known", [SEARCHED, SHOWN])
def test_what_people_ask_is_ordinary(known: frozenset[str]) -> None:
    chosen = [("cycle", "mitaka"), ("project", "nova"), ("project", "glance")]
    asked = [("q", "review bandwidth"), *chosen, ("sort", "newest"), ("page", "3")]
    expected = {"project": ("nova", "glance"), "cycle": ("mitaka",)}
    read = read_ordinary(urlencode(asked).encode(), known)
    assert read is not None
    assert (read.q, read.page, read.sort) == ("review bandwidth", 3, "newest")
    assert read.chosen == expected
    assert list(read.chosen) == [name for name in FACETS if name in expected]
    assert read_ordinary(b"", known) == Asking()


def test_every_parameter_that_the_document_names_is_known_to_one_of_both() -> None:
    operation = PLAIN.openapi()["paths"]["/json"]["get"]
    named = {parameter["name"] for parameter in operation["parameters"]}
    assert named - {"facets"} == SEARCHED
    assert named > SHOWN
