"""Where the shipped fonts are. Screen and print use these and never the machine's own."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

FONT_FILES = (
    "BIZUDPGothic-Regular.ttf",
    "BIZUDPGothic-Bold.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
)
FAMILIES = ("BIZ UDPGothic", "Noto Sans CJK JP")  # in this order: the second holds what the first lacks
OVERRIDE = "UKETSUKE_FONTS"


class FontsMissing(Exception):
    """The shipped fonts are not where they should be. ``remedy`` tells the person who set the machine up what to do."""

    def __init__(self, folder: Path, missing: tuple[str, ...]) -> None:
        super().__init__(f"no {', '.join(missing)} in {folder}")
        self.folder = folder
        self.missing = missing
        self.remedy = (
            f"Run make in the source tree, reinstall the package, or set {OVERRIDE} to a folder that holds "
            f"{', '.join(FONT_FILES)}."
        )


def fonts_dir(setting: Path | None = None) -> Path:
    """The folder of the shipped fonts: the setting, else ``UKETSUKE_FONTS``, else ``fonts`` inside this package (a
    packaged program), else ``build/fonts`` of the source tree. Raises ``FontsMissing``."""
    folder = setting or _from_environment() or _carried()
    missing = tuple(name for name in FONT_FILES if not (folder / name).is_file())
    if missing:
        raise FontsMissing(folder, missing)
    return folder


def _from_environment() -> Path | None:
    value = os.environ.get(OVERRIDE)
    return Path(value) if value else None


def _carried() -> Path:
    package = Path(str(resources.files("kiosk.documents")))
    inside = package / "fonts"
    return inside if inside.is_dir() else package.parent.parent / "build" / "fonts"
