"""From the sample to the archives: what `up` shows before and after the first sync."""

from __future__ import annotations

import gzip
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from api.app import use_engine
from api.following import Following
from api.settings import Settings
from ingest.elections import load_elections
from ingest.sample import sample_site, serve_sample
from search import open_engine
from tests.api_site import make_app, serving
from tests.page_site import BROWSER
from tests.test_commands import hustings
from tests.test_upkeep import builds, damage


def settings_of(data: Path, archive: str) -> Settings:
    """Follow an archive, asking again every second, which nobody may set."""
    settings = Settings(data=data, archives=(archive,))
    # Sooner than a setting may ask for.
    object.__setattr__(settings, "sync_every", 1)
    return settings


def until(client: httpx.Client, wanted: bool) -> dict[str, object]:
    """Wait until the archives, or the sample, are what is searched."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = client.get("/api/v1/archives").json()
        if answer["documents"] and answer["sample"] is wanted:
            return dict(answer)
        time.sleep(0.1)
    raise AssertionError("it did not switch")


def test_the_sample_gives_way_to_the_archives_once_a_sync_succeeds(tmp_path: Path) -> None:
    archive = tmp_path / "list.mbox"
    settings = settings_of(tmp_path / "data", str(archive))
    app = make_app(settings.data)

    def show(folder: Path) -> None:
        use_engine(app, open_engine(folder / "index", load_elections().vocabulary()))

    following = Following(settings, app.state.engine, show)
    with serving(app) as client, closing(following):
        following.prepare()
        assert client.get("/api/v1/archives").json()["sample"]
        sample = client.get("/api/v1/candidacies?per_page=1").json()["total"]
        assert "invented" in client.get("/", headers=BROWSER).text
        following.start()
        months = sorted(sample_site().rglob("*.txt.gz"))
        archive.write_bytes(gzip.decompress(months[-1].read_bytes()))
        until(client, wanted=False)
        page = client.get("/", headers=BROWSER)
        assert page.status_code == 200
        assert "invented" not in page.text
        assert 0 < client.get("/api/v1/candidacies?per_page=1").json()["total"] < sample


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("following") / "data"
    with serve_sample() as address:
        assert hustings("sync", "--data", folder, address).returncode == 0
    return folder


def test_what_was_pulled_before_is_shown_though_index_and_archive_are_away(synced: Path) -> None:
    for build in builds(synced):
        damage(build)
    app = make_app(synced)
    shown: list[Path] = []
    gone = settings_of(synced, "http://127.0.0.1:9/pipermail/x/")
    following = Following(gone, app.state.engine, shown.append)
    with serving(app) as client, closing(following):
        following.prepare()
        assert not shown
        following.start()
        answer = until(client, wanted=False)
        assert answer["documents"]
