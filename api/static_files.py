"""The stylesheet, the script and the icon: read once, served for ever under their digest.

Owns their bytes and addresses. A changed file has a changed address, so a browser may keep what
it has.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file's bytes, media type, and the digest that names its version."""

    data: bytes
    media_type: str
    version: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Read every static file, by name."""
    files = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix in TYPES:
            data = path.read_bytes()
            version = hashlib.sha256(data).hexdigest()[:12]
            files[path.name] = StaticFile(data, TYPES[path.suffix], version)
    return files


def static_version(name: str) -> str:
    """Give the version of a file, for its address."""
    return static_files()[name].version
