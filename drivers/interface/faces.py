"""The face beside the card: its photograph, the card's printed front, and whether the person is the one on it.

No value here holds a likeness that could be stored: ``CardPhoto`` and frames stay in memory, and a verdict tells steps
instead of scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from drivers.interface.cameras import Frame
from drivers.interface.failures import Failure

Authority = Literal["simulator", "aid", "authorised", "certified"]
"""Whose word a face match is. ``simulator``: counts, in a simulated profile only. ``aid``: helps staff and proves
nothing by itself. ``authorised``: an operator licensed for it (公的個人認証法 38条の2). ``certified``: a certified
reader did it."""


@dataclass(frozen=True, slots=True)
class CardPhoto:
    """The photograph that the chip keeps, as it keeps it (grey JPEG 2000), read at this insertion. ``genuine``: the
    issuer's signature over it was checked and holds; False where this program has no issuer's key to check it with.
    Whoever keeps it calls ``wipe`` when the visit is over.
    """

    insertion: int
    genuine: bool
    jpeg2000: bytearray = field(repr=False)

    def wipe(self) -> None:
        """Overwrites the photograph, for everybody who still holds this value. Idempotent."""
        self.jpeg2000[:] = bytes(len(self.jpeg2000))


class FaceHint(StrEnum):
    """What keeps the picture from being judged, or what the person is asked to do. One at a time: the first thing to
    change."""

    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    TURNED = "turned"  # look ahead
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    MASK = "mask"
    HOLD_STILL = "hold_still"  # all is well: frames are being taken
    TURN_LEFT = "turn_left"  # the challenge, from the person's own side
    TURN_RIGHT = "turn_right"
    LOOK_AHEAD = "look_ahead"
    CAMERA_BLACK = "camera_black"  # covered, or no light at all
    CAMERA_BLINDED = "camera_blinded"


class FaceDoubt(StrEnum):
    """Why a match does not count though it was tried to its end."""

    OTHER_PERSON = "other_person"
    NO_TURN = "no_turn"  # the turn was not made in time
    FLAT = "flat"  # what turned has no depth: a print or a screen
    SWAPPED = "swapped"  # the track or the identity broke between frames
    FROZEN = "frozen"  # pictures repeat
    INJECTED = "injected"  # pictures come at times at which no camera takes them
    NO_GOOD_PICTURE = "no_good_picture"  # the time was over before enough frames were good


@dataclass(frozen=True, slots=True)
class FaceVerdict:
    """How one attempt ended. ``doubt`` is None exactly for a match that is alive. ``likeness``: 0 to 5 steps, of which
    4 and 5 are above the threshold; never the score itself, which would tell one face from another. ``turned``: the
    challenge was passed; None where none was asked. ``frames``: how many good frames were judged."""

    doubt: FaceDoubt | None
    likeness: int
    turned: bool | None
    frames: int


FaceListener = Callable[["FaceHint | FaceVerdict | Failure"], None]


class FaceMatcher(Protocol):
    """Compares who stands before the camera with the card's photograph. What it sees lives in a process of its own
    that ends with the visit."""

    def ready(self) -> Failure | None:
        """None where a match could begin now; else what is missing: MODEL_WRONG (files), CAMERA_GONE."""

    def look(self, listener: FaceListener) -> None:
        """Opens the camera and tells hints (each change once), before there is a photograph. Idempotent."""

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        """One attempt. Tells hints, then one verdict, or a ``Failure`` (PHOTO_UNUSABLE, CAMERA_GONE, TIMED_OUT,
        INTERNAL) at any moment. The listener is called on the matcher's own thread and must return at once. A new
        call ends the one before it."""

    def picture(self) -> Frame | None:
        """The latest picture for the screen, never blocking; None while there is none. The only way past the core."""

    def rest(self) -> None:
        """Ends the attempt and closes the camera; the process stays. Idempotent."""

    def forget(self) -> None:
        """Ends the process of this visit: photograph, templates and frames go with it. Idempotent; returns when it has
        ended."""

    def close(self) -> None:
        """For good. Idempotent."""


class FrontHint(StrEnum):
    """How to hold the card so that its front can be read."""

    NO_CARD = "no_card"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    TILTED = "tilted"
    BLURRED = "blurred"
    GLARE = "glare"
    DARK = "dark"
    OTHER_SIDE = "other_side"  # never read: it shows the individual number
    WESTERN_BIRTH = "western_birth"  # nobody says how 照合番号B spells such a birth date: another way
    HOLD_STILL = "hold_still"


@dataclass(frozen=True, slots=True)
class CardFront:
    """What 照合番号B is made of, as read from the front: birth (YYMMDD, the year in its Japanese era), the year of
    expiry (YYYY), the security code (4 digits). A guess until somebody has confirmed it."""

    birth: str = field(repr=False)
    expiry_year: str = field(repr=False)
    security_code: str = field(repr=False)

    def number_b(self) -> bytearray:
        """The 14 digits; the taker wipes them."""
        return bytearray(f"{self.birth}{self.expiry_year}{self.security_code}".encode("ascii"))


FrontListener = Callable[["FrontHint | CardFront | Failure"], None]


class FrontReader(Protocol):
    """Reads the printed front of a card that is held before a camera."""

    def watch(self, listener: FrontListener) -> None:
        """Tells hints (each change once), then what was read, each time that it differs. A new call takes the place of
        the last. The listener is called on the reader's own thread and must return at once."""

    def picture(self) -> Frame | None:
        """The latest picture for the screen; None while there is none."""

    def rest(self) -> None:
        """Ends the process that read, with all it saw. Idempotent."""

    def close(self) -> None:
        """For good. Idempotent."""
