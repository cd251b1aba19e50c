"""One of several, a page at a time: kanji of a name, towns of a postcode."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.wording.text import Text
from ui.entry.keys import Board, Cap, Cell
from ui.theme.panel import GRID, TARGET_MM
from ui.widgets.kit import Kit

_ROW_MM = 19.0
_LEAST_ROWS, _MOST_ROWS = 2, 8
_LEAST_MM = {1: 90.0, 2: 36.0, 3: 30.0}
_MOST_MM = {1: 180.0, 2: 90.0, 3: 70.0}
_WAYS = 6  # columns that the last row is divided into, and so all rows
MOST_ENTRIES = 96


class Candidates(Board):
    """``chosen`` gives what was touched. ``stay`` is on every page, the way on for those whose choice is not there;
    ``stayed`` tells of it. ``across``: how many stand side by side, up to 3; long ones, as addresses, alone."""

    chosen = Signal(str)
    stayed = Signal()

    def __init__(self, kit: Kit, stay: Text, *, across: int = 2, parent: QWidget) -> None:
        super().__init__(kit, parent)
        self._across = across
        self._page = 0
        self._caps: list[Cap] = []
        self._stay = Cap(kit, stay, "choice", value="stay", parent=self)
        self._earlier = self.function("earlier")
        self._more = self.function("more")
        for way in (self._stay, self._earlier, self._more):
            way.touched.connect(lambda way=way: self._on_way(way))
        self.show_entries(())

    def show_entries(self, entries: Sequence[str]) -> None:
        """Offers these, from the first on. What our fonts lack in them is shown as 〓."""
        for cap in self._caps:
            cap.hide()
            cap.deleteLater()
        outside = self.kit.outside
        self._caps = [
            Cap(self.kit, outside(entry), "choice", value=entry, parent=self)
            for entry in entries[:MOST_ENTRIES]
        ]
        for cap in self._caps:
            cap.touched.connect(lambda cap=cap: self.chosen.emit(cap.value))
        self._turn_to(0)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self._caps) // self._per_page(self.height())))

    def _on_way(self, way: Cap) -> None:
        if way is self._stay:
            self.stayed.emit()
        else:
            self._turn_to(self._page + (1 if way is self._more else -1))

    def _turn_to(self, page: int) -> None:
        self._page = min(max(0, page), self.pages - 1)
        each, wide = self._per_page(self.height()), _WAYS // self._across
        shown = self._caps[self._page * each :][:each]
        rows = -(-each // self._across)
        cells = [
            Cell(cap, place % self._across * wide, place // self._across, wide)
            for place, cap in enumerate(shown)
        ]
        paged = self.pages > 1
        if paged:
            cells.append(Cell(self._earlier, 0, rows, 1))
            cells.append(Cell(self._more, _WAYS - 1, rows, 1))
        cells.append(Cell(self._stay, 1 if paged else 0, rows, _WAYS - 2 if paged else _WAYS))
        self._earlier.setEnabled(self._page > 0)
        self._more.setEnabled(self._page < self.pages - 1)
        for cap in (*self._caps, self._earlier, self._more, self._stay):
            cap.setVisible(any(cell.cap is cap for cell in cells))
        self.show_cells(cells)

    # ---------------------------------------------------------------------------------------------- layout

    def least(self, key_mm: float) -> tuple[int, int]:
        px = self.kit.profile.px
        width = self._across * (px(_LEAST_MM[self._across]) + GRID) - GRID
        width = max(width, _WAYS * (px(TARGET_MM) + GRID) - GRID)
        return width, (_LEAST_ROWS + 1) * (px(max(key_mm, _ROW_MM)) + GRID) - GRID

    def most_width(self) -> int:
        return self._across * (self.kit.profile.px(_MOST_MM[self._across]) + GRID) - GRID

    def most_height(self) -> int:
        rows = min(_MOST_ROWS, max(_LEAST_ROWS, -(-len(self._caps) // self._across)))
        return (rows + 1) * (self.kit.profile.px(28.0) + GRID) - GRID

    def fits_in(self, width: int, height: int) -> bool:
        rows = self._per_page(height) // self._across + 1
        wide = (width + GRID) // self._across - GRID
        high = (height + GRID) // rows - GRID
        way = (width + GRID) // _WAYS - GRID
        ways = all(cap.fits_in(way, high) for cap in (self._earlier, self._more))
        return ways and all(cap.fits_in(wide, high) for cap in (*self._caps, self._stay))

    def _per_page(self, height: int) -> int:
        """As many as there is room for above the row with the ways on, but not more rows than are needed."""
        rows = (height + GRID) // (self.kit.profile.px(_ROW_MM) + GRID) - 1
        needed = -(-len(self._caps) // self._across)
        return max(_LEAST_ROWS, min(rows, needed)) * self._across

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn_to(0)
        super().resizeEvent(event)
