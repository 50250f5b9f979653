"""What candidacies add up to over HTTP: candidates, races, cycles, projects, trends, archives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.overviews import AT_ONCE
from ingest.records import ArchiveReport, IngestReport, MonthFault
from ingest.reports import report_to_json
from search.engine import SearchEngine, SearchRequest, SearchResults
from tests.api_site import ANA, ANA_AGAIN, CAM, DEE, make_app, make_index, serving

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REPORT = IngestReport(
    archives=(
        ArchiveReport(
            archive="openstack-dev",
            address="https://lists.example.org/pipermail/openstack-dev/",
            started_at=NOW,
            finished_at=NOW,
            months_asked=3,
            months_fetched=2,
            months_failed=1,
            faults=(MonthFault("2015-May", "no mbox: <ana@example.org>"),),
            messages_skipped={"cut-by-archiver": 2},
        ),
    ),
    candidacies=4,
    sample=True,
)
UNKNOWN = replace(ANA, id="A" * 32, message_id="u@example.org", cycle="", cycle_order=0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder, (ANA, CAM, ANA_AGAIN, DEE, UNKNOWN), report_to_json(REPORT))
    with serving(make_app(folder)) as client:
        yield client


def test_candidates_are_listed_the_most_frequent_first(site: httpx.Client) -> None:
    answer = site.get("/api/v1/candidates").json()
    assert answer["total"] == 3
    assert answer["candidates"][0]["person"] == "ana-example"
    assert answer["candidates"][0]["candidacies"] == 3
    assert answer["candidates"][0]["candidate"] == "Ana Example"


def test_candidates_can_be_searched_and_paged(site: httpx.Client) -> None:
    answer = site.get("/api/v1/candidates", params={"office": "TC"}).json()
    assert [one["person"] for one in answer["candidates"]] == ["dee-example"]
    second = site.get("/api/v1/candidates", params={"per_page": 1, "page": 2}).json()
    assert (second["total"], len(second["candidates"])) == (3, 1)


def test_a_candidate_is_shown_through_the_years(site: httpx.Client) -> None:
    answer = site.get("/api/v1/candidates/cam-example").json()
    assert [one["id"] for one in answer["candidacies"]] == [CAM.id]
    ana = site.get("/api/v1/candidates/ana-example").json()
    assert ana["candidacies"][-1]["id"] == ANA_AGAIN.id
    assert (ana["elected"], ana["irc_nicks"]) == (2, ["ana"])
    assert site.get("/api/v1/candidates/nobody").status_code == 404


def test_a_race_shows_everybody_and_who_won(site: httpx.Client) -> None:
    race = site.get("/api/v1/races/mitaka/PTL/nova").json()
    assert [one["id"] for one in race["candidacies"]] == [ANA.id, CAM.id]
    assert race["contested"]
    assert race["elected"] == [ANA.id]


@pytest.mark.parametrize("path", ["mitaka/TC", "Mitaka/TC", "m/TC"])
def test_a_race_is_found_by_other_names_of_its_cycle(site: httpx.Client, path: str) -> None:
    race = site.get(f"/api/v1/races/{path}").json()
    assert (race["race"], [one["id"] for one in race["candidacies"]]) == ("mitaka/TC", [DEE.id])


def test_a_race_of_an_unknown_cycle_is_found(site: httpx.Client) -> None:
    race = site.get("/api/v1/races/unknown/PTL/nova").json()
    assert [one["id"] for one in race["candidacies"]] == [UNKNOWN.id]


@pytest.mark.parametrize("path", ["mitaka/PTL/heat", "juno/TC", "nothing/PTL/nova", "mitaka/PTL"])
def test_a_race_without_candidates_is_not_found(site: httpx.Client, path: str) -> None:
    assert site.get(f"/api/v1/races/{path}").status_code == 404


def test_an_office_that_is_none_is_named(site: httpx.Client) -> None:
    response = site.get("/api/v1/races/mitaka/KING")
    assert response.status_code == 400
    assert response.json()["parameters"][0]["parameter"] == "office"


def test_races_are_listed_with_how_many_stood(site: httpx.Client) -> None:
    answer = site.get("/api/v1/races").json()
    assert [(one["race"], one["candidates"], one["contested"]) for one in answer["races"]] == [
        ("mitaka/PTL/nova", 2, True),
        ("mitaka/TC", 1, False),
        ("ocata/PTL/nova", 1, False),
        ("unknown/PTL/nova", 1, False),
    ]
    for one in answer["races"]:
        whole = site.get(f"/api/v1/races/{one['race']}").json()
        assert len(whole["candidacies"]) == one["candidates"]


@pytest.mark.parametrize(("contested", "total"), [("true", 1), ("false", 3)])
def test_races_with_a_choice_can_be_had_alone(
    site: httpx.Client, contested: str, total: int
) -> None:
    answer = site.get("/api/v1/races", params={"contested": contested}).json()
    assert answer["total"] == total
    page = site.get("/api/v1/races", params={"contested": contested, "per_page": 1, "page": total})
    assert page.json()["races"] == answer["races"][-1:]


def test_a_race_with_very_many_candidates_is_whole(tmp_path: Path) -> None:
    number = AT_ONCE + 1
    make_index(
        tmp_path,
        [replace(DEE, id=f"{n:032}", message_id=f"{n}@example.org") for n in range(number)],
    )
    with serving(make_app(tmp_path)) as client:
        race = client.get("/api/v1/races/mitaka/TC").json()
        assert len({one["id"] for one in race["candidacies"]}) == number
        assert f"{number} candidacies" in client.get("/cycles/mitaka").text


class CountingEngine:
    """An engine that counts the searches it is asked for."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        self.searches = 0

    def search(self, request: SearchRequest) -> SearchResults:
        self.searches += 1
        return self.engine.search(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


@pytest.mark.parametrize("path", ["/api/v1/races", "/api/v1/cycles", "/races", "/cycles"])
def test_all_races_are_one_question_to_the_engine(tmp_path: Path, path: str) -> None:
    make_index(tmp_path, (ANA, CAM, ANA_AGAIN, DEE, UNKNOWN))
    app = make_app(tmp_path)
    engine = CountingEngine(app.state.engine)
    app.state.engine = engine
    with serving(app) as client:
        assert client.get(path).status_code == 200
    assert engine.searches == 1


def test_cycles_come_in_the_order_of_time(site: httpx.Client) -> None:
    cycles = site.get("/api/v1/cycles").json()["cycles"]
    assert [one["cycle"] for one in cycles] == ["mitaka", "ocata", "unknown"]
    numbers = {"candidacies": 3, "ptl": 2, "tc": 1, "races": 1, "contested": 1}
    assert cycles[0] == {"cycle": "mitaka"} | numbers


def test_projects_come_with_their_other_names(site: httpx.Client) -> None:
    projects = site.get("/api/v1/projects").json()["projects"]
    assert [(one["project"], one["candidacies"]) for one in projects] == [("nova", 4)]
    assert "compute" in projects[0]["aliases"]


def test_trends_give_the_share_of_each_cycle(site: httpx.Client) -> None:
    answer = site.get("/api/v1/trends", params={"q": ["review", "gate"]}).json()
    first, second = answer["lines"]
    assert [point["cycle"] for point in first["points"]] == ["mitaka", "ocata"]
    assert first["points"][0] == {"cycle": "mitaka", "matching": 1, "total": 3, "share": 0.3333}
    assert [point["matching"] for point in second["points"]] == [1, 0]


def test_trends_can_be_narrowed(site: httpx.Client) -> None:
    answer = site.get("/api/v1/trends", params={"q": "review", "within": "office:PTL"}).json()
    assert answer["lines"][0]["points"][0]["total"] == 2


@pytest.mark.parametrize("params", [{}, {"q": ["a"] * 9}])
def test_too_few_or_too_many_lines_are_refused(
    site: httpx.Client, params: dict[str, list[str]]
) -> None:
    response = site.get("/api/v1/trends", params=params)
    assert response.status_code == 400
    assert response.json()["parameters"][0]["parameter"] == "q"


def test_the_archives_tell_the_newest_sync(site: httpx.Client) -> None:
    answer = site.get("/api/v1/archives").json()
    assert answer["sample"]
    [archive] = answer["archives"]
    assert archive["months_asked"] == 3
    assert archive["faults"] == [{"month": "2015-May", "reason": "no mbox: <ana at example.org>"}]
    assert archive["finished_at"] == "2026-11-22T12:00:00Z"
    figures = site.get("/metrics").text
    assert 'hustings_sync_months_failed{archive="openstack-dev"} 1.0' in figures
    assert "hustings_sync_age_seconds" in figures


def test_before_the_first_sync_there_are_no_archives(tmp_path: Path) -> None:
    make_index(tmp_path)
    with serving(make_app(tmp_path)) as client:
        assert client.get("/api/v1/archives").json()["archives"] == []
