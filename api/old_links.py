"""Old links: a mail's path in its archive leads to the candidacy in whose thread the mail is, and
to the mail there.

Somebody who moves a list's address here keeps the links that people published: Pipermail's pages,
HyperKitty's, and Mailman's bare hashes.
"""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api.candidacy_page import MOST_REPLIES
from api.dependencies import EngineDep, SettingsDep
from ingest.records import Candidacy, message_id_hash
from search.documents import mail_key
from search.engine import SearchEngine, SearchRequest
from search.query import FieldIs

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
def lead_on(request: Request, engine: EngineDep, settings: SettingsDep) -> Response:
    """Redirect an archive's page to the candidacy; 404 where the mail belongs to none."""
    key = mail_key(f"https://archive.invalid{request.url.path}")
    return _lead_to(find_mail(engine, key), settings.root_path)


@router.get("/{mail_hash}")
def lead_on_by_hash(mail_hash: str, engine: EngineDep, settings: SettingsDep) -> Response:
    """Redirect a bare Message-ID-Hash to its candidacy; anything else that got here is nowhere."""
    if not _HASH.match(mail_hash):
        raise HTTPException(404)
    return _lead_to(find_mail(engine, mail_hash.upper()), settings.root_path)


def find_mail(engine: SearchEngine, key: str) -> str:
    """Give the path of the candidacy that has a mail, at the mail itself where that is a reply."""
    asked = SearchRequest(FieldIs("id", key), per_page=1, excerpts=False)
    hits = engine.search(asked).hits if key else ()
    for candidacy in engine.read([hit.candidacy.id for hit in hits]):
        return f"/candidacies/{candidacy.id}{_place_of(candidacy, key)}"
    raise HTTPException(404, "No candidacy has that mail. Search for the candidate instead.")


def _place_of(candidacy: Candidacy, key: str) -> str:
    """Give the anchor of the reply with that key, nothing for the candidacy's own mail."""
    for number, reply in enumerate(candidacy.replies[:MOST_REPLIES], start=1):
        if key in (message_id_hash(reply.message_id), mail_key(reply.archive_url)):
            return f"#reply-{number}"
    return ""


def _lead_to(path: str, root: str) -> Response:
    # Not 301, which browsers keep for ever: a later sync may know the mail better.
    return RedirectResponse(f"{root}{path}", 302)
