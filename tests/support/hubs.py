"""Hubs for tests: one private server for each test process, a database of its own for each test."""

from __future__ import annotations

import atexit
import os
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.audit import AuditReport, verify
from kiosk.ledger.hub.endpoint import Endpoint
from kiosk.ledger.hub.installing import Kind, add_terminal, install
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.hub.sealing import BoxKey, load_hub_keys, make_hub_key
from kiosk.ledger.keys import Keys
from kiosk.ledger.note import VerifyKey
from tests.support.ledgers import VirtualClock
from tests.support.postgres import PrivatePostgres

_names = count()


@cache
def server() -> PrivatePostgres:
    """This process's server; it ends with the process."""
    postgres = PrivatePostgres()
    postgres.start()
    atexit.register(postgres.remove)
    return postgres


class Hub:
    """A fresh hub. `folder` holds its key, the logins and the terminals' files."""

    def __init__(
        self, folder: Path, *, production: bool = False, postgres: PrivatePostgres | None = None
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.postgres = postgres or server()
        self.database = f"hub_{os.getpid()}_{next(_names)}"
        self.key_file = folder / "hub.key"
        self.key: BoxKey = make_hub_key(self.key_file, os.urandom)
        install(self.postgres.admin, self.key.text(), production=production, database=self.database)

    def let_in(self, terminal: str, kind: Kind = "kiosk") -> Endpoint:
        """A login for the terminal, and the way in."""
        login = add_terminal(self.postgres.admin, terminal, kind, database=self.database)
        passfile = self.folder / f"{login.role}.pass"
        line = login.passfile_line(str(self.postgres.sockets), self.postgres.port, self.database)
        passfile.write_text(line + "\n")
        passfile.chmod(0o600)
        return Endpoint(
            host=str(self.postgres.sockets),
            port=self.postgres.port,
            database=self.database,
            user=login.role,
            passfile=passfile,
        )

    def console(
        self, endpoint: Endpoint, terminal: str = "R", *, keys: Keys | None = None, **options: Any
    ) -> HubLedger:
        return HubLedger(
            endpoint,
            Options(terminal=terminal, **({"process": "console"} | options)),
            keys=keys or Keys(bytes(32), os.urandom(32)),
            hub_keys=load_hub_keys(self.key_file),
        )

    def terminal(self, name: str = "A", **options: Any) -> SqliteLedger:
        return SqliteLedger(self.folder / name, Options(terminal=name, **options))

    def sql(self, statement: str, values: Any = ()) -> list[Any]:
        """As the administrator."""
        return self.postgres.execute(statement, values, self.database)


class HubKit:
    """The contract's face: every ledger is a console's, all of one terminal."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        self.hub = Hub(folder)
        self._endpoint = self.hub.let_in("A", "console")
        self._keys = Keys(bytes(32), os.urandom(32))
        self._opened: list[HubLedger] = []

    def open(self, process: str = "kiosk", **options: Any) -> HubLedger:
        ledger = self.hub.console(
            self._endpoint, "A", keys=self._keys, process=process, clock=self.clock, **options
        )
        self._opened.append(ledger)
        return ledger

    def key(self) -> VerifyKey:
        return self._keys.verify_key

    def verify(self, checkpoints: Path | None = None, **options: Any) -> AuditReport:
        auditor = self.open("auditor")
        try:
            with auditor.snapshot() as source:
                return verify(source, self.key(), checkpoints, **options)
        finally:
            auditor.close()

    def finish(self) -> None:
        for ledger in self._opened:
            ledger.close()
