"""Readers never see a wrong empty: a broken, missing or half-built index is told, and healed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.upkeep import can_heal, heal_index
from ingest.elections import load_elections
from ingest.records import Candidacy
from ingest.sample import serve_sample
from search import open_engine, open_writer
from tests.api_site import ANA, EVERYBODY, make_app, make_index, serving
from tests.page_site import BROWSER
from tests.test_commands import hustings

PAGES = ("/", "/?q=review", f"/candidacies/{ANA.id}", "/races/mitaka/PTL/nova", "/candidates")


def builds(folder: Path) -> list[Path]:
    return sorted((folder / "index").glob("build-*"))


def damage(build: Path) -> None:
    """Leave of every file of a build what a power cut would."""
    for file in build.iterdir():
        if file.suffix in (".seg", ".toc"):
            file.write_bytes(b"\x00" * file.stat().st_size)


@contextmanager
def rebuilding(folder: Path) -> Iterator[None]:
    """Rebuild the index for as long as the block lasts."""
    begun, go_on = threading.Event(), threading.Event()

    def documents() -> Iterator[tuple[Candidacy, str]]:
        begun.set()
        go_on.wait(30)
        yield from ((one, "1") for one in EVERYBODY)

    def rebuild() -> None:
        with open_writer(folder / "index", load_elections().vocabulary()) as writer:
            writer.rebuild(documents())

    thread = threading.Thread(target=rebuild)
    thread.start()
    try:
        assert begun.wait(10)
        yield
    finally:
        go_on.set()
        thread.join()


@pytest.mark.parametrize("broken", ["missing", "damaged"])
def test_while_an_index_is_built_pages_say_so_and_nothing_is_empty_or_gone(
    tmp_path: Path, broken: str
) -> None:
    if broken == "damaged":
        make_index(tmp_path)
        damage(builds(tmp_path)[-1])
    with rebuilding(tmp_path), serving(make_app(tmp_path)) as client:
        for path in PAGES:
            answer = client.get(path, headers=BROWSER)
            assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
            assert "built" in answer.text or "indexed, which takes some minutes" in answer.text
            assert "Nothing is indexed yet" not in answer.text
        for path in ("/api/v1/candidacies", f"/api/v1/candidacies/{ANA.id}", "/feed.atom"):
            assert client.get(path).status_code == 503
    with serving(make_app(tmp_path)) as client:
        assert client.get(f"/candidacies/{ANA.id}").status_code == 200


def test_an_older_index_answers_while_the_newest_is_broken_and_no_path_is_shown(
    tmp_path: Path,
) -> None:
    make_index(tmp_path)
    make_index(tmp_path)
    damage(builds(tmp_path)[-1])
    with rebuilding(tmp_path), serving(make_app(tmp_path)) as client:
        assert client.get(f"/candidacies/{ANA.id}").status_code == 200
        page = client.get("/", headers=BROWSER).text
        assert "Trouble with the index" in page
        assert "an older one answers" in page
        assert "Nothing is indexed" not in page


def test_nothing_that_is_answered_names_a_folder_of_the_server(tmp_path: Path) -> None:
    make_index(tmp_path)
    damage(builds(tmp_path)[-1])
    with serving(make_app(tmp_path)) as client:
        for path in (*PAGES, "/archives", "/readyz", "/api/v1/candidacies", "/api/v1/archives"):
            for headers in (BROWSER, {"Accept": "application/json"}):
                assert str(tmp_path) not in client.get(path, headers=headers).text, path
        assert "rebuilt" in client.get("/archives", headers=BROWSER).text


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upkeep") / "data"
    with serve_sample() as address:
        assert hustings("sync", "--data", folder, address).returncode == 0
    return folder


def test_a_broken_index_is_healed_at_start_beside_the_server(synced: Path) -> None:
    settings_app = make_app(synced)
    settings, engine = settings_app.state.settings, settings_app.state.engine
    before = engine.status().documents
    damage(builds(synced)[-1])
    for old in builds(synced)[:-1]:
        damage(old)
    app = make_app(synced)
    with serving(app) as client:
        assert client.get("/readyz").status_code == 503
        assert can_heal(settings, app.state.engine)
        heal_index(settings, app.state.engine)
        until_ready(client)
        assert client.get("/readyz").json()["documents"] == before
    assert not can_heal(settings, app.state.engine)


def until_ready(client: httpx.Client) -> None:
    """Wait for the engine to look again, which it does once a second."""
    pause = threading.Event()
    for _ in range(100):
        if client.get("/readyz").status_code == 200:
            return
        pause.wait(0.1)
    raise AssertionError("it never became ready")


def test_without_a_catalogue_there_is_nothing_to_heal_from(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    assert not can_heal(app.state.settings, app.state.engine)
    heal_index(app.state.settings, app.state.engine)
    assert open_engine(tmp_path / "index", load_elections().vocabulary()).status().problem
