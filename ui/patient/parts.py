"""What a page is made of before it is laid out, and where its parts go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from ui.widgets.button import BigButton
from ui.widgets.dots import PinDots
from ui.widgets.hint_line import HintLine
from ui.widgets.keypad import Keypad
from ui.widgets.notice import Notice, Points, Table
from ui.widgets.picture import PictureView
from ui.widgets.rows import Rows
from ui.widgets.say import Say

Block = Say | Points | Notice | Table | PinDots | HintLine
"""What stands in a column: it knows its height at a width, and whether a word would be cut there."""

Arrangement = Literal["row", "stack", "line", "grid"]


@dataclass(frozen=True)
class Parts:
    """``under`` stands beneath the title, in reading order. ``picture_matters``: the page may not do without it.
    ``rows``: lines that can be touched, between words and buttons."""

    title: Say
    under: Sequence[Block] = ()
    picture: PictureView | None = None
    picture_matters: bool = False
    actions: Sequence[BigButton] = ()
    keypad: Keypad | None = None
    rows: Rows | None = None


@dataclass
class Placement:
    """The rectangles of one arrangement."""

    places: list[tuple[QWidget, QRect]] = field(default_factory=list)

    def put(self, widget: QWidget, x: int, y: int, width: int, height: int) -> None:
        self.places.append((widget, QRect(x, y, width, height)))


@dataclass(frozen=True)
class Arranged:
    """``scale``: how far the letters had to shrink. ``fits``: False only if even the plainest plan was too large."""

    scale: float
    fits: bool
    placement: Placement
