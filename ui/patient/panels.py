"""The two panels behind the header's targets: how large and in which colours, and in which language."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.visit.acts import Act
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.views import VisitView
from ui.theme.panel import Sizes
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.say import Say
from ui.widgets.target import Target

_SIZES: tuple[TextSize, ...] = ("small", "medium", "large", "extra_large")
_CONTRASTS: tuple[Contrast, ...] = ("standard", "high")
_SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)


class Panel(QWidget):
    """Headings with rows of equal choices beneath. What is in force carries a mark."""

    acted = Signal(object)

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.groups: list[tuple[Say, list[BigButton]]] = []
        self.fits = True

    def add_group(self, heading: str, choices: Sequence[tuple[str, Act]], chosen: str) -> None:
        title = Say(self.kit, self.kit.key(heading), "title", parent=self)
        buttons = []
        for key, act in choices:
            mark = "icon.check" if key == chosen else ""
            button = BigButton(self.kit, self.kit.key(key), "option", picture=mark, parent=self)
            button.setObjectName(key)
            button.setCheckable(True)
            button.setChecked(key == chosen)
            button.set_chosen(key == chosen)
            button.touched.connect(lambda act=act: self.acted.emit(act))
            buttons.append(button)
        self.groups.append((title, buttons))

    def targets(self) -> list[Target]:
        return [button for _title, buttons in self.groups for button in buttons]

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.fits = any(self._arrange(scale, columns) for scale in _SCALES for columns in (4, 2))

    def _arrange(self, scale: float, columns: int) -> bool:
        profile = self.kit.profile
        margin, gap, small = profile.grid(8.0), profile.grid(6.0), profile.grid(3.0)
        width = self.width() - 2 * margin
        top = 0
        places: list[tuple[QWidget, int, int, int, int]] = []
        for title, buttons in self.groups:
            title.set_scale(scale)
            places.append((title, margin, top, width, title.height_for(width)))
            top += title.height_for(width) + small
            across = min(columns, len(buttons))
            each = (width - small * (across - 1)) // across
            for button in buttons:
                button.set_scale(scale)
                if button.broken_at(each):
                    return False
            height = max(button.height_for(each) for button in buttons)
            for place, button in enumerate(buttons):
                row, column = divmod(place, across)
                y = top + row * (height + small)
                places.append((button, margin + column * (each + small), y, each, height))
            rows = -(-len(buttons) // across)
            top += rows * (height + small) - small + gap
        free = self.height() - (top - gap) - 2 * small
        if free < 0:
            return False
        for widget, x, y, w, h in places:
            widget.setGeometry(x, small + free // 2 + y, w, h)
        return True


def display_panel(view: VisitView, kit: Kit, parent: QWidget) -> Panel:
    panel = Panel(kit, parent)
    sizes = [(f"frame.text_size.{size}", Act("TextSizeChosen", (("text_size", size),))) for size in _SIZES]
    panel.add_group("frame.text_size", sizes, f"frame.text_size.{view.text_size}")
    for size, button in zip(
        _SIZES, panel.groups[0][1], strict=True
    ):  # each looks as it would make all others look
        button.magnify = Sizes(kit.profile, size).em("label") / kit.sizes.em("label")
    contrasts = [
        (f"frame.contrast.{name}", Act("ContrastChosen", (("contrast", name),))) for name in _CONTRASTS
    ]
    panel.add_group("frame.contrast", contrasts, f"frame.contrast.{view.contrast}")
    return panel


def language_panel(view: VisitView, kit: Kit, parent: QWidget, languages: Sequence[str]) -> Panel:
    panel = Panel(kit, parent)
    choices = [(f"language.{tag}", Act("LanguageChosen", (("language", tag),))) for tag in languages]
    panel.add_group("frame.language", choices, f"language.{view.language}")
    return panel
