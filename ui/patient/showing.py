"""What staff must see with their own eyes: a paper, a screen, a pupil's print. They are on their way."""

from __future__ import annotations

from ui.patient.details import DetailsPage
from ui.widgets.picture import PictureView


class ShowingPage(DetailsPage):
    """The picture of what to have ready. What a scanner read stays behind a touch, for staff to compare."""

    picture_matters = True


class SchoolTripPage(ShowingPage):
    def make_picture(self) -> PictureView | None:
        """None while the paper is asked for: the cards carry the pictures."""
        return super().make_picture() if self.view.variant else None


class StaffVerifyingPage(ShowingPage):
    """A person comes to look at what has no page of its own."""
