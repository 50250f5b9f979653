"""Which candidacies are one person's, and which are one candidacy sent twice.

The same address, the same nick or the same full name is good evidence; against it stand two
different nicks, and two candidates in one race. Names of one word are nobody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ingest.names import fold, slug
from ingest.records import Candidacy

# A second mail for the same race within this time is the same candidacy, sent again or put better.
SAME_CANDIDACY = timedelta(days=75)
_SHORTEST_NICK = 3


def merge_people(candidacies: Iterable[Candidacy]) -> list[Candidacy]:
    """Give each candidacy its person and the size of its race; drop what was sent twice, keep the first.

    The order is that of time. Which of two is first does not depend on the order given.
    """
    ordered = sorted(candidacies, key=lambda one: (one.posted_at, one.message_id))
    group = _group(ordered)
    slugs = _slugs(ordered, group)
    named = [
        replace(candidacy, person=slugs[root])
        for candidacy, root in zip(ordered, group, strict=True)
    ]
    kept = _without_repeats(named)
    sizes = Counter(candidacy.race for candidacy in kept)
    return [replace(candidacy, race_size=sizes[candidacy.race]) for candidacy in kept]


def _group(ordered: Sequence[Candidacy]) -> list[int]:
    """Number each candidacy by the first one of the same person (union-find)."""
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for kind in ("address", "nick", "name"):
        first: dict[str, list[int]] = defaultdict(list)
        for index, candidacy in enumerate(ordered):
            key = _key(candidacy, kind)
            if not key:
                continue
            for other in first[key]:
                one, two = root(index), root(other)
                if one == two:
                    break
                if kind == "address" or not _speaks_against(
                    [c for i, c in enumerate(ordered) if root(i) in (one,)],
                    [c for i, c in enumerate(ordered) if root(i) in (two,)],
                ):
                    parent[max(one, two)] = min(one, two)
                    break
            else:
                first[key].append(index)
    return [root(index) for index in range(len(ordered))]


def _key(candidacy: Candidacy, kind: str) -> str:
    if kind == "address":
        return candidacy.address
    if kind == "nick":
        nick = candidacy.irc_nick.casefold()
        return nick if len(nick) >= _SHORTEST_NICK else ""
    words = [fold(word) for word in candidacy.candidate.split()]
    return " ".join(sorted(words)) if len(words) > 1 and all(words) else ""


def _speaks_against(one: Sequence[Candidacy], other: Sequence[Candidacy]) -> bool:
    """Whether two groups with a nick or name in common are two people all the same."""
    nicks = [{c.irc_nick.casefold() for c in group if c.irc_nick} for group in (one, other)]
    if all(nicks) and not nicks[0] & nicks[1]:
        return True
    names = [{_key(c, "name") for c in group} - {""} for group in (one, other)]
    rivals = {c.race for c in one if c.cycle} & {c.race for c in other if c.cycle}
    return bool(rivals) and not names[0] & names[1]


def _slugs(ordered: Sequence[Candidacy], group: Sequence[int]) -> dict[int, str]:
    """Make one slug a person, of the name he used most; a second person of that name gets a number."""
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


def _without_repeats(ordered: Sequence[Candidacy]) -> list[Candidacy]:
    kept: list[Candidacy] = []
    seen: dict[tuple[str, str], int] = {}
    for candidacy in ordered:
        key = (candidacy.person, candidacy.race)
        index = seen.get(key)
        if index is not None and candidacy.posted_at - kept[index].posted_at <= SAME_CANDIDACY:
            kept[index] = _joined(kept[index], candidacy)
            continue
        seen[key] = len(kept)
        kept.append(candidacy)
    return kept


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
