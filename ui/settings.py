"""The settings file (TOML): what this facility has, and how this terminal stands in it.

Every field has a default that gives the simulated kiosk. A wrong word is an error that names its place. A relative
path begins at the settings file's own folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from kiosk.coverage.services import ConsentItem
from kiosk.evidence.case import Switched
from kiosk.evidence.model import BookError, Contact
from kiosk.evidence.own_contacts import own_contact
from kiosk.visit.policy import Contrast, TextSize
from kiosk.wording import catalogues

Profile = Literal["simulated", "production"]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]
Deadline = Annotated[float, msgspec.Meta(gt=0, le=600)]
Pixels = Annotated[int, msgspec.Meta(ge=320, le=16384)]
Millimetres = Annotated[float, msgspec.Meta(ge=50, le=5000)]
Terminal = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,32}\\Z")]
InstitutionCode = Annotated[str, msgspec.Meta(pattern="^[0-9]{10}\\Z")]

_UNSET_CODE = "0000000000"


class SettingsError(Exception):
    """The settings cannot be used; one line that names file, place and remedy."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Facility(Part, frozen=True, kw_only=True):
    """``other_reader``: patients can be sent to another card reader of this facility."""

    name: str = "見本診療所"
    medical_institution_code: InstitutionCode = _UNSET_CODE
    other_reader: bool = False


class Rule(Part, frozen=True, kw_only=True):
    """``[rules.<switch>]``: a rule that the facility turned, and its reason, which the ledger keeps."""

    on: bool
    because: str


class Line(Part, frozen=True, kw_only=True):
    """``[[contacts]]``: an insurer's own telephone line, told to its members on days ``from`` … ``until``. ``hours`` in
    words, as they are to be read."""

    name: str
    phone: str
    insurer: str
    hours: str = ""
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


class Screen(Part, frozen=True, kw_only=True):
    """``panel``: one of the profiles, or ``px`` and ``mm`` (width, height) of another panel."""

    panel: Literal["portrait", "landscape", "small"] = "portrait"
    px: tuple[Pixels, Pixels] | None = None
    mm: tuple[Millimetres, Millimetres] | None = None
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
    deadline_s: Deadline = 20.0
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
    """Seconds. ``warning``: how long before a page's end the patient is asked."""

    page: Seconds = 60
    warning: Seconds = 20
    closing: Seconds = 10


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


class LedgerPart(Part, frozen=True, kw_only=True):
    """``folder`` and ``checkpoints``: else below ``data``. ``retention_years``: whole calendar years kept before the
    running one."""

    folder: Path | None = None
    checkpoints: Path | None = None
    retention_years: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3


class Patients(Part, frozen=True, kw_only=True):
    """The facility's own patients. ``folder``: else below ``data``. ``retention_years``: who has not been seen for so
    long is erased; the facility's choice."""

    folder: Path | None = None
    retention_years: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Accounts(Part, frozen=True, kw_only=True):
    """The staff's accounts. ``folder``: else below ``data``. ``idle_minutes``: without a touch a console locks.
    ``session_hours``: then everybody signs in anew. ``second_factor``: nobody works without one."""

    folder: Path | None = None
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=30)] = 5
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 12
    second_factor: bool = True


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
    """``on``: the console asks again by itself what could not be asked, as long as the day lasts. After ``first_s``
    seconds, then ever more seldom, up to every ``longest_s``."""

    on: bool = True
    first_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 30
    longest_s: Annotated[int, msgspec.Meta(ge=60, le=3600)] = 900


class Staff(Part, frozen=True, kw_only=True):
    """The staff console of this terminal. ``sound``: a new call is heard."""

    language: Literal["ja", "en"] = "ja"
    text_size: Literal["small", "medium", "large"] = "small"
    contrast: Contrast = "standard"
    sound: bool = True


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


class Log(Part, frozen=True, kw_only=True):
    """``to``: ``stderr`` (systemd keeps it), or ``file`` below ``data``."""

    to: Literal["stderr", "file"] = "stderr"


