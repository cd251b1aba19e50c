"""What a scenario file says. Unknown words are errors, so that no expectation is silently not checked."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from simulator.links.faults import CardFault
from simulator.national.faults import Fault as NationalFault

_FOLDER = Path(__file__).parent


class ScenarioError(Exception):
    """A scenario file cannot be played: names the file, the place in it, and what is wrong."""


class VisitPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    date: date = date(2026, 11, 24)
    language: str = "ja"
    text_size: Literal["small", "medium", "large", "extra_large"] = "medium"
    contrast: Literal["standard", "high"] = "standard"
    terminal: str = "A"
    phones: bool = False
    capabilities: tuple[str, ...] | None = None


class PatientPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    persona: str = "yamada"


class CardPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Overrides of the persona's card. ``other``: the persona whose card this person holds out."""

    expired: bool = False
    revoked: bool = False
    unregistered: bool = False
    deregistered: bool = False
    pin_tries_left: int | None = None
    face_only: bool = False
    damaged: bool = False
    other: str = ""


class NationalPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``answer``: the validity code that the system gives. ``fault`` meets the question number ``fault_at``, counted
    from 1 over everything that is asked; 0 means every one."""

    answer: Literal[
        "", "valid", "invalid", "invalid_new_exists", "no_record", "several", "public_assistance"
    ] = ""
    fault: NationalFault | None = None
    fault_at: int = 0
    delay: float = 0.0


class FaultPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``at``: ``apdu N`` for a fault of the card's link, or a state's name for one of the reader when that page is
    first reached. ``kind``: a link fault, or ``reader_away``, ``service_killed``."""

    at: str
    kind: str
    seconds: float = 0.0
    status: str = "6F00"
    size: int = 64


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One act. ``act`` is an event's name; its arguments are events' fields, but for the world's own acts:
    ``CardInserted`` (persona), ``CardRemoved``, ``PinEntered`` (pin: ``right``, ``wrong`` or digits), ``TimePassed``
    (seconds), ``ReaderChanged`` (available)."""

    act: str
    by: Literal["patient", "staff", "world"] = "patient"
    args: dict[str, str] = {}


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must come out; what is not named is not checked, but invariants and the ledger always are."""

    outcome: str | None = None
    evidence: str | None = None
    reason: str | None = None
    offered: tuple[str, ...] | None = None
    consents: dict[str, str] | None = None
    documents: tuple[str, ...] | None = None
    partial_contribution_ratio: int | None = None
    states: tuple[str, ...] | None = None
    pin_tries_left: int | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    visit: VisitPart = VisitPart()
    patient: PatientPart = PatientPart()
    card: CardPart = CardPart()
    national: NationalPart = NationalPart()
    faults: tuple[FaultPart, ...] = ()
    do: tuple[Do, ...] = ()
    expect: Expect = Expect()
    id: str = ""

    def card_faults(self) -> tuple[CardFault, ...]:
        """The faults of the card's link. Raises ``ScenarioError`` for one that does not exist."""
        return tuple(self._card_fault(fault) for fault in self.faults if fault.at.startswith("apdu"))

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
    """One of the shipped scenarios, by its file's stem."""
    return load_file(_FOLDER / f"{scenario_id}.toml")


def everything() -> tuple[Scenario, ...]:
    return tuple(load_file(path) for path in sorted(_FOLDER.glob("*.toml")))


def load_file(path: Path) -> Scenario:
    """Raises ``ScenarioError``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        scenario = msgspec.convert({**data, "id": path.stem}, Scenario)
    except FileNotFoundError:
        shipped = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.toml")))
        raise ScenarioError(f"{path}: no such file. Shipped scenarios: {shipped}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path}: {error}") from None
    scenario.card_faults()
    return scenario
