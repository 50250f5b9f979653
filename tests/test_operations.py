"""What docs/operations.md promises: a backup that is enough, and moving between engines."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from ingest.sample import serve_sample
from tests.engine_places import PLACES
from tests.test_commands import ROOT, hustings

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sync the sample into a folder; its archive cannot be reached any more afterwards."""
    folder = tmp_path_factory.mktemp("operations") / "data"
    with serve_sample() as archive:
        assert hustings("sync", "--data", folder, archive).returncode == 0
    return folder


def exported(data: Path, **environment: str) -> str:
    done = hustings("export", "--data", data, "--format", "jsonl", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_backup_of_the_manual_restores_everything_without_the_network(
    data: Path, tmp_path: Path
) -> None:
    (data / "removed.txt").write_text("nobody@example.org\n", encoding="utf-8")
    (command,) = re.findall(r"^(tar -C /var/lib/hustings .+?) +#", OPERATIONS, re.M)
    command = command.replace("/var/lib/hustings", str(data))
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    (backup,) = tmp_path.glob("hustings-*.tar.gz")
    restored = tmp_path / "restored"
    restored.mkdir()
    subprocess.run(["tar", "-C", restored, "-xzf", backup], check=True)
    assert sorted(path.name for path in restored.iterdir()) == ["archives", "removed.txt"]
    assert hustings("reindex", "--data", restored).returncode == 0
    assert hustings("check", "--data", restored).returncode == 0
    assert exported(restored) == exported(data) != ""


@pytest.mark.skipif("opensearch" not in PLACES, reason="needs HUSTINGS_TEST_OPENSEARCH")
def test_an_index_moves_to_opensearch_and_back_by_one_command(data: Path, tmp_path: Path) -> None:
    before = exported(data)
    with PLACES["opensearch"](tmp_path) as place:
        there = {"HUSTINGS_INDEX": str(place.location)}
        assert hustings("search", "--data", data, "review", **there).returncode != 0
        assert hustings("reindex", "--data", data, **there).returncode == 0
        assert exported(data, **there) == before
        asked = ["search", "--data", data, "--json", "review bandwidth"]
        here, moved = (json.loads(hustings(*asked, **env).stdout) for env in ({}, there))
        assert moved == here
        assert here["total"] > 0
        assert hustings("check", "--data", data, **there).returncode == 0
    assert exported(data) == before, "the old index was to stay"
    assert hustings("reindex", "--data", data).returncode == 0
    assert exported(data) == before
