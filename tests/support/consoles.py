"""A console for tests, worked by keys alone, and staff who may sign in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kiosk.accounts.passwords import Hasher, Parameters, Password
from kiosk.accounts.records import Account
from kiosk.accounts.roles import Role
from kiosk.desk.board import Filter
from kiosk.desk.row import Row
from kiosk.handoff.carrier import Later, Outcome, Refused
from kiosk.handoff.csv_rows import CsvRows
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import Ledger
from kiosk.ledger.interface import JST
from kiosk.wording.breaks import BREAK, JOINER
from tests.support.handoff import Shelf
from tests.support.screens import settle
from ui.cli.staff_pictures import PERSON, Scene, scene
from ui.cli.staff_pictures import WORD as PICTURES_WORD
from ui.composing.files import account_file
from ui.console_app import StaffConsole
from ui.settings import Settings
from ui.staff.model import Told
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


_UNSEEN = dict.fromkeys(map(ord, JOINER + BREAK))


class Keyboard:
    """All that somebody has who works a console: keys, and eyes."""

    def __init__(self, window: ConsoleWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

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
            assert self.window.page.objectName() == page, self.window.page.objectName()

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

    @property
    def page(self) -> str:
        return self.window.page.objectName()

    def texts(self) -> list[str]:
        """Everything that can be read on the window, or heard from it."""
        settle()
        found = []
        for widget in [self.window, *self.window.findChildren(QWidget)]:
            if not widget.isVisibleTo(self.window):
                continue
            said = (widget.accessibleName(), widget.toolTip(), widget.windowTitle())
            found += [one for one in said if one]
            match widget:
                case QLabel() | QAbstractButton() | QLineEdit():
                    found.append(widget.text())
                case QTextBrowser() | QPlainTextEdit():
                    found.append(widget.toPlainText())
                case QTableView():
                    found += _cells(widget)
                case _:
                    pass
        return [one.translate(_UNSEEN) for one in found]

    def reads(self, text: str) -> bool:
        return any(text in one for one in self.texts())


def _cells(table: QTableView) -> list[str]:
    model = table.model()
    assert model is not None
    return [
        str(model.index(row, column).data() or "")
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    ]


class OverDay(Keyboard):
    """A console over a simulated day: everything happens at once, and nothing is on a disk."""

    def __init__(self, scene: Scene, qtbot: QtBot) -> None:
        super().__init__(scene.window, qtbot)
        self.scene = scene
        self.told: list[Told] = []
        scene.model.told.connect(self.told.append)

    def enter_as_lead(self) -> None:
        self.sign_in(PERSON, PICTURES_WORD)
        self.sees("board_page")

    def open(self, state: str) -> Row:
        """The visit that stands there and needs a person, by its own key."""
        rows = self.scene.desk.rows(Filter.NEEDS)
        place = next(place for place, row in enumerate(rows, 1) if row.state == state)
        self.press(Qt.Key(Qt.Key.Key_F1 + place - 1))
        self.sees("detail_page")
        return rows[place - 1]

    def kiosk_answers(self) -> None:
        self.scene.day.answer_the_desk()
        self.scene.model.tick()

    def types(self, part: str, text: str) -> None:
        """Into the field of the question that has this name; also what no key of a test's keyboard types."""
        assert self.window.sheet is not None
        field = self.window.sheet.input(part)
        field.setFocus()
        if isinstance(field, QPlainTextEdit):
            field.setPlainText(text)
        else:
            assert isinstance(field, QLineEdit)
            field.setText(text)


class Moody:
    """A chart that takes visits early in the day, then shuts the kiosk out, and then does not answer any more."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.well = False

    def deliver(self, parcel: Parcel, key: str, now: datetime) -> Outcome:
        at = now.astimezone(JST).time()
        if self.well or at < time(8, 45):
            return self.shelf.deliver(parcel, key, now)
        return Refused("http_403") if at < time(9) else Later("no_reply")

    def close(self) -> None:
        pass


def receivers(chart: Moody) -> tuple[Receiver, Receiver]:
    """That chart, and a receipt computer that takes everything at once."""
    return (
        Receiver(name="chart", form=QueueJson(), carrier=chart, takes_simulated=True),
        Receiver(name="receipt", form=CsvRows(), carrier=Shelf(), takes_simulated=True),
    )


@contextmanager
def over_day(qtbot: QtBot, **options: Any) -> Iterator[OverDay]:
    with scene(**options) as one:
        yield OverDay(one, qtbot)


class RealKeyboard(Keyboard):
    """Of a console with threads and files."""

    def __init__(self, staff: StaffConsole, qtbot: QtBot) -> None:
        super().__init__(staff.window, qtbot)
        self.staff = staff

    @property
    def ledger(self) -> Ledger:
        return self.staff.console.ledger


@contextmanager
def console(settings: Settings, qtbot: QtBot) -> Iterator[RealKeyboard]:
    """A real console on these settings, on the screen."""
    staff = StaffConsole(settings, poll_s=0.1)
    try:
        staff.open(windowed=True)
        yield RealKeyboard(staff, qtbot)
    finally:
        staff.close()
