"""One mail as the rules see it: the mail, its subject as read, its own words as read, its parent.

Gathers once what thirty rules ask for, and answers the questions that several of them share. The
text is read when a rule asks for it, since the subject settles most replies. Weighs nothing: that
is `evidence.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ingest.elections import ElectionTable
from ingest.names import fold
from ingest.quotes import FORWARD_MARK, own_text, quotes_another
from ingest.records import Message, Skeleton
from ingest.speech import Speech, read_speech
from ingest.statements import without_wrapping
from ingest.subject_reading import SubjectReading, read_subject

Parent = Message | Skeleton


# Without slots: what was read of the text is kept in the instance.
@dataclass(frozen=True)
class Case:
    """One mail with all that can be read out of it, for the rules to look at."""

    message: Message
    subject: SubjectReading
    parent: Parent | None
    parent_subject: SubjectReading | None
    table: ElectionTable

    @cached_property
    def text(self) -> str:
        return without_wrapping(self.message.text)

    @cached_property
    def speech(self) -> Speech:
        return read_speech(own_text(self.text))

    @cached_property
    def quoting(self) -> bool:
        return quotes_another(self.text)

    @cached_property
    def forwarded(self) -> bool:
        return bool(FORWARD_MARK.search(self.message.text))

    @cached_property
    def days_off(self) -> float:
        """Count the days from the nearest nomination window."""
        return self.table.days_from_window(self.message.posted_at)

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
        """Whether the parent is an official mail on nominations, to which a candidacy may be
        sent."""
        above = self.parent_subject or (self.subject if self.subject.replying else None)
        return above is not None and above.calls

    @property
    def announces(self) -> str:
        return self.speech.announces


def read_case(message: Message, parent: Parent | None, table: ElectionTable) -> Case:
    """Read the subjects of a mail and of what it answers; all else is read once it is asked for."""
    return Case(
        message=message,
        subject=read_subject(message.subject, table),
        parent=parent,
        parent_subject=read_subject(parent.subject, table) if parent else None,
        table=table,
    )
