"""Sections of whom the kiosk asks and tells: the national system, the facility's receivers, the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ui.settings.part import Deadline, Part, Tls


class CertifiedReader(Part, frozen=True, kw_only=True):
    """``[[eligibility.face_readers]]``: a certified face-recognition reader. ``folder``: where its results appear; else
    ``face_folder``. ``desk``: where it stands; "" where its results cannot be told from those of other desks, so that
    staff say whose each is. ``name``: which files are its own, where several readers share a folder (with ``*``)."""

    desk: str = ""
    folder: Path | None = None
    name: Annotated[str, msgspec.Meta(min_length=1)] = "*"


class FaceMethod(Part, frozen=True, kw_only=True):
    """``[eligibility.face_method]``: where a result tells how its holder was verified, and what the codes mean. No
    public document says it; without this it is shown as not told."""

    element: Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_.-]*\\Z")]
    codes: dict[str, Literal["face", "pin", "visual"]]


class Eligibility(Part, frozen=True, kw_only=True):
    """``face_folder``: where the certified reader of this terminal's desk leaves its results; ``face_readers``, where
    there are several. ``face_folder_is_ours``: nobody else reads it, so what was taken is deleted."""

    kind: Literal["simulated", "oqs_folder", "oqs_web_api", "none"] = "simulated"
    deadline_s: Deadline = 20.0
    request_folder: Path | None = None
    answer_folder: Path | None = None
    face_folder: Path | None = None
    face_readers: tuple[CertifiedReader, ...] = ()
    face_folder_is_ours: bool = False
    face_method: FaceMethod | None = None
    encoding: Literal["cp932", "utf-8"] = "cp932"
    url: str = ""
    token_file: Path | None = None
    tls: Tls | None = None


class Receiver(Part, frozen=True, kw_only=True):
    """``[[handoff.receivers]]``: whom visits with a result are handed to. ``name`` is never to be changed: the receiver
    knows visits by keys made of it. Into ``folder``, or by POST to ``url`` (``json``, ``fhir``), signed with the secret
    in ``secret_file``. ``simulated``: a trial system, and the only kind that is sent simulated visits."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}\\Z")]
    format: Literal["oqs_xml", "fhir", "csv", "json"]
    folder: Path | None = None
    url: str = ""
    tls: Tls | None = None
    secret_file: Path | None = None
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 30.0
    file_name: Literal["own", "face_result"] = "own"
    encoding: Literal["utf-8", "cp932"] = "utf-8"
    header: Literal["ja", "en"] = "ja"
    simulated: bool = False


class Handoff(Part, frozen=True, kw_only=True):
    """``folder`` of what is on its way: else below ``data``. ``retention_days``: how long is known what was taken."""

    receivers: tuple[Receiver, ...] = ()
    folder: Path | None = None
    retention_days: Annotated[int, msgspec.Meta(ge=7, le=3650)] = 90


class Recheck(Part, frozen=True, kw_only=True):
    """``on``: what could not be asked is asked again by itself, as long as the day lasts; after ``first_s`` seconds,
    then ever more seldom, up to every ``longest_s``. ``by``: who asks. ``any``: whichever program has a service, one
    at a time; a console at the hub then leaves kiosks' visits to them. ``console``: where kiosks cannot ask."""

    on: bool = True
    by: Literal["any", "kiosk", "console"] = "any"
    first_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 30
    longest_s: Annotated[int, msgspec.Meta(ge=60, le=3600)] = 900


class HubPart(Part, frozen=True, kw_only=True):
    """The PostgreSQL that several terminals share; without a ``host`` there is none. ``host``: a name that the
    server's certificate holds, or the folder of a socket of this machine. ``role``: what this login is there; a
    console's ledger stands in the hub itself. ``user``: else it follows from role and terminal. ``passfile``: libpq's
    password file, else the systemd credential ``hub.pass``. ``public_key``: the line that ``uketsuke hub init``
    printed. ``key``: the consoles' half of it."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 5432
    database: str = "uketsuke"
    role: Literal["kiosk", "console"] = "kiosk"
    user: str = ""
    passfile: Path | None = None
    public_key: Annotated[str, msgspec.Meta(pattern="^(uketsuke-hub\\+[A-Za-z0-9+/]{43}=)?\\Z")] = ""
    key: Path | None = None
    tls: Tls | None = None
