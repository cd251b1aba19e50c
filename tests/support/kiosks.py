"""A whole kiosk on the offscreen platform, and the finger that touches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.devdock.dock import Dock
from ui.kiosk_app import Kiosk, Way
from ui.patient.window import Timing
from ui.settings import Settings, Ticket
from ui.widgets.target import Target

QUICK = Timing(hold=0, reading=0, double_touch=0)
PATIENCE_MS = 15_000


class Visitor:
    """Touches what can be seen, where it is."""

    def __init__(self, kiosk: Kiosk, qtbot: QtBot) -> None:
        self.kiosk = kiosk
        self.qtbot = qtbot

    @property
    def dock(self) -> Dock:
        assert self.kiosk.dock is not None
        return self.kiosk.dock

    @property
    def page(self) -> str:
        """``State`` or ``State.variant`` of the page on the screen."""
        page = self.kiosk.window.page
        if page is None:
            return ""
        return f"{page.view.state}.{page.view.variant}" if page.view.variant else page.view.state

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def sees(self, page: str) -> None:
        """Waits for the page; fails if it does not come."""

        def there() -> None:
            assert self.page == page

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)

    def touch(self, name: str) -> None:
        """Touches the choice of this name on the page."""
        page = self.kiosk.window.page
        assert page is not None
        target = page.findChild(Target, f"choice.{name}")
        assert target is not None, f"no choice {name} on {self.page}"
        touch(target)

    def type_pin(self, digits: str) -> None:
        """On the keys of the screen."""
        page = self.kiosk.window.page
        keys = {key.digit: key for key in page.keypad.keys}  # type: ignore[union-attr]
        for digit in digits:
            touch(keys[int(digit)])

    def press(self, name: str) -> None:
        """A button of the dock."""
        button = self.dock.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), f"{name} cannot be pressed now"
        touch(button)

    def choose(self, persona: str) -> None:
        """Clicks a person of the dock's list."""
        people = self.dock.people
        place = people.row_of(persona).center()
        QTest.mouseClick(
            people.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
        )


def touch(widget: QWidget) -> None:
    assert widget.isVisible(), f"{widget.objectName()} cannot be seen"
    QTest.mouseClick(
        widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center()
    )


def simulated(folder: Path, **parts: object) -> Settings:
    """A simulated kiosk that keeps everything in ``folder``."""
    return replace(Settings(data=folder, ticket=Ticket(folder=folder / "tickets")), **parts)


@contextmanager
def opened(settings: Settings, qtbot: QtBot, way: Way | None = None) -> Iterator[Visitor]:
    """A kiosk on its first page, with its dock."""
    kiosk = Kiosk(settings, way or Way(timing=QUICK))
    visitor = Visitor(kiosk, qtbot)
    try:
        kiosk.open()
        visitor.until(lambda: kiosk.window.page is not None)
        if kiosk.docked:
            visitor.until(lambda: kiosk.dock is not None)
        yield visitor
    finally:
        kiosk.close()
