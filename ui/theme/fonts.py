"""The fonts that come with the program. The system's own fonts are never used: pictures stay equal everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont

from kiosk.documents.fonts import FAMILIES, FONT_FILES, FontsMissing, fonts_dir

_PRIMARY_FILES, _SECOND_FILES = FONT_FILES[:2], FONT_FILES[2:]


_loaded: set[Path] = set()


def _load(folder: Path, names: Iterable[str]) -> None:
    for path in (folder / name for name in names):
        if path in _loaded:
            continue
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FontsMissing(folder, (path.name,))
        _loaded.add(path)


class Fonts:
    """Fonts and their measures by pixel size. ``folder``: where the files are, if not at their usual place. Raises
    ``FontsMissing``.

    The second font is 40 MB large and only rare names need it, so it is loaded with the first such name.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = fonts_dir(folder)
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self._metrics: dict[tuple[int, bool], QFontMetricsF] = {}
        _load(self._folder, _PRIMARY_FILES)
        self._primary = QRawFont.fromFont(self.font(16))

    def cover(self, text: str) -> None:
        """Makes sure that every character which some font of ours holds can be drawn."""
        if not all(self._primary.supportsCharacter(ord(sign)) for sign in text):
            _load(self._folder, _SECOND_FILES)

    def font(self, px: int, bold: bool = False) -> QFont:
        key = (px, bold)
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(list(FAMILIES))
            font.setPixelSize(px)
            font.setBold(bold)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[key] = font
        return self._fonts[key]

    def metrics(self, px: int, bold: bool = False) -> QFontMetricsF:
        key = (px, bold)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(px, bold))
        return self._metrics[key]
