"""Where the contract's tests put an index: one entry for each engine that can run here."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.records import Candidacy, Vocabulary
from search import SearchEngine, open_engine, open_writer
from tests.opensearch.cluster import INSTALLED, Cluster

VOCABULARY = Vocabulary(
    cycles=("icehouse", "juno", "kilo", "liberty", "mitaka", "newton", "2023.1", "2024.1"),
    cycle_aliases={"l": "liberty", "antelope": "2023.1"},
    project_aliases={"quantum": "neutron", "docs": "documentation"},
)


@dataclass(frozen=True)
class Place:
    """Where one test's index lies."""

    location: str | Path

    def index(self, *candidacies: Candidacy) -> SearchEngine:
        """Build an index of some candidacies, each with its id as digest, and open it."""
        with open_writer(self.location, VOCABULARY) as writer:
            writer.rebuild((candidacy, f"digest-{candidacy.id}") for candidacy in candidacies)
        return self.engine()

    def engine(self) -> SearchEngine:
        """Open the index for reading."""
        return open_engine(self.location, VOCABULARY)


@cache
def _node() -> str:
    """Start one OpenSearch node when the first test wants it; it ends with the tests."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="hustings-opensearch-")))
    cluster.__enter__()
    atexit.register(shutil.rmtree, cluster.folder, ignore_errors=True)
    atexit.register(cluster.close)
    return cluster.urls[0]


@contextmanager
def whoosh_place(folder: Path) -> Iterator[Place]:
    yield Place(folder / "index")


@contextmanager
def opensearch_place(folder: Path) -> Iterator[Place]:
    """Give a place of its own in the node, and leave nothing there."""
    url, name = _node(), f"t{uuid.uuid4().hex}"
    try:
        yield Place(f"{url}/{name}")
    finally:
        asked = urllib.request.Request(f"{url}/{name}*", method="DELETE")
        urllib.request.urlopen(asked, timeout=30).close()


# Name of the engine to how its place is made from a test's own folder.
PLACES: dict[str, Callable[[Path], AbstractContextManager[Place]]] = {"whoosh": whoosh_place}
if (INSTALLED / "lib").is_dir():
    PLACES["opensearch"] = opensearch_place
