"""The builds of an index in a cluster, and the aliases that stand for one of them.

`<name>-7` holds the documents of a build and `<name>-7-words` their words; `<name>` and
`<name>-words`, which searches ask, are aliases of the newest one. What is written into them and
when they are switched is the writer's.
"""

from __future__ import annotations

import re
from typing import Any

from search.errors import SearchError
from search.opensearch_client import WRITE_SECONDS, Cluster

Json = dict[str, Any]


class AlreadyThere(SearchError):
    """Another process has made this index meanwhile."""


class Builds:
    """The builds of one index."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._name = cluster.name

    def create(self, index: str, body: Json) -> None:
        """Make an empty index; raise `AlreadyThere` if it is."""
        answer = self._cluster.ask("PUT", f"/{index}", body, seconds=WRITE_SECONDS, ignore=[400])
        if "error" in answer:
            if answer["error"]["type"] == "resource_already_exists_exception":
                raise AlreadyThere(index)
            raise SearchError(f"OpenSearch refuses to make {index!r}: {answer['error']}")

    def all(self) -> list[str]:
        """Give the builds there are, the oldest one first."""
        return [f"{self._name}-{number}" for number in self._numbers()]

    def next_one(self) -> str:
        """Name a build that is not there yet."""
        return f"{self._name}-{max(self._numbers(), default=0) + 1}"

    def _numbers(self) -> list[int]:
        found = self._cluster.ask("GET", f"/{self._name}-*/_alias", ignore=[404])
        shape = re.compile(rf"{re.escape(self._name)}-(\d+)\Z")
        return sorted(int(match[1]) for index in found if (match := shape.match(index)))

    def serving(self) -> dict[str, list[str]]:
        """Give the indexes that our aliases stand for now, each with its aliases."""
        names = [self._name, f"{self._name}-words"]
        found = self._cluster.ask("GET", f"/_alias/{','.join(names)}", ignore=[404])
        return {
            index: sorted(held["aliases"])
            for index, held in found.items()
            if isinstance(held, dict) and "aliases" in held
        }

    def switch_to(self, build: str) -> None:
        """Let both aliases stand for a build, in one step."""
        actions: list[Json] = [
            {"remove": {"index": index, "alias": alias}}
            for index, aliases in self.serving().items()
            for alias in aliases
        ]
        for end in ("", "-words"):
            actions.append({"add": {"index": f"{build}{end}", "alias": f"{self._name}{end}"}})
        self._cluster.ask("POST", "/_aliases", {"actions": actions}, seconds=WRITE_SECONDS)

    def remove(self, build: str) -> None:
        """Take a build away, whatever there is of it."""
        self._cluster.ask("DELETE", f"/{build},{build}-words", ignore_unavailable=True)