class Settings(Part, frozen=True, kw_only=True):
    """``file``: where they were read from; not a setting."""

    profile: Profile = "simulated"
    data: Path = Path("~/.local/share/uketsuke")
    terminal: Terminal = "A"
    facility: Facility = Facility()
    screen: Screen = Screen()
    reader: Reader = Reader()
    scanner: Scanner = Scanner()
    card: Card = Card()
    eligibility: Eligibility = Eligibility()
    consent: Consent = Consent()
    limits: Limits = Limits()
    ticket: Ticket = Ticket()
    papers: Papers = Papers()
    ledger: LedgerPart = LedgerPart()
    hub: HubPart = HubPart()
    patients: Patients = Patients()
    accounts: Accounts = Accounts()
    staff: Staff = Staff()
    recheck: Recheck = Recheck()
    handoff: Handoff = Handoff()
    log: Log = Log()
    rules: dict[str, Rule] = {}
    contacts: tuple[Line, ...] = ()
    file: Path | None = None

    def wrong(self, place: str, problem: str) -> SettingsError:
        """What to raise for a setting that turns out unusable."""
        return SettingsError(f"{self.file}: {place}: {problem}" if self.file else f"{place}: {problem}")

    @property
    def switched(self) -> tuple[Switched, ...]:
        """The rules that this facility turned. Raises ``BookError`` for one without a reason."""
        return tuple(Switched(switch=id, on=rule.on, because=rule.because) for id, rule in self.rules.items())

    @property
    def own_contacts(self) -> tuple[Contact, ...]:
        """Raises ``BookError`` for a line that could never help anybody."""
        return tuple(map(_contact, self.contacts))

    @property
    def ledger_folder(self) -> Path:
        return self.ledger.folder or self.data / "ledger"

    @property
    def checkpoints_folder(self) -> Path:
        return self.ledger.checkpoints or self.data / "checkpoints"

    @property
    def patients_folder(self) -> Path:
        return self.patients.folder or self.data / "patients"

    @property
    def accounts_folder(self) -> Path:
        return self.accounts.folder or self.data / "accounts"

    @property
    def handoff_folder(self) -> Path:
        return self.handoff.folder or self.data / "handoff"


def load_settings(path: Path | None = None) -> Settings:
    """The given file, else the first that is there, else the defaults (a simulated kiosk). Raises
    ``SettingsError``."""
    if path is None:
        path = _found()
        if path is None:
            return replace(Settings(), data=Settings().data.expanduser())
    return read_settings(path)


