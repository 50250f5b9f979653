"""What must be left out, whatever the archives say: the removal requests in the data folder.

Owns the file's form: one Message-ID, `person:slug` or address a line, `#` begins a comment. It is
read at every sync and applied after everything else, so that it survives each rebuild.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.records import Candidacy, Reply

FILE_NAME = "removed.txt"


@dataclass(frozen=True, slots=True)
class Removals:
    """A removal list; `digest` tells whether it changed."""

    entries: frozenset[str]
    digest: str

    def names(self, record: Candidacy | Reply) -> bool:
        """Whether a candidacy or reply is named by its Message-ID, its hash, or its address."""
        known = {record.message_id.lower(), record.address.lower()}
        if isinstance(record, Candidacy):
            known.add(record.id.lower())
        return not self.entries.isdisjoint(known)

    def without_removed_replies(self, candidacy: Candidacy) -> Candidacy:
        if not self.entries:
            return candidacy
        kept = tuple(reply for reply in candidacy.replies if not self.names(reply))
        return (
            candidacy if len(kept) == len(candidacy.replies) else replace(candidacy, replies=kept)
        )

    def filter(self, candidacies: Iterable[Candidacy]) -> Iterator[Candidacy]:
        """Leave out the candidacies of named persons; slugs are known once people are settled."""
        for candidacy in candidacies:
            if f"person:{candidacy.person.lower()}" not in self.entries:
                yield candidacy


def read_removals(folder: Path) -> Removals:
    """Read the list; none is there as long as nobody asked."""
    try:
        text = (folder / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        text = ""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    entries = frozenset(line.strip("<>").lower() for line in lines if line)
    return Removals(entries, hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest())
