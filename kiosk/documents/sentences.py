"""Sentences for a template: pieces that stay whole on a line, each a run of (text, furigana)."""

from __future__ import annotations

from kiosk.wording.breaks import phrases
from kiosk.wording.text import Text

Piece = list[tuple[str, str]]


def pieces(text: Text) -> list[Piece]:
    """The sentence as the function ``say`` of the templates takes it."""
    return [[(span.text, span.ruby) for span in piece] for piece in phrases(text)]
