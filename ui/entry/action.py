"""The buttons beside the keys: 次へ, わからない."""

from __future__ import annotations

from ui.theme.panel import TARGET_MM
from ui.widgets.button import BigButton


class Action(BigButton):
    """As low as a target may be where keys need the room; the arrangement makes it higher where it can."""

    def height_for(self, width: int) -> int:
        return max(self.kit.profile.px(TARGET_MM), self.text_height(width) + self.kit.profile.grid(2.0))
