"""Where the contract's tests put an index: one entry for each engine that can run here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.records import Candidacy, Vocabulary
from search import SearchEngine, open_engine, open_writer

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


# Name of the engine to how its place is made from a test's own folder.
PLACES: dict[str, Callable[[Path], Place]] = {
    "whoosh": lambda folder: Place(folder / "index"),
}
