"""All sections together, and what follows from them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from drivers.interface import Authority
from kiosk.evidence.case import Switched
from kiosk.evidence.model import Contact
from ui.settings.devices import Camera, Card, Face, Papers, Reader, Scanner, Screen, Ticket
from ui.settings.facility import Consent, Facility, Limits, Line, Rule
from ui.settings.part import Part, Profile, SettingsError, Terminal
from ui.settings.records import Accounts, LedgerPart, Log, Patients
from ui.settings.services import Eligibility, Handoff, HubPart, Recheck
from ui.settings.staff import Staff


class Settings(Part, frozen=True, kw_only=True):
    """``file``: where they were read from; not a setting."""

    profile: Profile = "simulated"
    data: Path = Path("~/.local/share/uketsuke")
    terminal: Terminal = "A"
    facility: Facility = Facility()
    screen: Screen = Screen()
    reader: Reader = Reader()
    scanner: Scanner = Scanner()
    camera: Camera = Camera()
    face: Face = Face()
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
    rules: dict[str, Rule] = msgspec.field(default_factory=dict)
    contacts: tuple[Line, ...] = ()
    file: Path | None = None

    def wrong(self, place: str, problem: str) -> SettingsError:
        """What to raise for a setting that turns out unusable."""
        return SettingsError(f"{self.file}: {place}: {problem}" if self.file else f"{place}: {problem}")

    @property
    def camera_kind(self) -> Literal["none", "webcam", "simulated"]:
        """The camera for faces that this profile has."""
        if self.camera.kind != "auto":
            return self.camera.kind
        return "simulated" if self.profile == "simulated" else "none"

    @property
    def speaks(self) -> bool:
        """Whether anything is to be said aloud."""
        return self.screen.spoken_hints and (self.camera_kind != "none" or self.reader.phones)

    @property
    def face_authority(self) -> Authority:
        """Whose word a face check of this terminal is."""
        if self.face.authority != "auto":
            return self.face.authority
        return "simulator" if self.profile == "simulated" else "aid"

    @property
    def switched(self) -> tuple[Switched, ...]:
        """The rules that this facility turned. Raises ``BookError`` for one without a reason."""
        return tuple(Switched(switch=id, on=rule.on, because=rule.because) for id, rule in self.rules.items())

    @property
    def own_contacts(self) -> tuple[Contact, ...]:
        """Raises ``BookError`` for a line that could never help anybody."""
        return tuple(line.contact for line in self.contacts)

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
