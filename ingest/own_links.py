"""Which addresses are an archive's own: links and redirects from its pages never lead elsewhere.

Pages are written by a program that did not know under which name its server would be reached, and
some by strangers. So a link is either brought below the archive's own address or left alone.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
_HYPERKITTY_LIST = re.compile(
    r"(https?://[^/?#]+(?:/[^/?#]+)*?/list/[^/?#@%]+(?:@|%40)[^/?#]+)(?:[/?#]|$)", re.I
)


def may_follow(here: str, there: str, other_hosts: frozenset[str]) -> bool:
    """Whether a redirect stays on its host and port, or leads from http to https there."""
    try:
        old, new = urlsplit(here), urlsplit(there)
        old_port, new_port = (part.port or _PORTS.get(part.scheme) for part in (old, new))
    except ValueError:
        return False
    if new.scheme not in _PORTS or not new.hostname:
        return False
    if new.hostname in other_hosts:
        return True
    upgraded = (old.scheme, new.scheme, old_port, new_port) == ("http", "https", 80, 443)
    same = (old.scheme, old_port) == (new.scheme, new_port)
    return old.hostname == new.hostname and (same or upgraded)


def find_list(address: str) -> str:
    """Give a HyperKitty list's address for any address below it; empty for those of another
    shape.
    """
    match = _HYPERKITTY_LIST.match(address)
    return f"{match[1].replace('%40', '@')}/" if match else ""


def find_below(base: str, link: str) -> str:
    """Give what of a link lies below the archive's address `base`, empty if it lies elsewhere.

    A link with another scheme or host counts when its path leads through a folder named like the
    archive's (`http://alias/pipermail/LIST/...`): the list server's own name, not the site's.
    """
    try:
        own = urlsplit(base)
        other = urlsplit(urljoin(base, link.strip()))
    except ValueError:
        return ""
    if other.scheme not in _PORTS:
        return ""
    path = re.sub(r"/{2,}", "/", other.path)
    if path.startswith(own.path):
        rest = path[len(own.path) :]
    else:
        folder = own.path.rstrip("/").rsplit("/", 1)[-1]
        _, found, rest = path.partition(f"/pipermail/{folder}/")
        if not found or other.netloc == own.netloc:
            return ""
    return rest if is_plain(rest) else ""


def is_plain(path: str) -> bool:
    """Whether a relative path goes down only, in however many disguises."""
    for _ in range(3):
        path = unquote(path)
    names = path.replace("\\", "/").split("/")
    return not path.startswith("/") and "\0" not in path and ".." not in names and "." not in names
