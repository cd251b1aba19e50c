"""What a scenario file says. Unknown words are errors, so that no expectation is silently not checked."""

from __future__ import annotations

import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec

from drivers.interface import FaceHint
from kiosk.coverage.services import Capability
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import FormField
from kiosk.visit.table import EVENTS, STATES
from simulator.certified_reader.writing import Written
from simulator.face.scripted import Before, Spoof
from simulator.links.faults import CardFault
from simulator.national.faults import Fault as NationalFault

_FOLDER = Path(__file__).parent
WORLD_ACTS = (
    "GoOn", "PersonCame", "CardInserted", "CardRemoved", "CardSwapped", "PinEntered", "TimePassed", "ReaderChanged",
    "CertifiedReaderUsed",
)  # fmt: skip
"""Acts that are more, or something else, than the event of that name."""
STAFF_ACTS = ("StaffActed",)
PATIENT_ACTS = tuple(
    event.__name__ for event in EVENTS if event.actor == "patient" and event.__name__ not in WORLD_ACTS
)
_PAGES = frozenset(state.__name__ for state in STATES)


class ScenarioError(Exception):
    """A scenario file cannot be played: names the file, the place in it, and what is wrong."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a scenario file."""


class VisitPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Day, way of speaking and terminal. ``phones``: a general-purpose reader is installed. ``extended_apdus``: the
    reader says that it carries them. ``capabilities``: what the national system can do, where not everything.
    ``other_reader``: patients can be sent to another one. ``patient_file``: the facility looks for its own patients;
    also where one of them comes. ``staff``: what the people at the desk say to what they are shown. ``switches``: rules
    of the book that this facility turns. ``face``: whose word its face check is, where it has one; ``front_reader``: a
    camera reads the card's front."""

    date: date = date(2026, 11, 24)
    language: str = "ja"
    text_size: Literal["small", "medium", "large", "extra_large"] = "medium"
    contrast: Literal["standard", "high"] = "standard"
    terminal: str = "A"
    phones: bool = False
    extended_apdus: bool = False
    capabilities: tuple[Capability, ...] | None = None
    other_reader: bool = False
    patient_file: bool = False
    staff: Literal["accept", "refuse"] = "accept"
    switches: dict[str, bool] = {}
    face: Literal["", "simulator", "aid", "authorised"] = ""
    front_reader: bool = False


Paper = Literal["certificate", "notice", "portal", "portal_pdf", "notice_copy", "legacy_card"]
"""What somebody may have with them; whether there is a card tells the persona."""


class PatientPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``known``: the facility has this persona in its file. ``companion``: a carer is with them and writes for them.
    ``school_trip``: a pupil with a teacher. ``has``: the papers that they hold; where it is not said, whatever is asked
    for. ``knows_text_pin``: they unlock the card's text, and write by hand else."""

    persona: str = "yamada"
    known: bool = False
    companion: bool = False
    school_trip: bool = False
    has: tuple[Paper, ...] | None = None
    knows_text_pin: bool = True

    @property
    def papers(self) -> frozenset[Document] | None:
        return None if self.has is None else frozenset(Document(paper) for paper in self.has)


class PaperPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs on the 資格確認書 from the persona's coverage. ``expired``: its printed date is over.
    ``wrong_number``: a digit of the number is not the one that the national system knows."""

    expired: bool = False
    wrong_number: bool = False


class CardPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Overrides of the persona's card. ``other``: the persona whose card this person holds out."""

    expired: bool = False
    revoked: bool = False
    unregistered: bool = False
    deregistered: bool = False
    pin: str | None = None
    pin_tries_left: int | None = None
    text_pin: str | None = None
    text_pin_tries_left: int | None = None
    photo_tries_left: int | None = None
    photo: bool | None = None
    face_only: bool = False
    damaged: bool = False
    other: str = ""


class CameraPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who stands before the camera of the face check, and how. ``who``: a persona, "" for the patient, ``nobody``. What
    is amiss is put right when the screen asks for it, unless ``does_as_told`` is false. ``turns``: the head is turned
    when asked; of a film, that it shows the turn. ``spoof``: how somebody tries to pass for ``who``."""

    who: str = ""
    light: Literal["good", "dark", "bright", "blinding"] = "good"
    mask: bool = False
    distance: Literal["right", "far", "near"] = "right"
    place: Literal["middle", "aside"] = "middle"
    pose: Literal["ahead", "turned"] = "ahead"
    still: bool = True
    alone: bool = True
    covered: bool = False
    does_as_told: bool = True
    turns: bool = True
    spoof: Spoof = ""

    @property
    def amiss(self) -> tuple[FaceHint, ...]:
        """The hints that this needs, the first thing to change first."""
        needed = (
            (FaceHint.CAMERA_BLACK, self.covered),
            (FaceHint.CAMERA_BLINDED, self.light == "blinding"),
            (FaceHint.TWO_FACES, not self.alone),
            (FaceHint.TOO_FAR, self.distance == "far"),
            (FaceHint.TOO_NEAR, self.distance == "near"),
            (FaceHint.OFF_CENTRE, self.place == "aside"),
            (FaceHint.TURNED, self.pose == "turned"),
            (FaceHint.DARK, self.light == "dark"),
            (FaceHint.BRIGHT, self.light == "bright"),
            (FaceHint.MASK, self.mask),
            (FaceHint.BLURRED, not self.still),
        )
        return tuple(hint for hint, so in needed if so)

    def before(self, patient: str) -> Before:
        return Before(
            who=self.who or patient,
            amiss=self.amiss,
            does_as_told=self.does_as_told,
            turns=self.turns,
            spoof=self.spoof,
        )


class NationalPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``answer``: the validity code that the system gives. ``fault`` meets the question number ``fault_at``, counted
    from 1 over everything that is asked; 0 means every one. ``delay``: seconds, for the fault of that name; ``comes``:
    what is too late by that still comes."""

    answer: Literal[
        "", "valid", "invalid", "invalid_new_exists", "no_record", "several", "public_assistance"
    ] = ""
    fault: NationalFault | None = None
    fault_at: int = 0
    delay: float = 0.0
    comes: bool = False


class CertifiedPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where there is this section, a certified face-recognition reader stands beside the kiosk, and its results arrive
    in a folder. ``method``, ``consents``, ``error`` (once), ``written``: how people use it where an act does not say
    otherwise (README.md). ``desk_told``: the names of its files tell the desk. ``errors_told``: its errors come as
    files."""

    method: str = "face"
    consents: Literal["agreed", "declined"] = "agreed"
    error: str = ""
    written: Written = Written.WHOLE
    desk_told: bool = True
    errors_told: bool = True


PageFaultKind = Literal[
    "reader_away",  # the reader, or its service, goes away …
    "service_killed",  # … and comes back by itself, unless ``seconds`` is negative
    "card_removed",  # somebody takes the card
    "card_swapped",  # the card of ``persona`` lies there instead, too quickly for a removal to be seen
    "staff_called",  # the patient touches the button at this very moment
    "ledger_full",  # nothing can be recorded from here on, for ``seconds`` (negative: for good)
    "printer_jammed",
    "paper_not_made",  # no document but the ticket can be made from here on
    "camera_gone",  # the camera of the face check is pulled out, for ``seconds`` (negative: for good)
    "files_wrong",  # what the face check needs to compare is not there, or not the right thing
    "front_unseen",  # the camera that reads the card's front cannot
    "file_unreadable",  # the facility's own file of patients cannot be read from here on
]


class PageFault(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fault that happens once, at the very moment its page is first shown."""

    at: str
    kind: PageFaultKind
    seconds: float = 0.0
    persona: str = ""


