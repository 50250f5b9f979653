"""What must be left out, whatever the archives say: the removal requests in the data folder.

Owns the file's form (one Message-ID, `person:slug` or address a line, `#` begins a comment) and
what follows from a line of it. The list is read at every sync and applied after everything else, so
that it survives each rebuild, and so that nobody else's page or outcome changes by it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import RemovalsUnreadable
from ingest.names import fold
from ingest.records import Candidacy, Reply

FILE_NAME = "removed.txt"
LEFT_OUT = "> [left out on request]"
_COMMENT = re.compile(r"(?:^|\s)#")
_PAGE = re.compile(r"https?://\S+/(candidates|candidacies)/([^\s/]+)")
_SPELLED_AT = re.compile(r"^(\S+) at (\S+)$")


@dataclass(frozen=True, slots=True)
class Removals:
    """A removal list; `digest` tells whether it changed, `lines` on which line an entry stands."""

    entries: frozenset[str]
    digest: str
    lines: Mapping[str, int]

    def leave_out(
        self, settled: Iterable[Candidacy], mails: Sequence[Sequence[Candidacy]]
    ) -> list[Candidacy]:
        """Give the candidacies without those named, their answers to others, and quotes of both.

        `mails` are all mails of each candidacy: one sent twice is named by either mail.
        """
        kept = list(settled)
        if not self.entries:
            return kept
        gone = [one for same in mails if any(map(self._names, same)) for one in same]
        ids = {one.id for one in gone}
        people = _People.of(one for one in gone if self._names_person(one))
        kept = [one for one in kept if one.id not in ids]
        answers = [reply for one in kept for reply in one.replies if self._drops(reply, people)]
        words = _Words.of(gone, answers)
        dropped = {reply.message_id for reply in answers}
        return [_without(one, dropped, words.strip) for one in kept]

    def idle_lines(self, mails: Iterable[Sequence[Candidacy]]) -> list[int]:
        """Give the numbers of the lines that name nothing: a slip of the pen hides nobody."""
        named: set[str] = set()
        for one in (one for same in mails for one in same):
            named |= {one.id, one.message_id, one.address, f"person:{one.person}"}
            for reply in one.replies:
                named |= {reply.message_id, reply.address}
        found = {entry.lower() for entry in named}
        return sorted(number for entry, number in self.lines.items() if entry not in found)

    def _names(self, one: Candidacy) -> bool:
        known = {one.id.lower(), one.message_id.lower(), one.address.lower()}
        return not self.entries.isdisjoint(known) or self._names_person(one)

    def _names_person(self, one: Candidacy) -> bool:
        return f"person:{one.person.lower()}" in self.entries

    def _drops(self, reply: Reply, people: _People) -> bool:
        known = {reply.message_id.lower(), reply.address.lower()}
        return not self.entries.isdisjoint(known) or people.wrote(reply)


@dataclass(frozen=True, slots=True)
class _People:
    """The addresses and full names under which persons named stood."""

    addresses: frozenset[str]
    names: frozenset[str]

    @staticmethod
    def of(candidacies: Iterable[Candidacy]) -> _People:
        stood = list(candidacies)
        names = {fold(one.candidate) for one in stood if len(one.candidate.split()) > 1}
        return _People(frozenset(one.address for one in stood) - {""}, frozenset(names) - {""})

    def wrote(self, reply: Reply) -> bool:
        return reply.address in self.addresses or fold(reply.sender) in self.names


@dataclass(frozen=True, slots=True)
class _Words:
    """What the mails left out say, and how their writers are called, to find it quoted."""

    text: str
    called: tuple[str, ...]

    @staticmethod
    def of(gone: Iterable[Candidacy], answers: Iterable[Reply]) -> _Words:
        texts, called = [], set()
        for one in gone:
            texts.append(_level(one.statement))
            called |= _callings(one.candidate, one.address)
        for reply in answers:
            own = (line for line in reply.text.splitlines() if not line.startswith(">"))
            texts.append(_level(" ".join(own)))
            called |= _callings(reply.sender, reply.address)
        return _Words("\n".join(texts), tuple(sorted(called)))

    def strip(self, text: str) -> str:
        """Take out of a reply what it quotes of them, and who is said to have written it."""
        return "\n".join(self._lines(text.split("\n"))) if self.called or self.text else text

    def _lines(self, lines: Sequence[str]) -> Iterator[str]:
        last, skipped = "", 0
        for number, line in enumerate(lines):
            skipped = skipped - 1 if skipped else self._introduction(lines[number : number + 5])
            if skipped:
                continue
            if line.startswith(">") and self._is_theirs(_level(line.lstrip("> \t"))):
                line = LEFT_OUT
            if line != LEFT_OUT or last != LEFT_OUT:
                yield line
            last = line

    def _is_theirs(self, quoted: str) -> bool:
        return bool(quoted) and (quoted in self.text or self._calls(quoted))

    def _introduction(self, lines: Sequence[str]) -> int:
        """Count the lines of an `On Monday, Ana Example wrote:` that stand before a quote."""
        if not self._calls(_level(" ".join(lines[:2]))):
            return 0
        for count in (1, 2):
            quoted = next((line for line in lines[count:] if line.strip()), "")
            ends = " ".join(lines[:count]).rstrip().endswith(":")
            if ends and quoted.startswith(">") and self._calls(_level(" ".join(lines[:count]))):
                return count
        return 0

    def _calls(self, level: str) -> bool:
        return any(one in level for one in self.called)


def _callings(name: str, address: str) -> set[str]:
    """Give the full name, and the address in both of its forms."""
    forms = {address, address.replace("@", " at ")} if "@" in address else set()
    return {_level(one) for one in (forms | {name} if len(name.split()) > 1 else forms)}


def _level(text: str) -> str:
    return " ".join(text.casefold().split())


def _without(candidacy: Candidacy, dropped: set[str], strip: Callable[[str], str]) -> Candidacy:
    replies = tuple(
        replace(reply, text=strip(reply.text))
        for reply in candidacy.replies
        if reply.message_id not in dropped
    )
    return candidacy if replies == candidacy.replies else replace(candidacy, replies=replies)


def read_removals(folder: Path) -> Removals:
    """Read the list; none is there as long as nobody asked."""
    try:
        # Some editors of Windows begin a file with a mark, which is no part of a name.
        text = (folder / FILE_NAME).read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError:
        text = ""
    except OSError as error:
        # Without the list nothing may be shown that somebody asked to be left out.
        raise RemovalsUnreadable(
            f"the list of removals {folder / FILE_NAME} cannot be read ({error.strerror}): make it "
            "a file that can be, then sync again",
            folder=str(folder),
        ) from error
    read = [(_read_entry(line), number) for number, line in enumerate(text.splitlines(), 1)]
    lines = {entry: number for entry, number in reversed(read) if entry}
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return Removals(frozenset(lines), digest, lines)


def _read_entry(line: str) -> str:
    """Read a line as people write it: an address as pages show it, or a page's own address."""
    # A Message-ID may have a number sign inside.
    entry = _COMMENT.split(line, maxsplit=1)[0].strip().strip("<>").lower()
    if match := _PAGE.fullmatch(entry):
        return f"person:{match[2]}" if match[1] == "candidates" else match[2]
    return _SPELLED_AT.sub(r"\1@\2", entry.removeprefix("mailto:"))
