"""Which mails of a thread answer a candidacy, in order, with their quotes marked.

Linking is `threads.py`'s; here one more question is asked of a linked mail: does it answer at
all, or did its sender press "reply" to write to the whole list about something else, under the
same subject? Such a mail, and what was answered to it, is no part of a candidacy's thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.quotes import mark_quotes, own_text
from ingest.records import Message, Reply, Skeleton, Thread

# A novel. What is longer is no statement and no answer, and an index holds each of its words; the
# month keeps it whole.
LONGEST_SHOWN = 500_000
_FEWEST_WORDS = 15
# How people speak to a whole list about work; one of these, and nothing that answers, is another
# topic.
_TO_THE_LIST = re.compile(
    r"\b(?:has|have|did|does|is) any(?:one|body)\b|\banyone else\b|^\W*reminder\b"
    r"|^\W*heads[- ]?up\b|^\W*subject says\b"
    r"|\bvolunteers? (?:for|to|needed)\b|\bwe need volunteers\b|^(?:\W*(?:hi|hello"
    r"|hey)[^.!?\n]{0,30}[\n,.!]+\W*)?I would like to propose (?:that we|to \w+ (?:the|our))\b"
    r"|\b(?:opinions|thoughts|objections|comments)\s?\?|\btraceback \(most recent call last\)"
    r"|^\W*agenda:|\bagenda: ",
    re.I | re.M,
)
# Some word of every form of the above: what all replies are asked is a plain look-up.
_LIST_WORDS = (
    "anyone", "anybody", "reminder", "heads", "subject says", "volunteer", "to propose", "opinions",
    "thoughts", "objections", "comments", "traceback", "agenda",
)  # fmt: skip
_TO_SOMEBODY = re.compile(
    r"\+ ?1|\+\+|\bthank|\bthx\b|\bcongrat|\bgood luck\b|\bconfirmed\b|\b(?:my|your) (?:vote"
    r"|support)\b|\bsupport(?:ing)? (?:you|this)\b"
    r"|\b(?:do|would|could|can|will|are|have|did|were|should|what|how|why|if"
    r"|as) you\b(?! can help)|\byou(?:['’](?:re|ve|d|ll)| are| have| would| say| mention| wrote"
    r"| said)\b"
    r"|\byour (?!names?\b|opinions?\b|thoughts?\b|reviews?\b)|\bcandida(?:cy|te|ture)|\bnominat"
    r"|\bstatement\b|\belected\b|\brunning for\b|\bagree",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Node:
    """A thread's node with what it answers, if that is there, and how deep it lies."""

    thread: Thread
    parent: Skeleton | None
    parent_id: str
    depth: int


def walk(thread: Thread) -> Iterator[Node]:
    """Give the nodes of a thread in its order, without recursion: flame wars outgrow the stack."""
    waiting = [Node(thread, None, "", 0)]
    while waiting:
        node = waiting.pop()
        yield node
        for reply in reversed(node.thread.replies):
            parent = node.thread
            waiting.append(Node(reply, parent.skeleton, parent.message_id, node.depth + 1))


def list_replies(
    thread: Thread, messages: Mapping[str, Message], standing: set[str]
) -> tuple[Reply, ...]:
    """List what was answered to the candidacy at the head of `thread`.

    Other candidacies (`standing`) and all below them are left out, and so are mails on another
    topic; an answer below one of those stays if it speaks to the candidate.
    """
    root = messages[thread.message_id]
    replies: list[Reply] = []
    others: set[str] = set()
    strays: set[str] = set()
    for node in walk(thread):
        message = messages.get(node.thread.message_id)
        if node.depth == 0:
            continue
        if node.parent_id in others or node.thread.message_id in standing:
            others.add(node.thread.message_id)
        elif message is not None:
            below_stray = node.parent_id in strays and not _TO_SOMEBODY.search(
                own_text(message.text)
            )
            if below_stray or speaks_to_the_list(message, root):
                strays.add(node.thread.message_id)
            else:
                replies.append(_reply(message, node))
    return tuple(replies)


def speaks_to_the_list(message: Message, root: Message) -> bool:
    """Whether a mail's own words are for the whole list, on another topic than the mail above
    all."""
    if message.address and message.address == root.address:
        return False
    own = own_text(message.text)
    low = own.lower()
    if len(own.split()) < _FEWEST_WORDS or not any(word in low for word in _LIST_WORDS):
        return False
    first = root.sender.split()[:1]
    if (first and first[0] in own) or _TO_SOMEBODY.search(own):
        return False
    return bool(_TO_THE_LIST.search(own))


def _reply(message: Message, node: Node) -> Reply:
    return Reply(
        message_id=message.message_id,
        sender=message.sender,
        address=message.address,
        posted_at=message.posted_at,
        text=mark_quotes(message.text).strip("\n")[:LONGEST_SHOWN],
        archive_url=message.place.page_url,
        depth=node.depth,
        parent_id=node.parent_id,
    )
