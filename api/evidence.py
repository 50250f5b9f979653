"""Which mail of its own thread a candidacy's status or outcome rests on.

Evidence is kept as a Message-ID or as the address of a mail's page; where it is a reply, a page can
lead to it and a feed knows when it came.
"""

from __future__ import annotations

from ingest.records import Candidacy, Reply


def find_reply(candidacy: Candidacy, evidence: str) -> tuple[int, Reply] | None:
    """Find the reply that is named as evidence, with its place in the thread; None if it is
    another mail.
    """
    named = evidence.strip("<>").replace(" at ", "@")
    for number, reply in enumerate(candidacy.replies):
        if named and named in (reply.message_id, reply.archive_url):
            return number, reply
    return None
