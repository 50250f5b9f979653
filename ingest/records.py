"""The records that pass between the stages: frozen, standard library only.

Every stage is a plain function from some of these to others of these, so this file is the whole
vocabulary of `ingest`, and the one module of it that `search` may import. Times are aware UTC; what
a mail claimed is kept as text beside it. Message-IDs are kept without their angle brackets.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ArchiveKind(StrEnum):
    """What wrote an archive; decides how its months are named and asked for."""

    PIPERMAIL = "pipermail"
    HYPERKITTY = "hyperkitty"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class ArchiveMonth:
    """One archive file: a month for most lists, a quarter, week or year for some.

    `name` is the archive's own (`2015-April`, `2015q2`, `Week-of-Mon-20150406`); `url` is where its
    mails are had as text; `pages_url` is the folder of its HTML pages, empty where there is none;
    `start` is its first day where the name tells, and orders the months.
    """

    archive: str
    name: str
    url: str
    pages_url: str = ""
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """The bytes of one mail as they stand in a month, separator line included.

    `offset` and `length` count bytes of the unpacked month; `number` counts mails from 0.
    """

    archive: str
    month: str
    number: int
    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy of a message stands: an archive's month, a byte range, and a page if known."""

    archive: str
    month: str
    number: int
    offset: int
    length: int
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mail kept elsewhere (Pipermail's scrubber, HyperKitty's attachments)."""

    url: str
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, decoded. `text` has no transfer encoding, charset or HTML left in it.

    `repairs` names what had to be mended (`date-unreadable`, `message-id-missing`, ...): each is
    counted. `sender` is the decoded display name, empty where the mail had none; `address` is plain
    `user@host` in lower case. `references` ends with the parent, In-Reply-To merged in (RFC 5322,
    3.6.4).
    """

    message_id: str
    sender: str
    address: str
    subject: str
    posted_at: datetime
    claimed_date: str
    references: tuple[str, ...]
    text: str
    place: Place
    parts: tuple[Part, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Mailman's Message-ID-Hash, the id in HyperKitty's URLs and in ours."""
        return message_id_hash(self.message_id)


@dataclass(frozen=True, slots=True)
class SkippedMessage:
    """A piece of a month that is no mail, with the reason; it is counted, never lost silently."""

    place: Place
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What threading needs of a message, small enough to keep of every mail there ever was.

    `answers` is whom the text says it answers (`ingest.answers.find_answered`): `?` for somebody
    unnamed, empty for nobody, None where nobody has looked.
    """

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    address: str
    posted_at: datetime
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """One node of a thread: a message, or a missing parent that its replies name.

    `skeleton` is None for a missing parent. `joined_by` tells how the node found its parent:
    `references`, `subject`, or empty for a root.
    """

    message_id: str
    skeleton: Skeleton | None
    replies: tuple[Thread, ...] = ()
    joined_by: str = ""


class Office(StrEnum):
    PTL = "PTL"
    TC = "TC"


class Status(StrEnum):
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    ELECTED = "elected"
    NOT_ELECTED = "not elected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: the rule's name, its weight (positive speaks for), the words seen."""

    rule: str
    weight: float
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message announces its sender's candidacy, and every reason that led there."""

    message_id: str
    is_candidacy: bool
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail below a candidacy, in thread order; `text` keeps its quoted lines with their marks.

    `depth` is 1 for an answer to the candidacy itself. Each quoted line begins with `>`, also where
    the sender's mail program marked it otherwise, so that whoever shows the text can fold it.
    """

    message_id: str
    sender: str
    address: str
    posted_at: datetime
    text: str
    archive_url: str
    depth: int = 1
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person standing in one race.

    `person` is the slug shared by all candidacies of one human (`ana-example`), and `candidate` the
    name as this mail gave it. `cycle_order` numbers the cycles in time (0 where the cycle is
    unknown), so that ranges and facets can follow it. `archive_urls` holds the mail's pages in
    every archive that has it, `archive_url` being the first. `raw` is the mail as the archive gave
    it. `race_size` counts the candidates of the race, this one included.
    """

    id: str
    message_id: str
    archive: str
    archive_url: str
    subject: str
    candidate: str
    person: str
    address: str
    irc_nick: str
    office: Office
    projects: tuple[str, ...]
    cycle: str
    cycle_order: int
    posted_at: datetime
    statement: str
    status: Status = Status.ANNOUNCED
    status_evidence: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    outcome_evidence: str = ""
    reasons: tuple[Reason, ...] = ()
    replies: tuple[Reply, ...] = ()
    archive_urls: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    raw: bytes = b""
    race_size: int = 1

    @property
    def race(self) -> str:
        """The race as a path: `liberty/PTL/nova`, `liberty/TC`; the first project names it."""
        return "/".join((self.cycle or "unknown", self.office, *self.projects[:1]))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a reader of queries must know of elections, handed to `search` as plain values.

    `cycles` are the cycle names in time, oldest first; `cycle_aliases` maps other spellings to them
    (`l`, `2023.1`, `antelope`); `project_aliases` maps names to official projects (`quantum` to
    `neutron`).
    """

    cycles: tuple[str, ...] = ()
    cycle_aliases: Mapping[str, str] = field(default_factory=dict)
    project_aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonthFault:
    """A month that could not be pulled, or that looks wrong: its name, and why in one line."""

    month: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What one sync did with one archive.

    asked = unchanged + fetched + failed; read = kept + skipped + duplicates.
    """

    archive: str
    address: str
    started_at: datetime
    finished_at: datetime
    months_named: int = 0
    months_asked: int = 0
    months_unchanged: int = 0
    months_fetched: int = 0
    months_failed: int = 0
    faults: tuple[MonthFault, ...] = ()
    messages_read: int = 0
    messages_kept: int = 0
    messages_skipped: Mapping[str, int] = field(default_factory=dict)
    messages_repaired: Mapping[str, int] = field(default_factory=dict)
    messages_duplicate: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one sync did: an `ArchiveReport` each, and what came of it."""

    archives: tuple[ArchiveReport, ...]
    candidacies: int = 0
    candidacies_new: int = 0
    candidacies_changed: int = 0
    candidacies_gone: int = 0
    next_due: datetime | None = None
    sample: bool = False

    @property
    def failed(self) -> bool:
        """Whether some month or archive was not had: what `hustings sync` exits 1 for."""
        return any(report.months_failed or report.faults for report in self.archives)


def message_id_hash(message_id: str) -> str:
    """Make Mailman 3's Message-ID-Hash: base32 of the SHA-1 of the id without brackets.

    HyperKitty removes white space inside the id and cuts it at 254 characters first.
    """
    bare = "".join(message_id.split()).strip("<>")[:254]
    try:
        data = bare.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        # Half a surrogate pair stands for no byte: in no mail's id, but in what somebody asks for.
        data = bare.encode(errors="replace")
    return base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
