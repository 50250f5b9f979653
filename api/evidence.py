"""Which mail of its own thread a candidacy's status or outcome rests on.

Evidence is kept as a Message-ID or as the address of a mail's page; where it is a reply, a page can
lead to it and a feed knows when it came. HyperKitty makes a mail's address of its Message-ID, so
any mail of such an archive can be led to.
"""

from __future__ import annotations

import re

from ingest.records import Candidacy, Reply, message_id_hash

_HYPERKITTY = re.compile(r"(https?://[^\s?#]{1,500}/message/)[A-Z2-7]{32}/?\Z")


def find_reply(candidacy: Candidacy, evidence: str) -> tuple[int, Reply] | None:
    """Find the reply that is named as evidence, with its place in the thread; None if it is
    another mail.
    """
    named = _message_id(evidence)
    for number, reply in enumerate(candidacy.replies):
        if named and named in (reply.message_id, reply.archive_url):
            return number, reply
    return None


def find_page(candidacy: Candidacy, evidence: str) -> str:
    """Give the address of the mail that is named as evidence; nothing where it cannot be told."""
    if evidence.startswith(("http://", "https://")):
        return evidence
    beside = _HYPERKITTY.match(candidacy.archive_url)
    if not evidence or not beside:
        return ""
    return f"{beside[1]}{message_id_hash(_message_id(evidence))}/"


def _message_id(evidence: str) -> str:
    return evidence.strip("<>").replace(" at ", "@")
