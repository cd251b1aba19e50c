"""The pieces of an arrangement: a column of words, and buttons in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ui.patient.parts import Arrangement, Parts, Placement
from ui.theme.panel import PanelProfile
from ui.widgets.button import BigButton, Shape
from ui.widgets.notice import Points
from ui.widgets.say import Say
from ui.widgets.text_block import Align

_TITLE_STEPS = (1.24, 1.12, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
_MOST_TITLE_LINES = 2
_MOST_LABEL_LINES = 3

Heights = list[tuple[QWidget, int]]


def head(parts: Parts, width: int, scale: float, align: Align) -> Heights | None:
    """Title and what stands beneath, with their heights; None if a word would be cut or the title needs a third
    line. The title has a size of its own: a short one is larger, and one long title does not make all small."""
    for widget in (parts.title, *parts.under):
        if isinstance(widget, Say | Points):
            widget.set_align(align)
    for step in _TITLE_STEPS if scale == 1 else _TITLE_STEPS[2:]:
        parts.title.set_scale(scale * step)
        most = _MOST_TITLE_LINES if step <= 1 else 1
        if parts.title.lines_for(width) <= most and not parts.title.broken_at(width):
            break
    else:
        return None
    blocks: Heights = [(parts.title, parts.title.height_for(width))]
    for block in parts.under:
        if block.broken_at(width):
            return None
        blocks.append((block, block.height_for(width)))
    return blocks


def total(blocks: Heights, gap: int) -> int:
    return sum(height for _widget, height in blocks) + gap * max(0, len(blocks) - 1)


def stack_up(placement: Placement, blocks: Heights, x: int, y: int, width: int, gap: int) -> int:
    for widget, height in blocks:
        placement.put(widget, x, y, width, height)
        y += height + gap
    return y - gap


@dataclass(frozen=True)
class Actions:
    """Buttons as they would stand: rows of equal ones. ``height`` includes the gaps."""

    rows: tuple[tuple[BigButton, ...], ...]
    heights: tuple[int, ...]
    gap: int

    @property
    def height(self) -> int:
        return sum(self.heights) + self.gap * max(0, len(self.heights) - 1)

    @property
    def cards(self) -> list[int]:
        """The heights of the rows of equal cards."""
        return [own for row, own in zip(self.rows, self.heights, strict=True) if _is_card(row[0])]

    def grown(self, free: int, profile: PanelProfile) -> int:
        """How high all would be if cards among equals took what room there is."""
        cards = self.cards
        if not cards:
            return self.height
        wide = next(row for row in self.rows if _is_card(row[0]))
        most = profile.px(150.0 if len(wide) > 1 else 64.0)
        return self.height + max(0, min(free, sum(max(0, most - own) for own in cards)))

    def put(self, placement: Placement, x: int, y: int, width: int, height: int) -> None:
        """Places the rows from ``y``; room beyond their own height is shared among the rows of equal cards."""
        grow = (height - self.height) // max(1, len(self.cards))
        most = max((len(row) for row in self.rows if _is_card(row[0])), default=1)
        for row, own in zip(self.rows, self.heights, strict=True):
            card = _is_card(row[0])
            across = most if card else len(row)  # equals stay equal, also in a row that is not full
            each = (width - self.gap * (across - 1)) // across
            tall = own + (grow if card else 0)
            for place, button in enumerate(row):
                placement.put(button, x + place * (each + self.gap), y, each, tall)
            y += tall + self.gap


def _is_card(button: BigButton) -> bool:
    return button.style_name == "equal"


def actions_of(
    buttons: Sequence[BigButton],
    width: int,
    arrangement: Arrangement,
    gap: int,
    shape: Shape,
    *,
    across: int = 2,
) -> Actions | None:
    """``stack``: each on a row of its own. ``row``: side by side, but the main one on its own row. ``grid``: equals in
    rows of ``across``. ``line``: all side by side. Beside equals the quiet ones always share one row. ``shape`` is that
    of equals. None if a word would be cut."""
    rows = _rows_of(buttons, arrangement, across)
    columns = max((len(row) for row in rows if _is_card(row[0])), default=1)
    heights = []
    for row in rows:
        count = columns if _is_card(row[0]) else len(row)
        height = _row_height(row, (width - gap * (count - 1)) // count, shape)
        if height is None:
            return None
        heights.append(height)
    for style in ("equal", "quiet"):  # those of one kind are of one height
        alike = [place for place, row in enumerate(rows) if row[0].style_name == style]
        most = max((heights[place] for place in alike), default=0)
        for place in alike:
            heights[place] = most
    return Actions(tuple(rows), tuple(heights), gap)


def _rows_of(
    buttons: Sequence[BigButton], arrangement: Arrangement, across: int
) -> list[tuple[BigButton, ...]]:
    if not buttons:
        return []
    if arrangement == "line":
        return [tuple(buttons)]
    mains = [(button,) for button in buttons if button.style_name == "main"]
    equals = [button for button in buttons if _is_card(button)]
    quiets = [button for button in buttons if button.style_name not in ("main", "equal")]
    most = {"row": len(equals), "stack": 1, "grid": across}[arrangement]
    cards = [tuple(equals[first : first + most]) for first in range(0, len(equals), most or 1)]
    if arrangement == "stack" and not equals:
        return [*mains, *((button,) for button in quiets)]
    return [*mains, *cards, *([tuple(quiets)] if quiets else [])]


def _row_height(row: Sequence[BigButton], each: int, shape: Shape) -> int | None:
    for button in row:
        button.shape = shape if _is_card(button) else "row"
        button.text_room = 0
        if button.broken_at(each) or button.lines_for(each) > _MOST_LABEL_LINES:
            return None
    if shape == "column" and _is_card(row[0]):
        tallest_text = max(button.text_height(each) for button in row)
        for button in row:
            button.text_room = tallest_text
    return max(button.height_for(each) for button in row)