class FaultPart(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``at``: ``apdu N`` for a fault of the card's link (0: every command), else the page at which it happens, once,
    at the very moment the page is first shown: ``LookingUp``, or with its variant ``EnteringPin.checking``.
    ``persona``: whose card takes the place, for swaps."""

    at: str
    kind: str
    seconds: float = 0.0
    status: str = "6F00"
    size: int = 64
    persona: str = ""

    @property
    def of_link(self) -> bool:
        return self.at.startswith("apdu")


class Do(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One act. ``act`` is the name of an event that people cause, and ``args`` its fields; or one of ``WORLD_ACTS``
    (README.md). ``by`` staff: it goes through the desk, as a request that the terminal may refuse."""

    act: str
    by: Literal["patient", "staff", "world"] = "patient"
    args: dict[str, str] = {}


class Expect(Part, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must come out; what is not named is not checked, but invariants and the ledger always are. Each field is
    held against the result's field of that name, but ``documents`` (names without folder), ``consents`` (without
    the limit information, which is not asked), ``coverage``, ``declared`` and ``face`` (what is named of them)."""

    outcome: str | None = None
    evidence: str | None = None
    reason: Reason | None = None
    offered: tuple[str, ...] | None = None
    ways: tuple[str, ...] | None = None
    consents: dict[str, str] | None = None
    coverage: dict[str, str] | None = None
    documents: tuple[str, ...] | None = None
    partial_contribution_ratio: int | None = None
    states: tuple[str, ...] | None = None
    ended: str | None = None
    notices: tuple[Reason, ...] | None = None
    alerts: tuple[str, ...] | None = None
    questions: dict[str, int] | None = None
    time_warnings: int | None = None
    languages: tuple[str, ...] | None = None
    name_shown: str | None = None
    pin_tries_left: int | None = None
    text_tries_left: int | None = None
    look_up: str | None = None
    declared: dict[FormField, str] | None = None
    copied: tuple[FormField, ...] | None = None
    certified: str | None = None
    number_b_tries_left: int | None = None
    face: dict[str, Any] | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    visit: VisitPart = VisitPart()
    patient: PatientPart = PatientPart()
    card: CardPart = CardPart()
    camera: CameraPart = CameraPart()
    paper: PaperPart = PaperPart()
    national: NationalPart = NationalPart()
    certified: CertifiedPart | None = None
    faults: tuple[FaultPart, ...] = ()
    do: tuple[Do, ...] = ()
    expect: Expect = Expect()
    id: str = ""

    def check(self) -> None:
        """Raises ``ScenarioError`` for an act, a fault or a switch that does not exist."""
        self.card_faults()
        self.page_faults()
        switches = book().switches
        for switch in self.visit.switches:
            if switch not in switches:
                raise ScenarioError(
                    f"{self.id}: visit: no switch is called {switch!r}; known: {', '.join(switches)}"
                )
        for do in self.do:
            if do.act == "CertifiedReaderUsed" and self.certified is None:
                raise ScenarioError(f"{self.id}: do: {do.act} needs the section [certified]")
            known = STAFF_ACTS if do.by == "staff" else (*PATIENT_ACTS, *WORLD_ACTS)
            if do.act not in known:
                raise ScenarioError(
                    f"{self.id}: do: {do.by} has no act {do.act!r}; known: {', '.join(known)}"
                )

    def card_faults(self) -> tuple[CardFault, ...]:
        """The faults of the card's link. Raises ``ScenarioError`` for one that does not exist."""
        return tuple(self._card_fault(fault) for fault in self.faults if fault.of_link)

    def page_faults(self) -> tuple[PageFault, ...]:
        """The faults that happen when a page is first reached. Raises ``ScenarioError`` for one that does not exist."""
        return tuple(self._page_fault(fault) for fault in self.faults if not fault.of_link)

    def _page_fault(self, fault: FaultPart) -> PageFault:
        page = fault.at.partition(".")[0]
        if page not in _PAGES:
            raise ScenarioError(f"{self.id}: faults: no page is called {page!r}")
        fields = {"at": fault.at, "kind": fault.kind, "seconds": fault.seconds, "persona": fault.persona}
        try:
            return msgspec.convert(fields, PageFault)
        except msgspec.ValidationError as error:
            raise ScenarioError(f"{self.id}: faults: {error}") from error

    def _card_fault(self, fault: FaultPart) -> CardFault:
        fields: dict[str, Any] = {
            "kind": fault.kind,
            "at": fault.at.removeprefix("apdu").strip() or "0",
            "seconds": fault.seconds,
            "status": fault.status,
            "size": fault.size,
        }
        try:
            return msgspec.convert(fields, CardFault, strict=False)
        except msgspec.ValidationError as error:
            raise ScenarioError(f"{self.id}: faults: {error}") from error


def load(scenario_id: str) -> Scenario:
    """One of the shipped scenarios, by its file's stem. Raises ``ScenarioError``."""
    file = _FOLDER / f"{scenario_id}.toml"
    if not file.is_file():
        near = get_close_matches(scenario_id, [path.stem for path in _FOLDER.glob("*.toml")])
        hint = (
            f"; did you mean {' or '.join(near)}?"
            if near
            else "; `uketsuke simulate --list` shows those that are"
        )
        raise ScenarioError(f"no scenario is called {scenario_id}{hint}")
    return load_file(file)


def everything() -> tuple[Scenario, ...]:
    return tuple(load_file(path) for path in sorted(_FOLDER.glob("*.toml")))


def load_file(path: Path) -> Scenario:
    """Raises ``ScenarioError``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        scenario = msgspec.convert({**data, "id": path.stem}, Scenario)
    except FileNotFoundError:
        raise ScenarioError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path}: {error}") from None
    scenario.check()
    return scenario
