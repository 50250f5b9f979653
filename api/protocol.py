"""HTTP on a connection: uvicorn's protocol by llhttp, with the bounds and manners it lacks."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.front import SECURITY_HEADERS

LONGEST_HEAD = 48 * 1024
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"  # said before an answer, to who waits with his body


class Protocol(HttpToolsProtocol):
    """A head that does not end is not gathered; an answer's head leaves with its first bytes.

    Its answer to what is no HTTP bears the headers of all others.
    """

    _head = 0  # bytes of a head that has not ended yet
    _in_head = False

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            raise ValueError("RFC 9112, 3.2: one host")  # llhttp makes it a 400
        super().on_headers_complete()
        if self.scope["method"] != "HEAD":  # its answer is a head and nothing behind it
            self.cycle.transport = _HeadWithBody(self.transport)

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if not self._in_head:
            self._head = 0
        elif self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request does not end.")

    def send_400_response(self, msg: str) -> None:
        headers = {
            **SECURITY_HEADERS,
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(msg)),
            "Connection": "close",
        }
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {headers[name]}" for name in headers)]
        self.transport.write("\r\n".join([*lines, "", msg]).encode("ascii"))
        self.transport.close()


class _HeadWithBody(asyncio.Transport):
    """What one answer is written to: its head is kept until the first bytes of its body are there.

    Uvicorn writes them apart. Between two writes another thread gets the interpreter for 5 ms and
    more, and whoever is killed then has sent a head alone, which no proxy can take back to ask
    another server instead. It knows nothing of the request, or each would leave a circle behind.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head: bytes | None = b""  # none once it has been written

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._head is None or data == _GO_ON:
            self._transport.write(data)
        elif not self._head:
            self._head = bytes(data)
        else:
            head, self._head = self._head, None
            self._transport.write(head + data)

    def close(self) -> None:
        if self._head:
            self.write(b"")
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()
