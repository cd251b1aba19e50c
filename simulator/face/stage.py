"""Who stands before a simulated kiosk: what the scripted matcher judges, and what the patient's mirror shows of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.interface import CardPhoto, FaceHint, FaceListener, FaceVerdict, Failure, Frame
from simulator.face.scripted import NOBODY, Before, ScriptedMatcher
from simulator.scenarios.scenario import CameraPart

if TYPE_CHECKING:
    from simulator.camera.scenes import Scene

SIZE = (640, 360)
RATE = 30.0
TURNING_S = 0.7
MENDING_S = 0.9
"""How long the head takes to turn, and somebody to do as a hint says."""

_TURNS = {FaceHint.TURN_LEFT: 25.0, FaceHint.TURN_RIGHT: -25.0}
_ALL_IS_WELL = frozenset({FaceHint.HOLD_STILL, FaceHint.LOOK_AHEAD, *_TURNS})
_BESIDE = "somebody beside"


class Stage:
    """``holder``: the persona whose card was laid on the reader last. ``part``: who stands there, and how. ``in_hand``:
    whose card is held before the camera, "" for none. Any thread may write and ask; ``picture`` draws, in about three
    milliseconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._part = CameraPart()
        self.holder = ""
        self.in_hand = ""
        self._mended: dict[FaceHint, float] = {}
        self._turn = (0.0, 0.0, 0.0)
        self._drawn: tuple[int, Frame] | None = None
        self._began = clock()

    @property
    def part(self) -> CameraPart:
        with self._lock:
            return self._part

    @part.setter
    def part(self, part: CameraPart) -> None:
        with self._lock:
            self._part = part
            self._mended.clear()

    def before(self) -> Before:
        return self.part.before(self.holder or NOBODY)

    def hear(self, hint: FaceHint) -> None:
        """Whoever is there does as the screen says, where they do as told."""
        with self._lock:
            now = self._clock()
            amiss = self._part.amiss
            if self._part.does_as_told:
                done = (
                    amiss if hint in _ALL_IS_WELL else amiss[: amiss.index(hint) + 1 if hint in amiss else 0]
                )
                for one in done:
                    self._mended.setdefault(one, now + (MENDING_S if one is hint else 0.0))
            if hint in _TURNS or hint is FaceHint.LOOK_AHEAD:
                wanted = _TURNS.get(hint, 0.0) if self._part.turns else 0.0
                self._turn = (self._turned(now), wanted, now)

    def begin_again(self) -> None:
        """Another look: what was amiss is amiss again."""
        with self._lock:
            self._mended.clear()
            self._turn = (0.0, 0.0, 0.0)

    def picture(self) -> Frame:
        """What the camera sees now; the same one until the next is due."""
        with self._lock:
            now = self._clock()
            number = int((now - self._began) * RATE) + 1
            if self._drawn is None or self._drawn[0] != number:
                from simulator.camera.camera import pixels_of
                from simulator.camera.scenes import shot

                pixels = pixels_of(shot(self._scene(now), SIZE, str(number)))
                self._drawn = (number, Frame(number, pixels, int(now * 1000)))
            return self._drawn[1]

    def forget(self) -> None:
        with self._lock:
            self._drawn = None

    # ---------------------------------------------------------------------------------------------------

    def _scene(self, now: float) -> Scene:
        from simulator.camera.plays import standing
        from simulator.camera.portraits import drawn
        from simulator.camera.scenes import Scene
        from simulator.camera.sheets import Medium, Sheet

        part = self._still_amiss(now)
        who = self._part.who or self.holder
        there = bool(who) and who != NOBODY
        medium = Medium.PHONE if part.spoof in ("phone_still", "replayed_film") else None
        sheet = Sheet(medium=medium) if medium else Sheet() if part.spoof.endswith("print") else None
        scene = Scene(
            who=drawn(who) if there else None,
            second=drawn(_BESIDE) if there and not part.alone else None,
            sheet=sheet if there else None,
            mask=part.mask,
            near={"right": 0.55, "far": 0.26, "near": 0.95}[part.distance],
            x=0.78 if part.place == "aside" else 0.5,
            turn=24.0 if part.pose == "turned" else 0.0,
            light={"good": 1.0, "dark": 0.22, "bright": 2.0, "blinding": 4.0}[part.light],
            blur=0.0 if part.still else 6.0,
            covered=part.covered,
        )
        return standing(scene, who)((now - self._began) * 1000, self._turned(now))

    def _still_amiss(self, now: float) -> CameraPart:
        """The part as it is once everything that was put right is right."""
        right = CameraPart()
        changed = {
            FaceHint.CAMERA_BLACK: "covered", FaceHint.CAMERA_BLINDED: "light", FaceHint.TWO_FACES: "alone",
            FaceHint.TOO_FAR: "distance", FaceHint.TOO_NEAR: "distance", FaceHint.OFF_CENTRE: "place",
            FaceHint.TURNED: "pose", FaceHint.DARK: "light", FaceHint.BRIGHT: "light", FaceHint.MASK: "mask",
            FaceHint.BLURRED: "still",
        }  # fmt: skip
        mended = {changed[hint] for hint, at in self._mended.items() if hint in changed and now >= at}
        return replace(self._part, **{name: getattr(right, name) for name in mended})

    def _turned(self, now: float) -> float:
        began, to, since = self._turn
        part = min(1.0, max(0.0, (now - since) / TURNING_S))
        return began + (to - began) * part * part * (3 - 2 * part)


class StagedMatcher(ScriptedMatcher):
    """The scripted matcher, in real time: the stage hears what is asked, and the mirror shows it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.before, _later, stage.picture)
        self._stage = stage

    def look(self, listener: FaceListener) -> None:
        self._stage.begin_again()
        super().look(self._heard(listener))

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        self._stage.begin_again()
        super().match(photo, self._heard(listener))

    def forget(self) -> None:
        super().forget()
        self._stage.forget()

    def _heard(self, listener: FaceListener) -> FaceListener:
        def listen(told: FaceHint | FaceVerdict | Failure) -> None:
            if isinstance(told, FaceHint):
                self._stage.hear(told)
            listener(told)

        return listen


def _later(milliseconds: int, job: Callable[[], None]) -> None:
    timer = threading.Timer(milliseconds / 1000, job)
    timer.daemon = True
    timer.start()
