"""Whatever can be touched: acts on release, ignores the second of two quick touches, and can be reached by keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.widgets.kit import Kit

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Target(QAbstractButton):
    """Base of every button. ``touched`` is what to connect to; ``clicked`` has not passed the guard."""

    touched = Signal()
    silent = False  # no sound of its own

    def __init__(self, kit: Kit, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kit = kit
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no focus ring behind
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, False)
        self._enter_is_down = False
        self.clicked.connect(self._on_clicked)

    def counts(self) -> bool:
        """Whether a touch now counts."""
        return self.kit.guard.allows(self)

    def _on_clicked(self) -> None:
        if not self.counts():
            return
        if not self.silent:
            self.kit.settings.touch_sound()
        self.touched.emit()

    def nextCheckState(self) -> None:
        """Whether it is checked is the page's to say: it tells what holds, not what was touched."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A window that comes to the front gives its first button the focus; a patient has asked for none yet."""
        if event.reason() is Qt.FocusReason.ActiveWindowFocusReason:
            self.clearFocus()
            return
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._enter_is_down = self._enter_is_down or not event.isAutoRepeat()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            if self._enter_is_down and not event.isAutoRepeat():
                self._enter_is_down = False
                self.click()
            return
        super().keyReleaseEvent(event)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)
