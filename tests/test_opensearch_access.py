"""Who may talk to a cluster, and which of its hosts answers: TLS, passwords, a host that hangs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.search_corpus import VOCABULARY, make_candidacies
from search import SearchEngine, SearchRequest, open_engine, open_writer
from search.errors import EngineMisconfigured, EngineUnavailable, SearchError
from search.query_tree import Everything
from tests.engine_places import PLACES, Place
from tests.opensearch.faults import ROOT
from tests.opensearch.tls_proxy import make_certificate, tls_before

pytestmark = pytest.mark.skipif(
    "opensearch" not in PLACES, reason="needs HUSTINGS_TEST_OPENSEARCH (.ci/opensearch installs it)"
)

SIZE = 12
USER, PASSWORD = "hustings", "a pass:word of Zoë"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with PLACES["opensearch"](tmp_path_factory.mktemp("access")) as made:
        made.index(*make_candidacies(SIZE)).close()
        yield made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder, "ours")
    make_certificate(folder, "other")
    make_certificate(folder, "elsewhere", "DNS:search1.example.org")
    return folder


@pytest.fixture(scope="module")
def address(place: Place, certificates: Path) -> Iterator[str]:
    node, _, name = str(place.location).rpartition("/")
    ours, key = certificates / "ours.pem", certificates / "ours-key.pem"
    with tls_before(node, ours, key, USER, PASSWORD) as found:
        yield f"{found}/{name}"


def total(engine: SearchEngine) -> int:
    return engine.search(SearchRequest(Everything(), per_page=3, facets=("status",))).total


def told_by(location: str, **options: Any) -> SearchError:
    """Give the error that searching there ends with."""
    with (
        closing(open_engine(location, VOCABULARY, **options)) as engine,
        pytest.raises(SearchError) as told,
    ):
        total(engine)
    assert PASSWORD not in str(told.value)
    return told.value


def test_who_has_certificate_and_password_reads_and_writes(
    address: str, certificates: Path
) -> None:
    options = {"user": USER, "password": PASSWORD, "ca_certs": str(certificates / "ours.pem")}
    with open_writer(address, VOCABULARY, **options) as writer:
        assert len(writer.digests()) == SIZE
        writer.apply([(next(make_candidacies(1)), "changed")], [])
    with closing(open_engine(address, VOCABULARY, **options)) as engine:
        assert total(engine) == SIZE


def test_the_program_reads_its_secrets_from_files(
    address: str, certificates: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "opensearch_password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    environment = {
        **os.environ, "HUSTINGS_DATA": str(tmp_path / "nothing"), "HUSTINGS_INDEX": address,
        "HUSTINGS_INDEX_USER": USER, "HUSTINGS_INDEX_PASSWORD_FILE": str(secret),
        "HUSTINGS_INDEX_CA": str(certificates / "ours.pem"),
    }  # fmt: skip
    command = [sys.executable, "-m", "api.commands", "search", "--json", ""]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["total"] == SIZE
    assert PASSWORD.encode() not in done.stderr


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_names_the_settings(
    address: str, certificates: Path, user: str, password: str
) -> None:
    ca = str(certificates / "ours.pem")
    error = told_by(address, user=user, password=password, ca_certs=ca)
    assert isinstance(error, EngineMisconfigured)
    assert "HUSTINGS_INDEX_USER" in str(error)


@pytest.mark.parametrize("authority", ["other.pem", ""])
def test_a_certificate_that_nobody_vouches_for_names_the_setting(
    address: str, certificates: Path, authority: str
) -> None:
    ca = str(certificates / authority) if authority else ""
    error = told_by(address, user=USER, password=PASSWORD, ca_certs=ca)
    assert isinstance(error, EngineMisconfigured)
    assert "HUSTINGS_INDEX_CA" in str(error)


def test_a_certificate_of_another_host_is_refused(place: Place, certificates: Path) -> None:
    node, _, name = str(place.location).rpartition("/")
    certificate, key = certificates / "elsewhere.pem", certificates / "elsewhere-key.pem"
    with tls_before(node, certificate, key, USER, PASSWORD) as found:
        error = told_by(f"{found}/{name}", user=USER, password=PASSWORD, ca_certs=str(certificate))
    assert isinstance(error, EngineMisconfigured)
    assert "certificate" in str(error)


def test_plain_http_to_tls_is_told_to_say_https(address: str) -> None:
    error = told_by(address.replace("https://", "http://"))
    assert isinstance(error, EngineUnavailable)
    assert "https://" in str(error)


def test_tls_to_plain_http_is_told_that_there_is_none(place: Place) -> None:
    error = told_by(str(place.location).replace("http://", "https://"))
    assert isinstance(error, EngineMisconfigured)
    assert "does not speak TLS" in str(error)


def test_an_authority_that_is_no_file_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(EngineMisconfigured) as told:
        open_engine(address, VOCABULARY, ca_certs=str(tmp_path / "missing.pem"))
    assert "HUSTINGS_INDEX_CA" in str(told.value)


def test_a_host_that_hangs_delays_one_search_and_is_left_alone(place: Place) -> None:
    node, _, name = str(place.location).rpartition("/")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as hanging:
        hosts = f"{node},http://127.0.0.1:{hanging.getsockname()[1]}/{name}"
        with closing(open_engine(hosts, VOCABULARY, seconds=2.0)) as engine:
            times: list[float] = []
            for _ in range(12):
                began = time.monotonic()
                assert total(engine) == SIZE
                times.append(time.monotonic() - began)
    slow = [spent for spent in times if spent > 1.9]
    assert len(slow) == 1, times
    assert slow[0] < 3.9, times


def test_hosts_that_all_hang_are_unavailable_in_bounded_time() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        ports = (each.getsockname()[1] for each in (first, second))
        hosts = ",".join(f"http://127.0.0.1:{port}" for port in ports)
        with closing(open_engine(hosts, VOCABULARY, seconds=0.5)) as engine:
            began = time.monotonic()
            with pytest.raises(EngineUnavailable):
                total(engine)
            assert time.monotonic() - began < 3