def read_settings(path: Path) -> Settings:
    """Raises ``SettingsError``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    try:
        settings = msgspec.convert(data, Settings, dec_hook=_path_below(path.parent))
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {_with_key(_place_first(str(error)), data)}") from None
    if "file" in data:
        raise SettingsError(f"{path}: file: not a setting")
    settings = replace(settings, data=settings.data.expanduser(), file=path)
    problem = next(_contradictions(settings), None)
    if problem is not None:
        raise SettingsError(f"{path}: {problem}")
    return settings


def _path_below(folder: Path) -> Callable[[type, object], object]:
    def path(_kind: type, value: object) -> object:
        if not isinstance(value, str):
            raise TypeError(f"Expected a path as `str`, got `{type(value).__name__}`")
        if not value or "\0" in value:
            raise ValueError("Not a path")
        try:
            return folder.absolute() / Path(value).expanduser()
        except RuntimeError:
            raise ValueError("There is no such user's home folder") from None

    return path


def _place_first(message: str) -> str:
    """msgspec names the place last and in a notation of its own, and not the words that it would take."""
    match = re.fullmatch(r"(?P<problem>.*) - at `\$\.(?P<place>[^`]*)`", message, re.DOTALL)
    if match is None:
        return message
    choices = _choices(match["place"]) if match["problem"].startswith("Invalid enum value") else ()
    known = f"; known are {', '.join(choices)}" if choices else ""
    return f"{match['place']}: {match['problem']}{known}"


def _with_key(line: str, data: dict[str, Any]) -> str:
    """msgspec does not name the key of a table whose keys are free."""
    if not line.startswith("rules[...]"):
        return line
    for key, rule in data["rules"].items():
        try:
            msgspec.convert(rule, Rule)
        except msgspec.ValidationError:
            return line.replace("[...]", f".{key}", 1)
    return line


def _choices(place: str) -> tuple[str, ...]:
    """The words that a field takes."""
    kind: object = Settings
    for name in re.findall(r"\w+", place):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            kind = get_type_hints(kind)[name]
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return tuple(str(word) for word in get_args(kind))


def _found() -> Path | None:
    named = os.environ.get("UKETSUKE_SETTINGS")
    if named:
        return Path(named)
    home = Path("~/.config/uketsuke/settings.toml").expanduser()
    return next((path for path in (home, Path("/etc/uketsuke/settings.toml")) if path.is_file()), None)


# -------------------------------------------------------------------------- what cannot go together


def _contradictions(settings: Settings) -> Iterator[str]:
    """Everything that is wrong though each word by itself is right: place, problem and remedy."""
    if settings.profile == "production":
        yield from _simulated_parts(settings)
    yield from _lacking_for_eligibility(settings)
    screen = settings.screen
    if (screen.px is None) is not (screen.mm is None):
        yield "screen: give px and mm together, or a panel's name"
    if screen.language not in catalogues.languages():
        yield f"screen.language: {screen.language!r} is unknown; known are {', '.join(catalogues.languages())}"
    if settings.limits.warning >= settings.limits.page:
        yield "limits.warning: must be shorter than limits.page"
    if settings.recheck.first_s > settings.recheck.longest_s:
        yield "recheck.first_s: must not be longer than recheck.longest_s"
    if settings.ticket.printer and settings.ticket.folder is not None:
        yield "ticket: give either printer or folder"
    if (settings.papers.printer or settings.papers.staff_printer) and settings.papers.folder is not None:
        yield "papers: give either printers or folder"
    yield from _receivers_that_cannot_be(settings)
    yield from _lacking_for_hub(settings.hub)
    yield from _rules_that_are_none(settings)
    yield from _contacts_for_nobody(settings)


def _simulated_parts(settings: Settings) -> Iterator[str]:
    """A production terminal has nothing simulated about it."""
    if settings.reader.kind == "simulated":
        yield 'reader.kind: a production terminal needs a real reader (kind = "pcsc")'
    if settings.eligibility.kind == "simulated":
        yield (
            "eligibility.kind: a production terminal cannot ask the simulated system; "
            'use "oqs_folder", "oqs_web_api" or "none"'
        )
    if settings.scanner.kind == "simulated":
        yield 'scanner.kind: a production terminal cannot read codes from a simulated camera; use "camera"'
    if settings.card.anchors is None:
        yield "card.anchors: name the folder with the issuers' certificates to believe"


def _lacking_for_eligibility(settings: Settings) -> Iterator[str]:
    wanted = settings.eligibility
    needed = {"oqs_folder": ("request_folder", "answer_folder"), "oqs_web_api": ("url", "tls")}
    for name in needed.get(wanted.kind, ()):
        if not getattr(wanted, name):
            yield f'eligibility.{name}: needed for kind = "{wanted.kind}"'
    if wanted.kind in needed and settings.facility.medical_institution_code == _UNSET_CODE:
        yield f'facility.medical_institution_code: needed for kind = "{wanted.kind}"'
    if wanted.url and not wanted.url.startswith("https://"):
        yield "eligibility.url: must begin with https://"


def _receivers_that_cannot_be(settings: Settings) -> Iterator[str]:
    receivers = settings.handoff.receivers
    if len({one.name for one in receivers}) < len(receivers):
        yield "handoff.receivers: two have the same name"
    for place, one in enumerate(receivers):
        here = f"handoff.receivers[{place}]"
        if (one.folder is None) is not bool(one.url):
            yield f"{here}: give either folder or url"
        if one.url and one.format not in ("json", "fhir"):
            yield f'{here}.url: format = "{one.format}" goes into a folder'
        if one.url and not one.url.startswith("https://"):
            yield f"{here}.url: must begin with https://"
        if one.url and one.tls is None:
            yield f"{here}.tls: needed for url"
        if one.url and one.format == "json" and one.secret_file is None:
            yield f"{here}.secret_file: needed for a web hook, which must know that it is you"
        if one.simulated and settings.profile == "production":
            yield f"{here}.simulated: a production terminal has no simulated visits"
        needs_code = one.format == "fhir" or one.file_name == "face_result"
        unset = settings.facility.medical_institution_code == _UNSET_CODE
        if needs_code and unset and settings.profile == "production":
            yield f'facility.medical_institution_code: needed for {here} (format = "{one.format}")'


def _lacking_for_hub(hub: HubPart) -> Iterator[str]:
    if not hub.host:
        if hub != HubPart():
            yield "hub.host: needed where anything else of [hub] is given"
        return
    if not hub.public_key:
        yield "hub.public_key: needed; `uketsuke hub init` and `uketsuke hub status` print it"
    if hub.role == "console" and hub.key is None:
        yield "hub.key: a console needs the consoles' key file; copy it from the first console"
    if not hub.host.startswith("/") and hub.tls is None:
        yield "hub.tls: needed over a network; name the authorities that the server's certificate is checked with"
    if hub.tls is not None and (hub.tls.certificate is None) is not (hub.tls.key is None):
        yield "hub.tls: give certificate and key together"


def _rules_that_are_none(settings: Settings) -> Iterator[str]:
    if not settings.rules:
        return
    from kiosk.evidence.loading import book

    known = book().switches
    for id in settings.rules:
        if id not in known:
            yield f"rules.{id}: there is no such rule to switch; known are {', '.join(known)}"
    try:
        _ = settings.switched
    except BookError as error:
        yield f"rules: {error}"


def _contacts_for_nobody(settings: Settings) -> Iterator[str]:
    for place, line in enumerate(settings.contacts):
        try:
            _contact(line)
        except BookError as error:
            yield f"contacts[{place}].{error}"


def _contact(line: Line) -> Contact:
    return own_contact(
        line.name, line.phone, line.insurer, hours=line.hours, since=line.since, until=line.until
    )
