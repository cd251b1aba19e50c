"""How the console looks: sizes in millimetres, colours by role, one style sheet. Dense, and never smaller than can be
read from a chair."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from PySide6.QtGui import QScreen

from kiosk.documents.fonts import FAMILIES
from ui.theme.fonts import Fonts
from ui.theme.palette import Palette
from ui.theme.style import style_sheet

BODY_MM, SMALL_MM = 3.3, 3.0  # height of the character square, read from a desk's 55 cm
COMFORTABLE_MM = 4.4  # no larger by itself, however much room there is
EMS_ACROSS = 105  # so many characters fit across a window that has no more than it needs
LEAST_BODY_PX, LEAST_SMALL_PX = 13, 12
_PLAUSIBLE_PX_PER_MM = (2.5, 12.0)
_USUAL_PX_PER_MM = 96 / 25.4
TextSize = Literal["small", "medium", "large"]
TEXT_SIZES: dict[TextSize, float] = {"small": 1.0, "medium": 1.15, "large": 1.35}


@dataclass(frozen=True)
class Sizes:
    """Every length on the console, in pixels. ``across``: the window's width; where there is room, letters grow."""

    px_per_mm: float = _USUAL_PX_PER_MM
    text_size: TextSize = "small"
    across: int = 0

    @cached_property
    def body(self) -> int:
        least = max(LEAST_BODY_PX, BODY_MM * self.px_per_mm)
        roomy = min(self.across / EMS_ACROSS, COMFORTABLE_MM * self.px_per_mm)
        return round(max(least, roomy) * TEXT_SIZES[self.text_size])

    @cached_property
    def small(self) -> int:
        return max(LEAST_SMALL_PX, round(self.body * SMALL_MM / BODY_MM))

    @cached_property
    def large(self) -> int:
        return round(self.body * 1.35)

    @cached_property
    def row(self) -> int:
        """Height of a line of the board."""
        return round(self.body * 2.3)

    @cached_property
    def gap(self) -> int:
        return max(4, round(self.body * 0.4))

    def ems(self, count: float) -> int:
        """So many characters of a full width."""
        return math.ceil(self.body * count)


def px_per_mm(screen: QScreen | None) -> float:
    """What the screen says of itself, unless that cannot be: projectors and virtual screens lie."""
    if screen is None:
        return _USUAL_PX_PER_MM
    told = screen.physicalDotsPerInch() / 25.4
    least, most = _PLAUSIBLE_PX_PER_MM
    return told if least <= told <= most else _USUAL_PX_PER_MM


@dataclass(frozen=True)
class Look:
    """What every part of the console is drawn with."""

    sizes: Sizes
    palette: Palette
    fonts: Fonts


_DENSE = """
QWidget {{ font-family: {families}; }}
QLabel {{ background: transparent; }}
QLabel[role="small"] {{ font-size: {small_px}px; color: {ink_soft}; }}
QLabel[role="heading"] {{ font-size: {small_px}px; font-weight: bold; color: {ink_soft}; }}
QLabel[role="strong"] {{ font-weight: bold; }}
QLabel[role="large"] {{ font-size: {large_px}px; font-weight: bold; }}
QLabel[role="good"] {{ color: {good}; font-weight: bold; }}
QLabel[role="bad"] {{ color: {danger}; font-weight: bold; }}
QLabel[role="passed"] {{ font-size: {small_px}px; color: {good}; font-weight: bold; }}
QLabel[role="failed"] {{ font-size: {small_px}px; color: {danger}; font-weight: bold; }}
QLabel[role="notice"] {{ background: {notice_soft}; color: {ink}; border: 1px solid {notice}; border-radius: 4px;
    padding: {pad}px; }}
QLabel[role="alarm"] {{ background: {danger_soft}; color: {danger}; border: 2px solid {danger}; border-radius: 4px;
    padding: {pad}px; font-weight: bold; }}
QLabel[role="fine"] {{ background: {good_soft}; color: {ink}; border: 1px solid {good}; border-radius: 4px;
    padding: {pad}px; }}
QLabel[role="ribbon"] {{ background: {ribbon}; color: {on_ribbon}; padding: 1px 8px; font-weight: bold; }}
QLabel[role="key"] {{ border: 1px solid {edge}; border-radius: 3px; padding: 0 4px; font-size: {small_px}px; }}
QPushButton, QToolButton, QComboBox, QLineEdit, QDateEdit, QPlainTextEdit, QListView, QTableView, QTreeView {{
    border-radius: 4px; padding: {pad}px {gap}px; }}
QPushButton {{ min-height: {high}px; }}
QPushButton:focus {{ border: 2px solid {focus_inner}; padding: {less}px {gap}px; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus {{ border: 2px solid {accent}; background: {page};
    color: {ink}; padding: {less}px {gap}px; }}
QTableView, QListView {{ outline: 0; padding: 0; border-color: {line}; gridline-color: {line}; }}
QTableView:focus, QListView:focus {{ border: 2px solid {accent}; background: {page}; color: {ink}; }}
QHeaderView::section {{ font-size: {small_px}px; padding: 2px {gap}px; }}
QPushButton[tab="true"] {{ border: 0; border-bottom: 3px solid transparent; border-radius: 0;
    padding: {pad}px {gap}px; }}
QPushButton[tab="true"]:checked {{ border-bottom: 3px solid {accent}; background: {accent_soft}; color: {ink};
    font-weight: bold; }}
QPushButton[danger="true"] {{ border-color: {danger}; color: {danger}; }}
QFrame[role="bar"] {{ background: {accent_soft}; border-bottom: 1px solid {line}; }}
QFrame[role="foot"] {{ background: {accent_soft}; border-top: 1px solid {line}; }}
QFrame[role="card"] {{ border: 1px solid {line}; border-radius: 4px; }}
QFrame[role="sheet"] {{ background: {page}; border: 2px solid {accent}; border-radius: 6px; }}
QFrame[role="line"] {{ background: {line}; }}
QFrame#keys {{ background: transparent; }}
QTextBrowser#story {{ border: 0; padding: 0; }}
QTextBrowser#story:focus {{ border: 2px solid {accent}; background: {page}; }}
QListView::item {{ padding: {pad}px {gap}px; }}
QListView::item:selected {{ background: {accent_soft}; color: {ink}; border: 2px solid {ink}; }}
QScrollBar:vertical {{ width: {gap}px; background: {page}; border: 0; }}
QScrollBar::handle:vertical {{ background: {edge}; min-height: 24px; border-radius: 3px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
"""


def sheet(look: Look) -> str:
    """The style sheet of the whole window."""
    sizes = look.sizes
    roles = {name: getattr(look.palette, name) for name in look.palette.__slots__}
    lengths = {
        "small_px": sizes.small,
        "large_px": sizes.large,
        "gap": sizes.gap * 2,
        "pad": max(2, sizes.gap // 2),
        "less": max(1, sizes.gap // 2 - 1),
        "high": round(sizes.body * 1.5),
    }
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    return style_sheet(look.palette, sizes.body) + _DENSE.format(families=families, **roles, **lengths)
