"""One mail as the rules see it: the mail, its subject as read, its own words as read, its parent.

Gathers once what thirty rules ask for, and answers the questions that several of them share. Weighs
nothing: that is `evidence.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.elections import ElectionTable
from ingest.names import fold
from ingest.quotes import FORWARD_MARK, own_text, quotes_another
from ingest.records import Message, Skeleton
from ingest.speech import Speech, read_speech
from ingest.statements import without_wrapping
from ingest.subject_reading import SubjectReading, read_subject

Parent = Message | Skeleton


@dataclass(frozen=True, slots=True)
class Case:
    """One mail with all that was read out of it, for the rules to look at."""

    message: Message
    subject: SubjectReading
    speech: Speech
    quoting: bool
    forwarded: bool
    parent: Parent | None
    parent_subject: SubjectReading | None
    days_off: float

    @property
    def answers_by_id(self) -> bool:
        """Whether the mail itself names what it answers; else the subject alone joined the two."""
        return bool(self.message.references)

    @property
    def inherits_subject(self) -> bool:
        """Whether the subject is the parent's, so that it says nothing of this sender's intent."""
        if self.parent_subject is None:
            return self.subject.replying
        return fold(self.parent_subject.bare) == fold(self.subject.bare)

    @property
    def parent_calls(self) -> bool:
        """Whether the parent is an official mail on nominations, to which a candidacy may be"
        " sent."""
        above = self.parent_subject or (self.subject if self.subject.replying else None)
        return above is not None and above.calls

    @property
    def announces(self) -> str:
        return self.speech.announces


def read_case(message: Message, parent: Parent | None, table: ElectionTable) -> Case:
    """Read everything that the rules ask of a mail."""
    text = without_wrapping(message.text)
    return Case(
        message=message,
        subject=read_subject(message.subject, table),
        speech=read_speech(own_text(text)),
        quoting=quotes_another(text),
        forwarded=bool(FORWARD_MARK.search(message.text)),
        parent=parent,
        parent_subject=read_subject(parent.subject, table) if parent else None,
        days_off=table.days_from_window(message.posted_at),
    )
