"""Printers and speakers."""

from __future__ import annotations

from typing import Protocol

from drivers.interface.failures import Failure


class Printer(Protocol):
    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        """Hands a finished PDF to the printer's queue; None when it was taken."""


class Speaker(Protocol):
    def play(self, sound: str) -> None:
        """Plays a named short sound; does nothing where there is no sound device."""
