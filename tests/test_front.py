"""What every answer bears, whichever route it took, over real HTTP."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.front import SECURITY_HEADERS
from api.logs import JsonLines, PlainLines
from ingest.records import ArchiveReport, IngestReport, MonthFault, message_id_hash
from ingest.reports import report_to_json
from tests.api_site import ANA, DEE, make_app, make_index, serving
from tests.builders import A_DAY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    app = make_app(folder, rate_limit=100_000)

    @app.get("/breaks", include_in_schema=False)
    def breaks() -> None:
        raise ZeroDivisionError("ana@example.org did it")

    app.router.routes.insert(0, app.router.routes.pop())
    with serving(app) as client:
        yield client


REPLY = message_id_hash(ANA.replies[0].message_id)
PATHS = ("/", "/api/v1/candidacies", "/nowhere", "/healthz", "/metrics", "/feed.atom", "/breaks",
         "/api/v1/candidacies?page=0", f"/candidacies/{DEE.id}", "/openapi.json")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_bears_the_security_headers(site: httpx.Client, path: str) -> None:
    response = site.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    assert "server" not in response.headers
    assert response.headers["x-request-id"]


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy


def test_a_route_that_breaks_is_answered_and_logged_without_addresses(
    site: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = site.get("/breaks")
    problem = response.json()
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "ana" not in response.text
    [record] = [one for one in caplog.records if one.name == "hustings.errors"]
    for form in (JsonLines(), PlainLines()):
        line = form.format(record)
        assert problem["request_id"] in line
        assert "ZeroDivisionError" in line
        assert "ana@example.org" not in line


def test_a_log_line_tells_nothing_about_who_asked(
    site: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hustings.requests")
    secret = "what-I-look-for"
    response = site.get(f"/api/v1/candidacies?q={secret}", headers={"User-Agent": "me-myself"})
    site.get(f"/{secret}")
    lines = [JsonLines().format(one) for one in caplog.records if one.name == "hustings.requests"]
    first = json.loads(lines[0])
    assert first["request_id"] == response.headers["x-request-id"]
    assert (first["route"], first["status"]) == ("/api/v1/candidacies", 200)
    for line in lines:
        assert secret not in line
        assert "127.0.0.1" not in line
        assert "me-myself" not in line


def test_a_plain_line_stays_one_line_whatever_it_quotes() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\n2026-01-01 warning forged", (), None)
    assert PlainLines().format(record).splitlines()[1].startswith("  ")


@pytest.mark.parametrize("given", ["mine-123", "bad id", "x" * 65, "a\u00e4"])
def test_a_request_id_is_taken_over_if_it_is_one(site: httpx.Client, given: str) -> None:
    response = site.get("/healthz", headers={"X-Request-ID": given.encode("latin-1")})
    assert (response.headers["x-request-id"] == given) == (given == "mine-123")


def test_health_readiness_and_figures(site: httpx.Client) -> None:
    assert site.get("/healthz").json()["status"] == "ok"
    ready = site.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["documents"]) == (200, True, 4)
    site.get("/api/v1/candidacies?q=nova")
    figures = site.get("/metrics").text
    assert (
        'hustings_requests_total{method="GET",route="/api/v1/candidacies",status="200"}' in figures
    )
    assert "hustings_index_documents 4.0" in figures
    assert "hustings_search_seconds_count" in figures


def test_an_archive_that_cannot_be_reached_shows_in_the_figures(tmp_path: Path) -> None:
    fault = MonthFault("", "lists.example.org refuses the connection")
    report = ArchiveReport("sample-dev", "http://x/", A_DAY, A_DAY, faults=(fault,))
    make_index(tmp_path, state=report_to_json(IngestReport((report,))))
    with serving(make_app(tmp_path)) as client:
        figures = client.get("/metrics").text
    # It was asked for no month, so that none can have failed.
    assert 'hustings_sync_months_failed{archive="sample-dev"} 0.0' in figures
    assert 'hustings_sync_faults{archive="sample-dev"} 1.0' in figures


def test_without_an_index_it_is_alive_and_says_why_it_is_not_ready(tmp_path: Path) -> None:
    with serving(make_app(tmp_path)) as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["why_not"]
        answer = client.get("/api/v1/candidacies")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["type"] == "urn:hustings:problem:index-missing"
        assert "hustings_index_ready 0.0" in client.get("/metrics").text


def test_a_host_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    make_index(tmp_path)
    with serving(make_app(tmp_path, allowed_hosts=("hustings.example.org",))) as client:
        assert client.get("/healthz").status_code == 400
        right = client.get("/healthz", headers={"Host": "hustings.example.org"})
        assert right.status_code == 200


def test_below_a_path_links_and_files_are_found(tmp_path: Path) -> None:
    make_index(tmp_path)
    with serving(make_app(tmp_path, base_url="https://example.org/hustings")) as client:
        for path in ("/api/v1/candidacies", "/hustings/api/v1/candidacies", "/hustings/healthz"):
            assert client.get(path).status_code == 200
        links = client.get("/api/v1/candidacies?per_page=1").json()["links"]
        assert links["next"].startswith("https://example.org/hustings/api/v1/candidacies?")


@pytest.mark.parametrize(
    "path",
    [
        "/pipermail/openstack-dev/2015-September/000001.html",
        f"/archives/list/openstack-dev@lists.example.org/message/{ANA.id}/",
        f"/hyperkitty/list/openstack-dev@lists.example.org/thread/{ANA.id}",
        f"/{ANA.id}",
        f"/{ANA.id.lower()}",
    ],
)
def test_an_old_link_leads_to_the_candidacy(site: httpx.Client, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 302
    assert response.headers["location"] == f"/candidacies/{ANA.id}"


@pytest.mark.parametrize(
    "path",
    [
        "/pipermail/openstack-dev/2015-September/000002.html",
        f"/archives/list/openstack-dev@lists.example.org/message/{REPLY}/",
        f"/{REPLY}",
    ],
)
def test_an_old_link_to_a_reply_leads_to_it_in_the_thread(site: httpx.Client, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 302
    assert response.headers["location"] == f"/candidacies/{ANA.id}#reply-1"
    page = site.get(response.headers["location"], headers={"Accept": "text/html"}).text
    assert 'id="reply-1"' in page


@pytest.mark.parametrize(
    "path",
    ["/pipermail/openstack-dev/2015-September/999999.html", "/" + "A" * 32, "/no-such-page",
     "/pipermail/x/y/z.html", "/archives/list/x/message/nothing/", "/static/../api/app.py",
     "/static/%2e%2e/app.py"],
)  # fmt: skip
def test_a_link_to_nothing_is_not_found(site: httpx.Client, path: str) -> None:
    assert site.get(path).status_code == 404


def test_what_is_no_http_does_not_disturb_the_others(site: httpx.Client) -> None:
    for junk in (
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
        b"GET /" + b"a" * 70_000,
    ):
        with socket.create_connection((site.base_url.host, site.base_url.port or 0), 5) as raw:
            raw.sendall(junk)
            raw.recv(100)
    assert site.get("/healthz").status_code == 200
