"""Who is asking: the client's address, and how it reached us, behind proxies that are trusted.

Only a trusted proxy's `X-Forwarded-*` are believed, and of the chain of addresses the last one that
is not such a proxy: what stands before it was written by the client.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network


class TrustedProxies:
    """Middleware that puts the real client, scheme and host where everybody looks for them."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._trusted and _is_in(client_of(scope), self._trusted):
            self._believe(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        chain = [word.strip() for word in headers.get("x-forwarded-for", "").split(",")]
        for address in reversed(chain):
            if _is_address(address):
                scope["client"] = (address, 0)
            if not _is_in(address, self._trusted):
                break
        scheme = headers.get("x-forwarded-proto", "").strip().lower()
        if scheme in ("http", "https"):
            scope["scheme"] = scheme
        host = headers.get("x-forwarded-host", "").split(",")[0].strip()
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [*others, (b"host", host.encode("latin-1"))]


class RootPath:
    """Middleware for a server that the public reaches below a path, cut off by its proxy or not."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._root:
            # ASGI wants the path whole, the root included.
            scope["root_path"] = self._root
            if not f"{scope['path']}/".startswith(f"{self._root}/"):
                scope["path"] = self._root + scope["path"]
        await self._app(scope, receive, send)


def path_of(scope: Scope) -> str:
    """Give the path as the routes know it, below the root."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def client_of(scope: Scope) -> str:
    """Give the client's address, empty where the server does not know (a Unix socket)."""
    return str(scope["client"][0]) if scope.get("client") else ""


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Tell whether a client is this machine itself."""
    return _is_address(address) and ip_address(address).is_loopback


def share_of(address: str) -> str:
    """Give what is counted as one client: an address, or the /64 that one IPv6 customer has."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)
