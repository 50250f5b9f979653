"""Who answers whom, after Jamie Zawinski's algorithm (https://www.jwz.org/doc/threading.html).

Owns the links between messages: References first, missing parents kept as nodes, loops broken, the
subject only as the last resort and only for a short time. What the mails are about is for others. Not
recursive anywhere: a list's longest threads would exceed the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ingest.records import Skeleton, Thread

_MARK = re.compile(
    r"(?:re|r|fwd?|aw|wg|sv|vs|vb|antw|antwort|odp|ynt|rif|res|tr|enc|doorst|回复|回覆|答复|答覆|转发|轉寄)"
    r"(?:\s{0,3}[\[(^]\s{0,3}\d{1,4}\s{0,3}[\])]?)?\s{0,3}[:：]\s*",
    re.IGNORECASE,
)
_REPLY_MARK = re.compile(
    r"(?:re|aw|sv|vs|antw|antwort|odp|ynt|rif|res|回复|回覆|答复|答覆)"
    r"(?:\s{0,3}[\[(^]\s{0,3}\d{1,4}\s{0,3}[\])]?)?\s{0,3}[:：]",
    re.IGNORECASE,
)
_LIST_TAG = re.compile(r"\[[^\[\]]{1,80}\]\s*")
_WAS = re.compile(r"[\[(]\s{0,3}was\s{0,3}[:\s]\s{0,3}(.{1,400}?)\s*[\])]?\s*\Z", re.IGNORECASE)
_BY_SUBJECT_WITHIN = timedelta(days=14)


_NEVER = datetime.max.replace(tzinfo=UTC)


def base_subject(subject: str) -> str:
    """Strip reply and forward marks in any language and bracketed tags from the front, fold case.

    Two mails of one conversation have the same base subject, unless somebody changed the subject.
    """
    rest = " ".join(subject.split())
    while True:
        match = _MARK.match(rest) or _LIST_TAG.match(rest)
        if match is None or match.end() == len(rest):
            return rest.casefold()
        rest = rest[match.end() :]


def has_reply_mark(subject: str) -> bool:
    """Tell whether a subject says of itself that it answers (`Re:`, `AW:`, `答复:`), tags aside."""
    rest = subject.strip()
    while match := _LIST_TAG.match(rest):
        rest = rest[match.end() :]
    return _REPLY_MARK.match(rest) is not None


def build_threads(skeletons: Iterable[Skeleton]) -> list[Thread]:
    """Link messages to their parents; give the roots in order of time, replies likewise.

    A message given twice counts once, the first time. The result does not depend on the order given,
    but for that.
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
        for node in self._mails:
            references = node.skeleton.references if node.skeleton else ()
            if references:
                self._attach(node, self._node(references[-1]), "references")

    def link_ancestors(self) -> None:
        """Attach missing parents, and mails that lost their own references, by what others say."""
        for node in self._mails:
            references = node.skeleton.references if node.skeleton else ()
            for older, younger in zip(references, references[1:], strict=False):
                parent, child = self._node(older), self._node(younger)
                if child.parent is None and _may_follow(child, parent):
                    self._attach(child, parent, "references")

    def link_subjects(self) -> None:
        """Attach a mail that names no parent to the last earlier root of its subject, if it answers."""

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
    """Whether another mail's word is enough: for a missing one always, else only if nothing speaks against."""
    if child.skeleton is None or parent.skeleton is None:
        return child.skeleton is None
    return (
        not child.skeleton.references
        and parent.posted_at <= child.posted_at
        and base_subject(parent.skeleton.subject) == base_subject(child.skeleton.subject)
    )


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
