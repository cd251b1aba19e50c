"""A console for tests, worked by keys alone, and staff who may sign in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.accounts.passwords import Hasher, Parameters, Password
from kiosk.accounts.records import Account
from kiosk.accounts.roles import Role
from kiosk.ledger import Ledger
from ui.compose import account_file
from ui.settings import Settings
from ui.console_app import StaffConsole
from ui.staff.window import ConsoleWindow

WORD = "horse staple battery"
QUICK = Parameters(memory=8, passes=1, lanes=1)
PATIENCE_MS = 15_000


def hire(settings: Settings, name: str = "sato", role: Role = Role.LEAD, **more: Any) -> None:
    """Somebody who has chosen ``WORD``."""
    file = account_file(settings)
    try:
        with file.transaction() as records:
            records.put(
                Account(
                    name=name, display="佐藤", role=role, password=Hasher(QUICK).hash(Password(WORD)),
                    added=datetime.now(UTC), **more,
                )
            )  # fmt: skip
    finally:
        file.close()


class Keyboard:
    """All that somebody has who works a console: keys, and eyes."""

    def __init__(self, staff: StaffConsole, qtbot: QtBot) -> None:
        self.staff = staff
        self.window: ConsoleWindow = staff.window
        self.qtbot = qtbot

    @property
    def ledger(self) -> Ledger:
        return self.staff.console.ledger

    def press(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self._focus(), key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(self._focus(), text)

    def _focus(self) -> QWidget:
        focus: QWidget | None = self.window.focusWidget()
        return self.window if focus is None else focus

    def enter(self, text: str) -> None:
        self.type(text)
        self.press(Qt.Key.Key_Return)

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def sees(self, page: str) -> None:
        def there() -> None:
            assert self.window.page.objectName() == page

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)

    def asked(self) -> None:
        """Waits for the question in front of the page."""
        self.until(lambda: self.window.sheet is not None)

    @property
    def message(self) -> str:
        return self.window.views.foot.message.text()

    def sign_in(self, name: str = "sato", word: str = WORD) -> None:
        self.sees("sign_in_page")
        self.enter(name)
        self.enter(word)


@contextmanager
def console(settings: Settings, qtbot: QtBot) -> Iterator[Keyboard]:
    """A real console on these settings, on the screen."""
    staff = StaffConsole(settings, poll_s=0.1)
    try:
        staff.open(windowed=True)
        yield Keyboard(staff, qtbot)
    finally:
        staff.close()
