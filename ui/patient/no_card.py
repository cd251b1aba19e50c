"""ExplainingNoCard: five causes as cards; then what to do about the card, whom to ask, and on to today's reception."""

from __future__ import annotations

from ui.patient.details import DetailsPage
from ui.patient.option_icons import icon_of
from ui.widgets.picture import PictureView


class NoCardPage(DetailsPage):
    toggle_key = "screen.contacts"
    open_at_once = True

    def make_picture(self) -> PictureView | None:
        """That of the card which was touched; none while the cause is asked."""
        cause = icon_of(f"no_card_{self.view.variant}")
        return PictureView(self.kit, cause or self.view.picture, parent=self) if self.view.variant else None
