"""Printers and sound."""

from __future__ import annotations

from pathlib import Path

from drivers.interface import Printer, Speaker, Voice
from ui.settings import Settings


def printer_of(queue: str, folder: Path | None) -> Printer | None:
    """A CUPS queue, or a folder that takes PDFs; None where neither is named."""
    if queue:
        from drivers.printer import LpPrinter

        return LpPrinter(queue)
    if folder is not None:
        from drivers.printer import FilePrinter

        return FilePrinter(folder)
    return None


def voice_of(settings: Settings) -> Voice | None:
    """None where nothing is to be said, or nobody could."""
    if not settings.speaks:
        return None
    from drivers.speech import EspeakVoice

    voice = EspeakVoice()
    return voice if voice.available else None


def speaker_of() -> Speaker:
    from drivers.speech import AplayPlayer

    return AplayPlayer()
