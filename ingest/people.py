"""Which candidacies are one person's, and which are one candidacy sent twice.

The same address, the same nick or the same full name is good evidence; against a nick stand names
that share nothing, against a name two different nicks. Names of one word are nobody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

from ingest.names import fold, slug
from ingest.records import Candidacy

# A second mail for the same race within this time is the same candidacy, sent again or put better.
SAME_CANDIDACY = timedelta(days=75)
_SHORTEST_NICK = 3


def merge_people(candidacies: Iterable[Candidacy]) -> list[Candidacy]:
    """Give each candidacy its person and the size of its race; drop what was sent again.

    The order is that of time. Which of two is first does not depend on the order given.
    """
    return count_races(map(join_repeats, group_candidacies(candidacies)))


def group_candidacies(candidacies: Iterable[Candidacy]) -> list[list[Candidacy]]:
    """Put together what is one candidacy sent several times, each with its person, first mail
    first."""
    ordered = sorted(candidacies, key=lambda one: (one.posted_at, one.message_id))
    group = _group(ordered)
    slugs = _slugs(ordered, group)
    return _with_repeats(
        replace(candidacy, person=slugs[root])
        for candidacy, root in zip(ordered, group, strict=True)
    )


def join_repeats(mails: Sequence[Candidacy]) -> Candidacy:
    """Make one candidacy of all the mails that are it."""
    return reduce(_joined, mails)


def count_races(candidacies: Iterable[Candidacy]) -> list[Candidacy]:
    """Tell each candidacy how many stand in its race."""
    kept = list(candidacies)
    sizes = Counter(candidacy.race for candidacy in kept)
    return [replace(candidacy, race_size=sizes[candidacy.race]) for candidacy in kept]


class _Groups:
    """Candidacies put together by evidence; each group is known by its first member."""

    def __init__(self, ordered: Sequence[Candidacy]) -> None:
        self._ordered = ordered
        self._parent = list(range(len(ordered)))
        self._members = {index: [index] for index in self._parent}

    def root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def members(self, root: int) -> list[Candidacy]:
        return [self._ordered[index] for index in self._members[root]]

    def join(self, one: int, other: int) -> None:
        first, second = sorted((one, other))
        self._parent[second] = first
        self._members[first] += self._members.pop(second)


def _group(ordered: Sequence[Candidacy]) -> list[int]:
    """Number each candidacy by the first one of the same person; the surest evidence goes first."""
    groups = _Groups(ordered)
    for kind in ("address", "nick", "name"):
        seen: dict[str, list[int]] = defaultdict(list)
        for index, candidacy in enumerate(ordered):
            key = _key(candidacy, kind)
            if not key:
                continue
            known = {groups.root(other) for other in seen[key]}
            for other in sorted(known - {groups.root(index)}):
                if kind == "address" or _go_together(
                    kind, groups.members(groups.root(index)), groups.members(other)
                ):
                    groups.join(groups.root(index), other)
                    break
            seen[key] = [*sorted({groups.root(other) for other in seen[key]}), index]
    return [groups.root(index) for index in range(len(ordered))]


def _key(candidacy: Candidacy, kind: str) -> str:
    if kind == "address":
        return candidacy.address
    if kind == "nick":
        nick = candidacy.irc_nick.casefold()
        return nick if len(nick) >= _SHORTEST_NICK else ""
    words = [fold(word) for word in candidacy.candidate.split()]
    return " ".join(sorted(words)) if len(words) > 1 and all(words) else ""


def _go_together(kind: str, one: Sequence[Candidacy], other: Sequence[Candidacy]) -> bool:
    """Whether two groups with a nick or a full name in common are one person.

    A nick alone does not do where the names share no word ("openstack" is in many an address), and
    a name not where the nicks differ and nothing else ties the two together.
    """
    names = [{word for c in group for word in _name_words(c)} for group in (one, other)]
    if kind == "nick":
        return not all(names) or bool(names[0] & names[1])
    nicks = [{c.irc_nick.casefold() for c in group if c.irc_nick} for group in (one, other)]
    if all(nicks) and not nicks[0] & nicks[1]:
        projects = [{project for c in group for project in c.projects} for group in (one, other)]
        return bool(projects[0] & projects[1])
    return True


def _name_words(candidacy: Candidacy) -> set[str]:
    words = (fold(word) for word in candidacy.candidate.split())
    return {word for word in words if len(word) > 1}


def _slugs(ordered: Sequence[Candidacy], group: Sequence[int]) -> dict[int, str]:
    """Make one slug a person, of the name he used most; a second person of that name gets a
    number."""
    names: dict[int, Counter[str]] = defaultdict(Counter)
    for candidacy, root in zip(ordered, group, strict=True):
        names[root][candidacy.candidate] += 1
    slugs: dict[int, str] = {}
    used: Counter[str] = Counter()
    for root in sorted(names):
        name = max(names[root], key=lambda text: (len(text.split()) > 1, names[root][text]))
        base = slug(name)
        used[base] += 1
        slugs[root] = base if used[base] == 1 else f"{base}-{used[base]}"
    return slugs


def _with_repeats(ordered: Iterable[Candidacy]) -> list[list[Candidacy]]:
    found: list[list[Candidacy]] = []
    newest: dict[tuple[str, str], list[Candidacy]] = {}
    for candidacy in ordered:
        key = (candidacy.person, candidacy.race)
        mails = newest.get(key)
        if mails is not None and candidacy.posted_at - mails[0].posted_at <= SAME_CANDIDACY:
            mails.append(candidacy)
            continue
        newest[key] = [candidacy]
        found.append(newest[key])
    return found


def _joined(first: Candidacy, again: Candidacy) -> Candidacy:
    """Keep the first mail, with the pages and the answers of both."""
    known = {reply.message_id for reply in first.replies} | {first.message_id, again.message_id}
    more = tuple(reply for reply in again.replies if reply.message_id not in known)
    status = max(first.status, again.status, key=list(type(first.status)).index)
    return replace(
        first,
        archive_urls=tuple(dict.fromkeys((*first.archive_urls, *again.archive_urls))),
        replies=(*first.replies, *more),
        status=status,
        status_evidence=first.status_evidence or again.status_evidence,
    )
