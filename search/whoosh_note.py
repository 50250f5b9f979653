"""What a Whoosh index holds, noted beside it: told at the next sync without opening the index.

    INDEX/holds      a sum of the candidacies that were written, and of the build's files

Most syncs change nothing; opening an index to see that would cost more than all the rest of them.
The note is believed only while each file of the build is as it was then, by name, size and time;
where it is not, or there is none, the index is opened and compared document by document. Imports
nothing of Whoosh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from search.errors import IndexMissing, SearchError
from search.whoosh_folder import INDEX_VERSION, IndexFolder, replace_file

_NAME = "holds"


def leave_note(path: Path, digests: Mapping[str, str]) -> None:
    """Note that the index in a folder holds just these, for whoever holds its lock.

    Where nothing was ever indexed there is nothing to note.
    """
    with suppress(IndexMissing):
        replace_file(path / _NAME, _sum_up(path, digests))


def is_noted(path: Path, digests: Mapping[str, str]) -> bool:
    """Tell whether an index is known to hold just these candidacies, and to be whole."""
    try:
        return (path / _NAME).read_text(encoding="ascii") == _sum_up(path, digests)
    except (OSError, ValueError, SearchError):
        return False


def record_state(path: Path, state: str) -> None:
    """Leave a sync's state for readers of an index that need not be written."""
    folder = IndexFolder(path, INDEX_VERSION)
    with folder.held():
        folder.write_state(state)


def _sum_up(path: Path, digests: Mapping[str, str]) -> str:
    build = IndexFolder(path, INDEX_VERSION).current()
    total = hashlib.sha256(build.name.encode())
    for file in sorted(build.iterdir()):
        status = file.stat()
        total.update(f"\n{file.name} {status.st_size} {status.st_mtime_ns}".encode())
    for pair in sorted(digests.items()):
        total.update("\n".join(("", *pair)).encode())
    return total.hexdigest()
