"""The mails of a generated site as local ones: `python -m bench.local_mails SITE FOLDER`.

Below the folder: `maildir`, and `all` and `late`, the same mails and one more as git's fast-import
takes them, for public-inbox.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

from bench.peers_public_inbox import write_commit
from ingest.mbox import split_messages
from ingest.records import RawMessage

_DATE = re.compile(rb"^Date: (.+)$", re.MULTILINE)


def read_mails(site: Path) -> Iterator[bytes]:
    """Give each mail of the site's months, without the archiver's separator."""
    for month in sorted(site.rglob("*.txt.gz")):
        data = gzip.decompress(month.read_bytes())
        for piece in split_messages(data, "corpus-dev", month.stem):
            if isinstance(piece, RawMessage):
                yield piece.data.partition(b"\n")[2]


def main() -> None:
    site, folder = map(Path, sys.argv[1:])
    for name in ("cur", "new", "tmp"):
        (folder / "maildir" / name).mkdir(parents=True)
    with (folder / "all").open("wb") as stream:
        number = 0
        for number, mail in enumerate(read_mails(site)):
            arrived = parsedate_to_datetime(_DATE.findall(mail)[0].decode()).timestamp()
            name = f"{arrived:.0f}.M{number:06}.bench:2,S"
            (folder / "maildir" / "cur" / name).write_bytes(mail)
            stream.write(write_commit(number, mail))
    late = b"From: ana@example.org\nSubject: late\nMessage-ID: <late@example.org>\n\nLate.\n"
    commit = write_commit(number + 1, late)
    # A second import goes on where the first one ended.
    parent = b"from refs/heads/master^0\n"
    head, _, rest = commit.partition(b"data 4\nmail\n")
    (folder / "late").write_bytes(head + b"data 4\nmail\n" + parent + rest)


if __name__ == "__main__":
    main()
