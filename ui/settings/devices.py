"""Sections of what stands on and in the kiosk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kiosk.visit.policy import Contrast, TextSize
from ui.settings.part import Deadline, Millimetres, NfcDevice, Part, Pixels


class Screen(Part, frozen=True, kw_only=True):
    """``panel``: one of the profiles, or ``px`` and ``mm`` (width, height) of another panel. ``spoken_hints``: what is
    to be done before a camera or with a phone is said aloud, too, where a voice is installed."""

    panel: Literal["portrait", "landscape", "small"] = "portrait"
    px: tuple[Pixels, Pixels] | None = None
    mm: tuple[Millimetres, Millimetres] | None = None
    full_screen: bool = False
    reader_picture: Literal["flat", "slot", "upright"] = "flat"
    shuffle_keypad: bool = False
    reduced_motion: bool = False
    spoken_hints: bool = True
    language: str = "ja"
    text_size: TextSize = "medium"
    contrast: Contrast = "standard"


class Reader(Part, frozen=True, kw_only=True):
    """``name``: part of the PC/SC reader's name; "" takes the first real one. ``device``: where kind is "nfc", the
    contactless reader without PC/SC, as nfcpy names it ("usb:054c:06c3", "tty:USB0:pn532"); "usb" takes the first.
    ``phones``: it also reads phones."""

    kind: Literal["simulated", "pcsc", "nfc"] = "simulated"
    name: str = ""
    device: NfcDevice = "usb"
    phones: bool = False
    transmit_timeout_s: Deadline = 5.0


class Scanner(Part, frozen=True, kw_only=True):
    """Who reads codes on papers. ``camera``: its number, or part of its name; "" takes the first. A scanner of kind
    ``keyboard`` types: ``prefix`` and ``suffix`` are what it puts around a code besides its Enter or Tab; ``layout`` is
    "us" where it types as a US keyboard, whatever the terminal's own layout is."""

    kind: Literal["none", "keyboard", "camera", "simulated"] = "none"
    camera: Annotated[int, msgspec.Meta(ge=0, le=99)] | str = ""
    prefix: str = ""
    suffix: str = ""
    layout: Literal["terminal", "us"] = "terminal"


class Camera(Part, frozen=True, kw_only=True):
    """The camera that faces the patient. ``kind`` "auto": a drawn one in a simulated profile, none in production.
    ``name``: its number, or part of its name; "" takes the first that is hardware. ``width`` and ``height``: what is
    asked of it; it may give less."""

    kind: Literal["auto", "none", "webcam", "simulated"] = "auto"
    name: Annotated[int, msgspec.Meta(ge=0, le=99)] | str = ""
    width: Annotated[int, msgspec.Meta(ge=320, le=1920)] = 1280
    height: Annotated[int, msgspec.Meta(ge=240, le=1080)] = 720


class Face(Part, frozen=True, kw_only=True):
    """The face check beside that camera. ``authority``: whose word it is; "auto" is "simulator" in a simulated profile
    and "aid" in production, which helps staff and verifies nobody. "authorised" needs ``authoriser``: what a licensed
    operator installs beside this program, as ``package.module:name``, called without arguments. ``threshold``: cosine
    from which on two faces count as one person's. ``models``: folder of the networks, where it is not the one that
    set-up fills. ``read_front``: the camera may also read the card's front, which takes 0.3 GB while it does."""

    authority: Literal["auto", "aid", "simulator", "authorised", "certified"] = "auto"
    authoriser: str = ""
    threshold: float = 0.40
    models: Path | None = None
    read_front: bool = True


class Card(Part, frozen=True, kw_only=True):
    """``anchors``: folder with the issuers' certificates that are believed. ``revocation_lists``: folder with CRLs;
    without one, revocation is shown as unknown. ``face_issuers``: folder with the public keys that certify who signs
    cards' faces; without one, no photograph counts as the issuer's."""

    anchors: Path | None = None
    face_issuers: Path | None = None
    revocation_lists: Path | None = None


class Ticket(Part, frozen=True, kw_only=True):
    """``printer``: a CUPS queue; ``folder``: PDFs are put there instead. Neither: no paper."""

    printer: str = ""
    folder: Path | None = None
    paper: Literal["receipt", "a6"] = "receipt"


class Papers(Part, frozen=True, kw_only=True):
    """Declarations and slips, on A4 and A5. ``printer``, ``staff_printer``: CUPS queues, the second for what is not for
    patients; ``folder``: PDFs are put there instead. What has no printer is kept with the visit all the same."""

    printer: str = ""
    staff_printer: str = ""
    folder: Path | None = None
    slip: Literal["a5", "a6"] = "a5"
