"""Delivery by HTTPS POST to a web hook or a FHIR server, signed as Standard Webhooks does. README.md tells receivers
how to check it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kiosk.eligibility.https import HttpsClient, Lost
from kiosk.eligibility.port import Cause
from kiosk.handoff.carrier import Later, Outcome, Refused, Taken
from kiosk.handoff.parcel import Parcel
from kiosk.storage.keyfile import read_private
from kiosk.storage.trouble import StorageError, Trouble

DEADLINE_S: Final = 30.0
PREFIX: Final = "whsec_"
_WHY: Final = {
    Trouble.KEY_EXPOSED: "make it the service user's own (chmod 600)",
    Trouble.KEY_MISSING: "FileNotFoundError",
    Trouble.KEY_INVALID: "PermissionError",
}
_SHORTEST, _LONGEST = 24, 64  # bytes, as Standard Webhooks asks
_CONFLICT: Final = 409
_TRY_AGAIN: Final = frozenset({408, 423, 425, 429})
"""4xx that pass by themselves: time-out, locked, too early, too many."""


class SecretError(Exception):
    """The file with the signing secret cannot be used. Names the file and the reason, never the secret."""


class Secret:
    """Signs; is never shown."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "<Secret>"

    def __reduce__(self) -> str:
        raise TypeError("secrets are not pickled")

    def sign(self, id: str, timestamp: int, content: bytes) -> str:
        signed = f"{id}.{timestamp}.".encode() + content
        return "v1," + base64.b64encode(hmac.digest(self._key, signed, hashlib.sha256)).decode()


def load_secret(file: Path) -> Secret:
    """``whsec_`` and base64 in a file that only the service's user can read. Raises ``SecretError``."""
    try:
        text = read_private(file, 256).strip()
    except StorageError as error:
        raise SecretError(f"{file.name}: {_WHY[error.trouble]}") from None
    key = _key(text)
    if key is None:
        raise SecretError(f"{file.name}: not {PREFIX} and the base64 of {_SHORTEST} to {_LONGEST} bytes")
    return Secret(key)


def _key(text: bytes) -> bytes | None:
    try:
        encoded = text.decode("ascii").removeprefix(PREFIX)
        key = base64.b64decode(encoded, validate=True)
    except ValueError:  # quotes the text: nothing is raised from here
        return None
    return key if _SHORTEST <= len(key) <= _LONGEST else None


class HttpsCarrier:
    """``conflict_taken``: 409 means that the key was there before, as a web hook says it; a FHIR server does not."""

    def __init__(
        self,
        url: str,
        context: ssl.SSLContext,
        *,
        secret: Secret | None,
        conflict_taken: bool,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        parts = urlsplit(url)
        self._client = HttpsClient(f"{parts.scheme}://{parts.netloc}", context)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret = secret
        self._conflict_taken = conflict_taken
        self._deadline_s = deadline_s

    def deliver(self, parcel: Parcel, key: str, now: datetime) -> Outcome:
        headers = {"Content-Type": parcel.media_type, "Idempotency-Key": f'"{key}"'}
        if self._secret is not None:
            timestamp = int(now.timestamp())
            headers |= {
                "webhook-id": key,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": self._secret.sign(key, timestamp, parcel.content),
            }
        reply = self._client.post(self._path, parcel.content, self._deadline_s, headers)
        if isinstance(reply, Lost):
            return Later("not_trusted" if reply.cause is Cause.NOT_TRUSTED else "no_reply")
        return self._judged(reply.status)

    def close(self) -> None:
        self._client.close()

    def _judged(self, status: int) -> Outcome:
        if 200 <= status < 300:
            return Taken()
        if status == _CONFLICT:
            return Taken() if self._conflict_taken else Later(f"http_{status}")
        if status in _TRY_AGAIN or status >= 500:
            return Later(f"http_{status}")
        return Refused(f"http_{status}")
