"""Writing an index in a cluster: changes seen all at once, or a whole new index behind the alias.

`<name>` and `<name>-words` are aliases of `<name>-7` and `<name>-7-words`; `<name>-meta` holds the
lease, the sync's state, and the generation, which every change of the documents changes last.
Refreshes are made here and nowhere else, so searches see none of a change before all of it is
there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from ingest.records import Candidacy, Vocabulary
from search.documents import to_document
from search.errors import EngineUnavailable, IndexMissing, IndexVersion, SearchError
from search.opensearch_client import WRITE_SECONDS, Cluster, read_location
from search.opensearch_lease import LEASE_SECONDS, Lease
from search.opensearch_rows import stored_document
from search.opensearch_schema import INDEX_VERSION, index_body, words_body
from search.opensearch_stored import id_of, with_columns

BATCH_LETTERS = 4_000_000  # of one bulk request
KEPT_IN_MEMORY = 32_000_000  # of changes that are not written yet; more go to a file
DIGESTS_AT_ONCE = 5000
SHARDS = 1  # a word's rarity is counted in each shard: with one, it is the whole index's

Json = dict[str, Any]


class OpenSearchWriter:
    """An `IndexWriter` on a cluster."""

    def __init__(
        self,
        location: str,
        vocabulary: Vocabulary,
        *,
        lease_seconds: float = LEASE_SECONDS,
        **options: Any,
    ) -> None:
        self._place = read_location(location)
        self._options = options
        self._lease_seconds = lease_seconds
        self._clean = True

    def __enter__(self) -> Self:
        self.cluster = Cluster(self._place, **self._options)
        try:
            self._make_meta()
            self._lease = Lease(self.cluster, self._lease_seconds)
            self._lease.take()
        except BaseException:
            self.cluster.close()
            raise
        self._clean = not self._lease.dirty
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lease.give_back(clean=self._clean)
        self.cluster.close()

    @property
    def _name(self) -> str:
        return self.cluster.name

    def _make_meta(self) -> None:
        body = {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {"dynamic": False},
        }
        if not self.cluster.ask("HEAD", f"/{self._name}-meta"):
            with suppress(_AlreadyThere):
                self._create(f"{self._name}-meta", body)

    def _create(self, index: str, body: Json) -> None:
        answer = self.cluster.ask("PUT", f"/{index}", body, seconds=WRITE_SECONDS, ignore=[400])
        if "error" in answer:
            if answer["error"]["type"] == "resource_already_exists_exception":
                raise _AlreadyThere(index)
            raise SearchError(f"OpenSearch refuses to make {index!r}: {answer['error']}")

    def _meta(self) -> Json:
        found = self.cluster.ask("GET", f"/{self._name}-meta/_doc/generation", ignore=[404])
        source: Json = found.get("_source", {})
        return source

    def digests(self) -> dict[str, str]:
        """Give id to digest of every document."""
        meta = self._meta()
        if not meta:
            return {}
        if meta["version"] != INDEX_VERSION:
            raise IndexVersion(
                f"The index {self._name!r} has version {meta['version']}, this release reads "
                f"{INDEX_VERSION}: run `hustings reindex`."
            )
        try:
            # What a writer that crashed left half done is seen from here on, and mended.
            self.cluster.ask("POST", f"/{self._name}/_refresh", seconds=WRITE_SECONDS)
        except IndexMissing:
            return {}
        if self._lease.dirty:
            self._new_generation(meta["index"])
        return dict(self._read_digests())

    def _read_digests(self) -> Iterator[tuple[str, str]]:
        body: Json = {
            "size": DIGESTS_AT_ONCE,
            "track_total_hits": False,
            **with_columns(["digest"]),
            "sort": [{"id": "asc"}],
        }
        while hits := self.cluster.search(self._name, body)["hits"]["hits"]:
            for hit in hits:
                yield id_of(hit), hit["fields"]["digest"][0]
            body["search_after"] = hits[-1]["sort"]

    def apply(self, changed: Iterable[tuple[Candidacy, str]], gone: Iterable[str]) -> None:
        """Put changed candidacies in the place of their old documents and take the gone ones
        away.
        """
        meta = self._meta()
        if not meta:
            self.rebuild(changed)
            return
        forms: Counter[str] = Counter()
        with SpooledTemporaryFile(KEPT_IN_MEMORY, "w+", encoding="ascii") as spool:
            # All is worked out before the first of it is written: it may fail on the way.
            for lines in _index_lines(changed, forms):
                spool.write(lines)
            for each in gone:
                spool.write(_line({"delete": {"_id": each}}))
            spool.seek(0)
            self._lease.check()
            self._clean = False
            self._send(self._name, _batches(spool))
        self._add_words(forms)
        self.cluster.ask(
            "POST", f"/{self._name},{self._name}-words/_refresh", seconds=WRITE_SECONDS
        )
        self._new_generation(meta["index"])
        self._clean = True

    def _send(self, index: str, batches: Iterable[str]) -> None:
        """Write batches in their order; the next one is made ready while one is written."""
        with ThreadPoolExecutor(1) as pool:
            written: Future[None] | None = None
            for batch in batches:
                if written:
                    written.result()
                self._lease.check()
                written = pool.submit(self.cluster.write, index, batch)
            if written:
                written.result()

    def _add_words(self, forms: Counter[str]) -> None:
        """Add words that are new; counts of known ones are those of the last rebuild."""
        lines = (
            _line({"create": {"_id": form}}) + _line({"form": form, "documents": count})
            for form, count in sorted(forms.items())
        )
        self._send(f"{self._name}-words", _joined(lines))

    def rebuild(self, documents: Iterable[tuple[Candidacy, str]]) -> None:
        """Build a new index aside and switch the aliases to it at once; the old one stays as the
        last good one.
        """
        builds = self._builds()
        build = f"{self._name}-{max(builds, default=0) + 1}"
        try:
            self._fill(build, documents)
            self._lease.check()
            self._clean = False
            self._switch_to(build)
        except BaseException:
            with suppress(SearchError):
                if build not in self._aliased():
                    self._remove([build])
            raise
        self._new_generation(build)
        self._clean = True
        with suppress(SearchError):  # removed at the next rebuild
            self._remove([f"{self._name}-{number}" for number in sorted(builds)[:-1]])

    def _builds(self) -> list[int]:
        found = self.cluster.ask("GET", f"/{self._name}-*/_alias", ignore=[404])
        shape = re.compile(rf"{re.escape(self._name)}-(\d+)\Z")
        return sorted(int(match[1]) for index in found if (match := shape.match(index)))

    def _aliased(self) -> dict[str, list[str]]:
        """Give the indexes that our aliases stand for now, each with its aliases."""
        names = [self._name, f"{self._name}-words"]
        found = self.cluster.ask("GET", f"/_alias/{','.join(names)}", ignore=[404])
        return {
            index: sorted(held["aliases"])
            for index, held in found.items()
            if isinstance(held, dict) and "aliases" in held
        }

    def _fill(self, build: str, documents: Iterable[tuple[Candidacy, str]]) -> None:
        self._create(build, index_body(SHARDS))
        self._create(f"{build}-words", words_body())
        forms: Counter[str] = Counter()
        ids: set[str] = set()
        self._send(build, _joined(_index_lines(documents, forms, ids)))
        words = (
            _line({"index": {"_id": form}}) + _line({"form": form, "documents": count})
            for form, count in sorted(forms.items())
        )
        self._send(f"{build}-words", _joined(words))
        self.cluster.ask("POST", f"/{build},{build}-words/_refresh", seconds=WRITE_SECONDS)
        there = self.cluster.ask("GET", f"/{build}/_count")["count"]
        if there != len(ids):
            raise EngineUnavailable(
                f"The new index {build!r} holds {there} of {len(ids)} documents: "
                "the old one goes on serving."
            )

    def _switch_to(self, build: str) -> None:
        actions: list[Json] = [
            {"remove": {"index": index, "alias": alias}}
            for index, aliases in self._aliased().items()
            for alias in aliases
        ]
        for end in ("", "-words"):
            actions.append({"add": {"index": f"{build}{end}", "alias": f"{self._name}{end}"}})
        self.cluster.ask("POST", "/_aliases", {"actions": actions}, seconds=WRITE_SECONDS)

    def _remove(self, builds: Iterable[str]) -> None:
        for build in builds:
            self.cluster.ask("DELETE", f"/{build},{build}-words", ignore_unavailable=True)

    def _new_generation(self, build: str) -> None:
        number = int(self._meta().get("number", 0)) + 1
        body = {"index": build, "number": number, "version": INDEX_VERSION}
        self.cluster.ask("PUT", f"/{self._name}-meta/_doc/generation", body)

    def record_state(self, state: str) -> None:
        """Leave the sync's state for readers."""
        body = {"state": state.encode("utf-8", "replace").decode()}
        self.cluster.ask("PUT", f"/{self._name}-meta/_doc/state", body)


class _AlreadyThere(SearchError):
    """Another process has made this index meanwhile."""


def _index_lines(
    documents: Iterable[tuple[Candidacy, str]], forms: Counter[str], ids: set[str] | None = None
) -> Iterator[str]:
    for candidacy, digest in documents:
        stored, own_forms = stored_document(to_document(candidacy, digest))
        forms.update(own_forms)
        if ids is not None:
            ids.add(candidacy.id)
        yield _line({"index": {"_id": candidacy.id}}) + _line(stored)


def _line(item: Json) -> str:
    """Write one line of JSON in ASCII, so that no letter of hostile mail can be misread."""
    return json.dumps(item, separators=(",", ":")) + "\n"


def _batches(spool: IO[str]) -> Iterator[str]:
    """Cut lines into requests; an action stays with its document, which is on the next line."""
    return _joined(line if line.startswith('{"delete"') else line + next(spool) for line in spool)


def _joined(lines: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= BATCH_LETTERS:
            yield "".join(batch)
            batch, size = [], 0
    if batch:
        yield "".join(batch)
