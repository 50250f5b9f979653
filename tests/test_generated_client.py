"""A client that a well-known generator makes of the OpenAPI document, used against the program."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from tests.api_site import ANA, make_app, make_index, serving

pytest.importorskip(
    "openapi_python_client", reason="needs the generator: pip install openapi-python-client"
)

# The generator knows JSON and text; told to, it takes the other kinds for bytes.
KINDS = ("message/rfc822", "application/mbox", "application/jsonl", "application/atom+xml")
OVERRIDES = dict.fromkeys((*KINDS, "text/csv"), "application/octet-stream")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, site: httpx.Client) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("generated")
    document = folder / "openapi.json"
    document.write_text(site.get("/openapi.json").text, encoding="utf-8")
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"post_hooks": [], "content_type_overrides": OVERRIDES}))
    made = generate(folder, document, settings)
    assert "WARNING" not in made.upper(), made
    sys.path.insert(0, str(folder / "made"))
    yield importlib.import_module("made_client")
    sys.path.remove(str(folder / "made"))


def generate(folder: Path, document: Path, settings: Path) -> str:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    options = ["--path", document, "--config", settings]
    target = ["--output-path", folder / "made" / "made_client"]
    (folder / "made").mkdir()
    done = subprocess.run(
        [*command, *options, *target], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_generated_client_searches_and_reads(package: ModuleType, site: httpx.Client) -> None:
    search = importlib.import_module("made_client.api.candidacies.search_candidacies")
    read = importlib.import_module("made_client.api.candidacies.get_candidacy")
    with package.Client(base_url=str(site.base_url)) as client:
        answer = search.sync(client=client, q="review", project=["nova"])
        one = read.sync(candidacy_id=ANA.id, client=client)
    assert ANA.id in [hit.id for hit in answer.hits]
    assert answer.facets["cycle"].values[0].count >= 1
    assert one.replies[0].sender == "Ben Example"
    assert one.posted_at == ANA.posted_at


def test_a_generated_client_is_told_what_was_wrong(package: ModuleType, site: httpx.Client) -> None:
    search = importlib.import_module("made_client.api.candidacies.search_candidacies")
    with package.Client(base_url=str(site.base_url)) as client:
        problem = search.sync(client=client, per_page=1000)
    assert problem.status == 400
    assert problem.parameters[0].parameter == "per_page"
