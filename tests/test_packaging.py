"""What is shipped is whole, locked, and as small in rights as it can be."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def locked(name: str) -> dict[str, str]:
    """Give the packages of a lock file, each with all that its entry says."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {re.split(r"[=\[ ;]", line)[0].lower(): line for line in entries}


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ;]", line)[0].lower() for line in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    for entry in locked(name).values():
        assert re.search(r"==[\w.]+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(
        r"https?:|file:|--index|--find-links|--trusted-host|^-[eif] | @ ", text, re.M
    )


def test_the_locks_hold_what_the_project_asks_for() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    runtime = names_of(PROJECT["project"]["dependencies"])
    # Without build isolation the project is built by a locked setuptools.
    assert runtime | {"setuptools"} <= locked("requirements.txt").keys()
    assert runtime | names_of(extras["opensearch"]) <= locked("requirements-opensearch.txt").keys()
    assert runtime | names_of(extras["dev"]) <= locked("requirements-dev.txt").keys()


def test_the_locks_agree_on_versions() -> None:
    whole = locked("requirements-gate.txt")
    for name in LOCKS:
        part = locked(name)
        assert {package: whole[package] for package in part} == part


def test_every_package_is_shipped() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/py.typed")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel as `make setup` and the image do; give the names of the files in it."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in PROJECT["tool"]["setuptools"]["packages"]:
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    build = "pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir out ."
    subprocess.run([sys.executable, "-m", *build.split()], cwd=source, check=True, timeout=120)
    (built,) = (source / "out").glob("hustings-*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel: set[str]) -> None:
    tracked = {
        path.relative_to(ROOT).as_posix()
        for name in PROJECT["tool"]["setuptools"]["packages"]
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert tracked - wheel == set()


def test_the_wheel_holds_no_tests_and_the_licence(wheel: set[str]) -> None:
    assert not [name for name in wheel if name.startswith(("tests/", "bench/"))]
    assert any(name.endswith("/licenses/LICENSE") for name in wheel)


def test_make_has_the_targets_that_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"make ([a-z]+)", readme.split("## How it goes")[0])) <= targets | {"are"}
    assert {"setup", "up", "test", "check", "bench"} <= targets


def test_the_image_copies_what_there_is_and_what_its_context_holds() -> None:
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.M)
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in let_through, source


def test_the_image_does_not_run_as_root() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.M)
    assert all(int(number) >= 1000 for number in user)
    assert "HEALTHCHECK" in last_stage


def test_each_service_belongs_to_one_profile() -> None:
    profiles: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        (profile,) = service["profiles"]
        profiles.setdefault(profile, set()).add(name)
    assert profiles == {
        "default": {"api", "sync"},
        "cluster": {"search1", "search2", "search3", "cluster-api", "cluster-sync", "proxy"},
    }
    # `docker compose up` without a profile starts the default one.
    assert "COMPOSE_PROFILES=default" in (ROOT / ".env").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_few_rights_and_bounds(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] not in ("", "root", "0", "0:0")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "network_mode" not in service
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["restart"] == "unless-stopped"
    assert not service["image"].endswith(":latest")
    assert ":" in service["image"]


@pytest.mark.parametrize("name", [*OURS, "proxy"])
def test_what_writes_only_to_its_volume_has_a_read_only_root(name: str) -> None:
    # OpenSearch is left out: it writes a keystore beside its configuration.
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("api", "cluster-api")])
def test_a_service_has_a_health_check_of_its_own_or_the_images(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_one_syncs_and_all_of_a_profile_use_one_index() -> None:
    assert SERVICES["api"]["volumes"] == SERVICES["sync"]["volumes"] == ["data:/data"]
    replicas, writer = SERVICES["cluster-api"], SERVICES["cluster-sync"]
    assert replicas["deploy"]["replicas"] == 2
    assert "deploy" in writer
    assert "replicas" not in writer["deploy"]
    index = replicas["environment"]["HUSTINGS_INDEX"]
    assert index == writer["environment"]["HUSTINGS_INDEX"]
    assert re.findall(r"https://(search\d):9200", index) == ["search1", "search2", "search3"]
    assert "volumes" not in replicas


def test_secrets_come_from_files_that_are_not_in_the_repository() -> None:
    files = {Path(secret["file"]) for secret in COMPOSE["secrets"].values()}
    assert {path.parent.name for path in files} == {"secrets"}
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [path.name for path in files if path.name not in guide] == []
    for name, service in SERVICES.items():
        for setting, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD$|SECRET$|TOKEN$", setting), (name, setting, value)


def test_only_the_default_api_and_the_proxy_can_be_reached_from_outside() -> None:
    published = {name for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api", "proxy"}
    for name in published:
        (port,) = SERVICES[name]["ports"]
        assert port.startswith("${HUSTINGS_PUBLISH:-127.0.0.1:")
    inside = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    for name in ("search1", "search2", "search3", "cluster-api"):
        assert set(SERVICES[name]["networks"]) <= inside


def test_the_settings_of_the_compose_file_are_settings_of_the_program() -> None:
    from api.settings import table

    known = {f"HUSTINGS_{name.upper()}" for name in table()}
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known, name
