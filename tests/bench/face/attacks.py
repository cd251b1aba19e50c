"""Rendered attacks, through the simulated camera and its judge, the real networks and a whole attempt, in virtual time.

What is drawn is no print, no telephone and no head: the table shows which kinds of deceit the rules are blind to, not
how often a real one succeeds.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from drivers.camera.oddities import doubt_of
from drivers.face.attempt import Attempt
from drivers.face.rules import Rules, Side
from drivers.face.seeing import look
from drivers.interface import FaceHint, FaceVerdict, Frame
from simulator.camera.faces import SimulatedFaceCamera
from simulator.camera.plays import Attack, attack, standing
from simulator.camera.plays import Attempt as Show
from simulator.camera.portraits import Portrait
from simulator.camera.scenes import Scene
from simulator.camera.sheets import Medium, Sheet
from tests.bench.rows import Row, row
from tests.support.faces import A_CARD, A_LIVE, B_LIVE, C_LIVE, card_of, head, networks

RATE = 15.0
SIZE = (640, 480)
_DEGREES = 28.0
_REACTION_MS = 450.0
_LONGEST_MS = 60_000
_BEFORE_MS = 5_000.0  # the camera is open while the card is read: its judge has seen so much by then
_VICTIMS = {A_LIVE: A_CARD, B_LIVE: B_LIVE, C_LIVE: C_LIVE}
_DECEIVER = {A_LIVE: C_LIVE, B_LIVE: A_LIVE, C_LIVE: B_LIVE}
_PLANS: tuple[tuple[Side, Side], ...] = (
    ("left", "right"),
    ("right", "left"),
    ("left", "left"),
    ("right", "right"),
)

Staging = Callable[[Portrait, Portrait, str], Show]


def rows(quick: bool) -> list[Row]:
    kinds: dict[str, tuple[str, Staging]] = {
        "holder": (
            "the holder, alive (should be accepted)",
            lambda own, _, seed: Show(standing(Scene(who=own), seed)),
        ),
        "stranger": ("somebody else, alive", lambda _, other, seed: Show(standing(Scene(who=other), seed))),
        "flat_print": ("flat print, turned by hand", _of(Attack.FLAT_PRINT)),
        "bent_print": ("bent print, turned by hand", _of(Attack.BENT_PRINT)),
        "phone_still": ("still picture on a telephone", _of(Attack.PHONE_STILL)),
        "replayed_film": ("film that turns by its own time", _of(Attack.REPLAYED_FILM)),
        "obeying_film": ("films that somebody starts as asked", _obeying),
        "swapped_person": ("the holder for the match, another for the turn", _of(Attack.SWAPPED_PERSON)),
        "injected_frames": ("pictures past the camera, too regular", _of(Attack.INJECTED_FRAMES)),
        "repeated_frames": ("pictures past the camera, in a loop", _of(Attack.REPEATED_FRAMES)),
    }
    victims = [A_LIVE] if quick else list(_VICTIMS)
    found = []
    for kind, (what, staging) in kinds.items():
        plans = _PLANS[:1] if quick else _PLANS if "film" in kind else _PLANS[:2]
        found.append(_row(kind, what, staging, victims, plans))
    return found


def _of(kind: Attack) -> Staging:
    return lambda victim, deceiver, seed: attack(kind, victim, deceiver, seed=seed, swap_ms=_swap(seed))


def _swap(seed: str) -> float:
    """From the first pictures to the last turn."""
    return _BEFORE_MS + random.Random(f"swap/{seed}").uniform(300, 4_000)


def _obeying(victim: Portrait, _: Portrait, seed: str) -> Show:
    hand = standing(Scene(who=victim), seed)

    def at(ms: float, turn: float) -> Scene:
        return replace(hand(ms, 0.0), sheet=Sheet(medium=Medium.PHONE, shown_turn=round(turn)))

    return Show(at)


def _row(
    kind: str, what: str, staging: Staging, victims: list[str], plans: tuple[tuple[Side, Side], ...]
) -> Row:
    ends: Counter[str] = Counter()
    for victim in victims:
        for number, plan in enumerate(plans):
            ends[_end(staging, victim, plan, f"{kind}/{victim}/{number}")] += 1
    attempts = sum(ends.values())
    refused = {name: count for name, count in sorted(ends.items()) if name != "accepted"}
    return row(
        f"attacks.{kind}", what, ends["accepted"], "accepted", attempts=attempts,
        refused=attempts - ends["accepted"], also=dict(refused),
    )  # fmt: skip


def _end(staging: Staging, victim: str, plan: tuple[Side, ...], seed: str) -> str:
    stage = _Stage(staging(head(victim).portrait, head(_DECEIVER[victim]).portrait, seed), seed)
    try:
        verdict = stage.attempt(_VICTIMS[victim], plan)
    finally:
        stage.camera.discard()
    return "accepted" if verdict.doubt is None else str(verdict.doubt)


@dataclass
class _Stage:
    """Somebody before the camera who does what is asked, after a moment."""

    show: Show
    seed: str
    now: float = 0.0

    def __post_init__(self) -> None:
        self.camera = SimulatedFaceCamera(
            self.show, size=SIZE, rate=RATE, seed=self.seed, clock=lambda: self.now / 1000
        )
        self._asked: list[tuple[float, float]] = []

    def attempt(self, card: str, plan: tuple[Side, ...]) -> FaceVerdict:
        rules = Rules()
        self.camera.open()
        while self.now < _BEFORE_MS:
            self._frame()
        attempt = Attempt(rules, card_of(card), plan, round(self.now))
        end = self.now + _LONGEST_MS
        while self.now < end:
            frame = self._frame()
            doubt = doubt_of(self.camera.report().odd)
            if doubt is not None:
                return FaceVerdict(doubt, 0, None, 0)
            picture = np.asarray(frame.pixels, np.uint8)
            for told in attempt.see(look(networks(), picture, frame.at, rules.gate)):
                if isinstance(told, FaceVerdict):
                    return told
                self._hear(told)
        raise AssertionError("an attempt ends")

    def _frame(self) -> Frame:
        self.now += 1000 / RATE
        self._obey()
        frame = self.camera.frame()
        assert isinstance(frame, Frame)
        return frame

    def _hear(self, hint: FaceHint) -> None:
        goal = {FaceHint.TURN_LEFT: _DEGREES, FaceHint.TURN_RIGHT: -_DEGREES, FaceHint.LOOK_AHEAD: 0.0}.get(
            hint
        )
        if goal is not None:
            self._asked.append((self.now + _REACTION_MS, goal))

    def _obey(self) -> None:
        while self._asked and self._asked[0][0] <= self.now:
            self.camera.turn(self._asked.pop(0)[1])
