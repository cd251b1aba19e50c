"""What can go wrong with the hub: codes and remedies as in `kiosk.ledger.errors`. No detail is the server's text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from kiosk.ledger.errors import (
    AlreadyAnswered,
    ChainInUse,
    LedgerBusy,
    LedgerError,
    LedgerFull,
    LedgerReadOnly,
    LedgerTooNew,
    NotOwner,
    SimulatedRefused,
    UnknownRequest,
    UnknownVisit,
)


class HubError(LedgerError):
    code = "hub"
    remedy = "Kiosks go on by themselves. Call whoever looks after the hub's server."


class HubAway(HubError):
    """Nothing was written by what raised this."""

    code = "hub_away"
    remedy = "The hub cannot be reached. Kiosks go on and catch up later; check the network and the server."


class CommitUnknown(HubError):
    code = "hub_commit_unknown"
    remedy = "The hub went away in the middle. Look whether it was done before you do it again."


class HubLoginRefused(HubError):
    code = "hub_login"
    remedy = "The hub does not let this login in. Check [hub] passfile or certificate, and the server's pg_hba.conf."


class HubTlsFault(HubError):
    code = "hub_tls"
    remedy = "The hub's certificate is not believed. Check [hub] host and tls.authorities, and the certificate's end."


class HubNotReady(HubError):
    code = "hub_not_ready"
    remedy = "The server has no hub, or one of an older program: `uketsuke hub init`."


class HubKeyDiffers(HubError):
    code = "hub_key_differs"
    remedy = "[hub] public_key is not this hub's key: nothing is sent. Copy the line that `uketsuke hub status` shows."


class NotThisTerminal(HubError):
    code = "hub_terminal"
    remedy = "This login belongs to another terminal. Check [hub] user and the setting `terminal`."


class HubRefused(HubError):
    code = "hub_refused"
    remedy = (
        "The hub refuses this program's way of asking: the two do not fit. Update both to the same version."
    )


class Contested(Exception):
    """Another writer was first with a number, a purge or a link: read again, and try again."""


_OWN: Final[dict[str, type[LedgerError]]] = {
    "UK001": NotThisTerminal,
    "UK002": NotThisTerminal,
    "UK003": ChainInUse,
    "UK004": SimulatedRefused,
    "UK010": NotOwner,
    "UK011": UnknownVisit,
    "UK012": UnknownRequest,
    "UK013": AlreadyAnswered,
}
INVALID: Final = "UK005"
CONTESTED: Final = "UK014"

# PostgreSQL's error codes; a class of two letters where all of it means the same.
_STATES: Final[dict[str, type[LedgerError]]] = {
    "08": HubAway,
    "57P01": HubAway,
    "57P02": HubAway,
    "57P03": HubAway,
    "57P05": HubAway,
    "57014": LedgerBusy,
    "28": HubLoginRefused,
    "3D": HubNotReady,
    "3F": HubNotReady,
    "42P01": HubNotReady,
    "42883": HubNotReady,
    "42501": HubLoginRefused,
    "53100": LedgerFull,
    "53": HubAway,
    "25006": LedgerReadOnly,
    "40": LedgerBusy,
    "55": LedgerBusy,
}
_TLS_WORDS: Final = ("certificate", "SSL", "tls", "TLS")
_LOGIN_WORDS: Final = (
    "password",
    "authentication",
    "pg_hba.conf",
    "client certificate",
    "not permitted to log in",
)


def from_postgres(error: psycopg.Error) -> LedgerError:
    state = error.sqlstate or ""
    if not state:
        of_connection = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return _of_connection(error) if of_connection else HubRefused(type(error).__name__)
    kind = _OWN.get(state) or _STATES.get(state) or _STATES.get(state[:2]) or HubRefused
    return kind(state)


def _of_connection(error: psycopg.Error) -> LedgerError:
    """libpq tells what went wrong before the server spoke only in words."""
    words = str(error)
    if any(word in words for word in _LOGIN_WORDS):
        return HubLoginRefused("refused")
    if any(word in words for word in _TLS_WORDS) and "closed" not in words and "EOF" not in words:
        return HubTlsFault("not verified")
    return HubAway(type(error).__name__)


def is_lost(error: BaseException) -> bool:
    """Whether the connection went away, so that it is not known what became of the last statement."""
    return isinstance(error, psycopg.Error) and isinstance(from_postgres(error), HubAway)


@contextmanager
def as_hub_errors() -> Iterator[None]:
    """Turn the driver's errors into LedgerError, cutting the cause off: it may quote values."""
    try:
        yield
    except psycopg.Error as error:
        raise from_postgres(error) from None


__all__ = [
    "CONTESTED",
    "INVALID",
    "CommitUnknown",
    "Contested",
    "HubAway",
    "HubError",
    "HubKeyDiffers",
    "HubLoginRefused",
    "HubNotReady",
    "HubRefused",
    "HubTlsFault",
    "LedgerTooNew",
    "NotThisTerminal",
    "as_hub_errors",
    "from_postgres",
    "is_lost",
]
