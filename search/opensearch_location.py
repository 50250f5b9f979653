"""Where an index lies in OpenSearch: the addresses of the setting, and which names it may have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from search.errors import EngineMisconfigured

DEFAULT_NAME = "candidacies"
# What OpenSearch takes as a name of an index, unless it is one that we make of such a name.
_NAME = re.compile(r"(?!.*-(?:words|meta|[0-9]+)\Z)[a-z0-9][a-z0-9_.-]{0,60}\Z")


@dataclass(frozen=True, slots=True)
class Location:
    """Where an index lies: the cluster's hosts, and the name of the index there."""

    hosts: tuple[str, ...]
    name: str


def read_location(text: str) -> Location:
    """Read `https://a:9200,https://b:9200/name`; any of the addresses may bear the name."""
    hosts: list[str] = []
    name = ""
    for address in filter(None, (part.strip() for part in text.split(","))):
        parts = urlsplit(address if "://" in address else f"http://{address}")
        try:
            port = parts.port or 9200
        except ValueError as error:
            raise EngineMisconfigured(f"{address!r} has no usable port: {error}.") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise EngineMisconfigured(
                f"An OpenSearch address is like https://search1.example.org:9200, without user "
                f"and password: {parts.scheme}://{parts.hostname or ''}."
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        hosts.append(f"{parts.scheme}://{host}:{port}")
        name = parts.path.strip("/") or name
    name = name or DEFAULT_NAME
    if not hosts or not _NAME.match(name):
        raise EngineMisconfigured(f"{name[:80]!r} cannot be the name of an index in OpenSearch.")
    return Location(tuple(hosts), name)
