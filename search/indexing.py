"""What must be written so that the index equals the catalogue: compare digests, apply, or rebuild.

Knows no engine and no catalogue: it is given the digests that should be there and a function that
reads candidacies. A crash between catalogue and index heals here at the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.records import Candidacy
from search.engine import IndexWriter
from search.errors import IndexBroken, IndexMissing, IndexVersion

BATCH = 200  # candidacies read at once: whole mails, so memory stays flat
REBUILD_SHARE = (
    0.5  # when more than this share differs, a rebuild is cheaper and leaves a tidy index
)
REBUILD_LEAST = 50

ReadCandidacies = Callable[[Sequence[str]], Iterable[Candidacy]]


@dataclass(frozen=True, slots=True)
class IndexChange:
    """How many documents came, changed and went; `rebuilt` tells why a whole new index was made."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    rebuilt: str = ""

    @property
    def any(self) -> bool:
        """Whether anything was written."""
        return bool(self.new or self.changed or self.gone or self.rebuilt)


def bring_up_to_date(
    writer: IndexWriter, digests: Mapping[str, str], read: ReadCandidacies, *, rebuild: bool = False
) -> IndexChange:
    """Make the index hold exactly the candidacies of `digests`; `rebuild` asks for a new one
    outright.

    The writer must be entered. An index that is missing, broken or of another version is rebuilt.
    """
    why = "asked for" if rebuild else ""
    present: dict[str, str] = {}
    try:
        present = writer.digests()
    except (IndexBroken, IndexVersion, IndexMissing) as error:
        why = why or str(error)
    new = [each for each in digests if each not in present]
    changed = [each for each in digests if each in present and present[each] != digests[each]]
    gone = [each for each in present if each not in digests]
    differing = len(new) + len(changed) + len(gone)
    if not why and differing > max(REBUILD_SHARE * max(len(digests), len(present)), REBUILD_LEAST):
        why = "most of it changed"
    if why:
        writer.rebuild(_in_batches(sorted(digests), digests, read))
    elif differing:
        writer.apply(_in_batches(new + changed, digests, read), gone)
    return IndexChange(len(new), len(changed), len(gone), why)


def _in_batches(
    ids: Sequence[str], digests: Mapping[str, str], read: ReadCandidacies
) -> Iterator[tuple[Candidacy, str]]:
    """Read candidacies some at a time; one that is gone meanwhile is left out, and heals next
    time.
    """
    for start in range(0, len(ids), BATCH):
        for candidacy in read(ids[start : start + BATCH]):
            yield candidacy, digests[candidacy.id]
