"""Imports run one way: data goes right, imports go left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ingest", "search", "api")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Each outside library is imported in one file, named here.
ONE_OWNER = {
    "urllib3": "ingest/exchange.py",
    "bs4": "ingest/pipermail_pages.py",
    "dateutil": "ingest/dates.py",
    "jinja2": "api/templating.py",
    "charset_normalizer": "ingest/charsets.py",
    "sqlite3": "ingest/catalogue.py",
    "opensearchpy": "search/opensearch_client.py",
    "snowballstemmer": "search/analysis.py",
}


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaks(name: str, modules: set[str]) -> list[str]:
    """Name the imports of a file (its path as `name`) that run against the street."""
    package = name.split("/")[0]
    wrong = []
    for module in sorted(modules):
        top = module.split(".")[0]
        if package == "ingest" and top in ("search", "api"):
            wrong.append(module)
        if package == "search" and (
            top == "api"
            or (top == "ingest" and not module.startswith("ingest.records") and module != "ingest")
        ):
            wrong.append(module)
        if package == "api" and module.startswith("ingest.pipeline") and name != "api/commands.py":
            wrong.append(module)
        if package == "api" and module.startswith(
            ("search.whoosh_engine", "search.opensearch_engine")
        ):
            wrong.append(module)
        if module in ONE_OWNER and name != ONE_OWNER[module]:
            wrong.append(module)
        if top in ("fastapi", "starlette", "pydantic") and package != "api":
            wrong.append(module)
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_lies_left_of_it(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert breaks(name, set(imported_modules(path))) == []


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("ingest/threads.py", "search.query"),
        ("ingest/threads.py", "api.settings"),
        ("search/query.py", "ingest.catalogue"),
        ("search/query.py", "api.app"),
        ("api/json_routes.py", "ingest.pipeline"),
        ("api/app.py", "search.whoosh_engine"),
        ("ingest/pipermail.py", "urllib3"),
        ("search/query.py", "fastapi"),
    ],
)
def test_an_import_against_the_street_is_named(name: str, module: str) -> None:
    assert breaks(name, {module}) == [module]
