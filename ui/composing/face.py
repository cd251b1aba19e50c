"""The face check: who compares, who reads the card's front, and whose word a match is here.

Nothing heavy is loaded: OpenCV, the networks and drawn people come with the first look.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from drivers.interface import Authority, FaceMatcher, FrontReader
from ui.composing.camera import face_camera
from ui.composing.simulated import Simulated
from ui.libraries import missing_library
from ui.settings import Settings

if TYPE_CHECKING:
    from drivers.camera.report import WatchedCamera
    from kiosk.reception.facing import FaceAuthoriser

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FaceParts:
    """``authority`` None: no face is looked at here."""

    matcher: FaceMatcher | None = None
    authoriser: FaceAuthoriser | None = None
    authority: Authority | None = None
    front: FrontReader | None = None


def face_of(
    settings: Settings, simulated: Simulated | None, today: Callable[[], date], undo: ExitStack
) -> FaceParts:
    """Raises ``SettingsError`` for an authority that nobody here may have."""
    match settings.camera_kind:
        case "none":
            return FaceParts()
        case "simulated":
            return _scripted(settings, simulated, today, undo)
        case "webcam":
            return _real(settings, simulated, today, undo)


def _scripted(
    settings: Settings, simulated: Simulated | None, today: Callable[[], date], undo: ExitStack
) -> FaceParts:
    """Drawn people are all one person to real networks: a script judges them."""
    if simulated is None:
        raise settings.wrong("camera.kind", "a simulated camera in a production profile")
    from simulator.face.front import ScriptedFront
    from simulator.face.stage import Stage, StagedMatcher

    simulated.stage = stage = Stage()
    simulated.matcher = matcher = StagedMatcher(stage)
    undo.callback(matcher.close)
    front = None
    if settings.face.read_front:
        simulated.front = front = ScriptedFront(stage, today)
        undo.callback(front.close)
    return FaceParts(matcher, _authoriser(settings, simulated), settings.face_authority, front)


def _real(
    settings: Settings, simulated: Simulated | None, today: Callable[[], date], undo: ExitStack
) -> FaceParts:
    authoriser = _authoriser(settings, simulated)
    if lacking := missing_library():
        _log.warning("face.off", lacking=lacking)
        return FaceParts()
    from drivers.camera.sharing import SharedCamera
    from drivers.confined.freed import overwrite_freed
    from drivers.face.matcher import ProcessFaceMatcher
    from drivers.face.rules import Rules

    overwrite_freed()
    camera = face_camera(settings, simulated)
    assert camera is not None  # a kind that has one
    shared = SharedCamera(camera)
    undo.callback(shared.discard)
    rules = Rules(threshold=settings.face.threshold)
    matcher = ProcessFaceMatcher(shared.handle(), rules=rules, models=settings.face.models)
    undo.callback(matcher.close)
    return FaceParts(
        matcher, authoriser, settings.face_authority, _front(settings, shared.handle, today, undo)
    )


def _front(
    settings: Settings, handle: Callable[[], WatchedCamera], today: Callable[[], date], undo: ExitStack
) -> FrontReader | None:
    """None where the front cannot be read: then its number is typed."""
    if not settings.face.read_front:
        return None
    from drivers.front.reader import ProcessFrontReader

    reader = ProcessFrontReader(handle(), today, models=settings.face.models)
    failure = reader.ready()
    if failure is not None:
        _log.warning("front.off", fault=str(failure.fault), detail=failure.detail)
        return None
    undo.callback(reader.close)
    return reader


def _authoriser(settings: Settings, simulated: Simulated | None) -> FaceAuthoriser | None:
    """Who may say that a match stands in the place of the PIN; nobody for an aid."""
    match settings.face_authority:
        case "simulator":
            if simulated is None:
                raise settings.wrong("face.authority", "a simulated word in a production profile")
            from simulator.national.operators import SimulatedAuthoriser

            return SimulatedAuthoriser()
        case "authorised":
            return _provided(settings)
        case "certified":
            raise settings.wrong("face.authority", "certified results come by eligibility.face_folder")
        case "aid":
            return None


def _provided(settings: Settings) -> FaceAuthoriser:
    """What a licensed operator has installed beside this program."""
    from kiosk.reception.facing import may_verify

    module, _, name = settings.face.authoriser.partition(":")
    try:
        authoriser: FaceAuthoriser = getattr(import_module(module), name)()
    except (
        Exception
    ) as error:  # somebody else's program: whatever is wrong with it, the face check may not begin
        problem = f"{settings.face.authoriser!r} cannot be used ({type(error).__name__})"
        raise settings.wrong("face.authoriser", problem) from None
    if not may_verify("authorised", authoriser):
        raise settings.wrong("face.authoriser", f"{settings.face.authoriser!r} is not authorised")
    return authoriser
