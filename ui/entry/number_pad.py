"""The number pad: what is typed is seen, unlike a PIN."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.entry.keys import Board, Cap, Cell
from ui.widgets.kit import Kit

_PAD = "123456789"


class NumberPad(Board):
    """Types ``text``, of at most ``longest`` digits; ``edited`` gives it with every change. ``extra``: a sign that
    takes the place of "delete all", as a hyphen."""

    edited = Signal(str)
    most_mm = (36.0, 34.0)

    def __init__(self, kit: Kit, *, longest: int, extra: str = "", parent: QWidget) -> None:
        super().__init__(kit, parent)
        self.text = ""
        self.longest = longest
        self._extra = extra
        digits = [Cell(self.letter(digit), place % 3, place // 3) for place, digit in enumerate(_PAD)]
        left = self.letter(extra) if extra else self.function("delete_all")
        last = [Cell(left, 0, 3), Cell(self.letter("0"), 1, 3), Cell(self.function("delete_one"), 2, 3)]
        self.set_cells([*digits, *last])
        self.touched.connect(self._on_touched)

    def set_text(self, text: str) -> None:
        self.text = text[: self.longest]
        self.edited.emit(self.text)

    def add(self, letters: str) -> None:
        """Digits of a key here or of a real keyboard; whatever else is typed is passed over."""
        usable = "".join(
            sign for sign in letters if (sign.isascii() and sign.isdigit()) or sign == self._extra
        )
        if usable and len(self.text) + len(usable) <= self.longest:
            self.set_text(self.text + usable)

    def delete_one(self) -> None:
        self.set_text(self.text[:-1])

    def clear(self) -> None:
        self.set_text("")

    def _on_touched(self, cap: Cap) -> None:
        match cap.value:
            case "delete_one":
                self.delete_one()
            case "delete_all":
                self.clear()
            case letters:
                self.add(letters)
