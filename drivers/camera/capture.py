"""OpenCV's way to a camera. It is large and only there with the extra ``camera``: loaded when a camera is opened."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Protocol

from drivers.camera import devices

SIZE = (1280, 720)
RATE = 30
_AUTOMATIC = 3  # V4L2_EXPOSURE_APERTURE_PRIORITY: what webcams call automatic


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used."""

    def isOpened(self) -> bool: ...

    def read(self) -> tuple[bool, Any]: ...

    def get(self, setting: int, /) -> float: ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What an opened camera says about itself; None where it says nothing."""

    rate: float | None = None
    exposes: bool | None = None


def find(wanted: int | str) -> devices.CameraDevice | None:
    """The camera to open; None where it is not there."""
    if sys.platform != "linux":
        return devices.CameraDevice(wanted if isinstance(wanted, int) else 0, "")
    return devices.choose(wanted, devices.cameras())


def open_capture(number: int, size: tuple[int, int] = SIZE) -> Capture:
    """Opens it for pictures of this width and height, with an exposure of its own finding. Raises ``ImportError``
    without OpenCV."""
    import cv2
    from cv2.utils import logging

    logging.setLogLevel(logging.LOG_LEVEL_SILENT)  # it would write to stderr by itself
    linux = sys.platform == "linux"
    capture = cv2.VideoCapture(number, cv2.CAP_V4L2 if linux else cv2.CAP_ANY)
    for setting, value in (
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),  # else USB 2 carries a few pictures a second
        (cv2.CAP_PROP_FRAME_WIDTH, size[0]),
        (cv2.CAP_PROP_FRAME_HEIGHT, size[1]),
        (cv2.CAP_PROP_FPS, RATE),
    ):
        capture.set(setting, value)
    if linux:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTOMATIC)
    return capture


def told(capture: Capture) -> Told:
    """Asked once, behind the first picture."""
    import cv2

    rate, exposure = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_AUTO_EXPOSURE)
    manual = exposure == 1  # V4L2_EXPOSURE_MANUAL; below 0 the camera has no such setting
    return Told(rate if rate > 0 else None, None if exposure < 0 else not manual)


def taken_ms(capture: Capture) -> float | None:
    """The driver's stamp of the last picture; only V4L2's is of the monotonic clock."""
    import cv2

    stamp = capture.get(cv2.CAP_PROP_POS_MSEC) if sys.platform == "linux" else 0.0
    return stamp if stamp > 0 else None


def fitted(image: Any, width: int, height: int) -> Any:
    """The picture, made smaller where a camera gives a larger one than was asked for."""
    down, across = image.shape[:2]
    if across <= width and down <= height:
        return image
    import cv2

    part = min(width / across, height / down)
    return cv2.resize(
        image, (max(1, int(across * part)), max(1, int(down * part))), interpolation=cv2.INTER_AREA
    )
