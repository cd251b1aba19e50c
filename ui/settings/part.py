"""What every section of the settings shares, and the words and numbers that they take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

Profile = Literal["simulated", "production"]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]
Deadline = Annotated[float, msgspec.Meta(gt=0, le=600)]
Pixels = Annotated[int, msgspec.Meta(ge=320, le=16384)]
Millimetres = Annotated[float, msgspec.Meta(ge=50, le=5000)]
Terminal = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,32}\\Z")]
InstitutionCode = Annotated[str, msgspec.Meta(pattern="^[0-9]{10}\\Z")]
NfcDevice = Annotated[str, msgspec.Meta(pattern="^(usb|tty|com|udp)(:[A-Za-z0-9.-]+){0,2}\\Z")]

UNSET_CODE = "0000000000"


class SettingsError(Exception):
    """The settings cannot be used; one line that names file, place and remedy."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Tls(Part, frozen=True, kw_only=True):
    authorities: Path
    certificate: Path | None = None
    key: Path | None = None
