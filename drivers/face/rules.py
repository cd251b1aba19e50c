"""The numbers of the face check. Where they come from, and which were measured, stands in README.md."""

from __future__ import annotations

from typing import Literal

import msgspec

Side = Literal["left", "right"]
"""Of a turn, as the person names it."""

THRESHOLD = 0.40
LOWEST_THRESHOLD = 0.363
"""Cosine of two faces from which on they count as one person's. The lowest is the value at which the network's makers
found most right answers on their own pictures: no value for security is below it."""


class ThresholdTooLow(ValueError):
    """A threshold that would take strangers for the card's holder. ``remedy`` says what to write instead."""

    def __init__(self, threshold: float) -> None:
        super().__init__(f"a face threshold of {threshold:g} is below {LOWEST_THRESHOLD}")
        self.remedy = f"Leave the threshold at {THRESHOLD:.2f} or raise it; never below {LOWEST_THRESHOLD}."


class Gate(msgspec.Struct, frozen=True):
    """What a picture must be to be compared. Lengths are pixels of the camera's picture, brightness is 0 to 255."""

    eyes_apart: float = 60.0  # at least: the network sees eyes 35 pixels apart
    most_height: float = 0.75  # of the picture, taken by the face
    off_centre: float = 0.22  # of width and height, from the middle
    turned: float = 0.12  # of the eye distance, the nose from the middle between the eyes
    dark: float = 60.0
    bright: float = 200.0
    sharp: float = 0.0018
    mask: float = 0.55
    second_face: float = 0.6  # of the first one's eye distance: smaller faces wait behind
    black: float = 14.0
    blinded: float = 0.45  # of the picture, without any drawing in it


class Rules(msgspec.Struct, frozen=True):
    """How an attempt goes. Times are milliseconds."""

    threshold: float = THRESHOLD
    frames: int = 5
    gate: Gate = Gate()
    steady: float = 0.5  # cosine from one picture to the next: still the same person
    turns: int = 2
    better: bool = False  # pictures with less noise: gained nothing on the photographs measured here
    turn: float = 0.18  # the nose along the line of the eyes, in eye distances
    depth: float = 0.14  # the nose beside where a flat picture would have it, in eye distances
    kept: float = 0.80  # of the eye distance over eye-to-mouth: more is lost by what is flat and turned far
    turned_frames: int = 2
    reaction: int = 250  # nobody turns sooner: what is turned at once was turned before
    apart: int = 60  # between two pictures that are both counted
    gap: int = 1_000  # without a face: the track is broken
    mask_patience: int = 4_000  # then the face is compared as it is: beards and scarves can look like masks
    gather_within: int = 15_000
    turn_within: int = 7_000
    settle: int = 250  # a hint stands this long before another takes its place

    def __post_init__(self) -> None:
        if not self.threshold >= LOWEST_THRESHOLD:
            raise ThresholdTooLow(self.threshold)
        if not self.threshold <= 1 or self.frames < 1 or not 0 <= self.turns <= 4:
            raise ValueError("a face threshold is at most 1, with at least one frame and at most four turns")


def steps(score: float, threshold: float) -> int:
    """A score as 0 to 5: 4 from the threshold on, 5 from 0.15 above it, the rest in quarters of the threshold."""
    if score >= threshold:
        return 5 if score >= threshold + 0.15 else 4
    return max(0, min(3, int(score / threshold * 4)))
