"""TLS and a password in front of a node on loopback, as a cluster in earnest has them."""

from __future__ import annotations

import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


def make_certificate(folder: Path, name: str, address: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    """Make a certificate that signs itself, with its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2",
        "-subj", f"/CN={name}", "-addext", f"subjectAltName={address}",
        "-keyout", str(key), "-out", str(certificate),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


@contextmanager
def tls_before(node: str, certificate: Path, key: Path, user: str, password: str) -> Iterator[str]:
    """Stand before a node; give the address. Who has not the password is told 401."""
    expected = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    behind = urlsplit(node).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != expected:
                self.reply(401, "text/plain", b"Unauthorized")
                return
            kind = self.headers.get("Content-Type", "application/json")
            connection = HTTPConnection(behind, timeout=60)
            connection.request(self.command, self.path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            self.reply(answer.status, answer.headers["Content-Type"], answer.read())
            connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

        def reply(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with QuietServer(("127.0.0.1", 0), Handler) as server:
        # The handshake is each connection's own thread's: one that speaks no TLS holds up nobody.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class QuietServer(ThreadingHTTPServer):
    """A connection that broke is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass
