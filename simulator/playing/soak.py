"""Many whole visits from one seed, with faults, and every rule checked after every step.

Each visit has a seed of its own and begins with nothing of those before it, so that a broken one can be played again
alone: ``soak(1, seed)`` plays the visit of that very seed.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import date
from datetime import time as clock
from hashlib import sha256

import msgspec

from drivers.interface import Authority, Failure, Fault
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import EligibilityService
from kiosk.evidence.case import Facility, Switched
from kiosk.ledger import MemoryLedger
from kiosk.ledger.audit import verify
from kiosk.reception.hands import Devices
from kiosk.visit.effects import AnyEffect, Register
from kiosk.visit.events import (
    AnyEvent,
    FaceJudged,
    FrontFailed,
    LastTryAccepted,
    PhotoRefused,
    PhotoTriesTold,
    PinRefused,
    PinVerified,
    StaffCalled,
    TextRefused,
    TextTriesTold,
)
from kiosk.visit.form import Form
from kiosk.visit.phones import proven_by_phone
from kiosk.visit.policy import Policy
from kiosk.visit.states import Confirmed, FillingDeclaration, ReadingCardFront, Visit
from kiosk.visit.views import VisitView
from simulator.national.direct import DirectService
from simulator.national.faults import Faults
from simulator.playing.before_camera import VERIFYING, BeforeCamera, anybody, could_pass
from simulator.playing.booth import ApduBooth, Booth, FactBooth, Pins
from simulator.playing.crowd import Patient
from simulator.playing.fact_card import fingerprint
from simulator.playing.frail import FrailFile, FrailPapers
from simulator.playing.full_disk import FillableLedger
from simulator.playing.player import blank_paper, blank_ticket
from simulator.playing.questions import NotedService, Sent
from simulator.playing.stage import JAM, PaperTray, Quiet, Stage
from simulator.playing.trouble import FAULTS, Trouble, TroubledCard

__all__ = ["FAULTS", "Breach", "SoakReport", "soak", "visit_seed"]

_DAYS = (
    *[date(2026, 11, 24)] * 3,
    date(2027, 2, 28),
    date(2025, 12, 1),  # the last day of the old card; a visit may begin just before midnight
    date(2026, 7, 31),  # the last day on which it is tolerated
)
_TIMES = (*[clock(9, 30)] * 9, clock(23, 59, 30))
_SOUND = ("yamada", "national_health", "thirty_nine", "forty", "seventy_eight", "second_generation")
_PHONES = ("android", "iphone")
_LONG_WAYS = (
    "unregistered",
    "deregistered",
    "one_try_left",
    "expired_in_grace",
    "public_assistance",
    *_PHONES,
)
_REPLACEMENT = "first_generation"
_CLOCK_STEPS_MS = (-86_400_000, -3_600_000, -1_000, 1_000, 3_600_000, 86_400_000)
_EVERYTHING = frozenset(
    {Capability.BY_CARD, Capability.BY_NUMBERS, Capability.REGISTER, Capability.MEDICAL_CONSENT}
)
_CAPABILITIES = (
    *[_EVERYTHING] * 7,
    _EVERYTHING - {Capability.REGISTER},
    _EVERYTHING - {Capability.MEDICAL_CONSENT},
    _EVERYTHING - {Capability.BY_CARD},
)
_TURNED = (
    (),
    (Switched(switch="known_data_without_card", on=True, because="soak"),),
    (Switched(switch="paper_with_unregistered_card", on=False, because="soak"),),
)
_FACES: tuple[Authority | None, ...] = ("simulator", None, "aid", "simulator", None, "aid", "authorised")
_POLICIES = tuple(
    Policy(
        capabilities=capabilities,
        phones=bool(index % 2),
        face=_FACES[index % len(_FACES)],
        front_reader=index % 4 == 3,
        facility=Facility(
            face_check=False, staff_check=False, other_reader=index % 4 == 0, switched=_TURNED[index % 3]
        ),
        patient_file=index % 3 != 1,
        wording_version="simulated",
    )
    for index, capabilities in enumerate(_CAPABILITIES)
)


class Breach(msgspec.Struct, frozen=True):
    """``seed``: of the visit that broke ``rule``; with it the visit can be played again alone."""

    seed: int
    rule: str


class SoakReport(msgspec.Struct, frozen=True):
    """``steps``: events that changed something. ``faults``: that really befell the visits. ``outcomes``: how visits
    ended, and how often."""

    visits: int
    steps: int
    faults: int
    outcomes: dict[str, int]
    visits_per_second: float
    broken: tuple[Breach, ...]


def soak(visits: int, seed: int, faults: Collection[str], *, apdus: bool = False) -> SoakReport:
    """Plays ``visits`` whole visits. ``faults``: some of ``FAULTS``, those of the APDUs only with ``apdus``, which
    plays cards that answer them instead of cards that are facts."""
    kinds = frozenset(kind for kind in faults if apdus or not kind.startswith("apdu_"))
    booth: Booth = ApduBooth(_REPLACEMENT, sorted(set(_DAYS))) if apdus else FactBooth()
    outcomes: Counter[str] = Counter()
    broken: list[Breach] = []
    steps = happened = 0
    began = time.perf_counter()
    for index in range(visits):
        one = _OneVisit(booth, visit_seed(seed, index), kinds)
        outcomes[one.play()] += 1
        steps += one.stage.checked
        happened += one.trouble.happened
        broken += [Breach(one.seed, rule) for rule in one.broken]
    took = time.perf_counter() - began
    if isinstance(booth, ApduBooth):
        booth.close()
    return SoakReport(visits, steps, happened, dict(outcomes), visits / took, tuple(broken))


def visit_seed(seed: int, index: int) -> int:
    """The first visit's seed is the soak's own."""
    if index == 0:
        return seed
    return int.from_bytes(sha256(f"{seed}/{index}".encode()).digest()[:6], "big")


class _OneVisit:
    def __init__(self, booth: Booth, seed: int, kinds: frozenset[str]) -> None:
        self.seed = seed
        self.broken: list[str] = []
        self._booth = booth
        self._rng = rng = random.Random(seed)  # noqa: S311  a simulation must be repeatable
        self.trouble = Trouble(rng, kinds)
        booth.begin(rng.choice(_DAYS), seed, rng.choice(_TIMES))
        one, other = rng.sample(range(1000), 2)
        self._pins = Pins(
            f"0{one:03d}", f"0{other:03d}"
        )  # no date, number or code of a payload looks like this
        self._people = self._draw_people()
        self._tray = PaperTray()
        self._kept = booth.ledger()
        self._ledger = FillableLedger(self._kept)
        self._papers = FrailPapers(blank_paper)
        self._file = FrailFile(booth.patients)
        self._plan = Faults()
        self._outcome = "abandoned"
        self._last_text_try = self._last_number_b = False
        self._registrations: Counter[str] = Counter()
        self.stage = self._make_stage()
        self._patient = Patient(rng, self.stage, booth, self.trouble, self._people, self._pins)

    def play(self) -> str:
        """The outcome. What went wrong is in ``broken``."""
        try:
            if self.trouble.on:
                self.stage.when_shown(self._shown)
            if not self._patient.live():
                self.broken.append(f"I8 the visit never ends: {self.stage.view.state}")
        except Exception as bug:
            self.broken.append(f"exception {type(bug).__name__}: {bug}")
        self.broken += self.stage.breaches
        self._check_questions()
        self._check_ledger()
        return self._outcome

    # ---------------------------------------------------------------------------------------- making

    def _draw_people(self) -> tuple[str, str]:
        rng = self._rng
        own = rng.choice(rng.choice((_SOUND, _SOUND, _LONG_WAYS, self._booth.holders)))
        other = rng.choice([one for one in _SOUND if one != own])
        return own, other

    def _make_stage(self) -> Stage:
        booth, trouble = self._booth, self.trouble
        direct: EligibilityService = DirectService(booth.system, self._plan, booth.world.services)
        self._service = NotedService(direct, self._asked)
        card = (
            TroubledCard(booth.application, trouble, booth.world, self._befall)
            if trouble.on
            else booth.application
        )
        policy = self._rng.choice(_POLICIES)
        self._before = anybody(self._rng, *self._people)
        self._face = BeforeCamera(policy.face, lambda: self._before)
        devices = Devices(
            card=card,
            service=self._service,
            printer=self._tray,
            speaker=Quiet(),
            ticket=blank_ticket,
            papers=self._papers,
            patients=self._file,
            forms=self._tray,
            desk=self._tray,
            face=self._face.matcher,
            authoriser=self._face.authoriser,
        )
        stage = Stage(booth.world, self._ledger, policy, devices, booth.reader, watch=self._step)
        self._face.on(stage)
        return stage

    # --------------------------------------------------------------------------------------- trouble

    def _asked(self, _question: Sent) -> None:
        if self.trouble.on:
            self.trouble.at_question(self._plan)

    def _shown(self, _view: VisitView) -> None:
        kind = self.trouble.at_page()
        if kind:
            self._befall(kind)

    def _befall(self, kind: str) -> None:
        booth, rng = self._booth, self._rng
        match kind:
            case "card_lost":
                booth.remove()
            case "card_swapped":
                booth.place(self._people[1], self._pins, swap=True)
            case "reader_away":
                booth.set_away(True)
                self._move_unseen()
                self._later(lambda: booth.set_away(False))
            case "ledger_full":
                self._ledger.full = True
                self._later(self._make_room)
            case "printer_jammed":
                self._tray.jammed = JAM
            case "paper_not_made":
                self._papers.broken = True
            case "file_unreadable":
                self._file.broken = True
            case "staff_refuse":
                self.stage.after(0, self._refuse)
            case "clock_jump":
                booth.world.set_clock(rng.choice(_CLOCK_STEPS_MS))
            case "camera_gone":
                self._face.spoil(rng.choice((Fault.CAMERA_GONE, Fault.CAMERA_GONE, Fault.MODEL_WRONG)))
                self._later(self._face.mend)
            case "front_unseen":
                self.stage.post(FrontFailed, failure=Failure.of(Fault.CAMERA_GONE))
            case "staff_called":
                self.stage.post(StaffCalled)
            case _:
                raise ValueError(kind)

    def _move_unseen(self) -> None:
        """What happens to the card while nobody sees it."""
        chance = self._rng.random()
        if chance < 0.2:
            self._booth.remove()
        elif chance < 0.5:
            self._booth.place(self._people[1], self._pins, swap=True)

    def _refuse(self) -> None:
        """Somebody at the desk refuses whatever is shown at this very moment."""
        self.stage.desk("refuse", "simulated")

    def _later(self, mend: Callable[[], None]) -> None:
        self.stage.after(self.trouble.away_ms(), mend)

    def _make_room(self) -> None:
        self._ledger.full = False

    # ---------------------------------------------------------------------------------------- checks

    def _step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Register):
                self._registrations[after.id] += 1
        if isinstance(event, PinRefused) and event.tries_left == 0 and not _last_try_accepted(before):
            self.broken.append("I4 the PIN was locked without the patient's word")
        if isinstance(event, TextRefused) and event.tries_left == 0 and not self._last_text_try:
            self.broken.append("I4 the text PIN was locked without the patient's word")
        if isinstance(event, (TextTriesTold, TextRefused)):
            self._last_text_try = False
        if isinstance(event, LastTryAccepted) and isinstance(before.state, FillingDeclaration):
            self._last_text_try = True
        if isinstance(event, FaceJudged):
            self._check_face(after)
        if isinstance(event, PhotoRefused) and event.tries_left == 0 and not self._last_number_b:
            self.broken.append("I4 照合番号B was locked without the patient's word")
        if isinstance(event, (PhotoTriesTold, PhotoRefused)):
            self._last_number_b = False
        if isinstance(event, LastTryAccepted) and isinstance(before.state, ReadingCardFront):
            self._last_number_b = True
        if after.evidence is not None and before.evidence is None:
            self._check_copied(after)
        if after.outcome is not None:
            self._outcome = after.outcome
        if isinstance(event, PinVerified) or isinstance(after.state, Confirmed):
            self._check_holder(after, event)

    def _check_holder(self, visit: Visit, event: AnyEvent) -> None:
        """Who was verified owns the card that was placed, or held a phone there that they may have put away since; and
        it is their coverage that is shown."""
        if visit.verified is None or visit.card is None:
            return
        holder = self._holder(visit.verified.sha256)
        insertion = event.insertion if isinstance(event, PinVerified) else visit.card.insertion
        lies_there = isinstance(event, PinVerified) or not proven_by_phone(visit)
        if insertion is not None and lies_there and holder not in self._booth.owners.get(insertion, set()):
            self.broken.append(f"I1 {holder} is verified, and the card is another's")
        if not isinstance(visit.state, Confirmed) or visit.answer is None:
            return
        own = self._booth.people[holder]
        name = own.eligibility.name_as_answered or own.person.name
        if any(result.name != name for result in visit.answer.results):
            self.broken.append(f"I1 {holder} is shown somebody else's coverage")

    def _check_face(self, visit: Visit) -> None:
        """Somebody was taken for a card's holder: it is their face, and it verifies only where it may."""
        check, facts = visit.face_check, visit.card.facts if visit.card is not None else None
        if check is None or not check.confirmed or facts is None or facts.certificate is None:
            return
        holder = self._holder(facts.certificate.sha256)
        if not could_pass(self._before, holder):
            self.broken.append(f"I12 {self._before.who} is taken for {holder}")
        if visit.verified_by == "face" and visit.policy.face not in VERIFYING:
            self.broken.append(f"I12 verified by the word of {visit.policy.face}")

    def _check_copied(self, visit: Visit) -> None:
        """What a declaration has from a card is all of one person, and of whom lies there if a card does."""
        form = visit.fallback.form if visit.fallback is not None else Form()
        copied = [(field, form.get(field)) for field in form.from_card]
        facts = visit.card.facts if visit.card is not None else None
        lying = facts.certificate.sha256 if facts is not None and facts.certificate is not None else ""
        there = (self._holder(lying),) if lying else (*self._people, _REPLACEMENT)
        texts = (self._booth.someone(persona).tells for persona in there)
        if not any(
            all(" ".join(one.get(field, "").split()) == text for field, text in copied) for one in texts
        ):
            self.broken.append("I1 a declaration mixes people")

    def _holder(self, certificate: str) -> str:
        for persona in (*self._people, _REPLACEMENT):
            if fingerprint(self._booth.people[persona], self._booth.day) == certificate:
                return persona
        return "nobody"

    def _check_questions(self) -> None:
        ids = [id_ for _kind, id_ in self._service.asked]
        if len(set(ids)) != len(ids):
            self.broken.append("I2 a question was sent twice")
        if any(count > 1 for count in self._registrations.values()):
            self.broken.append("I2 registered twice in one visit")

    def _check_ledger(self) -> None:
        ledger: MemoryLedger = self._kept
        if verify(ledger, ledger.verify_key).verdict != "ok":
            self.broken.append("I6 the ledger does not verify")
        typed = [pin.encode() for pin in self._patient.typed]
        payloads = [link.payload or b"" for link in ledger.links()]
        if any(pin in payload and _stands_alone(pin, payload) for payload in payloads for pin in typed):
            self.broken.append("I7 a PIN is in the ledger")
        for text, visit in self._patient.told.items():
            if any(text.encode() in link.core for link in ledger.links()):
                self.broken.append("I7 what was told is in a part of the ledger that is never erased")
            if any(text in str(record.payload) and record.visit != visit for record in ledger.entries()):
                self.broken.append("I7 what was told is in another visit's record")


def _last_try_accepted(visit: Visit) -> bool:
    return visit.card is not None and visit.card.last_try_accepted


def _stands_alone(pin: bytes, payload: bytes) -> bool:
    """Not as part of a longer number."""
    return re.search(rb"(?<!\d)" + pin + rb"(?!\d)", payload) is not None
