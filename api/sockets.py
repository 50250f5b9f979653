"""The socket to serve on, and the address under which a browser finds it."""

from __future__ import annotations

import socket


class CannotListen(Exception):
    """The address is taken, not ours, or not allowed; `str()` says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; raise `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise CannotListen(
            f"cannot listen on {host} port {port} ({error}): stop what else uses"
            " it, or give --host or --port"
        ) from error
    # Inherited by every connection: an answer's body must not wait 40 ms behind its headers.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def address_of(sock: socket.socket) -> str:
    """Give the address to open in a browser on this machine."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
