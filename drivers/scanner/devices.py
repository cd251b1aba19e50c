"""Which cameras there are. On Linux the kernel lists them; elsewhere only their numbers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LISTED = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """``number``: N of /dev/videoN, by which it is opened. ``name``: as its maker wrote it, so perhaps not unique."""

    number: int
    name: str

    @property
    def path(self) -> Path:
        return Path(f"/dev/video{self.number}")


def cameras(listed: Path = LISTED) -> tuple[CameraDevice, ...]:
    """By number. A camera has further nodes, for data about its pictures: those are left out (index above 0)."""
    found = []
    for node in listed.glob("video*"):
        number = node.name.removeprefix("video")
        if number.isdecimal() and _told(node / "index") in ("", "0"):
            found.append(CameraDevice(int(number), _told(node / "name")))
    return tuple(sorted(found, key=lambda one: one.number))


def choose(wanted: int | str, there: Sequence[CameraDevice]) -> CameraDevice | None:
    """The camera with this number, or the first whose name contains the text; None where there is none."""
    if isinstance(wanted, int):
        return next((one for one in there if one.number == wanted), None)
    return next((one for one in there if wanted.casefold() in one.name.casefold()), None)


def _told(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
