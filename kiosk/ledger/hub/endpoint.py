"""Where the hub is, and a connection to it: TLS with the server's name checked, or a socket of this machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from kiosk.ledger.errors import KeyExposed, KeyMissing
from kiosk.ledger.hub.errors import HubNotReady, as_hub_errors

Connection = psycopg.Connection[tuple[Any, ...]]
DATABASE: Final = "uketsuke"
NEEDED: Final = 1
"""The newest migration that this program relies on."""
_NOWHERE: Final = f"{os.devnull}/none"
"""No file: libpq would otherwise look into the home folder."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A hub as one login sees it. `host`: a name that the server's certificate holds, or the folder of a socket."""

    host: str
    user: str
    port: int = 5432
    database: str = DATABASE
    passfile: Path | None = None
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    connect_s: int = 3

    @property
    def local(self) -> bool:
        return self.host.startswith("/")


class Hello(msgspec.Struct, frozen=True):
    """What the hub says of itself and of who calls."""

    instance: str
    production: bool
    public_key: str
    terminal: str
    kind: str
    newest: int


def connect(endpoint: Endpoint, application: str) -> Connection:
    """A connection in autocommit. HubAway, HubLoginRefused, HubTlsFault, KeyExposed, KeyMissing."""
    for secret in (endpoint.passfile, endpoint.key):
        if secret is not None:
            _require_private(secret)
    with as_hub_errors():
        return psycopg.connect(_conninfo(endpoint, application), autocommit=True)


def _conninfo(endpoint: Endpoint, application: str) -> str:
    """Everything is said, so that nothing comes from the environment. A dead peer is noticed within ten seconds, on
    both sides: the server must not hold a chain for a terminal whose power was cut."""
    known: dict[str, Any] = {
        "host": endpoint.host,
        "port": endpoint.port,
        "dbname": endpoint.database,
        "user": endpoint.user,
        "passfile": str(endpoint.passfile or _NOWHERE),
        "application_name": application[:63],
        "connect_timeout": endpoint.connect_s,
        "client_encoding": "UTF8",
        "gssencmode": "disable",
        "target_session_attrs": "read-write",
        "options": "-c search_path=uketsuke,pg_temp -c client_min_messages=warning"
        " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3",
    }
    if endpoint.local:
        return make_conninfo(**known, sslmode="disable")
    return make_conninfo(
        **known,
        sslmode="verify-full",
        sslrootcert=str(endpoint.authorities or os.devnull),
        sslcert=str(endpoint.certificate or _NOWHERE),
        sslkey=str(endpoint.key or _NOWHERE),
        ssl_min_protocol_version="TLSv1.2",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=8000,
    )


def _require_private(path: Path) -> None:
    try:
        state = path.stat()
    except OSError:
        raise KeyMissing(path.name) from None
    if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077:
        raise KeyExposed(path.name)


def greet(connection: Connection) -> Hello:
    """HubNotReady if there is no hub, or one of an older program."""
    with as_hub_errors():
        row = connection.execute("SELECT * FROM hello()").fetchone()
    if row is None:
        raise HubNotReady("no hub row")
    hello = Hello(*row)
    if hello.newest < NEEDED:
        raise HubNotReady(f"migration {hello.newest}")
    return hello
