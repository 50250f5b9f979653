"""What is stored of documents: how it is asked for beside a search, and read from its hits.

It lies in columns (`opensearch_schema.py`), so that the library need not unpack a whole stored
document to give a hit's id.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.opensearch_client import Cluster

Json = dict[str, Any]
AT_ONCE = 1000  # documents of one request

Stored = Mapping[str, bytes]


def with_columns(names: Sequence[str]) -> Json:
    """Give the part of a search's body that asks for hits' ids and columns, and nothing else."""
    return {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["id", *names]}


def id_of(row: Json) -> str:
    """Give the id of a hit that `with_columns` asked for."""
    return str(row["fields"]["id"][0])


def columns_of(rows: Iterable[Json], names: Sequence[str]) -> dict[str, Stored]:
    """Read hits' columns, by id."""
    return {id_of(row): {name: _decoded(row["fields"][name][0]) for name in names} for row in rows}


def _decoded(text: str) -> bytes:
    return b64decode(f"{text}==")  # OpenSearch writes no padding; too much of it does no harm


def lookup(ids: Sequence[str], names: Sequence[str]) -> Json:
    """Give the search for some documents' columns."""
    return {
        "size": len(ids),
        "track_total_hits": False,
        "query": {"constant_score": {"filter": {"terms": {"id": [_readable(i) for i in ids]}}}},
        **with_columns(names),
    }


def fetch(cluster: Cluster, ids: Sequence[str], names: Sequence[str]) -> dict[str, Stored]:
    """Read columns of some documents, as searches see them."""
    found: dict[str, Stored] = {}
    for start in range(0, len(ids), AT_ONCE):
        body = lookup(ids[start : start + AT_ONCE], names)
        found |= columns_of(cluster.search(cluster.name, body)["hits"]["hits"], names)
    return found


def _readable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
