"""What happens before the camera over time: somebody stands there and turns when asked, or tries to deceive."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from PIL import Image

from simulator.camera.portraits import Portrait
from simulator.camera.scenes import Scene
from simulator.camera.sheets import Medium, Sheet

Play = Callable[[float, float], Scene]
"""What is before the camera so many milliseconds after it began, while who plays is turned by so many degrees."""

BENT = 1.2
"""Radians from edge to edge: about as far as somebody bends a sheet to look like a head."""

_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_FILM_TURN, _FILM_MS = 25.0, 6000.0


class Pace(StrEnum):
    HONEST = "honest"  # as a camera's: the sensor's clock, and a computer that wakes a little late
    PERFECT = "perfect"  # to the microsecond, as no camera
    HEAPS = "heaps"  # several at once, then none


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """``again_after``: after so many pictures the same ones come again, noise and all; 0 for never."""

    play: Play
    pace: Pace = Pace.HONEST
    again_after: int = 0


class Attack(StrEnum):
    FLAT_PRINT = "flat_print"
    BENT_PRINT = "bent_print"
    PHONE_STILL = "phone_still"
    REPLAYED_FILM = "replayed_film"  # of the other person, who turns the head in it
    SWAPPED_PERSON = (
        "swapped_person"  # the other person's photo for the match, the deceiver's head for the turn
    )
    INJECTED_FRAMES = "injected_frames"  # the other person as if alive, given to the computer past the camera
    REPEATED_FRAMES = "repeated_frames"


def standing(scene: Scene, seed: str = "") -> Play:
    """Somebody who is alive: sways a little, and turns as asked."""
    waves = _waves(seed)

    def at(ms: float, turn: float) -> Scene:
        x, y, own, tilt = (wave(ms) for wave in waves)
        return replace(
            scene,
            x=scene.x + 0.004 * x,
            y=scene.y + 0.003 * y,
            turn=scene.turn + turn + 0.8 * own,
            tilt=scene.tilt + 0.6 * tilt,
        )

    return at


def film(pictures: Sequence[Image.Image], rate: float = 30.0, scene: Scene | None = None) -> Play:
    """These pictures one after another, from the beginning again; ``scene`` for light, blur and noise."""
    if not pictures:
        raise ValueError("a film has pictures")
    plain = scene or Scene()

    def at(ms: float, _turn: float) -> Scene:
        return replace(plain, picture=pictures[int(ms * rate / 1000) % len(pictures)])

    return at


def pictures_of(path: Path) -> list[Image.Image]:
    """A folder's pictures by their names, or the frames of a film, which needs OpenCV. Raises ``ValueError`` where
    there are none."""
    found = (
        [
            Image.open(one).convert("RGB")
            for one in sorted(path.iterdir())
            if one.suffix.casefold() in _PICTURES
        ]
        if path.is_dir()
        else list(_frames(path))
    )
    if not found:
        raise ValueError(f"no pictures in {path.name}")
    return found


def _frames(path: Path) -> Iterator[Image.Image]:
    import cv2

    capture = cv2.VideoCapture(str(path))
    try:
        while True:
            good, image = capture.read()
            if not good:
                return
            yield Image.fromarray(image[:, :, ::-1])
    finally:
        capture.release()


def attack(
    kind: Attack, victim: Portrait, deceiver: Portrait, *, seed: str = "", swap_ms: float = 2500.0
) -> Attempt:
    """Somebody who wants to be taken for ``victim``, and follows what is asked as far as his means go. The replayed
    film turns by its own time: to the victim's left and right in turn, every three seconds."""
    alive = standing(Scene(who=victim), seed)
    match kind:
        case Attack.FLAT_PRINT:
            return Attempt(standing(Scene(who=victim, sheet=Sheet()), seed))
        case Attack.BENT_PRINT:
            return Attempt(standing(Scene(who=victim, sheet=Sheet(bend=BENT)), seed))
        case Attack.PHONE_STILL:
            return Attempt(standing(Scene(who=victim, sheet=Sheet(medium=Medium.PHONE)), seed))
        case Attack.REPLAYED_FILM:
            return Attempt(_replayed(victim, seed))
        case Attack.SWAPPED_PERSON:
            own = standing(Scene(who=deceiver), seed)
            return Attempt(lambda ms, turn: alive(ms, turn) if ms < swap_ms else own(ms, turn))
        case Attack.INJECTED_FRAMES:
            return Attempt(alive, Pace.PERFECT)
        case Attack.REPEATED_FRAMES:
            return Attempt(alive, again_after=45)


def _replayed(victim: Portrait, seed: str) -> Play:
    hand = standing(Scene(who=victim, sheet=Sheet(medium=Medium.PHONE)), seed)

    def at(ms: float, _turn: float) -> Scene:
        shown = _FILM_TURN * math.sin(2 * math.pi * ms / _FILM_MS)
        return replace(hand(ms, 0.0), sheet=Sheet(medium=Medium.PHONE, shown_turn=round(shown)))

    return at


def _waves(seed: str) -> list[Callable[[float], float]]:
    """Slow movements between -1 and 1 that do not come round together."""
    chance = random.Random(f"sway/{seed}")  # noqa: S311 - a picture, not a secret

    def wave() -> Callable[[float], float]:
        parts = [(chance.uniform(900, 4000), chance.uniform(0, 2 * math.pi)) for _ in range(2)]
        return lambda ms: sum(math.sin(2 * math.pi * ms / period + phase) for period, phase in parts) / 2

    return [wave() for _ in range(4)]
