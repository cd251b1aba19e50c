"""Which cameras there are. On Linux the kernel lists them; elsewhere only their numbers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LISTED = Path("/sys/class/video4linux")

VIRTUAL_NAMES = (
    "virtual cam",  # OBS Virtual Camera and its kin
    "obs cam",
    "dummy video device",  # v4l2loopback that nobody gave a name
    "v4l2loopback",
    "akvcam",
    "vivid",  # the kernel's own test driver
    "droidcam",
    "iriun",
    "manycam",
    "xsplit",
    "snap camera",
    "e2esoft",
)
"""Parts of names of programs that pose as cameras. A hint for people: whoever wants to deceive chooses another name."""


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """``number``: N of /dev/videoN, by which it is opened. ``name``: as its maker wrote it, so perhaps not unique.
    ``hardware``: the kernel hangs it on a bus; False for what a program feeds, such as v4l2loopback."""

    number: int
    name: str
    hardware: bool = True

    @property
    def path(self) -> Path:
        return Path(f"/dev/video{self.number}")

    @property
    def virtual(self) -> bool:
        """The kernel says so, or the name does."""
        return not self.hardware or any(part in self.name.casefold() for part in VIRTUAL_NAMES)


def cameras(listed: Path = LISTED) -> tuple[CameraDevice, ...]:
    """By number. A camera has further nodes, for data about its pictures: those are left out (index above 0)."""
    found = []
    for node in listed.glob("video*"):
        number = node.name.removeprefix("video")
        if number.isdecimal() and _told(node / "index") in ("", "0"):
            found.append(CameraDevice(int(number), _told(node / "name"), hardware=_on_a_bus(node)))
    return tuple(sorted(found, key=lambda one: one.number))


def choose(wanted: int | str, there: Sequence[CameraDevice]) -> CameraDevice | None:
    """The camera with this number, or the first whose name contains the text; None where there is none. Where any will
    do, one of hardware comes before a virtual one."""
    if isinstance(wanted, int):
        return next((one for one in there if one.number == wanted), None)
    fitting = [one for one in there if wanted.casefold() in one.name.casefold()]
    return min(fitting, key=lambda one: (one.virtual, one.number), default=None)


def _on_a_bus(node: Path) -> bool:
    """The link of a node of the class leads below /sys/devices/virtual where no bus carries the device."""
    return "virtual" not in node.resolve().parts


def _told(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
