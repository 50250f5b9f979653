"""Who answers whom, after Jamie Zawinski's algorithm (https://www.jwz.org/doc/threading.html).

Owns the links between messages: References first, missing parents kept as nodes, loops broken, the
subject only as the last resort and only for a short time. What subjects and quoted names tell is
`subjects.py`'s business. Not recursive anywhere: a list's longest threads would exceed the stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile

from ingest.records import Skeleton, Thread
from ingest.subjects import base_subject, has_reply_mark, is_named, leaves_topic, subject_tags

__all__ = ["base_subject", "build_threads", "has_reply_mark"]

BY_SUBJECT_WITHIN = timedelta(days=14)
# A clock that was never set dates its mail before there were lists like these (1970, 1980): it
# stands outside of time, and may be answered at any.
CLOCKS_SET_SINCE = datetime(1990, 1, 1, tzinfo=UTC)
# More of one subject would be an archive made to be slow.
_MOST_UNSET = 20


_NEVER = datetime.max.replace(tzinfo=UTC)


def build_threads(skeletons: Iterable[Skeleton]) -> list[Thread]:
    """Link messages to their parents; give the roots in order of time, replies likewise.

    A message given twice counts once, the first time; otherwise the order given does not matter.
    """
    forest = _Forest()
    for skeleton in skeletons:
        forest.add(skeleton)
    forest.link_parents()
    forest.link_ancestors()
    forest.link_subjects()
    return _freeze(forest.roots())


@dataclass(slots=True, eq=False)
class _Node:
    message_id: str
    skeleton: Skeleton | None = None
    parent: _Node | None = None
    # Any node above; followed and shortened to tell a node's root fast (union-find).
    above: _Node | None = None
    children: list[_Node] = field(default_factory=list)
    joined_by: str = ""
    posted_at: datetime = _NEVER


class _Forest:
    """The nodes of all threads while they are being linked; only roots are ever attached."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}
        self._mails: list[_Node] = []

    def add(self, skeleton: Skeleton) -> None:
        node = self._nodes.get(skeleton.message_id)
        if node is None:
            node = _Node(skeleton.message_id, skeleton, posted_at=skeleton.posted_at)
            self._nodes[skeleton.message_id] = node
            self._mails.append(node)

    def roots(self) -> list[_Node]:
        return [node for node in self._nodes.values() if node.parent is None]

    def link_parents(self) -> None:
        """Attach each mail to the parent it names itself, in order of time, so that a loop breaks
        at the same place whatever the order of arrival."""
        self._mails.sort(key=_sort_key)
        for node, mail in self._with_skeletons():
            if mail.references:
                parent = self._node(mail.references[-1])
                if parent.skeleton is None or not leaves_topic(mail, parent.skeleton):
                    self._attach(node, parent, "references")

    def link_ancestors(self) -> None:
        """Attach missing parents, and mails that lost their own references, by what others say."""
        for _, mail in self._with_skeletons():
            for older, younger in pairwise(mail.references):
                parent, child = self._node(older), self._node(younger)
                if child.parent is None and _may_follow(child, parent):
                    self._attach(child, parent, "references")

    def link_subjects(self) -> None:
        """Attach mails that answer, but name no parent that is here, by subject and quoted name."""
        earlier: dict[str, list[_Node]] = {}
        for node, mail in self._with_skeletons():
            base = base_subject(mail.subject)
            if not base:
                continue
            known = earlier.setdefault(base, [])
            top = _lost_top(node)
            if top is not None and (mail.answers or has_reply_mark(mail.subject)):
                parent = _find_answered(node, mail, known)
                if parent is not None:
                    self._attach(top, parent, "subject")
            known.append(node)

    def _with_skeletons(self) -> Iterator[tuple[_Node, Skeleton]]:
        return ((node, node.skeleton) for node in self._mails if node.skeleton is not None)

    def _node(self, message_id: str) -> _Node:
        node = self._nodes.get(message_id)
        if node is None:
            node = self._nodes[message_id] = _Node(message_id)
        return node

    def _attach(self, node: _Node, parent: _Node, joined_by: str) -> None:
        """Make a root the child of another node, unless that would close a loop."""
        if _root_of(parent) is node:
            return
        node.parent = node.above = parent
        node.joined_by = joined_by
        parent.children.append(node)


def _root_of(node: _Node) -> _Node:
    while node.above is not None:
        if node.above.above is not None:
            node.above = node.above.above
        node = node.above
    return node


def _may_follow(child: _Node, parent: _Node) -> bool:
    """Whether another mail's word is enough: always for a missing mail, else if all agrees."""
    if child.skeleton is None or parent.skeleton is None:
        return child.skeleton is None
    return (
        not child.skeleton.references
        and parent.posted_at <= child.posted_at
        and base_subject(parent.skeleton.subject) == base_subject(child.skeleton.subject)
    )


def _lost_top(node: _Node) -> _Node | None:
    """Give the root to attach if a mail's parent is not in the archives, else None."""
    if node.parent is None:
        return node
    top = _root_of(node)
    return top if node.parent is top and top.skeleton is None else None


def _find_answered(node: _Node, mail: Skeleton, known: list[_Node]) -> _Node | None:
    """Choose among earlier mails of a subject the one that a mail answers.

    The latest by the person whom it quotes; where it names nobody, only if there is a single
    thread of that very subject, tags included: candidates choose alike. Whoever began that
    thread answers in it too.
    """
    tags = subject_tags(mail.subject)
    roots: dict[str, _Node] = {}
    for other in _near_in_time(mail, known):
        top = _root_of(other)
        if other.skeleton is None or top is _root_of(node):
            continue
        other_tags = subject_tags(other.skeleton.subject)
        if (tags <= other_tags or other_tags <= tags) and is_named(other.skeleton, mail.answers):
            return other
        if tags == other_tags and not (top.skeleton is not None and top.skeleton.answers):
            roots[top.message_id] = top
    if len(roots) != 1:
        return None
    return next(iter(roots.values()))


def _near_in_time(mail: Skeleton, known: list[_Node]) -> Iterator[_Node]:
    """Give earlier mails near enough, latest first, then those whose clock was not set."""
    since = mail.posted_at - BY_SUBJECT_WITHIN
    yield from takewhile(lambda other: other.posted_at >= since, reversed(known))
    if since > CLOCKS_SET_SINCE:
        unset = takewhile(lambda other: other.posted_at < CLOCKS_SET_SINCE, known)
        yield from islice(unset, _MOST_UNSET)


def _sort_key(node: _Node) -> tuple[datetime, str]:
    return node.posted_at, node.message_id


def _freeze(roots: list[_Node]) -> list[Thread]:
    """Turn nodes into threads, leaves first, without recursion."""
    order: list[_Node] = []
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.children)
    frozen: dict[str, Thread] = {}
    for node in reversed(order):
        if node.skeleton is None and node.children:
            node.posted_at = min(child.posted_at for child in node.children)
        node.children.sort(key=_sort_key)
        replies = tuple(frozen.pop(child.message_id) for child in node.children)
        frozen[node.message_id] = Thread(node.message_id, node.skeleton, replies, node.joined_by)
    return [frozen[node.message_id] for node in sorted(roots, key=_sort_key)]
