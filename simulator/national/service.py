"""The simulated national system as an HTTPS service on the loopback interface, with mutual TLS and faults."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from kiosk.eligibility.https import TlsSettings
from simulator.national.faults import Fault, Faults, Planned
from simulator.national.messages import BadRequest, respond
from simulator.national.system import NationalSystem
from simulator.national.tls import CLIENT, HOST, SERVER, Authority, Pair

MAX_BODY = 100_000
SOCKET_TIMEOUT_S = 30.0
GARBAGE = b"\x00\xff<<<{]" * 7

Respond = Callable[[str, bytes, Fault | None], bytes]


class LoopbackService:
    """Answers POSTs on a loopback port of its own until closed. ``answer`` gets path, body and the planned fault
    and gives the reply's body; it raises ``BadRequest`` for what it does not know."""

    def __init__(self, answer: Respond, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._folder = tempfile.TemporaryDirectory(prefix="uketsuke-national-")
        folder = Path(self._folder.name)
        self.authority = Authority(folder)
        self._client = self.authority.issue("client", CLIENT)
        self._closing = threading.Event()
        self._server = _Server(
            answer, self.faults, self._closing, self.authority, self.authority.issue("server", SERVER)
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"https://{HOST}:{self._server.server_address[1]}"

    @property
    def tls(self) -> TlsSettings:
        """What a client needs to be believed, and to believe."""
        return TlsSettings(
            authorities=self.authority.certificate,
            certificate=self._client.certificate,
            key=self._client.key,
        )

    @property
    def last_headers(self) -> Mapping[str, str]:
        """Those of the request that came last."""
        return self._server.last_headers

    def close(self) -> None:
        """Ends the service and waiting answers, and removes the keys. Idempotent."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._folder.cleanup()

    def __enter__(self) -> LoopbackService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(system: NationalSystem, faults: Faults | None = None) -> LoopbackService:
    """The simulated national system, listening."""
    return LoopbackService(lambda path, body, fault: respond(system, path, body, fault), faults)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, answer: Respond, faults: Faults, closing: threading.Event, authority: Authority, pair: Pair
    ) -> None:
        super().__init__((HOST, 0), _Handler)
        self.answer = answer
        self.faults = faults
        self.closing = closing
        self.last_headers: dict[str, str] = {}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.load_verify_locations(authority.certificate)
        self._context.load_cert_chain(pair.certificate, pair.key)

    def get_request(self) -> tuple[socket.socket, object]:
        """Wraps the connection; the handshake happens on the handler's thread, so that a mute client blocks only
        itself."""
        connection, address = super().get_request()
        connection.settimeout(SOCKET_TIMEOUT_S)
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, _request: object, _client_address: object) -> None:
        """A client that goes away, or that TLS refuses, is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.last_headers.clear()
        self.server.last_headers.update(self.headers.items())
        planned = self.server.faults.take()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= MAX_BODY:
            self._send(413, b"")
            return
        body = self.rfile.read(length)
        if planned is not None and self._instead(planned):
            return
        try:
            reply = self.server.answer(self.path, body, planned.fault if planned else None)
        except BadRequest:
            self._send(400, b"")
            return
        if planned is not None and planned.fault is Fault.DROP_AFTER_COMMIT:
            self.close_connection = True
        elif planned is not None and planned.fault is Fault.CLOSE_MIDWAY:
            self._send(200, reply, cut=len(reply) // 2)
        else:
            self._send(200, reply)

    def _instead(self, planned: Planned) -> bool:
        """Plays what happens before or instead of an answer; whether there is none."""
        match planned.fault:
            case Fault.DELAY:
                return self.server.closing.wait(planned.delay_s)
            case Fault.NO_ANSWER:
                self.server.closing.wait(planned.delay_s or SOCKET_TIMEOUT_S)
                self.close_connection = True
                return True
            case Fault.SERVER_ERROR:
                self._send(500, b"")
                return True
            case Fault.GARBAGE:
                self._send(200, GARBAGE)
                return True
            case _:
                return False

    def _send(self, status: int, body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: the questions are about people."""
