"""A candidacy as one line of JSON and back: what the catalogue and the index keep of it.

Owns the stored form, which is canonical (the same record gives the same bytes, so a digest of it
tells whether the record changed). The shape that programs get over HTTP is not this one: the API
has its own, so that either may change without the other.
"""

from __future__ import annotations

import base64
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from ingest.records import Candidacy, Office, Outcome, Reason, Reply, Status

_CANDIDACY_FIELDS = tuple(field.name for field in fields(Candidacy))
_REPLY_FIELDS = tuple(field.name for field in fields(Reply))


def candidacy_to_json(candidacy: Candidacy) -> str:
    """Write a candidacy whole, replies and raw mail included, in ASCII on one line."""
    record: dict[str, Any] = {name: getattr(candidacy, name) for name in _CANDIDACY_FIELDS}
    record["posted_at"] = _time_to_text(candidacy.posted_at)
    record["raw"] = base64.b64encode(candidacy.raw).decode("ascii")
    record["reasons"] = [[reason.rule, reason.weight, reason.seen] for reason in candidacy.reasons]
    record["replies"] = [_reply_to_record(reply) for reply in candidacy.replies]
    # ASCII, because a mail may hold half a surrogate pair, which UTF-8 refuses.
    return json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def candidacy_from_json(text: str | bytes) -> Candidacy:
    """Read what `candidacy_to_json` wrote; raise `ValueError` for anything else."""
    try:
        record = json.loads(text)
        return _candidacy_from_record(record)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no stored candidacy: {error}") from error


def _candidacy_from_record(record: dict[str, Any]) -> Candidacy:
    record["posted_at"] = _time_from_text(record["posted_at"])
    record["raw"] = base64.b64decode(record["raw"], validate=True)
    record["reasons"] = tuple(Reason(*reason) for reason in record["reasons"])
    record["replies"] = tuple(_reply_from_record(reply) for reply in record["replies"])
    for name in ("projects", "archive_urls", "links"):
        record[name] = tuple(record[name])
    record["office"] = Office(record["office"])
    record["status"] = Status(record["status"])
    record["outcome"] = Outcome(record["outcome"])
    return Candidacy(**record)


def _reply_to_record(reply: Reply) -> dict[str, Any]:
    record: dict[str, Any] = {name: getattr(reply, name) for name in _REPLY_FIELDS}
    record["posted_at"] = _time_to_text(reply.posted_at)
    return record


def _reply_from_record(record: dict[str, Any]) -> Reply:
    record["posted_at"] = _time_from_text(record["posted_at"])
    return Reply(**record)


def _time_to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _time_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
