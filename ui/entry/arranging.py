"""Where the parts of a question go. Keys are as large as the room allows before letters are; nothing is ever cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from ui.entry.action import Action
from ui.entry.head import Line, Message
from ui.entry.keys import Area
from ui.theme.panel import GRID, PanelProfile
from ui.widgets.say import Say

LEAST_KEY_MM = 12.0
# Key sizes in millimetres, down to which scale letters may shrink for their sake, and whether room is scarce: then a
# message takes the question's place, the hint goes, and the answer has one line.
_TRADES = (
    (20.0, 0.84, False),
    (15.0, 0.7, False),
    (15.0, 0.7, True),
    (13.0, 0.7, True),
    (LEAST_KEY_MM, 0.56, True),
)
_ROW_MM = 22.0
_TITLE_STEPS = (1.0, 0.9, 0.8, 0.7, 0.6)
_SCALES = tuple(1.0 - step / 50 for step in range(23))


@dataclass(frozen=True)
class EntryParts:
    """``actions``: the main one last."""

    title: Say
    message: Message
    line: Line | None
    area: Area
    actions: Sequence[Action]


@dataclass
class Places:
    """``fits``: False only if even the plainest arrangement was too large. ``key_mm``: what keys have at least."""

    places: list[tuple[QWidget, QRect]] = field(default_factory=list)
    scale: float = 1.0
    key_mm: float = 0.0
    scarce: bool = False
    fits: bool = False

    def put(self, widget: QWidget, x: int, y: int, width: int, height: int) -> None:
        self.places.append((widget, QRect(x, y, width, height)))


@dataclass(frozen=True)
class _Try:
    """One way to do it."""

    parts: EntryParts
    room: QRect
    profile: PanelProfile
    scale: float
    key_mm: float
    scarce: bool


Plan = Callable[[_Try], Places | None]


def arrange(parts: EntryParts, room: QRect, profile: PanelProfile) -> Places:
    """Finds the arrangement for ``room`` and leaves every part scaled for it."""
    for key_mm, least_scale, scarce in _TRADES:
        parts.message.with_hint = not scarce
        if parts.line is not None:
            parts.line.set_scarce(scarce)
        for scale in (scale for scale in _SCALES if scale >= least_scale):
            _scale(parts, scale)
            for plan in _plans(parts, profile):
                places = plan(_Try(parts, room, profile, scale, key_mm, scarce))
                if places is not None:
                    places.scale, places.key_mm = scale, key_mm
                    places.scarce, places.fits = scarce, True
                    return places
    return Places()


def _plans(parts: EntryParts, profile: PanelProfile) -> Iterator[Plan]:
    if profile.portrait:
        yield _stacked
    elif parts.area.broad:
        yield _above
    else:
        yield from (_beside(share) for share in (0.42, 0.48, 0.54, 0.6))


# --------------------------------------------------------------------------------------------------- parts


def _scale(parts: EntryParts, scale: float) -> None:
    parts.message.set_scale(scale)
    if parts.line is not None:
        parts.line.set_scale(scale)
    for button in parts.actions:
        button.set_scale(scale)


Heights = list[tuple[QWidget, int]]


def _head(one: _Try, width: int, most_lines: int) -> Heights | None:
    """Question, answer and message with their heights; None if a word would be cut."""
    title = one.parts.title
    for step in _TITLE_STEPS:
        title.set_scale(one.scale * step)
        if title.lines_for(width) <= most_lines and not title.broken_at(width):
            break
    else:
        return None
    blocks = [block for block in (one.parts.line, one.parts.message) if block is not None]
    if any(block.broken_at(width) for block in blocks):
        return None
    heights: Heights = [
        (title, title.height_for(width)),
        *((block, block.height_for(width)) for block in blocks),
    ]
    return _shared(heights) if one.scarce else heights


def _shared(heights: Heights) -> Heights:
    """The message in the title's place."""
    (title, high), *line, (message, other) = heights
    return [(title, max(high, other)), (message, 0), *line]


def _total(heights: Heights, gap: int) -> int:
    rows = [height for _widget, height in heights if height]
    return sum(rows) + gap * max(0, len(rows) - 1)


def _stack(places: Places, heights: Heights, x: int, y: int, width: int, gap: int) -> None:
    """Each beneath the one before; what has no height shares the place of the one before."""
    place = QRect(x, y - gap, width, 0)
    for widget, height in heights:
        if height:
            place = QRect(x, place.bottom() + 1 + gap, width, height)
        places.places.append((widget, place))


