"""Old links: a mail's path in its archive leads to the candidacy in whose thread the mail is.

Somebody who moves a list's address here keeps the links that people published: Pipermail's pages,
HyperKitty's, and Mailman's bare hashes.
"""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import EngineDep, SettingsDep, VocabularyDep
from search.engine import SearchRequest
from search.query import parse_query

router = APIRouter(include_in_schema=False)

_HASH = re.compile(r"[A-Za-z2-7]{32}\Z")


@router.get("/pipermail/{archive}/{month}/{page}.html")
@router.get("/archives/list/{archive}/message/{mail_hash}/")
@router.get("/archives/list/{archive}/thread/{mail_hash}/")
@router.get("/archives/list/{archive}/message/{mail_hash}")
@router.get("/archives/list/{archive}/thread/{mail_hash}")
@router.get("/hyperkitty/list/{archive}/message/{mail_hash}/")
@router.get("/hyperkitty/list/{archive}/thread/{mail_hash}/")
@router.get("/hyperkitty/list/{archive}/message/{mail_hash}")
@router.get("/hyperkitty/list/{archive}/thread/{mail_hash}")
def lead_on(
    request: Request, engine: EngineDep, vocabulary: VocabularyDep, settings: SettingsDep
) -> Response:
    """Redirect an archive's page to the candidacy; 404 where the mail belongs to none."""
    address = f"https://archive.invalid{request.url.path}"
    asked = SearchRequest(query=parse_query(address, vocabulary).query, per_page=1, excerpts=False)
    hits = engine.search(asked).hits
    if not hits:
        raise HTTPException(404, "no candidacy has that mail; search for the candidate instead")
    return _lead_to(hits[0].candidacy.id, settings.root_path)


@router.get("/{mail_hash}")
def lead_on_by_hash(mail_hash: str, engine: EngineDep, settings: SettingsDep) -> Response:
    """Redirect a bare Message-ID-Hash to its candidacy; anything else that got here is nowhere."""
    if not _HASH.match(mail_hash):
        raise HTTPException(404, "there is no such page here")
    found = engine.read([mail_hash.upper()])
    if not found:
        raise HTTPException(404, "no candidacy has that id; search for the candidate instead")
    return _lead_to(found[0].id, settings.root_path)


def _lead_to(candidacy_id: str, root: str) -> Response:
    # Not 301, which browsers keep for ever: a later sync may know the mail better.
    return RedirectResponse(f"{root}/candidacies/{candidacy_id}", 302)
