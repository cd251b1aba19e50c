"""Making a hub on a PostgreSQL server, and letting terminals in. Needs a role that may create roles and databases."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kiosk.ledger.hub.endpoint import DATABASE
from kiosk.ledger.hub.errors import HubNotReady, as_hub_errors

OWNER: Final = "uketsuke_owner"
GROUPS: Final = ("uketsuke_kiosk", "uketsuke_console", "uketsuke_auditor")
Kind = Literal["kiosk", "console"]
_FOLDER: Final = files("kiosk.ledger.hub") / "sql"
_PATIENCE: Final = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
}

_LOCKS_FOR_CONSOLES: Final = """DO $$
DECLARE lock regprocedure;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN;
    END IF;
    FOR lock IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_(xact_)?lock' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', lock);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO uketsuke_console;
END $$"""
"""A console that runs holds an advisory lock; who else could take it would keep that console out. Every role may by
PostgreSQL's default, and only a superuser changes that."""


class Login(msgspec.Struct, frozen=True):
    """A new login. The password is shown once, here; "" for one that logs in with a certificate."""

    role: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.role!r})"

    def passfile_line(self, host: str, port: int | None = None, database: str = DATABASE) -> str:
        """As libpq's password file has it; colons and backslashes are escaped there. No port: any."""
        place = (host, "*" if port is None else str(port), database)
        escaped = (part.replace("\\", "\\\\").replace(":", "\\:") for part in place)
        return ":".join((*escaped, self.role, self.password))


def install(
    admin: str,
    public_key: str,
    *,
    production: bool,
    keep_years: int = 3,
    database: str = DATABASE,
    instance: str | None = None,
) -> list[str]:
    """Make the hub, or bring it to this version; gives the names of the migrations that were applied.

    admin: a connection string of the administrator, to any database of the server. `production`, `keep_years` and
    `public_key` are taken only at the first time. Raises HubError, LedgerError.
    """
    with as_hub_errors():
        with psycopg.connect(admin, autocommit=True) as server:
            for role in (OWNER, *GROUPS):
                _ensure_role(server, role)
            _ensure_database(server, database)
        with psycopg.connect(make_conninfo(admin, dbname=database)) as hub:
            hub.execute(_LOCKS_FOR_CONSOLES)
        with _as_owner(admin, database) as hub:
            applied = _migrate(hub)
            hub.execute(
                "INSERT INTO hub (instance, production, keep_years, public_key) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (instance or secrets.token_hex(4), production, keep_years, public_key),
            )
    return applied


def _ensure_role(server: psycopg.Connection[Any], role: str) -> None:
    if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        server.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def _ensure_database(server: psycopg.Connection[Any], database: str) -> None:
    name = sql.Identifier(database)
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                name, sql.Identifier(OWNER)
            )
        )
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
    server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, groups))


@contextmanager
def _as_owner(admin: str, database: str) -> Iterator[psycopg.Connection[Any]]:
    """One transaction with the owner's rights: all of it, or nothing."""
    with psycopg.connect(make_conninfo(admin, dbname=database)) as hub:
        hub.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        hub.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        hub.execute("SET LOCAL search_path = uketsuke, pg_temp")
        yield hub


def _migrate(hub: psycopg.Connection[Any]) -> list[str]:
    hub.execute("CREATE SCHEMA IF NOT EXISTS uketsuke")
    hub.execute(
        "CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL,"
        " at timestamptz NOT NULL DEFAULT clock_timestamp())"
    )
    done = {number for (number,) in hub.execute("SELECT number FROM migration")}
    known = {int(name[:4]): name for name in sorted(_sql_files()) if name[:4].isdigit()}
    if done - known.keys():
        raise HubNotReady(f"migration {max(done)} is of a newer program")
    applied = []
    for number, name in known.items():
        if number not in done:
            hub.execute(_text(name))
            hub.execute("INSERT INTO migration (number, name) VALUES (%s, %s)", (number, name))
            applied.append(name)
    for name in ("functions.sql", "rights.sql"):
        hub.execute(_text(name))
    return applied


def _sql_files() -> Iterator[str]:
    return (file.name for file in _FOLDER.iterdir() if file.name.endswith(".sql"))


def _text(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def add_terminal(
    admin: str, terminal: str, kind: Kind, *, certificate: bool = False, database: str = DATABASE
) -> Login:
    """Let a terminal in: its login role, which may write only this terminal's chains. Again for the same terminal: a
    new password. `certificate`: no password; the server's pg_hba.conf must ask for a client certificate."""
    role = f"uketsuke_{kind}_{terminal}"
    password = "" if certificate else secrets.token_urlsafe(24)
    with as_hub_errors(), _as_owner(admin, database) as hub:
        hub.execute(
            "INSERT INTO member (role, terminal, kind) VALUES (%s, %s, %s) ON CONFLICT (role) DO NOTHING",
            (role, terminal, kind),
        )
        hub.execute("RESET ROLE")
        name = sql.Identifier(role)
        if hub.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            hub.execute(sql.SQL("CREATE ROLE {}").format(name))
        hub.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 8").format(name)
        )
        hub.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(f"uketsuke_{kind}"), name))
        for setting, value in _PATIENCE.items():
            hub.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), value))
        hub.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, _verifier(hub, role, password)))
    return Login(role, password)


def _verifier(hub: psycopg.Connection[Any], role: str, password: str) -> str | None:
    """What the server keeps of a password; the password itself never travels, nor does it get into the server's log."""
    if not password:
        return None
    return hub.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def rename_instance(admin: str, *, database: str = DATABASE) -> str:
    """After the server's database was put back from a copy: the consoles begin new chains, so that none goes on where
    the copy ended as if nothing had been there. Terminals need nothing: they send again what the copy lacks."""
    name = secrets.token_hex(4)
    with as_hub_errors(), _as_owner(admin, database) as hub:
        hub.execute("UPDATE hub SET instance = %s", (name,))
    return name
