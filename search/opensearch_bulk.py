"""The lines in which documents and words are sent to a cluster, cut into requests of bounded size.

An action and its document are two lines of JSON (`_bulk`); each is made as it is sent, so that an
index of any size is written in flat memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, Any

from ingest.records import Candidacy
from search.documents import to_document
from search.opensearch_rows import stored_document

BATCH_LETTERS = 4_000_000  # of one request

Json = dict[str, Any]


def document_lines(
    documents: Iterable[tuple[Candidacy, str]], forms: Counter[str], ids: set[str] | None = None
) -> Iterator[str]:
    """Write candidacies, each with its digest; count the documents of each form, and note ids."""
    for candidacy, digest in documents:
        stored, own_forms = stored_document(to_document(candidacy, digest))
        forms.update(own_forms)
        if ids is not None:
            ids.add(candidacy.id)
        yield _line({"index": {"_id": candidacy.id}}) + _line(stored)


def removal_lines(ids: Iterable[str]) -> Iterator[str]:
    """Write that documents are to be taken away."""
    for each in ids:
        yield _line({"delete": {"_id": each}})


def word_lines(forms: Counter[str], action: str) -> Iterator[str]:
    """Write forms with their counts; the action `create` leaves those alone that are there."""
    for form, count in sorted(forms.items()):
        yield _line({action: {"_id": form}}) + _line({"form": form, "documents": count})


def _line(item: Json) -> str:
    """Write one line of JSON in ASCII, so that no letter of hostile mail can be misread."""
    return json.dumps(item, separators=(",", ":")) + "\n"


def read_back(spool: IO[str]) -> Iterator[str]:
    """Give actions that were written aside; one stays with its document, on the next line."""
    for line in spool:
        yield line if line.startswith('{"delete"') else line + next(spool)


def batches(actions: Iterable[str]) -> Iterator[str]:
    """Join actions into requests."""
    batch: list[str] = []
    size = 0
    for action in actions:
        batch.append(action)
        size += len(action)
        if size >= BATCH_LETTERS:
            yield "".join(batch)
            batch, size = [], 0
    if batch:
        yield "".join(batch)
