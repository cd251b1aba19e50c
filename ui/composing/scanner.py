"""Who reads the codes on papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import Camera, CodeScanner
from ui.composing.simulated import Simulated
from ui.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def code_source(settings: Settings, window: QWidget, simulated: Simulated | None) -> CodeScanner | None:
    """Who reads the codes on papers; None for nobody. A scanner that types stands between the keyboard and
    ``window``."""
    wanted = settings.scanner
    camera: Camera
    match wanted.kind:
        case "none":
            return None
        case "keyboard":
            from ui.widgets.wedge import KeyboardScanner, Rules

            return KeyboardScanner(window, Rules(prefix=wanted.prefix, suffix=wanted.suffix), wanted.layout)
        case "camera":
            from drivers.camera.opencv import OpenCvCamera

            camera = OpenCvCamera(wanted.camera)
        case "simulated":
            if simulated is None:
                raise settings.wrong("scanner.kind", "a simulated camera in a production profile")
            from simulator.camera import SimulatedCamera

            camera = simulated.camera = SimulatedCamera()
    from drivers.scanner.watch import CodeWatch

    return CodeWatch(camera)
