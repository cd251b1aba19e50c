"""The pages of the face check: the card's front, and the camera."""

from __future__ import annotations

from ui.patient.page import Page


class FrontPage(Page):
    """ReadingCardFront, where nothing is typed: the keypad has its own page."""


class CameraPage(Page):
    """MatchingFace: what to do, one thing at a time."""
