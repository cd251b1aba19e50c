"""The kana keyboard: the fifty sounds in their columns, the marks, and a page of Latin letters and digits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.entry.kana import COLUMNS, Script, in_script, semi_voiced, small, voiced
from ui.entry.keys import Board, Cap, Cell
from ui.widgets.kit import Kit

Sheet = Literal["kana", "latin"]

_LATIN = ("1234567890", "ABCDEFGHIJ", "KLMNOPQRST", "UVWXYZ-.'/", "()&#,・")
_MARK_KEYS = (("゛", "voiced"), ("゜", "semi_voiced"), ("ー", "long"))
_MARKS: dict[str, Callable[[str], str]] = {"voiced": voiced, "semi_voiced": semi_voiced, "small": small}


class KanaKeyboard(Board):
    """Types ``text``, of at most ``longest`` characters; ``edited`` gives it with every change.

    ``script`` is what its kana keys show and type. ``convertible`` adds the key that asks for kanji: ``converting``.
    """

    broad = True
    edited = Signal(str)
    converting = Signal()

    def __init__(
        self,
        kit: Kit,
        *,
        script: Script = "katakana",
        sheet: Sheet = "kana",
        longest: int = 100,
        convertible: bool = False,
        parent: QWidget,
    ) -> None:
        super().__init__(kit, parent)
        self.text = ""
        self.sheet: Sheet = sheet
        self._script: Script = script
        self._longest = longest
        self._convertible = convertible
        self._below = kit.profile.portrait
        self.touched.connect(self._on_touched)
        self._lay_out()

    # -------------------------------------------------------------------------------------------- typing

    def set_text(self, text: str) -> None:
        self.text = text[: self._longest]
        self.edited.emit(self.text)

    def add(self, letters: str) -> None:
        """Letters of a key here or of a real keyboard."""
        if len(self.text) + len(letters) <= self._longest:
            self.set_text(self.text + letters)

    def delete_one(self) -> None:
        self.set_text(self.text[:-1])

    def clear(self) -> None:
        self.set_text("")

    def _on_touched(self, cap: Cap) -> None:
        match cap.value:
            case "voiced" | "semi_voiced" | "small" as mark:
                self.set_text(_MARKS[mark](self.text))
            case "delete_one":
                self.delete_one()
            case "delete_all":
                self.clear()
            case "kana" | "latin" as sheet:
                self.show_sheet(sheet)
            case "space" | "long" as key:
                self.add({"space": " ", "long": "ー"}[key])
            case "convert":
                self.converting.emit()
            case letters:
                self.add(letters)

    # -------------------------------------------------------------------------------------------- layout

    def show_sheet(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._lay_out()

    def _lay_out(self) -> None:
        self.set_cells(
            [*self._letters(), *(self._below_letters() if self._below else self._beside_letters())]
        )

    def _letters(self) -> list[Cell]:
        if self.sheet == "latin":
            rows = (
                (sign, column, row) for row, line in enumerate(_LATIN) for column, sign in enumerate(line)
            )
            return [Cell(self.letter(sign), column, row) for sign, column, row in rows]
        return [
            Cell(self.letter(in_script(sign, self._script)), column, row)
            for column, signs in enumerate(COLUMNS)
            for row, sign in enumerate(signs)
            if sign != " "
        ]

    def _marks(self) -> list[Cap]:
        if self.sheet == "latin":
            return []
        voiced, semi_voiced, long = (self.letter(sign, key) for sign, key in _MARK_KEYS)
        return [voiced, semi_voiced, self.function("small"), long]

    def _changes(self) -> list[Cap]:
        convert = [self.function("convert")] if self._convertible else []
        other = self.function("latin" if self.sheet == "kana" else "kana")
        return [self.function("delete_one"), self.function("delete_all"), *convert, other]

    def _beside_letters(self) -> list[Cell]:
        """Two columns on the right: marks above, what changes the text beneath."""
        left = len(COLUMNS)
        cells = [Cell(cap, left + place % 2, place // 2) for place, cap in enumerate(self._marks())]
        delete_one, delete_all, *others = self._changes()
        cells += [Cell(self.function("space"), left, 2), Cell(delete_all, left + 1, 2)]
        cells.append(Cell(delete_one, left, 3, 2))
        wide = 2 // len(others)
        return cells + [Cell(cap, left + place * wide, 4, wide) for place, cap in enumerate(others)]

    def _below_letters(self) -> list[Cell]:
        """Two rows beneath, each as wide as the letters."""
        first = [*self._marks(), self.function("space")]
        cells = _row(first, 5, [2] * 5 if len(first) > 1 else [len(COLUMNS)])
        changes = self._changes()
        return cells + _row(changes, 6, [3, 2, 3, 2] if len(changes) == 4 else [4, 3, 3])


def _row(caps: list[Cap], row: int, widths: list[int]) -> list[Cell]:
    starts = accumulate(widths, initial=0)
    return [Cell(cap, start, row, wide) for cap, start, wide in zip(caps, starts, widths, strict=False)]
