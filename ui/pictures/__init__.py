"""The drawn pictures of cards, readers, papers and people, in the colours of the theme. See README.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui.pictures.canvas import Canvas
from ui.theme.palette import Palette

if TYPE_CHECKING:
    from ui.theme.fonts import Fonts

SCENE = (320.0, 240.0)
ICON = (100.0, 100.0)

# Where a picture is drawn: module and function. Modules load with their first picture.
_SCENES = {
    "place_card": "readers", "early": "readers", "reading": "readers", "take_card": "readers",
    "certified_reader": "readers",
    "sleeve": "cards", "wrong_card": "cards", "register": "cards", "confirmed": "cards",
    "card_front": "cards", "card_numbers": "cards", "mirror": "people", "camera_gone": "people",
    "hold_phone": "phones", "phone_still": "phones", "phone_again": "phones", "phone_away": "phones",
    "phone_confirm": "phones", "phone_locks": "phones",
    "choose": "people", "face": "people", "consent": "people", "staff": "people", "out_of_service": "people",
    "pin": "papers", "looking_up": "papers", "finished": "papers", "goodbye": "papers",
    "evidence": "ways", "no_card": "ways", "companion": "ways", "school_trip": "ways", "certificate": "ways",
    "card_notice": "ways", "card_portal": "ways", "known": "ways", "form": "ways", "sign": "ways", "self_pay": "ways",
}  # fmt: skip
_ICONS = ("icons", "way_icons", "hint_icons")
MOVING = frozenset({"place_card", "early", "take_card", "hold_phone", "phone_again", "phone_away"})
STILL = -1.0  # the phase of a picture that may not move: the moment that says most


@dataclass(frozen=True, slots=True)
class Moment:
    """What a picture is drawn for. ``phase``: 0 to 1 through its movement, or ``STILL``."""

    phase: float = STILL
    reader: str = "flat"
    number: str = ""
    fonts: Fonts | None = None


Drawing = Callable[[Canvas, Moment], None]


def names() -> tuple[str, ...]:
    """Every picture: the scenes of the pages, then the icons of the buttons."""
    return (*_SCENES, *(f"icon.{name}" for module in _ICONS for name in _icons(module)))


def draw(
    name: str,
    painter: QPainter,
    box: QRectF,
    palette: Palette,
    *,
    phase: float = STILL,
    reader: str = "flat",
    number: str = "",
    fonts: Fonts | None = None,
    stroke: str = "",
) -> None:
    """Draws a picture as large as ``box`` allows, in its middle. ``stroke``: one colour for all, for coloured or
    switched-off buttons. Raises ``KeyError`` for a name that is no picture."""
    drawing, (width, height) = _find(name)
    scale = min(box.width() / width, box.height() / height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - width * scale / 2, box.center().y() - height * scale / 2)
    painter.scale(scale, scale)
    drawing(Canvas(painter, palette, stroke, fonts), Moment(phase, reader, number, fonts))
    painter.restore()


def _icons(module: str) -> dict[str, Drawing]:
    icons: dict[str, Drawing] = import_module(f"ui.pictures.{module}").ICONS
    return icons


def _find(name: str) -> tuple[Drawing, tuple[float, float]]:
    if name.startswith("icon."):
        holder = next((module for module in _ICONS if name[5:] in _icons(module)), _ICONS[-1])
        return _icons(holder)[name[5:]], ICON
    module = import_module(f"ui.pictures.{_SCENES[name]}")
    return getattr(module, name), SCENE
