"""The short way of a search answers as its route does; what is not ordinary goes to the route."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.searchers import Searchers
from tests.api_site import make_app, make_index, serving

SEARCH = "/api/v1/candidacies"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client


# `excerpts=1` and an unknown parameter of a page are understood, but by FastAPI alone.
@pytest.mark.parametrize(
    ("path", "detour"),
    [
        (f"{SEARCH}?q=nova", "&excerpts=1"),
        (f"{SEARCH}?q=nova+gate&cycle=mitaka&sort=oldest&per_page=1&page=2", "&excerpts=1"),
        (f"{SEARCH}?q=%22half+a+phrase", "&excerpts=1"),
        ("/?q=nova&project=nova", "&utm=1"),
        ("/?q=nowhere-at-all", "&utm=1"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_both_ways_answer_alike(site: httpx.Client, path: str, detour: str, method: str) -> None:
    short = site.request(method, path)
    long = site.request(method, path + detour)
    assert (short.status_code, short.content) == (200, long.content)
    own = {"date", "etag", "x-request-id"}
    assert [one for one in short.headers.multi_items() if one[0] not in own] == [
        one for one in long.headers.multi_items() if one[0] not in own
    ]


def test_a_repeated_question_is_answered_304_either_way(site: httpx.Client) -> None:
    for path in (f"{SEARCH}?q=nova", f"{SEARCH}?q=nova&excerpts=1", "/?q=nova", "/?q=nova&utm=1"):
        tag = site.get(path).headers["etag"]
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_both_ways_are_one_route_in_the_figures(site: httpx.Client) -> None:
    def count() -> float:
        wanted = f'hustings_requests_total{{method="GET",route="{SEARCH}",status="200"}} '
        lines = site.get("/metrics").text.splitlines()
        return sum(float(one.removeprefix(wanted)) for one in lines if one.startswith(wanted))

    before = count()
    site.get(f"{SEARCH}?q=nova")
    site.get(f"{SEARCH}?q=nova&excerpts=1")
    assert count() == before + 2


def test_without_an_index_both_ways_say_so_alike(tmp_path: Path) -> None:
    with serving(make_app(tmp_path)) as client:
        short, long = (client.get(f"{SEARCH}?q=nova{more}") for more in ("", "&excerpts=1"))
        assert (short.status_code, long.status_code) == (503, 503)
        assert short.headers["retry-after"] == long.headers["retry-after"]
        assert short.json() | {"request_id": ""} == long.json() | {"request_id": ""}


def test_searchers_give_back_what_was_made_or_raised() -> None:
    async def ask() -> None:
        searchers = Searchers(2)
        assert await asyncio.gather(*(searchers.do(lambda n=n: n * n) for n in range(20))) == [
            n * n for n in range(20)
        ]
        with pytest.raises(ZeroDivisionError):
            await searchers.do(lambda: 1 / 0)
        assert await searchers.do(threading.get_ident) != threading.get_ident()

    asyncio.run(ask())


def test_searchers_go_on_after_one_who_left() -> None:
    async def ask() -> None:
        searchers, go = Searchers(1), threading.Event()
        gone = asyncio.create_task(searchers.do(go.wait))
        await asyncio.sleep(0)
        gone.cancel()
        go.set()
        assert await searchers.do(lambda: 1) == 1

    asyncio.run(ask())


def test_the_threads_end_with_their_searchers() -> None:
    def of_ours() -> set[threading.Thread]:
        return {one for one in threading.enumerate() if one.name.startswith("search-")}

    before = of_ours()
    searchers = Searchers(3)
    asyncio.run(searchers.do(lambda: None))
    begun = of_ours() - before
    assert len(begun) == 3
    del searchers
    gc.collect()
    for thread in begun:
        thread.join(10)
        assert not thread.is_alive()
