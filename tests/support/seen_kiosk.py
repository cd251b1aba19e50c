"""A whole kiosk in a process of its own, with a real reader and a camera, whose memory its parent may look into:
``python -m tests.support.seen_kiosk SETTINGS PICTURE``.

Told by lines on its standard input: ``touch OPTION``, ``number DIGITS``, ``hold DIGITS`` (typed and not sent yet),
``let_go`` and ``quit``. Digits come hexadecimal and masked, so that they are in no buffer but the one that a keypad
would fill. Tells every page on its standard output, as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from drivers.camera import capture
from drivers.camera.capture import SIZE
from drivers.camera.devices import CameraDevice
from drivers.camera.opencv import WatchedOpenCvCamera
from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from ui import logs
from ui.compose import Terminal, build
from ui.settings import read_settings

MASK = 0xA5
_PAUSE_S = 0.04


class Pictures:
    """A camera that OpenCV opens: it decodes a file for each picture, and the sensor's noise is never the same."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._chance = np.random.default_rng()

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        threading.Event().wait(_PAUSE_S * self._chance.uniform(0.7, 1.3))
        image = np.asarray(cv2.imread(self._file), np.uint8)
        image[240:] ^= self._chance.integers(0, 4, image[240:].shape, dtype=np.uint8)
        return True, image

    def get(self, setting: int, /) -> float:
        return 0.0

    def release(self) -> None: ...


class Kiosk:
    def __init__(self, settings: Path) -> None:
        self._view: VisitView | None = None
        self._held = ""
        parsed = read_settings(settings)
        logs.configure(parsed)
        self.terminal: Terminal = build(parsed, self._show)

    def _show(self, view: VisitView) -> None:
        self._view = view
        told = {"state": view.state, "variant": view.variant, "options": [one.id for one in view.options]}
        print(json.dumps(told), flush=True)

    def obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        assert self._view is not None
        if word == "touch":
            self.terminal.inbox.send(next(one.act for one in self._view.options if one.id == rest))
        elif word == "number":
            self.terminal.inbox.send(Act("PinEntered", (("slot", self._typed(rest)),)))
        elif word == "hold":
            self._held = self._typed(rest)
        elif word == "let_go":
            self.terminal.secrets.discard(self._held)
        else:
            raise ValueError(line)

    def _typed(self, masked: str) -> str:
        return self.terminal.secrets.put(bytearray(byte ^ MASK for byte in bytes.fromhex(masked)))


def _the_camera(wanted: int | str) -> CameraDevice | None:
    return CameraDevice(0, f"a camera {wanted}")


def main() -> int:
    file = sys.argv[2]
    capture.open_capture = lambda _number, _size=SIZE: Pictures(file)  # type: ignore[assignment]
    capture.find = _the_camera
    defaults = WatchedOpenCvCamera.__init__.__kwdefaults__
    assert defaults is not None
    defaults["finder"] = capture.find
    kiosk = Kiosk(Path(sys.argv[1]))
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        kiosk.obey(line.strip())
    kiosk.terminal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
