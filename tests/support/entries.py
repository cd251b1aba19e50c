"""A question on a panel of its own, between the header and the footer of every page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.visit.form import CHOICES, SKIPPABLE, FormField, checked
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.views import FieldView
from kiosk.wording.catalogues import catalogue
from kiosk.wording.text import Text
from tests.support.screens import Clock
from ui.entry.field import Check, Entry
from ui.entry.fields import entry_for
from ui.theme.fonts import Fonts
from ui.theme.palette import PALETTES
from ui.theme.panel import PORTRAIT, PanelProfile, Sizes
from ui.widgets.frame import Footer, Header, Ribbon
from ui.widgets.kit import Kit, Settings, TouchGuard
from ui.widgets.target import Target

TODAY = date(2026, 11, 24)


def kit_for(
    profile: PanelProfile = PORTRAIT,
    language: str = "ja",
    size: TextSize = "medium",
    contrast: Contrast = "standard",
    clock: Callable[[], int] | None = None,
) -> Kit:
    still = clock or Clock()
    return Kit(
        profile=profile,
        sizes=Sizes(profile, size),
        palette=PALETTES[contrast],
        fonts=Fonts(),
        wording=catalogue(language),
        guard=TouchGuard(still, 300 if clock else 0),
        clock=still,
        settings=Settings(facility="見本内科クリニック", simulated=True, reduced_motion=True),
    )


def check_of(asked: FormField) -> Check:
    return lambda value: checked(asked, value, TODAY)


def question(kit: Kit, asked: FormField) -> Text:
    return kit.key(f"field.{asked}.title")


def asking(kit: Kit, asked: FormField, value: str = "", *, reading: str = "") -> Entry:
    """The question as a page would ask it."""
    skip = "choice.not_known" if asked in SKIPPABLE else ""
    view = FieldView(asked, value, CHOICES.get(asked, ()), skip=skip)
    return entry_for(kit, view, question(kit, asked), kit.key(f"field.{asked}.body"), TODAY, reading=reading)


class Panel(QWidget):
    """The whole screen."""

    def __init__(self, kit: Kit, entry: Entry) -> None:
        super().__init__()
        self.kit, self.entry = kit, entry
        self.keys: list[int] = []  # what nothing else has taken
        self.resize(kit.profile.px_w, kit.profile.px_h)
        width, top = self.width(), kit.profile.px(5.0)
        ribbon, header, footer = Ribbon(kit, self), Header(kit, self), Footer(kit, self)
        ribbon.setGeometry(0, 0, width, top)
        header.setGeometry(0, top, width, header.height_for(width))
        header.set_progress((3, 10))
        below = self.height() - footer.height_for(width)
        footer.setGeometry(0, below, width, self.height() - below)
        entry.setParent(self)
        head = top + header.height_for(width)
        entry.setGeometry(QRect(0, head, width, below - head))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self.kit.palette.page))


@dataclass
class Asked:
    """A question on a screen, with everything that it told, and a clock that only the test moves."""

    entry: Entry
    panel: Panel
    clock: Clock
    answers: list[str] = field(default_factory=list)
    skipped: int = 0
    edits: int = 0

    def __post_init__(self) -> None:
        self.entry.entered.connect(self.answers.append)
        self.entry.skipped.connect(self._skip)
        self.entry.edited.connect(self._edit)

    def _skip(self) -> None:
        self.skipped += 1

    def _edit(self) -> None:
        self.edits += 1

    def target(self, name: str) -> Target:
        found = [
            target
            for target in self.entry.targets()
            if name in (target.accessibleName(), target.objectName()) and target.isVisibleTo(self.panel)
        ]
        assert len(found) == 1, f"{name}: {[target.accessibleName() for target in self.entry.targets()]}"
        return found[0]

    def names(self) -> list[str]:
        return [target.accessibleName() for target in self.entry.targets()]

    def touch(self, *names: str) -> None:
        """Touches these one after the other, as a calm finger does."""
        for name in names:
            self.clock.pass_ms(400)
            QTest.mouseClick(self.target(name), Qt.MouseButton.LeftButton)

    def touch_signs(self, signs: str) -> None:
        self.touch(*signs)

    def next(self) -> None:
        self.touch("choice.next")

    def wait_for(self, name: str) -> None:
        """Until the dictionary or the table has answered."""
        until = time.monotonic() + 10
        while name not in self.names():
            assert time.monotonic() < until, f"{name} never came: {self.names()}"
            QApplication.processEvents()
