"""Which camera sees the patient's face."""

from __future__ import annotations

from drivers.camera.report import WatchedCamera
from ui.composing.simulated import Simulated
from ui.settings import Settings


def face_camera(settings: Settings, simulated: Simulated | None) -> WatchedCamera | None:
    """Not open yet; None where none is set up. Whoever takes it calls ``discard`` in the end."""
    wanted = settings.camera
    match settings.camera_kind:
        case "none":
            return None
        case "webcam":
            from drivers.camera.opencv import WatchedOpenCvCamera

            return WatchedOpenCvCamera(wanted.name, size=(wanted.width, wanted.height))
        case "simulated":
            if simulated is None:
                raise settings.wrong("camera.kind", "a simulated camera in a production profile")
            from simulator.camera import SimulatedFaceCamera

            simulated.face_camera = SimulatedFaceCamera(size=(wanted.width, wanted.height), by_itself=True)
            return simulated.face_camera
