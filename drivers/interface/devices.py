"""Printers, speakers and voices."""

from __future__ import annotations

from typing import Protocol

from drivers.interface.failures import Failure


class Printer(Protocol):
    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        """Hands a finished PDF to the printer's queue; None when it was taken."""


class Speaker(Protocol):
    def play(self, sound: str) -> None:
        """Plays a named short sound; does nothing where there is no sound device."""


class Voice(Protocol):
    """Says sentences aloud, one at a time. Every method returns at once; without a voice for a language, or without a
    sound device, there is silence."""

    def say(self, text: str, language: str, *, at_once: bool = False) -> None:
        """``language``: "ja" (kana) or "en". After what is being said; ``at_once`` cuts that off. Of several that wait
        only the newest is said."""

    def hush(self) -> None:
        """Nothing more of what was asked for is said."""

    def close(self) -> None:
        """For good. Idempotent."""
