"""Where the parts of a page go. Nothing scrolls and nothing is cut, so the first arrangement that holds everything is
taken: from the most generous to the plainest, and only then with smaller letters.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect

from ui.patient.parts import Arranged, Arrangement, Block, Parts, Placement
from ui.patient.plans import (
    Plan,
    above_cards,
    beside_cards,
    beside_keypad,
    beside_picture,
    beside_rows,
    dense,
    plain,
    portrait,
    rows_above_buttons,
    without_notes,
)
from ui.theme.panel import PanelProfile
from ui.widgets.button import BigButton
from ui.widgets.rows import Rows

SCALES = tuple(1.0 - step / 50 for step in range(23))  # down to 0.56
_MANY = 3  # so many cards do not stand beneath each other on every panel


def arrange(parts: Parts, area: QRect, profile: PanelProfile, least_scale: float = SCALES[-1]) -> Arranged:
    """Finds the arrangement for ``area`` and leaves every part scaled and shaped for it. ``least_scale``: smaller
    letters are not tried."""
    for scale in (scale for scale in SCALES if scale >= least_scale):
        for block in _scaled(parts):
            block.set_scale(scale)
        for plan in _plans(parts, profile):
            for button in parts.actions:
                button.with_picture = button.with_note = True
                button.dense = False
            placement = plan(parts, area, profile, scale)
            if placement is not None:
                return Arranged(scale, True, placement)
    return Arranged(SCALES[-1], False, Placement())


def _scaled(parts: Parts) -> Iterator[Block | BigButton | Rows]:
    yield parts.title
    yield from parts.under
    yield from parts.actions
    if parts.rows is not None:
        yield parts.rows


def _plans(parts: Parts, profile: PanelProfile) -> Iterator[Plan]:
    cards = sum(button.style_name == "equal" for button in parts.actions)
    if profile.portrait:
        yield from _portrait_plans(parts, cards)
    elif parts.rows is not None:
        for share in (0.36, 0.42, 0.48):
            yield beside_rows(share)
        for share in (0.42, 0.5):
            yield dense(rows_above_buttons(share))
    elif parts.keypad is not None:
        if parts.picture is not None:
            yield beside_keypad(with_picture=True)
        yield beside_keypad()
        yield beside_keypad("line")
        yield plain(beside_keypad("line"))
    elif cards > 1:
        yield from _card_plans(parts, cards)
    else:
        yield from _picture_plans(parts)


def _portrait_plans(parts: Parts, cards: int) -> Iterator[Plan]:
    shapes: tuple[Arrangement, ...] = ("row", "stack")
    if cards == 1 or (cards == 3 and len(parts.actions) == cards):
        shapes = ("stack", "row")
    elif cards > _MANY:
        shapes = ("grid", "stack") if cards % 2 == 0 else ("stack", "grid")
    for picture in _picture_choices(parts):
        for shape in shapes:
            yield portrait(picture, shape)
    if cards > _MANY:
        yield without_notes(portrait(0.0, "stack"))


def _card_plans(parts: Parts, cards: int) -> Iterator[Plan]:
    for picture in _picture_choices(parts):
        for share in (0.5, 0.44, 0.56):
            yield beside_cards(picture, share)
    if cards >= _MANY:
        yield without_notes(dense(beside_cards(0.0, 0.44)))
        for across in (2, 3):
            yield dense(above_cards(across))
            yield without_notes(dense(above_cards(across)))
    for share in (0.6, 0.66, 0.72):
        yield plain(beside_cards(0.0, share))
    yield plain(beside_picture(1.0, "row"))


def _picture_plans(parts: Parts) -> Iterator[Plan]:
    for share in (0.46, 0.52, 0.58, 0.64):
        yield beside_picture(share, "stack")
    beneath: tuple[Arrangement, ...] = ("row", "line")
    for arrangement in beneath:
        for share in (0.5, 0.6, 0.68):
            yield beside_picture(share, arrangement)
    if not parts.picture_matters:
        yield beside_picture(1.0, "line")
    for share in (0.6, 0.68, 0.74):
        yield plain(beside_picture(share, "line"))


def _picture_choices(parts: Parts) -> tuple[float, ...]:
    """Least heights of the picture in millimetres, 0 for none."""
    if parts.picture is None:
        return (0.0,)
    return (70.0, 50.0, 36.0) if parts.picture_matters else (70.0, 44.0, 0.0)
