"""The face check and the reading of cards' fronts: whether their files are there, and whose word a match is."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.confined.files import models_dir
from drivers.face import weights
from ui.diagnosis.finding import Finding, advised, ok
from ui.libraries import missing_library
from ui.settings import Settings

_WORD = {
    "simulator": "a match counts as verification, in this simulated profile alone",
    "aid": "a match helps staff and verifies nobody",
    "authorised": "a match counts as verification, by the licensed operator's word",
    "certified": "certified readers' results come by eligibility.face_folder",
}


def face(settings: Settings) -> Iterator[Finding]:
    """Always with what it is not. Nothing is loaded, and no camera opened."""
    if settings.camera_kind == "none":
        yield ok("face", "no camera is set up: no face is looked at")
        return
    authority = settings.face_authority
    by = f"authority {authority}: {_WORD[authority]}"
    if settings.camera_kind == "simulated":
        yield advised("face", "ok", f"a script judges drawn people; {by}", "face_limits")
        return
    lacking = missing_library()
    failure = None if lacking else weights.check(models_dir(settings.face.models))
    if lacking:
        yield advised("face", "fault", f"{lacking} is not installed: no face is looked at", "face_files")
    elif failure is not None:
        yield advised("face", "fault", failure.detail, "face_files")
    else:
        yield advised("face", "ok", by, "face_limits")


def front(settings: Settings) -> Iterator[Finding]:
    """Where it cannot be read its number is typed: never a fault."""
    if settings.camera_kind == "none" or not settings.face.read_front:
        yield ok("front", "the card's front is not read: its number is typed")
    elif settings.camera_kind == "simulated":
        yield ok("front", "simulated")
    else:
        from drivers.front.weights import check

        failure = check(models_dir(settings.face.models))
        if failure is not None:
            yield advised("front", "warning", f"{failure.detail}; its number is typed", "front_files")
        else:
            yield ok("front", "the card's front can be read")
