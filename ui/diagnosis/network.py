"""Whether somebody answers at an address, and with which certificate. Nothing is asked of them."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

import msgspec

WITHIN_S = 1.2
"""Less than what all checks together may take."""


class Met(msgspec.Struct, frozen=True):
    """``ends``: of the certificate that was shown and believed."""

    ends: datetime


def reached(host: str, port: int) -> bool:
    """Whether anything listens there."""
    try:
        socket.create_connection((host, port), WITHIN_S).close()
    except OSError:
        return False
    return True


def meet(url: str, context: ssl.SSLContext) -> Met | Literal["away", "not_trusted", "refused"]:
    """A TLS handshake and nothing more."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as line,
        ):
            shown = line.getpeercert() or {}
    except ssl.SSLCertVerificationError:
        return "not_trusted"
    except ssl.SSLError:
        return "refused"
    except (OSError, ValueError):
        return "away"
    return Met(datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC))
