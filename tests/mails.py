"""The mails and months in `data/mail`, each named for its trouble, as the stages take them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingest.mbox import split_messages
from ingest.messages import parse_message
from ingest.records import Message, RawMessage, SkippedMessage

FOLDER = Path(__file__).parent / "data" / "mail"


def split_file(name: str) -> list[RawMessage | SkippedMessage]:
    return list(split_messages((FOLDER / name).read_bytes(), "sample-dev", name))


def parse_file(name: str, month_start: datetime | None = None) -> list[Message]:
    """Parse every mail of a file; a mail that is skipped fails the test that asks."""
    parsed = [
        parse_message(raw, month_start) for raw in split_file(name) if isinstance(raw, RawMessage)
    ]
    assert all(isinstance(message, Message) for message in parsed)
    return [message for message in parsed if isinstance(message, Message)]


def parse_one(name: str, month_start: datetime | None = None) -> Message:
    (message,) = parse_file(name, month_start)
    return message
