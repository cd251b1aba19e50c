"""The four parts of a day, each of which can be touched to be written anew."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.entry.day_parts import PARTS, DayPart
from ui.entry.head import Line
from ui.entry.keys import Cap
from ui.theme.panel import GRID, TARGET_MM
from ui.widgets.kit import Kit
from ui.widgets.target import Target

_SHARES: dict[DayPart, int] = {"era": 5, "year": 6, "month": 4, "day": 4}


class DayLine(Line):
    """``touched`` gives the part."""

    touched = Signal(str)

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.parts: dict[DayPart, Cap] = {
            part: Cap(kit, kit.key(f"entry.date.{part}", number="　"), "function", value=part, parent=self)
            for part in PARTS
        }
        for cap in self.parts.values():
            cap.touched.connect(lambda cap=cap: self.touched.emit(cap.value))

    def show_part(self, part: DayPart, text: Text, *, active: bool, usable: bool) -> None:
        cap = self.parts[part]
        cap.set_text(text)
        cap.set_chosen(active)
        cap.setEnabled(usable)
        self.setAccessibleName(" ".join(part.accessibleName() for part in self.usable()))

    def usable(self) -> list[Target]:
        return [cap for cap in self.parts.values() if cap.isEnabled()]

    def set_scale(self, scale: float) -> None:
        """Its parts fit their letters to their size."""

    def height_for(self, _width: int) -> int:
        return self._kit.profile.px(TARGET_MM + 2.0)

    def broken_at(self, width: int) -> bool:
        return any(
            not cap.fits_in(place.width(), self.height_for(width)) for cap, place in self._places(width)
        )

    def _places(self, width: int) -> list[tuple[Cap, QRect]]:
        room, x, places = width - GRID * (len(PARTS) - 1), 0, []
        for part in PARTS:
            wide = room * _SHARES[part] // sum(_SHARES.values())
            places.append((self.parts[part], QRect(x, 0, wide, self.height())))
            x += wide + GRID
        return places

    def resizeEvent(self, _event: QResizeEvent) -> None:
        for cap, place in self._places(self.width()):
            cap.setGeometry(place)
