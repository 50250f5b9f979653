"""Records with every field filled, so that a test states only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.records import (
    Candidacy,
    Message,
    Office,
    Place,
    Reply,
    Skeleton,
    message_id_hash,
)

A_DAY = datetime(2015, 9, 14, 12, 0, tzinfo=UTC)


def make_message(**changes: Any) -> Message:
    message = Message(
        message_id="first@example.org",
        sender="Ana Example",
        address="ana@example.org",
        subject="[nova] PTL candidacy",
        posted_at=A_DAY,
        claimed_date="Mon, 14 Sep 2015 12:00:00 +0000",
        references=(),
        text="Hi all,\n\nI would like to run for Nova PTL for the Mitaka cycle.\n\nAna\n",
        place=Place(
            archive="openstack-dev", month="2015-September", number=0, offset=0, length=400
        ),
    )
    return replace(message, **changes)


def make_skeleton(message: Message) -> Skeleton:
    return Skeleton(
        message_id=message.message_id,
        references=message.references,
        subject=message.subject,
        sender=message.sender,
        address=message.address,
        posted_at=message.posted_at,
    )


def make_reply(**changes: Any) -> Reply:
    reply = Reply(
        message_id="second@example.org",
        sender="Ben Example",
        address="ben@example.org",
        posted_at=A_DAY,
        text="> I would like to run\n\n+1, thank you.\n",
        archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/000002.html",
    )
    return replace(reply, **changes)


def make_candidacy(**changes: Any) -> Candidacy:
    message_id = changes.get("message_id", "first@example.org")
    candidacy = Candidacy(
        id=message_id_hash(message_id),
        message_id=message_id,
        archive="openstack-dev",
        archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/000001.html",
        subject="[nova] PTL candidacy",
        candidate="Ana Example",
        person="ana-example",
        address="ana@example.org",
        irc_nick="ana",
        office=Office.PTL,
        projects=("nova",),
        cycle="mitaka",
        cycle_order=13,
        posted_at=A_DAY,
        statement="Hi all,\n\nI would like to run for Nova PTL. "
        "Review bandwidth is what I care about.",
    )
    return replace(candidacy, **changes)
