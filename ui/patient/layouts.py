"""Where the parts of a page go. Nothing scrolls and nothing is cut, so the first arrangement that holds everything is
taken: from the most generous to the plainest, and only then with smaller letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from ui.theme.panel import PanelProfile
from ui.widgets.button import BigButton, Shape
from ui.widgets.keypad import Keypad, PinDots
from ui.widgets.notice import Notice, Points, Table
from ui.widgets.picture import PictureView
from ui.widgets.say import Say
from ui.widgets.text_block import Align

SCALES = tuple(1.0 - step / 50 for step in range(23))  # down to 0.56
_TITLE_STEPS = (1.24, 1.12, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
_MOST_TITLE_LINES = 2


Block = Say | Points | Notice | Table | PinDots
"""What stands in a column: it knows its height at a width, and whether a word would be cut there."""


@dataclass(frozen=True)
class Parts:
    """``under`` stands beneath the title, in reading order. ``picture_matters``: the page may not do without it."""

    title: Say
    under: Sequence[Block] = ()
    picture: PictureView | None = None
    picture_matters: bool = False
    actions: Sequence[BigButton] = ()
    keypad: Keypad | None = None


@dataclass
class Placement:
    """The rectangles of one arrangement."""

    places: list[tuple[QWidget, QRect]] = field(default_factory=list)

    def put(self, widget: QWidget, x: int, y: int, width: int, height: int) -> None:
        self.places.append((widget, QRect(x, y, width, height)))


Arrangement = Literal["row", "stack", "line"]
Plan = Callable[[Parts, QRect, PanelProfile, float], Placement | None]


@dataclass(frozen=True)
class Arranged:
    """``scale``: how far the letters had to shrink. ``fits``: False only if even the plainest plan was too large."""

    scale: float
    fits: bool
    placement: Placement


def arrange(parts: Parts, area: QRect, profile: PanelProfile) -> Arranged:
    """Finds the arrangement for ``area`` and leaves every part scaled and shaped for it."""
    for scale in SCALES:
        for block in _scaled(parts):
            block.set_scale(scale)
        for plan in _plans(parts, profile):
            for button in parts.actions:
                button.with_picture = True
            placement = plan(parts, area, profile, scale)
            if placement is not None:
                return Arranged(scale, True, placement)
    return Arranged(SCALES[-1], False, Placement())


def _scaled(parts: Parts) -> Iterator[Block | BigButton]:
    yield parts.title
    yield from parts.under
    yield from parts.actions


def _plans(parts: Parts, profile: PanelProfile) -> Iterator[Plan]:
    decision = any(button.style_name == "equal" for button in parts.actions)
    if profile.portrait:
        shapes: tuple[Arrangement, ...]
        shapes = ("row", "stack") if len(parts.actions) != 3 or not decision else ("stack", "row")
        for picture in _picture_choices(parts):
            for shape in shapes:
                yield _portrait(picture, shape)
    elif parts.keypad is not None:
        yield _beside_keypad
    elif decision:
        for picture in _picture_choices(parts):
            for share in (0.5, 0.44, 0.56):
                yield _beside_cards(picture, share)
        for share in (0.6, 0.66, 0.72):
            yield _plain(_beside_cards(0.0, share))
        yield _plain(_beside_picture(1.0, "row"))
    else:
        for share in (0.46, 0.52, 0.58, 0.64):
            yield _beside_picture(share, "stack")
        beneath: tuple[Arrangement, ...] = ("row", "line")
        for arrangement in beneath:
            for share in (0.5, 0.6, 0.68):
                yield _beside_picture(share, arrangement)
        if not parts.picture_matters:
            yield _beside_picture(1.0, "line")
        for share in (0.6, 0.68, 0.74):
            yield _plain(_beside_picture(share, "line"))


def _plain(plan: Plan) -> Plan:
    """The same with words alone on the buttons."""

    def plain(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        for button in parts.actions:
            button.with_picture = False
        return plan(parts, area, profile, scale)

    return plain


def _picture_choices(parts: Parts) -> tuple[float, ...]:
    """Least heights of the picture in millimetres, 0 for none."""
    if parts.picture is None:
        return (0.0,)
    return (70.0, 50.0, 36.0) if parts.picture_matters else (70.0, 44.0, 0.0)


# ---------------------------------------------------------------------------------------------- columns


def _head(parts: Parts, width: int, scale: float, align: Align) -> list[tuple[QWidget, int]] | None:
    """Title and what stands beneath, with their heights; None if a word would be cut or the title needs a third
    line. The title has a size of its own: a short one is larger, and one long title does not make all small."""
    _align(parts, align)
    for step in _TITLE_STEPS if scale == 1 else _TITLE_STEPS[2:]:
        parts.title.set_scale(scale * step)
        most = _MOST_TITLE_LINES if step <= 1 else 1
        if parts.title.lines_for(width) <= most and not parts.title.broken_at(width):
            break
    else:
        return None
    blocks: list[tuple[QWidget, int]] = [(parts.title, parts.title.height_for(width))]
    for block in parts.under:
        if block.broken_at(width):
            return None
        blocks.append((block, block.height_for(width)))
    return blocks


def _total(blocks: Sequence[tuple[QWidget, int]], gap: int) -> int:
    return sum(height for _widget, height in blocks) + gap * max(0, len(blocks) - 1)


def _stack_up(
    placement: Placement, blocks: Sequence[tuple[QWidget, int]], x: int, y: int, width: int, gap: int
) -> int:
    for widget, height in blocks:
        placement.put(widget, x, y, width, height)
        y += height + gap
    return y - gap


def _align(parts: Parts, align: Align) -> None:
    for widget in (parts.title, *parts.under):
        if isinstance(widget, Say | Points):
            widget.set_align(align)


@dataclass(frozen=True)
class _Actions:
    """Buttons as they would stand: rows of equal ones. ``height`` includes the gaps."""

    rows: tuple[tuple[BigButton, ...], ...]
    heights: tuple[int, ...]
    gap: int

    @property
    def height(self) -> int:
        return sum(self.heights) + self.gap * max(0, len(self.heights) - 1)

    def put(self, placement: Placement, x: int, y: int, width: int, height: int) -> None:
        """Places the rows from ``y``; room beyond their own height is shared among the rows of equal cards."""
        grow = (height - self.height) // max(1, len(self.rows))
        for row, own in zip(self.rows, self.heights, strict=True):
            each = (width - self.gap * (len(row) - 1)) // len(row)
            for place, button in enumerate(row):
                placement.put(button, x + place * (each + self.gap), y, each, own + grow)
            y += own + grow + self.gap


def _actions(
    buttons: Sequence[BigButton], width: int, arrangement: Arrangement, gap: int, shape: Shape
) -> _Actions | None:
    """``stack``: each on a row of its own. ``row``: side by side, but the main one on its own row. ``line``: all side
    by side."""
    mains = [(button,) for button in buttons if button.style_name == "main"]
    others = [button for button in buttons if button.style_name != "main"]
    rows: tuple[tuple[BigButton, ...], ...]
    if arrangement == "line" and buttons:
        mains, rows = [], (tuple(buttons),)
    elif arrangement == "row" and others:
        rows = (*mains, tuple(others))
    else:
        rows = (*mains, *((button,) for button in others))
    heights = []
    for row in rows:
        each = (width - gap * (len(row) - 1)) // len(row)
        for button in row:
            button.shape = shape if button.style_name == "equal" else "row"
            button.text_room = 0
            if button.broken_at(each) or button.lines_for(each) > 3:
                return None
        if shape == "column":
            tallest_text = max(button.text_height(each) for button in row)
            for button in row:
                button.text_room = tallest_text
        heights.append(max(button.height_for(each) for button in row))
    if len(mains) < len(rows):
        heights[len(mains) :] = [max(heights[len(mains) :])] * (len(rows) - len(mains))
    return _Actions(rows, tuple(heights), gap)


def _grown(actions: _Actions, free: int, profile: PanelProfile) -> int:
    """How high cards among equals may become where there is room."""
    cards = [row for row in actions.rows if row[0].style_name == "equal"]
    if not cards:
        return actions.height
    most = profile.px(150.0 if len(cards[0]) > 1 else 64.0)
    room = sum(max(0, most - own) for own in actions.heights[-len(cards) :])
    return actions.height + max(0, min(free, room))


# ------------------------------------------------------------------------------------------------ plans


def _portrait(least_picture_mm: float, arrangement: Arrangement) -> Plan:
    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(8.0), profile.grid(8.0), profile.grid(4.0)
        room = area.width() - 2 * margin
        head = _head(parts, room, scale, "centre")
        shape: Shape = "column" if arrangement == "row" else "row"
        actions = _actions(parts.actions, room, arrangement, small, shape)
        if head is None or actions is None:
            return None
        keypad = parts.keypad.least_height() if parts.keypad else 0
        used = _total(head, small) + 2 * gap + keypad + (gap if keypad else 0)
        used += actions.height + gap if parts.actions else 0
        free = area.height() - used
        least = profile.px(least_picture_mm) + gap if least_picture_mm else 0
        if free < least:
            return None
        placement = Placement()
        picture = 0
        if least_picture_mm and parts.picture is not None:
            picture = min(free - gap, round(room * 0.78))
            free -= picture + gap
        if keypad:
            more = min(free // 2, profile.px(4 * 42.0) - keypad)
            keypad += max(0, more)
            free -= max(0, more)
        grown = _grown(actions, free, profile)
        free -= grown - actions.height
        air = min(free // 4, profile.px(28.0))
        lift = (free - air) // 2 if grown > actions.height and not picture else 0
        y = area.y() + gap + air
        y = _stack_up(placement, head, area.x() + margin, y, room, small)
        bottom = area.bottom() + 1 - gap - lift - (grown if parts.actions else 0)
        if parts.actions:
            actions.put(placement, area.x() + margin, bottom, room, grown)
            bottom -= gap
        between = bottom - y
        if picture and parts.picture is not None:
            picture = min(picture + max(0, between - gap - picture), round(room * 0.9))
            placement.put(parts.picture, area.x() + margin, y + (between - picture + gap) // 2, room, picture)
        if parts.keypad is not None:
            width = min(room, max(parts.keypad.least_width(), round(keypad * 0.98)))
            x = area.x() + (area.width() - width) // 2
            placement.put(parts.keypad, x, y + gap + (between - keypad - gap) // 3, width, keypad)
        return placement

    return plan


def _beside_picture(share: float, arrangement: Arrangement) -> Plan:
    """Words and buttons on the left, the picture on the right (none where ``share`` is 1). ``row`` and ``line``: the
    buttons stand beneath both."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(7.0), profile.grid(5.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        picture = parts.picture if share < 1 else None
        room = round((whole - gap) * share) if picture else whole
        beneath = arrangement != "stack"
        head = _head(parts, room, scale, "left")
        actions = _actions(parts.actions, whole if beneath else room, arrangement, small, "row")
        if head is None or actions is None:
            return None
        top, bottom = area.y() + gap, area.bottom() + 1 - gap
        below = actions.height + gap if parts.actions else 0
        text = _total(head, small)
        height = bottom - top
        if text + below > height:
            return None
        tall = height - below if beneath else height
        if picture and tall < profile.px(44.0):
            return None
        placement = Placement()
        x = area.x() + margin
        free = height - below - text
        _stack_up(placement, head, x, top + free // 2, room, small)
        if parts.actions:
            actions.put(placement, x, bottom - actions.height, whole if beneath else room, actions.height)
        if picture:
            placement.put(picture, x + room + gap, top, whole - room - gap, tall)
        return placement

    return plan


def _beside_cards(least_picture_mm: float, share: float) -> Plan:
    """Words on the left, perhaps a picture beneath them; the choices on the right."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(7.0), profile.grid(6.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        room = round((whole - gap) * share)
        right = whole - room - gap
        head = _head(parts, room, scale, "left")
        actions = _actions(parts.actions, right, "stack", small, "row")
        if head is None or actions is None:
            return None
        top, bottom = area.y() + small, area.bottom() + 1 - small
        height = bottom - top
        text = _total(head, small)
        least = profile.px(least_picture_mm) + gap if least_picture_mm else 0
        if text + least > height or actions.height > height:
            return None
        placement = Placement()
        x = area.x() + margin
        picture = 0
        if least and parts.picture is not None:
            picture = min(height - text - gap, round(room * 0.66))
            least = picture + gap
        y = top + (height - text - (picture + gap if picture else 0)) // 2
        y = _stack_up(placement, head, x, y, room, small)
        if picture and parts.picture is not None:
            placement.put(parts.picture, x, y + gap, room, picture)
        grown = _grown(actions, height - actions.height, profile)
        actions.put(placement, x + room + gap, top + (height - grown) // 2, right, grown)
        return placement

    return plan


def _beside_keypad(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
    """Words, dots and quiet ways on the left, the keypad on the right."""
    if parts.keypad is None:
        return None
    margin, gap, small = profile.grid(7.0), profile.grid(6.0), profile.grid(3.0)
    edge = min(small, max(0, (area.height() - parts.keypad.least_height()) // 2))
    pad_height = min(area.height() - 2 * edge, profile.px(4 * 34.0))
    if pad_height < parts.keypad.least_height():
        return None
    whole = area.width() - 2 * margin
    pad_width = max(parts.keypad.least_width(), min(round(pad_height * 0.98), round(whole * 0.42)))
    room = whole - pad_width - gap
    head = _head(parts, room, scale, "left")
    actions = _actions(parts.actions, room, "stack", small, "row")
    if head is None or actions is None:
        return None
    text = _total(head, small)
    below = actions.height + small if parts.actions else 0
    height = area.height() - 2 * small
    if text + below > height:
        return None
    placement = Placement()
    x, top = area.x() + margin, area.y() + small
    _stack_up(placement, head, x, top + (height - below - text) // 2, room, small)
    if parts.actions:
        actions.put(placement, x, top + height - actions.height, room, actions.height)
    y = area.y() + (area.height() - pad_height) // 2
    placement.put(parts.keypad, x + room + gap, y, pad_width, pad_height)
    return placement
