"""The JSON API for search and for one candidacy, over real HTTP and a real index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api_site import ANA, ANA_AGAIN, CAM, DEE, make_app, make_index, serving

CONTRACT = {
    "id", "message_id", "archive", "archive_url", "subject", "candidate", "address", "irc_nick",
    "office", "projects", "cycle", "posted_at", "statement", "status", "outcome", "reasons",
}  # fmt: skip
SEARCH = "/api/v1/candidacies"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client


def test_a_search_answers_what_programs_rely_on(site: httpx.Client) -> None:
    answer = site.get(SEARCH, params={"q": "review bandwidth"}).json()
    assert answer["total"] == 2
    assert {"facets", "suggestions", "notices", "page", "per_page"} <= answer.keys()
    hit = answer["hits"][0]
    assert hit.keys() >= CONTRACT
    assert "replies" not in hit
    assert hit["score"] > 0
    assert any("Review" in piece for one in hit["excerpts"] for piece in one["pieces"][1::2])


def test_a_candidacy_is_the_object_of_the_export(site: httpx.Client) -> None:
    one = site.get(f"{SEARCH}/{ANA.id}").json()
    assert CONTRACT | {"replies"} <= one.keys()
    assert one["posted_at"] == "2015-09-14T12:00:00Z"
    assert (one["office"], one["projects"], one["cycle"]) == ("PTL", ["nova"], "mitaka")
    assert one["replies"][0].keys() >= {
        "message_id", "sender", "posted_at", "text", "archive_url",
    }  # fmt: skip
    lines = site.get("/api/v1/export", params={"q": "id:first@example.org"}).text.splitlines()
    assert [httpx.Response(200, text=line).json() for line in lines] == [one]


def test_an_id_is_read_in_small_letters_too(site: httpx.Client) -> None:
    assert site.get(f"{SEARCH}/{ANA.id.lower()}").json()["id"] == ANA.id


def test_facets_choose_and_keep_their_own_list(site: httpx.Client) -> None:
    answer = site.get(SEARCH, params={"office": "TC"}).json()
    assert [hit["id"] for hit in answer["hits"]] == [DEE.id]
    offices = {one["value"]: one for one in answer["facets"]["office"]["values"]}
    assert offices["TC"]["chosen"]
    assert offices["PTL"]["count"] == 3


def test_a_facet_may_be_chosen_several_times(site: httpx.Client) -> None:
    params = [("cycle", "mitaka"), ("cycle", "ocata"), ("project", "nova")]
    assert site.get(SEARCH, params=params).json()["total"] == 3


def test_facets_and_excerpts_can_be_left_out(site: httpx.Client) -> None:
    answer = site.get(SEARCH, params={"q": "nova", "facets": "none", "excerpts": "false"}).json()
    assert answer["facets"] == {}
    assert all(hit["excerpts"] == [] for hit in answer["hits"])


def test_pages_are_linked_to_each_other(site: httpx.Client) -> None:
    response = site.get(SEARCH, params={"sort": "oldest", "per_page": 1, "page": 2})
    answer = response.json()
    assert [hit["id"] for hit in answer["hits"]] == [CAM.id]
    links = {link["rel"]: link["url"] for link in response.links.values()}
    assert links.keys() == {"first", "prev", "next", "last"}
    following = site.get(links["next"]).json()
    assert [hit["id"] for hit in following["hits"]] == [DEE.id]
    assert site.get(links["last"]).json()["links"]["next"] is None


def test_a_page_beyond_the_last_is_empty_and_leads_back(site: httpx.Client) -> None:
    answer = site.get(SEARCH, params={"q": "nova", "page": 400}).json()
    assert answer["hits"] == []
    assert answer["total"] == 3
    assert "page" not in answer["links"]["prev"]


@pytest.mark.parametrize(
    "query", ['"', "(((", "nova AND", "colour:red", "*", "a" * 1900, "\x00", "-"]
)
def test_a_query_never_fails(site: httpx.Client, query: str) -> None:
    response = site.get(SEARCH, params={"q": query})
    assert response.status_code == 200, response.text


def test_an_unknown_field_is_told_in_the_notices(site: httpx.Client) -> None:
    assert "colour" in site.get(SEARCH, params={"q": "colour:red"}).json()["notices"][0]["words"]


@pytest.mark.parametrize(
    ("params", "culprit"),
    [
        ({"colour": "red"}, "colour"),
        ({"page": "0"}, "page"),
        ({"per_page": "101"}, "per_page"),
        ({"page": "200", "per_page": "100"}, "page"),
        ({"sort": "loudest"}, "sort"),
        ({"facets": "weather"}, "facets"),
        ({"q": "a" * 2001}, "q"),
    ],
)
def test_a_bad_parameter_is_named(site: httpx.Client, params: dict[str, str], culprit: str) -> None:
    response = site.get(SEARCH, params=params)
    problem = response.json()
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == 400
    assert [one["parameter"] for one in problem["parameters"]] == [culprit]
    assert culprit in problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


def test_what_is_not_there_is_a_problem_that_says_what_to_try(site: httpx.Client) -> None:
    response = site.get(f"{SEARCH}/{'A' * 32}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "/api/v1/candidacies" in response.json()["detail"]


def test_the_thread_and_the_similar_ones_are_given(site: httpx.Client) -> None:
    thread = site.get(f"{SEARCH}/{ANA.id}/thread").json()
    assert thread["total"] == 1
    assert thread["replies"][0]["sender"] == "Ben Example"
    similar = site.get(f"{SEARCH}/{ANA.id}/similar", params={"limit": 2})
    assert similar.status_code == 200
    assert ANA.id not in [hit["id"] for hit in similar.json()["hits"]]


def test_the_raw_mail_is_given_without_the_separator(site: httpx.Client) -> None:
    response = site.get(f"{SEARCH}/{ANA.id}/raw")
    assert response.headers["content-type"] == "message/rfc822"
    assert response.content.startswith(b"From: ana at example.org")
    assert b"Message-ID: <first@example.org>" in response.content


def test_suggestions_are_given(site: httpx.Client) -> None:
    response = site.get("/api/v1/suggest", params={"q": "no"})
    assert response.status_code == 200
    assert isinstance(response.json()["suggestions"], list)


def test_an_unchanged_answer_is_not_sent_again(site: httpx.Client) -> None:
    first = site.get(SEARCH, params={"q": "nova"})
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = site.get(SEARCH, params={"q": "nova"}, headers={"If-None-Match": f'"x", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    other = site.get(SEARCH, params={"q": "gate"}, headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_a_changed_index_changes_the_tag(tmp_path: Path) -> None:
    make_index(tmp_path, (ANA,))
    app = make_app(tmp_path)
    with serving(app) as client:
        tag = client.get(SEARCH).headers["etag"]
    make_index(tmp_path, (ANA, ANA_AGAIN))
    with serving(make_app(tmp_path)) as client:
        response = client.get(SEARCH, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.json()["total"] == 2


def test_head_answers_as_get_without_the_body(site: httpx.Client) -> None:
    get, head = site.get(SEARCH), site.head(SEARCH)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["etag"] == get.headers["etag"]


def test_answers_are_packed_for_those_who_unpack(site: httpx.Client) -> None:
    packed = site.get(SEARCH, headers={"Accept-Encoding": "gzip"})
    plain = site.get(SEARCH, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in packed.headers["vary"]


def test_pages_of_other_sites_may_read(site: httpx.Client) -> None:
    response = site.get(SEARCH, headers={"Origin": "https://elsewhere.example.org"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed_over_http(site: httpx.Client, method: str) -> None:
    response = site.request(method, SEARCH)
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"
