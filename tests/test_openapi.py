"""The OpenAPI document against the program: every operation is asked what the document allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api_site import ANA, make_app, make_index, serving

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

ROOT = Path(__file__).resolve().parent.parent
ANY_HEALTH = list(HealthCheck)
# The server closes the connection on an overlong request line, which a client
# that is still sending sees as a reset: no answer to hold against the document.
LONGEST_QUERY = 8000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder, search_queue=1000)) as client:
        yield client


# The document needs no index, so the operations are known before any server runs.
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_dict(
        make_app(Path("no such folder")).openapi()
    ).get_all_operations()
]

# What takes no parameter cannot be asked wrongly.
ASKED = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or list(operation.iter_parameters())
]


@pytest.mark.parametrize(("operation", "mode"), ASKED)
def test_every_operation_answers_as_the_document_says(
    operation: schemathesis.schemas.APIOperation, mode: GenerationMode, site: httpx.Client
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=ANY_HEALTH,
    )
    def ask(case: schemathesis.Case) -> None:
        assume(len(str(case.query)) < LONGEST_QUERY)
        response = case.call(base_url=str(site.base_url))
        case.validate_response(response, checks=CHECKS)

    ask()


def test_every_operation_is_described_with_its_errors(site: httpx.Client) -> None:
    document = site.get("/openapi.json").json()
    assert document["components"]["schemas"]["Problem"]["properties"].keys() >= {
        "type", "title", "status", "detail",
    }  # fmt: skip
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            assert operation["operationId"], path
            refused = operation["responses"]["400"]["content"]["application/problem+json"]
            assert refused["schema"] == {"$ref": "#/components/schemas/Problem"}, path
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (path, parameter["name"])


def test_every_shape_has_an_example_of_every_value(site: httpx.Client) -> None:
    document = site.get("/openapi.json").json()
    for name, shape in document["components"]["schemas"].items():
        for field, about in shape.get("properties", {}).items():
            is_value = about.get("type") in ("string", "integer", "number", "boolean")
            assert not is_value or "examples" in about or "enum" in about, f"{name}.{field}"


def test_no_operation_can_change_anything(site: httpx.Client) -> None:
    document = site.get("/openapi.json").json()
    assert {method for path in document["paths"].values() for method in path} == {"get"}


def test_the_manual_has_every_operation_in_the_order_of_the_document(site: httpx.Client) -> None:
    manual = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
    rows = [line.split("`") for line in manual.splitlines() if line.startswith("| `/")]
    assert [row[1] for row in rows] == list(site.get("/openapi.json").json()["paths"])
    for row in rows:
        assert (
            site.get(row[3].replace("YQ6JXOQPCVBRUB4TTFTYTGXFVUXHTXGH", ANA.id)).status_code == 200
        )
