"""A fresh hub, terminals and consoles for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from kiosk.ledger import SqliteLedger
from kiosk.ledger.hub.endpoint import Connection, Endpoint, connect
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.hub.session import Session
from tests.support.hubs import Hub
from tests.support.ledgers import VirtualClock


class Place:
    """A hospital: its hub, and whoever works there. All is closed at the end."""

    def __init__(self, folder: Path, closing: ExitStack, **options: Any) -> None:
        self.folder = folder
        self.clock = VirtualClock()
        self.hub = Hub(folder / "hub", **options)
        self._closing = closing
        self._logins: dict[str, Endpoint] = {}

    def login(self, terminal: str, kind: Any = "kiosk") -> Endpoint:
        if terminal not in self._logins:
            self._logins[terminal] = self.hub.let_in(terminal, kind)
        return self._logins[terminal]

    def kiosk(self, name: str = "A", process: str = "kiosk", **options: Any) -> SqliteLedger:
        ledger = self.hub.terminal(name, process=process, clock=self.clock, **options)
        self._closing.callback(ledger.close)
        return ledger

    def console(self, name: str = "R", **options: Any) -> HubLedger:
        ledger = self.hub.console(self.login(name, "console"), name, clock=self.clock, **options)
        self._closing.callback(ledger.close)
        return ledger

    def connect(self, terminal: str = "A") -> Connection:
        connection = connect(self.login(terminal), "test")
        self._closing.callback(connection.close)
        return connection

    def session(self, ledger: SqliteLedger) -> Session:
        return Session(ledger, self.connect(ledger.options.terminal), self.hub.key)


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    with ExitStack() as closing:
        yield lambda **options: Place(tmp_path, closing, **options)


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()
