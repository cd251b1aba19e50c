"""What this terminal can and may do: fixed for a visit, made from the settings."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.interface import Authority
from kiosk.coverage.services import Capability, ConsentItem
from kiosk.evidence.case import Facility
from kiosk.evidence.model import Contact

Language = str  # BCP 47 tag of a catalogue, or "ja-easy" for やさしい日本語
TextSize = Literal["small", "medium", "large", "extra_large"]
Contrast = Literal["standard", "high"]


class Preferences(msgspec.Struct, frozen=True):
    """How this patient wants to be spoken to. Back to the defaults when the visit ends."""

    language: Language = "ja"
    text_size: TextSize = "medium"
    contrast: Contrast = "standard"


FACE_TRIES = 3
"""How often the face is looked at in one visit. A card's face path locks after ten failures in a row (domain notes in
the README): a kiosk must never come near."""
_VERIFYING: frozenset[Authority | None] = frozenset({"simulator", "authorised"})


class TimeLimits(msgspec.Struct, frozen=True):
    """All in milliseconds. ``warning`` is how long before the end the patient is warned."""

    page: int = 60_000
    form: int = 120_000
    warning: int = 20_000
    closing: int = 10_000
    reading: int = 30_000
    asking: int = 30_000
    reader_return: int = 60_000
    card_left: int = 10_000
    processing_pause: int = 3_000


class Policy(msgspec.Struct, frozen=True):
    """``consent_items``: asked in this order where the service carries consent. ``limit_without_asking``: the limit
    information is supplied without a question of its own, as the official flow does since 2024-10-07, so no consent
    to it is sent; otherwise it is asked like the others. ``facility``: what the rule book needs to know of it; its
    capabilities are these. ``patient_file``: the facility's own patients can be looked up here. ``own_contacts``:
    insurers' lines that it names. ``face``: whose word this terminal's own face check is, None where it has no camera
    for it; what a certified reader does by itself arrives as a result. ``front_reader``: a camera reads the card's
    front. ``hides_front``: the reader swallows the card, so nobody can copy a number from it while it is read."""

    capabilities: frozenset[Capability]
    terminal: str = "A"
    facility: Facility = Facility(face_check=False, other_reader=False, staff_check=False)
    patient_file: bool = False
    own_contacts: tuple[Contact, ...] = ()
    phones: bool = False  # a general-purpose reader is installed (S4#7)
    face: Authority | None = None
    front_reader: bool = False
    hides_front: bool = False
    consent_items: tuple[ConsentItem, ...] = (
        ConsentItem.CARE,
        ConsentItem.OPERATIONS,
        ConsentItem.CHECKUPS,
        ConsentItem.SPECIFIC_DISEASES,
    )
    limit_without_asking: bool = True
    wording_version: str = ""  # stored with each consent: what the patient read
    processing_rechecks: int = 3
    defaults: Preferences = Preferences()
    limits: TimeLimits = TimeLimits()

    @property
    def face_verifies(self) -> bool:
        """By law a face counts in place of the PIN only where an operator is authorised for it
        (公的個人認証法 38条の2); the simulator plays one."""
        return self.face in _VERIFYING

    @property
    def face_helps(self) -> bool:
        """Staff can have somebody's face compared with the card."""
        return self.face_verifies or self.face == "aid"
