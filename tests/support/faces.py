"""What tests of the face check share: the real networks, people out of the photographs, their cards, and a camera
before which they stand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache

import cv2

from drivers.camera.oddities import Oddity
from drivers.camera.report import CameraReport
from drivers.camera.ring import FrameRing
from drivers.confined.files import models_dir
from drivers.face.attempt import Attempt
from drivers.face.networks import Networks, Template
from drivers.face.photo import card_template
from drivers.face.rules import Rules, Side
from drivers.face.seeing import look
from drivers.face.weights import Weights, load
from drivers.interface import CardPhoto, FaceHint, FaceVerdict, Failure, Fault, Frame
from tests.support.heads import SHOT, SIZE, Head, Shot
from tests.support.photographs import PEOPLE, Pixels, photograph

A_CARD, A_LIVE, B_LIVE, C_LIVE = "obama.jpg", "obama3.jpg", "biden.jpg", "astronaut.png"
"""One man on two photographs, another man, and a woman."""

AHEAD = {"obama.jpg": 0, "obama2.jpg": 24, "obama3.jpg": 0, "biden.jpg": -8, "astronaut.png": 0}
"""Degrees by which the heads of the photographs must be turned to look ahead."""

EVERY_NAME = [name for names in PEOPLE.values() for name in names]


@cache
def networks() -> Networks:
    weights = load(models_dir())
    assert isinstance(weights, Weights), weights
    return Networks(weights)


@cache
def head(name: str) -> Head:
    photo = photograph(name)
    return Head(photo, networks().faces(photo)[0].points)


@cache
def card_picture(name: str) -> bytes:
    """As a card keeps it: 240 × 320, grey, JPEG 2000 of at most 5 kB or so."""
    cut = head(name).flat[90:590, 140:515]
    grey = cv2.cvtColor(cv2.resize(cut, (240, 320), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    packed = b""
    for thousandth in range(20, 200, 15):
        packed = jpeg2000(grey, thousandth)
        if len(packed) >= 4_800:
            break
    return packed


def jpeg2000(picture: cv2.typing.MatLike, thousandth: int = 100) -> bytes:
    done, packed = cv2.imencode(".jp2", picture, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, thousandth])
    assert done
    return packed.tobytes()


def card(name: str = A_CARD, insertion: int = 1) -> CardPhoto:
    return CardPhoto(insertion, False, bytearray(card_picture(name)))


@cache
def card_of(name: str) -> Template:
    return card_template(networks(), card_picture(name))


@cache
def shown(name: str, degrees: int = 0, shot: Shot = SHOT) -> Pixels:
    """Somebody before the camera, so many degrees to the left of looking ahead."""
    return head(name).shot(shot, yaw=AHEAD[name] + degrees)


@cache
def printed(name: str, degrees: int = 0, bent: float = 0.0, shot: Shot = SHOT) -> Pixels:
    """A print of the photograph, held before the camera."""
    return head(name).printed(shot, yaw=degrees, bent=bent)


Seen = Callable[[int, int], Pixels]
"""What stands before the camera when something is turned by so many degrees, in which number of picture."""


def person(name: str, shot: Shot = SHOT) -> Seen:
    return lambda degrees, number: shown(name, degrees, replace(shot, seed=number % 2))


@dataclass
class Actor:
    """Does what is asked, four degrees from picture to picture, as far as it turns at all."""

    seen: Seen
    most: int = 36
    step: int = 4
    ask: FaceHint | None = None
    degrees: int = 0
    number: int = 0

    def next(self) -> Pixels:
        goal = {FaceHint.TURN_LEFT: self.most, FaceHint.TURN_RIGHT: -self.most}.get(
            self.ask or FaceHint.NO_FACE, 0
        )
        self.degrees += max(-self.step, min(self.step, goal - self.degrees))
        self.number += 1
        return self.seen(self.degrees, self.number)


def played(
    actor: Actor,
    card_name: str = A_CARD,
    turns: Iterable[Side] = ("left", "right"),
    rules: Rules | None = None,
    every: int = 66,
) -> tuple[FaceVerdict, list[FaceHint]]:
    """An attempt in virtual time, with the real networks: its verdict, and what was told before."""
    rules = rules or Rules()
    attempt = Attempt(rules, card_of(card_name), tuple(turns), 0)
    hints: list[FaceHint] = []
    at = 0
    while True:
        at += every
        assert at < 120_000, "an attempt ends"
        for told in attempt.see(look(networks(), actor.next(), at, rules.gate)):
            if isinstance(told, FaceVerdict):
                return told, hints
            hints.append(told)
            actor.ask = told


class StagedCamera:
    """A ``WatchedCamera`` before which somebody stands and does what he is told through ``hear``."""

    def __init__(self, actor: Actor | None = None, *, every: float = 0.03) -> None:
        self.ring = FrameRing.create(*SIZE)
        self.actor = actor
        self.odd: frozenset[Oddity] = frozenset()
        self.plugged = True
        self._every = every
        self._open = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, told: FaceHint | FaceVerdict | Failure) -> None:
        if self.actor is not None and isinstance(told, FaceHint):
            self.actor.ask = told

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def open(self) -> Failure | None:
        if not self._open.is_set():
            self._open.set()
            self._thread = threading.Thread(target=self._take, name="staged camera", daemon=True)
            self._thread.start()
        return self.absent()

    def absent(self) -> Failure | None:
        return None if self.plugged else Failure.of(Fault.CAMERA_GONE, "staged: unplugged")

    def _take(self) -> None:
        while self._open.is_set():
            if self.plugged and self.actor is not None:
                self.ring.write(self.actor.next().data, time.monotonic_ns() // 1_000_000)
            threading.Event().wait(self._every)

    def frame(self) -> Frame | Failure | None:
        if not (self.plugged and self._open.is_set()):
            return Failure.of(Fault.CAMERA_GONE, "staged: unplugged")
        return self.ring.latest()

    def report(self) -> CameraReport:
        return CameraReport(name="staged", odd=self.odd)

    def close(self) -> None:
        self._open.clear()
        if self._thread is not None:
            self._thread.join(5)
        self.ring.wipe()

    def discard(self) -> None:
        self.close()
        self.ring.close()


@dataclass
class Listener:
    """Keeps what it is told; waits for the end of an attempt."""

    camera: StagedCamera | None = None
    told: list[FaceHint | FaceVerdict | Failure] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, told: FaceHint | FaceVerdict | Failure) -> None:
        if self.camera is not None:
            self.camera.hear(told)
        with self._changed:
            self.told.append(told)
            self._changed.notify_all()

    @property
    def end(self) -> FaceVerdict | Failure | None:
        return next((one for one in self.told if not isinstance(one, FaceHint)), None)

    def ended(self, seconds: float = 40.0) -> FaceVerdict | Failure:
        with self._changed:
            assert self._changed.wait_for(lambda: self.end is not None, seconds), f"told only {self.told}"
        assert self.end is not None
        return self.end

    def heard(self, wanted: FaceHint, seconds: float = 20.0) -> None:
        self.until(lambda: wanted in self.told, seconds)

    def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, seconds), f"told only {self.told}"

    def anything(self, seconds: float = 20.0) -> None:
        """Waits for the first word."""
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.told), seconds), "told nothing"
