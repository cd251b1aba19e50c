"""The keypad for a PIN: large keys that show nothing of which was touched."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Span, Text
from ui.theme.panel import GRID, KEY_MM
from ui.widgets.kit import Kit
from ui.widgets.say import block_of
from ui.widgets.secret import SecretBuffer
from ui.widgets.target import Target

SETTLE_MS = 400  # the last dot is seen to fill, and can still be taken back
_COLUMNS, _ROWS = 3, 4


class Key(Target):
    """One key. It looks the same whether it is touched or not, and makes no sound."""

    silent = True

    def __init__(self, kit: Kit, text: Text, *, digit: int | None, parent: QWidget) -> None:
        super().__init__(kit, text.plain, parent)
        self.digit = digit
        self._block = block_of(text, kit, "key" if digit is not None else "label")

    def counts(self) -> bool:
        return self.kit.guard.allows(self, others_at_once=True)

    def fits(self) -> bool:
        lines = self._block.lines(self._px(), self._room())
        return not lines.broken and self._block.height(self._px(), self._room()) <= self.height()

    def _room(self) -> int:
        return self.width() - 2 * self.kit.profile.px(1.5)

    def _px(self) -> int:
        if self.digit is not None:
            return self.kit.sizes.em("key")
        sizes = [self.kit.sizes.em("label", step) for step in (0.9, 0.8, 0.7, 0.6, 0.5, 0.42)]
        room = self._room()
        whole = (px for px in sizes if not self._block.lines(px, room).broken)
        low = (px for px in whole if self._block.height(px, room) <= self.height() * 0.8)
        return next(low, sizes[-1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, profile = self.kit.palette, self.kit.profile
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.0, profile.px_per_mm * 0.35)
            box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.setPen(QPen(QColor(palette.edge), width))
            painter.setBrush(QColor(palette.accent_soft if self.digit is not None else palette.page))
            radius = profile.px_per_mm * 2.5
            painter.drawRoundedRect(box, radius, radius)
            px, room = self._px(), self._room()
            height = self._block.height(px, room)
            middle = QRectF((self.width() - room) / 2, (self.height() - height) / 2, room, height)
            self._block.paint(painter, middle, px, palette.ink, "centre")


class Keypad(QWidget):
    """Takes ``digits`` digits and tells only how many are there. ``full`` comes once, when the last digit has settled;
    then ``secret`` is to be handed over. ``secret``: where the digits go, with what stands there already, where that is
    somebody else's."""

    counted = Signal(int)
    full = Signal()

    def __init__(
        self, kit: Kit, digits: int, parent: QWidget | None = None, *, secret: SecretBuffer | None = None
    ) -> None:
        super().__init__(parent)
        self.kit = kit
        self.digits = digits
        self.secret = SecretBuffer(digits) if secret is None else secret
        self._sent = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._complete)
        order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
        if kit.settings.shuffled_keys:
            order = kit.settings.shuffle(order)
        self.keys = [Key(kit, _digit(digit), digit=digit, parent=self) for digit in order]
        clear = Key(kit, kit.key("keypad.delete_all"), digit=None, parent=self)
        delete = Key(kit, kit.key("keypad.delete_one"), digit=None, parent=self)
        for key in self.keys:
            key.touched.connect(lambda key=key: self._add(key))
        clear.touched.connect(self.clear)
        delete.touched.connect(self.delete_one)
        self.grid = [*self.keys[:9], clear, self.keys[9], delete]

    def _add(self, key: Key) -> None:
        if key.digit is not None:
            self.add(key.digit)

    def add(self, digit: int) -> None:
        """A digit, from a key on the screen or of a real keyboard."""
        if self._sent or len(self.secret) >= self.digits:
            return
        self.secret.add(digit)
        self._changed()

    def delete_one(self) -> None:
        if not self._sent:
            self.secret.drop_last()
            self._changed()

    def clear(self) -> None:
        if not self._sent:
            self.secret.wipe()
            self._changed()

    def forget(self) -> None:
        """The page goes away: what was typed and not handed over is wiped."""
        self.release()
        self.secret.wipe()

    def release(self) -> None:
        """Takes nothing more, and leaves what was typed to whose it is."""
        self._settle.stop()
        self._sent = True

    def _changed(self) -> None:
        count = len(self.secret)
        self._settle.stop()
        if count == self.digits:
            self._settle.start()
        self.counted.emit(count)

    def _complete(self) -> None:
        self._sent = True
        self.full.emit()

    def least_width(self) -> int:
        return _COLUMNS * self.kit.profile.px(KEY_MM) + (_COLUMNS - 1) * self.kit.profile.grid(3.0)

    def least_height(self) -> int:
        return _ROWS * self.kit.profile.px(KEY_MM) + (_ROWS - 1) * GRID

    def _gap(self) -> int:
        """Wide where there is room, else one step of the grid, so that keys keep their size."""
        roomy = self.kit.profile.grid(3.0)
        return roomy if self.height() >= _ROWS * self.kit.profile.px(KEY_MM) + (_ROWS - 1) * roomy else GRID

    def resizeEvent(self, _event: QResizeEvent) -> None:
        gap = self._gap()
        width = (self.width() - (_COLUMNS - 1) * gap) // _COLUMNS
        height = (self.height() - (_ROWS - 1) * gap) // _ROWS
        for place, key in enumerate(self.grid):
            row, column = divmod(place, _COLUMNS)
            key.setGeometry(QRect(column * (width + gap), row * (height + gap), width, height))


def _digit(digit: int) -> Text:
    return Text((Span(str(digit)),), "und")
