"""What is sent is what the OpenAPI models say: no field more, none less, in the same order."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import BaseModel

from api.answers import FacetPayload, SearchAnswer
from api.asking import Asking
from api.payloads import (
    CandidacyPayload,
    CandidacySummary,
    HitPayload,
    Json,
    ReplyPayload,
    show_candidacy,
    show_hit,
    show_reply,
    summarise,
    write_hit,
    write_json,
)
from api.searching import answer_search, find, link_header
from ingest.elections import load_elections
from search import open_engine
from search.engine import Excerpt, Hit
from tests.api_site import ANA, make_index

REPLY = ANA.replies[0]
HIT = Hit(ANA, 1.23456, (Excerpt("statement", ("", "Review", " bandwidth")),))


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (CandidacySummary, summarise(ANA)),
        (CandidacyPayload, show_candidacy(ANA)),
        (ReplyPayload, show_reply(REPLY)),
        (HitPayload, show_hit(HIT)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_sent_is_what_the_model_describes(model: type[BaseModel], sent: Json) -> None:
    assert model.model_validate(sent).model_dump_json().encode() == write_json(sent)


def test_a_search_answer_is_what_its_model_describes(tmp_path):
    make_index(tmp_path)
    vocabulary = load_elections().vocabulary()
    engine = open_engine(tmp_path / "index", vocabulary)
    asking = Asking(q="project:nova", page=2, per_page=1)
    answer = answer_search(engine, vocabulary, asking, "https://example.org")
    engine.close()
    assert answer["facets"]
    assert answer["hits"]
    assert all(FacetPayload.model_validate(facet).values for facet in answer["facets"].values())
    assert SearchAnswer.model_validate(answer).model_dump_json().encode() == write_json(answer)
    assert 'rel="prev"' in link_header(answer["links"])


def test_half_a_surrogate_pair_does_not_break_the_answer():
    broken = replace(ANA, candidate="Ana \udce9", subject="\ud800", links=("http://\udfff",))
    assert json.loads(write_json(show_candidacy(broken)))["candidate"] == "Ana ?"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"candidate": "Ana \udce9", "subject": "\ud800", "links": ("http://\udfff",)},
        {
            "statement": 'a "quoted" \\ line\n\x00 \u2028 \U0001f600',
            "archive_urls": (),
            "cycle": "",
        },
    ],
)
@pytest.mark.parametrize("excerpts", [(), (Excerpt("statement", ("\udce9", '"', "\u2026 ")),)])
def test_a_hit_is_written_as_it_is_shaped(changes, excerpts):
    hit = Hit(replace(ANA, **changes), 0.0, excerpts)
    for _ in range(2):  # made, and remembered
        assert write_hit(hit) == write_json(show_hit(hit))


@pytest.mark.parametrize("per_page", [0, 1, 20])
def test_a_search_is_written_as_it_is_shaped(tmp_path, per_page):
    make_index(tmp_path)
    vocabulary = load_elections().vocabulary()
    engine = open_engine(tmp_path / "index", vocabulary)
    for q in ("", "nova", "nowhere-at-all", "colour:red review"):
        found = find(engine, vocabulary, Asking(q=q, per_page=per_page), "https://example.org")
        assert found.write() == write_json(found.shape())
        assert SearchAnswer.model_validate_json(found.write()).total == found.around["total"]
    engine.close()