def _row_height(actions: Sequence[Action], width: int, least: int) -> int | None:
    """How high buttons are that stand side by side, each as wide as the others; None if a word would be cut."""
    if not actions:
        return 0
    each = (width - GRID * (len(actions) - 1)) // len(actions)
    if any(button.broken_at(each) or button.lines_for(each) > 2 for button in actions):
        return None
    return max(least, *(button.height_for(each) for button in actions))


def _row(places: Places, actions: Sequence[Action], x: int, y: int, width: int, height: int) -> None:
    each = (width - GRID * (len(actions) - 1)) // max(1, len(actions))
    for place, button in enumerate(actions):
        places.put(button, x + place * (each + GRID), y, each, height)


# --------------------------------------------------------------------------------------------------- plans


def _stacked(one: _Try) -> Places | None:
    """All beneath each other, the keys low, where hands are."""
    profile, area = one.profile, one.parts.area
    margin, gap = profile.grid(6.0), profile.grid(4.0)
    width = one.room.width() - 2 * margin
    head, below = _head(one, width, 2), _row_height(one.parts.actions, width, profile.px(_ROW_MM))
    if head is None or below is None:
        return None
    least_width, least = area.least(one.key_mm)
    free = one.room.height() - _total(head, gap) - below - (4 if below else 3) * gap - least
    if least_width > width or free < 0:
        return None
    height = min(least + free, max(least, area.most_height()))
    wide = width if area.broad else min(width, max(least_width, area.most_width()))
    if not area.fits_in(wide, height):
        return None
    air = least + free - height
    places = Places()
    _stack(places, head, one.room.x() + margin, one.room.y() + gap + air // 3, width, gap)
    bottom = one.room.bottom() + 1 - gap - air // 5
    if below:
        _row(places, one.parts.actions, one.room.x() + margin, bottom - below, width, below)
        bottom -= below + gap
    places.put(area, one.room.x() + (one.room.width() - wide) // 2, bottom - height, wide, height)
    return places


def _above(one: _Try) -> Places | None:
    """Question and answer above, buttons at their right, keys beneath over the whole width."""
    profile, area, actions = one.profile, one.parts.area, one.parts.actions
    margin, edge, small = profile.grid(4.0), profile.grid(1.4), GRID // 2
    width = one.room.width() - 2 * margin
    each = max((min(button.natural_width(), round(width * 0.2)) for button in actions), default=0)
    each = max(each, profile.px(26.0)) if actions else 0
    right = len(actions) * (each + GRID)
    head = _head(one, width - right - GRID, 1)
    if head is None or any(button.broken_at(each) or button.lines_for(each) > 3 for button in actions):
        return None
    top = max([_total(head, small), *(button.height_for(each) for button in actions)])
    least_width, least = area.least(one.key_mm)
    free = one.room.height() - 2 * edge - top - GRID - least
    if least_width > width or free < 0:
        return None
    height = min(least + free, max(least, area.most_height()))
    if not area.fits_in(width, height):
        return None
    air = (least + free - height) // 3
    places = Places()
    x, y = one.room.x() + margin, one.room.y() + edge + air
    _stack(places, head, x, y + (top - _total(head, small)) // 2, width - right - GRID, small)
    if actions:
        _row(places, actions, x + width - right + GRID, y, right - GRID, top)
    places.put(area, x, one.room.bottom() + 1 - edge - air - height, width, height)
    return places


def _beside(share: float) -> Plan:
    """Question, answer and buttons on the left, keys on the right."""

    def plan(one: _Try) -> Places | None:
        profile, area, actions = one.profile, one.parts.area, one.parts.actions
        margin, gap, small = profile.grid(6.0), profile.grid(5.0), profile.grid(2.0)
        whole = one.room.width() - 2 * margin
        least_width, least = area.least(one.key_mm)
        wide = max(least_width, min(round(whole * share), area.most_width()))
        left = whole - wide - gap
        height = one.room.height() - 2 * small
        if left < profile.px(60.0) or least > height:
            return None
        head, below = _head(one, left, 3), _row_height(actions, left, profile.px(_ROW_MM))
        if head is None or below is None or _total(head, small) + (below + small if below else 0) > height:
            return None
        tall = min(height, max(least, area.most_height()))
        if not area.fits_in(wide, tall):
            return None
        places = Places()
        x, y = one.room.x() + margin, one.room.y() + small
        spare = height - _total(head, small) - below - small
        _stack(places, head, x, y + max(0, spare) // 3, left, small)
        if below:
            _row(places, actions, x, y + height - below, left, below)
        places.put(area, x + left + gap, y + (height - tall) // 2, wide, tall)
        return places

    return plan
