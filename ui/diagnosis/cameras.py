"""The cameras: which is there, and, where somebody asks for it, what it sees."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec

from drivers.camera import devices
from drivers.camera.oddities import Oddity, doubt_of
from drivers.camera.report import CameraReport, WatchedCamera
from drivers.interface import Failure
from ui.diagnosis.finding import Finding, advised, ok
from ui.settings import Settings

LEAST_RATE = 24.0
LOOK_S, FIRST_S = 1.5, 6.0
"""How long pictures are looked at, and how long the first may take."""


def camera(settings: Settings) -> Iterator[Finding]:
    """The one for faces, without opening it: its light stays dark, and a match beside it is not disturbed."""
    match settings.camera_kind:
        case "none":
            yield ok("camera", "none set up: faces are not looked at")
        case "simulated":
            yield ok("camera", "simulated")
        case "webcam":
            yield from connected("camera", settings.camera.name)


def connected(subject: str, wanted: int | str) -> Iterator[Finding]:
    """Whether the camera that the settings name can be opened."""
    if find_spec("cv2") is None:
        yield advised(subject, "fault", "OpenCV is not installed", "camera_opencv")
    there = devices.cameras()
    chosen = devices.choose(wanted, there)
    names = ", ".join(f"{one.number} {one.name}" for one in there)
    if chosen is None and not there:
        yield advised(subject, "fault", "no camera found", "camera_absent")
    elif chosen is None:
        yield advised(subject, "fault", f"no camera is called {wanted!r}; there: {names}", "camera_choose")
    elif not os.access(chosen.path, os.R_OK | os.W_OK):
        yield advised(subject, "fault", f"{chosen.path} cannot be opened", "camera_rights")
    elif chosen.virtual:
        yield advised(subject, "warning", f"{chosen.name} ({chosen.path}) is a program", "camera_virtual")
    elif len(there) > 1 and wanted == "":
        yield advised(subject, "warning", f"{chosen.name} is used; there: {names}", "camera_choose")
    else:
        yield ok(subject, f"{chosen.name} ({chosen.path})")


def look(watched: WatchedCamera) -> Iterator[Finding]:
    """Opens it and looks at its pictures for a moment; keeps none. Takes up to eight seconds."""
    failure = watched.open()
    try:
        until = time.monotonic() + (0.0 if failure else FIRST_S)
        seen = watched.frame()
        while (seen is None or isinstance(seen, Failure)) and time.monotonic() < until:
            time.sleep(0.05)
            seen = watched.frame()
        if seen is None or isinstance(seen, Failure):
            detail = seen.detail if seen else f"no picture within {FIRST_S:g} s"
            yield advised("camera", "fault", detail, "camera_silent")
            return
        time.sleep(LOOK_S)
        yield from seen_of(watched.report())
    finally:
        watched.close()


def seen_of(report: CameraReport) -> Iterator[Finding]:
    """What a camera's own report is worth to whoever sets it up."""
    got, asked, rate = report.got or (0, 0), report.asked, report.rate or 0.0
    facts = f"{got[0]} × {got[1]}, {rate:.0f} pictures a second, the first after {report.first_ms or 0} ms"
    if got[0] < asked[0] or got[1] < asked[1]:
        detail = f"{facts}; {asked[0]} × {asked[1]} was asked for"
        yield advised("camera", "warning", detail, "camera_small")
    elif rate < LEAST_RATE:
        yield advised("camera", "warning", facts, "camera_slow")
    else:
        yield ok("camera", facts)
    if Oddity.BLACK in report.odd:
        yield advised("camera", "warning", "its picture is black", "camera_black")
    if Oddity.BLINDED in report.odd:
        yield advised("camera", "warning", "a light blinds it", "camera_blinded")
    if doubt_of(report.odd) is not None:
        odd = ", ".join(sorted(report.odd))
        yield advised("camera", "warning", f"its pictures are not as a camera's: {odd}", "camera_virtual")
    if report.exposes is False:
        yield advised("camera", "warning", "it does not find its exposure by itself", "camera_exposure")
