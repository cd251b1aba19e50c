"""One HTTPS request within one total deadline: mutual TLS, pinned authorities, no proxy, no reuse, no repeat.

Each request has its own connection, so that "never sent" can be told from "sent and nothing came back". A timer
ends the connection at the deadline: time-outs of single reads would let a slow drip go on for ever.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from cryptography import x509

from kiosk.eligibility.port import Cause, FailedAnswer

MAX_BODY = 2_000_000
_REFUSALS = (
    "CERTIFICATE",
    "UNKNOWN_CA",
    "HANDSHAKE_FAILURE",
    "ACCESS_DENIED",
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
)


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``authorities``: PEM file with the only authorities that are believed. ``certificate`` and ``key``: ours."""

    authorities: Path
    certificate: Path | None = None
    key: Path | None = None


class TlsSettingsError(Exception):
    """A certificate or key file cannot be used. Names the file; met at start, never in a visit."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lost:
    """No complete reply. ``sent``: the other side may have read the request."""

    cause: Cause
    sent: bool
    detail: str = ""

    def as_read(self) -> FailedAnswer:
        return FailedAnswer(cause=self.cause, code=self.detail)

    def as_write(self) -> FailedAnswer:
        """What was sent may have been carried out."""
        return FailedAnswer(cause=Cause.ANSWER_UNKNOWN if self.sent else self.cause, code=self.detail)


def tls_context(settings: TlsSettings) -> ssl.SSLContext:
    """TLS 1.2 or later, host names checked, only the pinned authorities. Raises ``TlsSettingsError``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    file = settings.authorities
    try:
        context.load_verify_locations(cafile=file)
        if settings.certificate is not None:
            file = settings.certificate
            context.load_cert_chain(file, settings.key)
    except (OSError, ValueError) as error:
        raise TlsSettingsError(f"{file.name}: {type(error).__name__}") from None
    return context


def certificate_end(file: Path) -> datetime:
    """Until when a certificate file (PEM) holds, for warnings in time. Raises ``TlsSettingsError``."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise TlsSettingsError(f"{file.name}: {type(error).__name__}") from None


class HttpsClient:
    """Posts JSON to one base address. Thread-safe."""

    def __init__(self, base_url: str, context: ssl.SSLContext) -> None:
        if not base_url.startswith("https://"):
            raise ValueError("only https addresses are used")
        self._client = httpx.Client(
            base_url=base_url,
            verify=context,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def post(
        self, path: str, body: bytes, deadline_s: float, headers: dict[str, str] | None = None
    ) -> Reply | Lost:
        """One request. Whatever the network or the other side does comes back as a value."""
        course = _Course()
        with course.ends_after(deadline_s):
            try:
                return self._post(path, body, deadline_s, headers or {}, course)
            except httpx.HTTPError as error:
                return Lost(_cause(error), course.sent, type(error).__name__)
            except (OSError, ValueError, RuntimeError, httpx.InvalidURL) as error:
                return Lost(Cause.NETWORK_FAULT, course.sent, type(error).__name__)

    def _post(
        self, path: str, body: bytes, deadline_s: float, headers: dict[str, str], course: _Course
    ) -> Reply | Lost:
        request = self._client.build_request(
            "POST",
            path,
            content=body,
            headers={
                "Content-Type": "application/json;charset=UTF-8",
                "Accept-Encoding": "identity",
                **headers,
            },
            timeout=deadline_s,
            extensions={"trace": course.trace},
        )
        response = self._client.send(request, stream=True)
        try:
            data = bytearray()
            for chunk in response.iter_raw():
                data += chunk
                if len(data) > MAX_BODY:
                    return Lost(Cause.ANSWER_UNREADABLE, sent=True, detail="too_large")
            return Reply(response.status_code, bytes(data))
        finally:
            response.close()

    def close(self) -> None:
        self._client.close()


class _Course:
    """Follows one request: whether it went out, and which socket to end at the deadline."""

    def __init__(self) -> None:
        self.sent = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event.startswith(("connection.connect_tcp.complete", "connection.start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self._over:
                    self._end()
        elif event.endswith("send_request_headers.started"):
            self.sent = True

    @contextlib.contextmanager
    def ends_after(self, deadline_s: float) -> Iterator[None]:
        timer = threading.Timer(deadline_s, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._socket = None

    def _expire(self) -> None:
        with self._lock:
            self._over = True
            self._end()

    def _end(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _cause(error: BaseException) -> Cause:
    """A certificate that either side refuses is no fault of the network: it will not pass by itself."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return Cause.NOT_TRUSTED
        if isinstance(link, ssl.SSLError) and any(word in str(link).upper() for word in _REFUSALS):
            return Cause.NOT_TRUSTED
        link = link.__cause__ or link.__context__
    return Cause.NETWORK_FAULT
