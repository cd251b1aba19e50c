"""The arrangements themselves. Each takes the parts at one letter size and gives None where they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect

from ui.patient.columns import Actions, Heights, actions_of, head, stack_up, total
from ui.patient.parts import Arrangement, Parts, Placement
from ui.theme.panel import PanelProfile
from ui.widgets.button import Shape

_LEAST_BESIDE_KEYPAD_MM = 34.0
Plan = Callable[[Parts, QRect, PanelProfile, float], Placement | None]


def plain(plan: Plan) -> Plan:
    """The same with words alone on the buttons."""

    def changed(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        for button in parts.actions:
            button.with_picture = False
        return plan(parts, area, profile, scale)

    return changed


def without_notes(plan: Plan) -> Plan:
    """The same without what stands beneath the words of a button: the page that follows says it too."""

    def changed(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        for button in parts.actions:
            button.with_note = False
        return plan(parts, area, profile, scale)

    return changed


def dense(plan: Plan) -> Plan:
    """The same with lower cards."""

    def changed(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        for button in parts.actions:
            button.dense = button.style_name == "equal"
        return plan(parts, area, profile, scale)

    return changed


def portrait(least_picture_mm: float, arrangement: Arrangement) -> Plan:
    """All beneath each other: words, picture, lines, keypad, buttons."""
    shape: Shape = "column" if arrangement in ("row", "grid") else "row"

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        gap, small = profile.grid(8.0), profile.grid(4.0)
        room = area.width() - 2 * gap
        words = head(parts, room, scale, "centre")
        actions = actions_of(parts.actions, room, arrangement, small, shape)
        if words is None or actions is None or (parts.rows and parts.rows.broken_at(room)):
            return None
        column = _Column(
            parts, QRect(area.x() + gap, area.y(), room, area.height()), gap, small, words, actions
        )
        least = profile.px(least_picture_mm) + gap if least_picture_mm else 0
        if column.free() < least:
            return None
        column.grow(profile, with_picture=bool(least_picture_mm) and parts.rows is None)
        return column.placed(profile)

    return plan


@dataclass
class _Column:
    """The heights of what stands in a portrait page, smallest first; ``grow`` shares out what is left."""

    parts: Parts
    room: QRect
    gap: int
    small: int
    words: Heights
    actions: Actions
    picture: int = 0

    def __post_init__(self) -> None:
        self.keypad = self.parts.keypad.least_height() if self.parts.keypad else 0
        self.rows = self.parts.rows.height_for(self.room.width()) if self.parts.rows else 0
        self.buttons = self.actions.height if self.parts.actions else 0

    def free(self) -> int:
        blocks = [block for block in (self.picture, self.keypad, self.rows, self.buttons) if block]
        used = total(self.words, self.small) + 2 * self.gap + sum(blocks) + self.gap * len(blocks)
        return self.room.height() - used

    def grow(self, profile: PanelProfile, *, with_picture: bool) -> None:
        if with_picture and self.parts.picture is not None:
            share = 0.5 if self.keypad else 0.78
            self.picture = min(self.free() - self.gap, round(self.room.width() * share))
        if self.keypad:
            self.keypad += max(0, min(self.free() // 2, profile.px(4 * 42.0) - self.keypad))
        if self.parts.rows is not None:
            most = self.parts.rows.most_height(self.room.width())
            self.rows += max(0, min(self.free() // 2, most - self.rows))
        if self.parts.actions:
            self.buttons = self.actions.grown(self.free(), profile)

    def placed(self, profile: PanelProfile) -> Placement:
        placement, parts, gap = Placement(), self.parts, self.gap
        x, width, free = self.room.x(), self.room.width(), self.free()
        air = min(free // 4, profile.px(28.0))
        grown = self.buttons > self.actions.height
        lift = (free - air) // 2 if grown and not self.picture else 0
        y = stack_up(placement, self.words, x, self.room.y() + gap + air, width, self.small)
        bottom = self.room.bottom() + 1 - gap - lift - self.buttons
        if parts.actions:
            self.actions.put(placement, x, bottom, width, self.buttons)
            bottom -= gap
        if self.picture and parts.picture is not None and parts.keypad is not None:
            placement.put(parts.picture, x, y + gap, width, self.picture)
            y += gap + self.picture
        elif self.picture and parts.picture is not None:
            between = bottom - y
            tall = min(self.picture + max(0, between - gap - self.picture), round(width * 0.9))
            placement.put(parts.picture, x, y + (between - tall + gap) // 2, width, tall)
        if parts.rows is not None:
            placement.put(
                parts.rows, x, y + gap + max(0, bottom - y - self.rows - gap) // 3, width, self.rows
            )
        if parts.keypad is not None:
            wide = min(width, max(parts.keypad.least_width(), round(self.keypad * 0.98)))
            top = y + gap + (bottom - y - self.keypad - gap) // 3
            placement.put(parts.keypad, x + (width - wide) // 2, top, wide, self.keypad)
        return placement


def beside_picture(share: float, arrangement: Arrangement) -> Plan:
    """Words and buttons on the left, the picture on the right (none where ``share`` is 1). ``row`` and ``line``: the
    buttons stand beneath both."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(7.0), profile.grid(5.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        picture = parts.picture if share < 1 else None
        room = round((whole - gap) * share) if picture else whole
        beneath = arrangement != "stack"
        words = head(parts, room, scale, "left")
        actions = actions_of(parts.actions, whole if beneath else room, arrangement, small, "row")
        if words is None or actions is None:
            return None
        top, bottom = area.y() + gap, area.bottom() + 1 - gap
        below = actions.height + gap if parts.actions else 0
        text = total(words, small)
        height = bottom - top
        if text + below > height:
            return None
        tall = height - below if beneath else height
        if picture and tall < profile.px(44.0):
            return None
        placement = Placement()
        x = area.x() + margin
        free = height - below - text
        stack_up(placement, words, x, top + free // 2, room, small)
        if parts.actions:
            actions.put(placement, x, bottom - actions.height, whole if beneath else room, actions.height)
        if picture:
            placement.put(picture, x + room + gap, top, whole - room - gap, tall)
        return placement

    return plan


def beside_cards(least_picture_mm: float, share: float) -> Plan:
    """Words on the left, perhaps a picture beneath them, and the quiet ways at their foot; the equal choices on the
    right."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(7.0), profile.grid(6.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        room = round((whole - gap) * share)
        right = whole - room - gap
        words = head(parts, room, scale, "left")
        cards = [button for button in parts.actions if button.style_name == "equal"]
        others = [button for button in parts.actions if button.style_name != "equal"]
        actions = actions_of(cards, right, "stack", small, "row")
        foot = actions_of(others, room, "row", small, "row") or actions_of(
            others, room, "stack", small, "row"
        )
        if words is None or actions is None or foot is None:
            return None
        top, bottom = area.y() + small, area.bottom() + 1 - small
        height = bottom - top
        text = total(words, small)
        below = foot.height + gap if others else 0
        least = profile.px(least_picture_mm) + gap if least_picture_mm else 0
        if text + least + below > height or actions.height > height:
            return None
        placement = Placement()
        x = area.x() + margin
        picture = 0
        if least and parts.picture is not None:
            picture = min(height - below - text - gap, round(room * 0.66))
        y = top + (height - below - text - (picture + gap if picture else 0)) // 2
        y = stack_up(placement, words, x, y, room, small)
        if picture and parts.picture is not None:
            placement.put(parts.picture, x, y + gap, room, picture)
        foot.put(placement, x, bottom - foot.height, room, foot.height)
        grown = actions.grown(height - actions.height, profile)
        actions.put(placement, x + room + gap, top + (height - grown) // 2, right, grown)
        return placement

    return plan


def above_cards(across: int) -> Plan:
    """Words over the whole width, the equal choices beneath in a grid, the quiet ways at the foot."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        margin, gap, small = profile.grid(7.0), profile.grid(4.0), profile.grid(3.0)
        room = area.width() - 2 * margin
        words = head(parts, room, scale, "left")
        actions = actions_of(parts.actions, room, "grid", small, "row", across=across)
        if words is None or actions is None:
            return None
        height = area.height() - 2 * small
        text = total(words, small)
        free = height - text - gap - actions.height
        if free < 0:
            return None
        grown = actions.grown(free, profile)
        placement = Placement()
        x, y = area.x() + margin, area.y() + small
        stack_up(placement, words, x, y + (free - grown + actions.height) // 2, room, small)
        actions.put(placement, x, y + height - grown, room, grown)
        return placement

    return plan


def beside_rows(share: float) -> Plan:
    """Words on the left with the buttons at their foot; the lines that can be touched on the right."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        if parts.rows is None:
            return None
        margin, gap, small = profile.grid(7.0), profile.grid(6.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        room = round((whole - gap) * share)
        right = whole - room - gap
        words = head(parts, room, scale, "left")
        actions = actions_of(parts.actions, room, "stack", small, "row")
        height = area.height() - 2 * small
        if words is None or actions is None or parts.rows.broken_at(right):
            return None
        text, rows = total(words, small), parts.rows.height_for(right)
        below = actions.height + small if parts.actions else 0
        if text + below > height or rows > height:
            return None
        placement = Placement()
        x, top = area.x() + margin, area.y() + small
        stack_up(placement, words, x, top + (height - below - text) // 2, room, small)
        actions.put(placement, x, top + height - actions.height, room, actions.height)
        tall = min(height, parts.rows.most_height(right))
        placement.put(parts.rows, x + room + gap, top + (height - tall) // 2, right, tall)
        return placement

    return plan


def rows_above_buttons(share: float) -> Plan:
    """Words on the left, the lines on the right, the buttons side by side beneath both."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
        if parts.rows is None:
            return None
        margin, gap, small = profile.grid(7.0), profile.grid(6.0), profile.grid(3.0)
        whole = area.width() - 2 * margin
        room = round((whole - gap) * share)
        right = whole - room - gap
        words = head(parts, room, scale, "left")
        actions = actions_of(parts.actions, whole, "line", small, "row")
        if words is None or actions is None or parts.rows.broken_at(right):
            return None
        height = area.height() - 3 * small - actions.height
        text, rows = total(words, small), parts.rows.height_for(right)
        if text > height or rows > height:
            return None
        placement = Placement()
        x, top = area.x() + margin, area.y() + small
        stack_up(placement, words, x, top + (height - text) // 2, room, small)
        tall = min(height, parts.rows.most_height(right))
        placement.put(parts.rows, x + room + gap, top + (height - tall) // 2, right, tall)
        actions.put(placement, x, top + height + small, whole, actions.height)
        return placement

    return plan


def beside_keypad(arrangement: Arrangement = "stack", *, with_picture: bool = False) -> Plan:
    """Words, dots and quiet ways on the left, perhaps a picture between them, the keypad on the right."""

    def plan(parts: Parts, area: QRect, profile: PanelProfile, scale: float) -> Placement | None:
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
        words = head(parts, room, scale, "left")
        actions = actions_of(parts.actions, room, arrangement, small, "row")
        if words is None or actions is None:
            return None
        text = total(words, small)
        below = actions.height + small if parts.actions else 0
        height = area.height() - 2 * small
        free = height - text - below
        picture = min(free - small, round(room * 0.5)) if with_picture else 0
        if free < 0 or (with_picture and picture < profile.px(_LEAST_BESIDE_KEYPAD_MM)):
            return None
        placement = Placement()
        x, top = area.x() + margin, area.y() + small
        lift = picture + small if picture else 0
        y = stack_up(placement, words, x, top + (free - lift) // 2, room, small)
        if picture and parts.picture is not None:
            placement.put(parts.picture, x, y + small, room, picture)
        if parts.actions:
            actions.put(placement, x, top + height - actions.height, room, actions.height)
        y = area.y() + (area.height() - pad_height) // 2
        placement.put(parts.keypad, x + room + gap, y, pad_width, pad_height)
        return placement

    return plan
