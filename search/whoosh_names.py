"""The names in an index by the beginnings of their words: candidates, projects, cycles.

Made once for each generation, from the facts in memory, when somebody first types.
"""

from __future__ import annotations

from bisect import bisect_left

from search.analysis import phrase_forms
from search.engine import Suggestion
from search.facets import UNKNOWN, label_of
from search.whoosh_columns import Columns


class Names:
    """Candidates, projects and cycles by each of their words' beginnings; one for each snapshot."""

    def __init__(self, columns: Columns) -> None:
        rows: list[tuple[str, Suggestion]] = []
        for kind in ("candidate", "project", "cycle"):
            for value, numbers in columns.values[kind].items():
                if value == UNKNOWN:
                    continue
                label = columns.names[value] if kind == "candidate" else value
                query = f"{kind}:{value}" if label == value else f'{kind}:"{label}"'
                made = Suggestion(kind, label_of(kind, label), query, len(numbers))
                words = phrase_forms(label)
                rows.extend((" ".join(words[i:]), made) for i in range(len(words)))
        self._rows = sorted(rows, key=lambda row: row[0])
        self._keys = [row[0] for row in self._rows]

    def starting(self, text: str) -> list[Suggestion]:
        """Give the names in which some word and those after it begin so."""
        start = bisect_left(self._keys, text)
        end = bisect_left(self._keys, text + "\U0010ffff")
        return list(dict.fromkeys(row[1] for row in self._rows[start:end]))
