"""Finished: the reception number and what happens now."""

from __future__ import annotations

from ui.patient.page import Page
from ui.widgets.picture import PictureView


class FinishedPage(Page):
    picture_matters = True

    def make_picture(self) -> PictureView | None:
        return PictureView(self.kit, self.view.picture, number=self.view.number, parent=self)
