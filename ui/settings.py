"""The settings file (TOML): what this facility has, and how this terminal stands in it.

Every field has a default that gives the simulated kiosk. A wrong word is an error that names its place.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from kiosk.coverage.services import ConsentItem
from kiosk.visit.policy import Contrast, TextSize

Profile = Literal["simulated", "production"]


class SettingsError(Exception):
    """The settings cannot be used; one line that names file, place and remedy."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Facility(Part, frozen=True, kw_only=True):
    name: str = "見本診療所"
    medical_institution_code: str = "0000000000"


class Screen(Part, frozen=True, kw_only=True):
    """``panel``: one of the profiles, or ``px`` and ``mm`` (width, height) of another panel."""

    panel: Literal["portrait", "landscape", "small"] = "portrait"
    px: tuple[int, int] | None = None
    mm: tuple[float, float] | None = None
    full_screen: bool = False
    reader_picture: Literal["flat", "slot", "upright"] = "flat"
    shuffle_keypad: bool = False
    reduced_motion: bool = False
    language: str = "ja"
    text_size: TextSize = "medium"
    contrast: Contrast = "standard"


class Reader(Part, frozen=True, kw_only=True):
    """``name``: part of the PC/SC reader's name; "" takes the first real one. ``phones``: it also reads phones."""

    kind: Literal["simulated", "pcsc"] = "simulated"
    name: str = ""
    phones: bool = False
    transmit_timeout_s: float = 5.0


class Card(Part, frozen=True, kw_only=True):
    """``anchors``: folder with the issuers' certificates that are believed. ``revocation_lists``: folder with CRLs;
    without one, revocation is shown as unknown."""

    anchors: Path | None = None
    revocation_lists: Path | None = None


class Tls(Part, frozen=True, kw_only=True):
    authorities: Path
    certificate: Path | None = None
    key: Path | None = None


class Eligibility(Part, frozen=True, kw_only=True):
    kind: Literal["simulated", "oqs_folder", "oqs_web_api", "none"] = "simulated"
    deadline_s: float = 20.0
    request_folder: Path | None = None
    answer_folder: Path | None = None
    face_folder: Path | None = None
    encoding: Literal["cp932", "utf-8"] = "cp932"
    url: str = ""
    token_file: Path | None = None
    tls: Tls | None = None


class Consent(Part, frozen=True, kw_only=True):
    items: tuple[ConsentItem, ...] = (
        ConsentItem.CARE,
        ConsentItem.OPERATIONS,
        ConsentItem.CHECKUPS,
        ConsentItem.SPECIFIC_DISEASES,
    )
    limit_without_asking: bool = True


class Limits(Part, frozen=True, kw_only=True):
    """Seconds."""

    page: int = 60
    warning: int = 20
    closing: int = 10


class Ticket(Part, frozen=True, kw_only=True):
    """``printer``: a CUPS queue; ``folder``: PDFs are put there instead. Neither: no paper."""

    printer: str = ""
    folder: Path | None = None
    paper: Literal["receipt", "a6"] = "receipt"


class LedgerPart(Part, frozen=True, kw_only=True):
    folder: Path | None = None
    checkpoints: Path | None = None
    retention_years: int = 3


class Settings(Part, frozen=True, kw_only=True):
    profile: Profile = "simulated"
    data: Path = Path("~/.local/share/uketsuke")
    terminal: str = "A"
    facility: Facility = Facility()
    screen: Screen = Screen()
    reader: Reader = Reader()
    card: Card = Card()
    eligibility: Eligibility = Eligibility()
    consent: Consent = Consent()
    limits: Limits = Limits()
    ticket: Ticket = Ticket()
    ledger: LedgerPart = LedgerPart()

    @property
    def ledger_folder(self) -> Path:
        return self.ledger.folder or self.data / "ledger"

    @property
    def checkpoints_folder(self) -> Path:
        return self.ledger.checkpoints or self.data / "checkpoints"


def load_settings(path: Path | None = None) -> Settings:
    """The given file, else the first that is there, else the defaults (a simulated kiosk). Raises
    ``SettingsError``."""
    if path is None:
        path = _found()
        if path is None:
            return _finished(Settings())
    return read_settings(path)


def read_settings(path: Path) -> Settings:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    try:
        settings = msgspec.convert(data, Settings, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}") from None
    return _checked(path, _finished(settings))


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise NotImplementedError(kind)


def _finished(settings: Settings) -> Settings:
    return replace(settings, data=settings.data.expanduser())


def _found() -> Path | None:
    named = os.environ.get("UKETSUKE_SETTINGS")
    if named:
        return Path(named)
    home = Path("~/.config/uketsuke/settings.toml").expanduser()
    return next((path for path in (home, Path("/etc/uketsuke/settings.toml")) if path.is_file()), None)


def _checked(path: Path, settings: Settings) -> Settings:
    """What cannot go together. A production terminal has nothing simulated about it."""
    if settings.profile == "production":
        if settings.reader.kind == "simulated":
            raise SettingsError(
                f'{path}: reader.kind: a production terminal needs a real reader (kind = "pcsc")'
            )
        if settings.eligibility.kind == "simulated":
            raise SettingsError(
                f"{path}: eligibility.kind: a production terminal cannot ask the simulated system; "
                'use "oqs_folder", "oqs_web_api" or "none"'
            )
        if settings.card.anchors is None:
            raise SettingsError(
                f"{path}: card.anchors: name the folder with the issuers' certificates to believe"
            )
    eligibility = settings.eligibility
    needed = {
        "oqs_folder": ("request_folder", "answer_folder"),
        "oqs_web_api": ("url", "tls"),
    }.get(eligibility.kind, ())
    for name in needed:
        if not getattr(eligibility, name):
            raise SettingsError(f'{path}: eligibility.{name}: needed for kind = "{eligibility.kind}"')
    if (settings.screen.px is None) is not (settings.screen.mm is None):
        raise SettingsError(f"{path}: screen: give px and mm together, or a panel's name")
    return settings
