"""A reception system's web hook on the loopback interface: mutual TLS, and a memory by key as README.md asks."""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from kiosk.eligibility.https import TlsSettings
from simulator.national.tls import CLIENT, HOST, SERVER, Authority


class WebHook:
    """``script``: what the next requests are answered with instead: a status, "hang_up" before the visit is kept, or
    "forget" to hang up after it was."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="uketsuke-webhook-")
        folder = Path(self._folder.name)
        self.authority = Authority(folder)
        self._client = self.authority.issue("client", CLIENT)
        server = self.authority.issue("server", SERVER)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.authority.certificate)
        context.load_cert_chain(server.certificate, server.key)
        self._server = _Server(context)
        self.script = self._server.script
        self.kept = self._server.kept
        self.requests = self._server.requests
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.server_address[1]}/visits/in?from=uketsuke"

    @property
    def tls(self) -> TlsSettings:
        return TlsSettings(
            authorities=self.authority.certificate,
            certificate=self._client.certificate,
            key=self._client.key,
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._folder.cleanup()

    def __enter__(self) -> WebHook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__((HOST, 0), _Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.script: deque[int | str] = deque()
        self.kept: dict[str, bytes] = {}
        self.requests: list[tuple[str, Mapping[str, str], bytes]] = []

    def handle_error(self, _request: object, _client_address: object) -> None:
        """A client that TLS refuses is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers.items()), body))
        planned = self.server.script.popleft() if self.server.script else 0
        if planned == "hang_up":
            return
        if isinstance(planned, int) and planned:
            self._say(planned)
            return
        key = self.headers["Idempotency-Key"].strip('"')
        known = key in self.server.kept
        self.server.kept.setdefault(key, body)
        if planned != "forget":
            self._say(409 if known else 204)

    def _say(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "https://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: it is about people."""
