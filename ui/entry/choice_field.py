"""Questions that one touch answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.field import Check, Field
from ui.entry.keys import Board, Cap, Cell
from ui.widgets.kit import Kit


class Choices(Board):
    """All answers at once, beneath each other or in two columns."""

    most_mm = (180.0, 34.0)
    least_mm = 18.0

    def __init__(self, kit: Kit, choices: Sequence[tuple[str, Text]], parent: QWidget) -> None:
        super().__init__(kit, parent)
        across = 1 if len(choices) <= 4 else 2
        self.set_cells(
            Cell(Cap(kit, text, "choice", value=value, parent=self), place % across, place // across)
            for place, (value, text) in enumerate(choices)
        )

    def least(self, key_mm: float) -> tuple[int, int]:
        return super().least(max(key_mm, self.least_mm))


class ChoiceField(Field):
    """``choices``: values and what is said for them. A touch is the answer: there is no other button but わからない.
    ``suggested``: the value that stands first; it is never taken by itself."""

    def __init__(
        self,
        kit: Kit,
        question: Text,
        check: Check,
        choices: Sequence[tuple[str, Text]],
        *,
        suggested: str = "",
        **options: Any,
    ) -> None:
        super().__init__(kit, question, check, **options)
        choices = sorted(choices, key=lambda choice: choice[0] != suggested)
        self.done.hide()
        self._choices = Choices(kit, choices, self)
        self._choices.touched.connect(self._on_touched)

    @property
    def area(self) -> Choices:
        return self._choices

    def buttons(self) -> list[Action]:
        return [self.skip] if self.skip else []

    def value(self) -> str:
        return next((cell.cap.value for cell in self._choices.cells if cell.cap.chosen), "")

    def set_value(self, value: str) -> None:
        for cell in self._choices.cells:
            cell.cap.set_chosen(cell.cap.value == value)

    def _on_touched(self, cap: Cap) -> None:
        self.set_value(cap.value)
        self.edited.emit()
        self.finish()
