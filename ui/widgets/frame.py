"""What stands around every page, always at the same place: ribbon, header with progress, footer."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme.panel import GRID, TARGET_MM
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.say import Say, block_of

_FITS = (1.0, 0.92, 0.84, 0.76, 0.7)


class Ribbon(QLabel):
    """Says on every page that the devices are simulated."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        text = kit.outside(kit.key("frame.simulated").plain)  # too low for furigana
        self.setText(text.plain)
        self._kit = kit
        self._block = block_of(text, kit, "frame")
        self._px = kit.profile.px(3.6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._kit.palette.ribbon))
            height = self._block.height(self._px, self.width())
            box = QRectF(0, (self.height() - height) / 2, self.width(), height)
            self._block.paint(painter, box, self._px, self._kit.palette.on_ribbon, "centre")


class Header(QWidget):
    """Facility name, a slim progress line, and the targets for display and language."""

    display_touched = Signal()
    language_touched = Signal()

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._progress: tuple[int, int] | None = None
        self.facility = Say(kit, kit.outside(kit.settings.facility), "frame", colour="ink_soft", parent=self)
        self.display = BigButton(kit, kit.key("frame.display"), "frame", picture="icon.display", parent=self)
        self.language = BigButton(
            kit, kit.key("frame.language"), "frame", picture="icon.language", parent=self
        )
        self.display.touched.connect(self.display_touched)
        self.language.touched.connect(self.language_touched)

    def set_progress(self, progress: tuple[int, int] | None) -> None:
        if progress != self._progress:
            self._progress = progress
            self.update()

    def height_for(self, _width: int) -> int:
        profile = self._kit.profile
        return profile.px(TARGET_MM) + 2 * profile.grid(1.6) + self._line()

    def _line(self) -> int:
        return self._kit.profile.px(1.0)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        profile = self._kit.profile
        margin, gap = profile.grid(6.0), profile.grid(2.5)
        top, height = profile.grid(1.6), profile.px(TARGET_MM)
        right = self.width() - margin
        for button in (self.language, self.display):
            width = _button_width(button, self.width() // 3, height)
            button.setGeometry(QRect(right - width, top, width, height))
            right -= width + gap
        room = right - margin
        for scale in _FITS:
            self.facility.set_scale(scale)
            if self.facility.height_for(room) <= height and not self.facility.broken_at(room):
                break
        own = self.facility.height_for(room)
        self.facility.setGeometry(QRect(margin, top + (height - own) // 2, room, own))

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, line = self._kit.palette, self._line()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(palette.page))
            painter.fillRect(0, self.height() - line, self.width(), line, QColor(palette.line))
            if self._progress is not None:
                done, steps = self._progress
                width = round(self.width() * done / steps)
                painter.fillRect(0, self.height() - line, width, line, QColor(palette.accent))


class Footer(QWidget):
    """Back on the left, help on the right."""

    back_touched = Signal()
    staff_touched = Signal()

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.back = BigButton(kit, kit.key("frame.back"), "frame", picture="icon.back", parent=self)
        self.staff = BigButton(kit, kit.key("frame.staff"), "frame", picture="icon.call", parent=self)
        self.back.touched.connect(self.back_touched)
        self.staff.touched.connect(self.staff_touched)

    def height_for(self, _width: int) -> int:
        profile = self._kit.profile
        return self._target() + 2 * profile.grid(1.6)

    def _target(self) -> int:
        profile = self._kit.profile
        return profile.px(TARGET_MM if profile.mm_h < 180 else 18.0)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        profile = self._kit.profile
        margin, top, height = profile.grid(6.0), profile.grid(1.6), self._target()
        least = profile.px(46.0)
        width = max(least, _button_width(self.back, self.width() * 2 // 5, height))
        self.back.setGeometry(QRect(margin, top, width, height))
        width = max(least, _button_width(self.staff, self.width() * 2 // 5, height))
        self.staff.setGeometry(QRect(self.width() - margin - width, top, width, height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._kit.palette.page))
            painter.fillRect(0, 0, self.width(), 2, QColor(self._kit.palette.line))


def _button_width(button: BigButton, most: int, height: int) -> int:
    """The width at which the button's words stand on one line, or on as many as its height allows."""
    for scale in _FITS:
        button.set_scale(scale)
        width = min(most, -(-button.natural_width() // GRID) * GRID)
        if button.height_for(width) <= height and not button.broken_at(width):
            return width
    return most


class FocusRing(QWidget):
    """Black with yellow around it, over whatever has the keyboard's focus (DADS)."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._kit = kit
        self._window = parent
        self.hide()

    def around(self, widget: QWidget | None) -> None:
        window = self._window
        if widget is None or widget is window or not window.isAncestorOf(widget):
            self.hide()
            return
        out = self._thick() * 2 + 2
        place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
        self.setGeometry(place.adjusted(-out, -out, out, out))
        self.raise_()
        self.show()

    def _thick(self) -> int:
        return max(4, self._kit.profile.px(0.7))

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, thick = self._kit.palette, self._thick()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            radius = self._kit.profile.px_per_mm * 3.0
            for offset, colour in ((thick * 0.5, palette.focus_outer), (thick * 1.5, palette.focus_inner)):
                painter.setPen(QPen(QColor(colour), thick))
                inner = box.adjusted(offset, offset, -offset, -offset)
                grow = thick * 2 - offset
                painter.drawRoundedRect(inner, radius + grow, radius + grow)
