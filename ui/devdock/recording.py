"""What was done at the dock and on the screen, as a scenario that plays the same visit again.

Everything is taken from the steps that the visit really made, in their order: what a hand did counts when the visit
has noticed it. Time counts only where it made the visit move. Digits are never known here, only whether they were
right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import msgspec

from drivers.interface import Authority
from drivers.interface import Fault as DeviceFault
from kiosk.visit.effects import AnyEffect, Ask, AskByNumbers, MatchFace, OpenCard, Register
from kiosk.visit.events import (
    AnotherPatient,
    AnyEvent,
    CameraChanged,
    CardInserted,
    CardRemoved,
    CardTextRead,
    FaceFailed,
    FaceJudged,
    FrontFailed,
    PhotoRead,
    PhotoRefused,
    PinEntered,
    PinRefused,
    PinVerified,
    ReaderChanged,
    StaffActed,
    TextRefused,
    TimePassed,
)
from kiosk.visit.policy import Preferences
from kiosk.visit.states import Abandoned, Finished, Visit
from simulator.links.faults import CardFault
from simulator.national.faults import Fault
from simulator.scenarios.scenario import (
    CameraPart,
    CardPart,
    Do,
    Expect,
    FaultPart,
    NationalPart,
    PatientPart,
    Scenario,
    VisitPart,
)

_Face = Literal["", "simulator", "aid", "authorised"]
_QUESTIONS = (OpenCard, Ask, AskByNumbers, Register)
_ENDED = (Finished, Abandoned)
_A_LITTLE_LONGER = 300  # milliseconds: a thread may be late


@dataclass(frozen=True)
class Placed:
    """What a hand put on the reader. ``swapped``: in place of a card that lay there."""

    persona: str
    card: CardPart = field(default_factory=CardPart)
    answer: str = ""
    faults: tuple[CardFault, ...] = ()
    swapped: bool = False


@dataclass(frozen=True)
class PlannedFault:
    """A fault of the national system: of the next question, or of ``every`` one."""

    fault: Fault
    delay: float = 0.0
    every: bool = False


@dataclass
class _Take:
    """One recording: from the end of one visit to the end of the next."""

    preferences: Preferences
    do: list[Do] = field(default_factory=list)
    states: list[str] = field(default_factory=lambda: ["Welcome"])
    visit: str = ""
    first: Placed | None = None
    person: str = ""
    questions: int = 0
    fault: PlannedFault | None = None
    fault_at: int = 0
    pin_at: int | None = None
    outcome: str = ""
    ended: bool = False
    clock: int = 0  # of the scenario: it stands still but for the waiting that is written down
    matched: int | None = None  # the moment at which the face was looked at
    since: tuple[int, int] = (0, 0)  # the scenario's and the visit's own time when the deadline began
    doubts: list[str] = field(default_factory=list)


class Recorder:
    """Belongs to the screen's thread. ``placed`` and ``taken`` tell which insertions a hand began and ended."""

    def __init__(
        self,
        placed: Mapping[int, Placed],
        taken: set[int],
        *,
        preferences: Preferences,
        terminal: str,
        phones: bool,
        service: bool,
        face: Authority | None = None,
        front_reader: bool = False,
    ) -> None:
        self._placed = placed
        self._taken = taken
        self._terminal = terminal
        self._phones = phones
        self._service = service
        self._face: _Face = face if face is not None and face != "certified" else ""
        self._front_reader = front_reader
        self._camera = CameraPart()
        self._take = _Take(preferences)
        self._available: bool | None = None
        self._camera_there = True
        self._standing: PlannedFault | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        """What was done that a scenario cannot say; empty if all of it can be played again."""
        return tuple(self._take.doubts)

    @property
    def standing(self) -> PlannedFault | None:
        """The national system's fault that is still to happen."""
        return self._standing

    @property
    def acts(self) -> int:
        return len(self._take.do)

    def stand(self, part: CameraPart) -> None:
        """This is before the camera from now on."""
        take = self._take
        if part != self._camera and take.matched is not None and not take.ended:
            take.doubts.append("others before the camera in mid-visit")
        self._camera = part

    def plan(self, fault: PlannedFault | None) -> None:
        """The national system will misbehave like this from now on; None: no more."""
        take = self._take
        self._standing = fault
        used = take.fault is not None and take.fault_at <= take.questions
        if used and not take.ended:
            take.doubts.append("more than one fault of the national system")
            return
        if fault is not None and fault.every and take.questions and not take.ended:
            take.doubts.append("a lasting fault of the national system that began in mid-visit")
        self._set_fault(take, fault)

    def step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        """One step of the visit."""
        if self._begins_anew(before, event, after):
            self._take = self._fresh(before)
        take = self._take
        if take.ended:
            return
        take.visit = take.visit or after.id
        self._note(take, before, event)
        if after.deadline != before.deadline:
            take.since = (take.clock, event.at.mono)
        for effect in effects:
            if isinstance(effect, MatchFace):
                take.matched = event.at.mono
            if isinstance(effect, _QUESTIONS):
                take.questions += 1
                if (
                    self._standing is not None
                    and not self._standing.every
                    and take.fault_at == take.questions
                ):
                    self._standing = None
        state = type(after.state).__name__
        if state != take.states[-1]:
            take.states.append(state)
        take.outcome = after.outcome or take.outcome
        take.ended = isinstance(after.state, _ENDED)

    def scenario(self, name: str, day: date) -> Scenario:
        """The present recording. What has not ended goes on by the first way offered."""
        take = self._take
        first = take.first
        preferences = take.preferences
        return Scenario(
            id=name,
            title=f"Recorded at the dev dock: {first.persona if first else 'nobody'}",
            visit=VisitPart(
                date=day,
                language=preferences.language,
                text_size=preferences.text_size,
                contrast=preferences.contrast,
                terminal=self._terminal,
                phones=self._phones,
                capabilities=None if self._service else (),
                face=self._face,
                front_reader=self._front_reader,
            ),
            camera=self._camera,
            patient=PatientPart(persona=first.persona) if first else PatientPart(),
            card=first.card if first else CardPart(),
            national=NationalPart(
                answer=first.answer if first else "",  # type: ignore[arg-type]
                fault=take.fault.fault if take.fault else None,
                fault_at=take.fault_at,
                delay=take.fault.delay if take.fault else 0.0,
            ),
            faults=tuple(_fault_part(fault) for fault in (first.faults if first else ())),
            do=tuple(take.do),
            expect=Expect(outcome=take.outcome or "abandoned", states=tuple(take.states))
            if take.ended
            else Expect(),
        )

    # -------------------------------------------------------------------------------------- internals

    def _begins_anew(self, before: Visit, event: AnyEvent, after: Visit) -> bool:
        if after.id and self._take.visit and after.id != self._take.visit:
            return True
        own_will = isinstance(event, CardInserted | ReaderChanged) or event.actor == "patient"
        return self._take.ended and not before.id and own_will

    def _fresh(self, before: Visit) -> _Take:
        take = _Take(before.preferences)
        if isinstance(before.state, _ENDED):
            take.preferences = before.policy.defaults
        self._set_fault(take, self._standing)
        if self._available is False:
            take.do.append(Do(act="ReaderChanged", by="world", args={"available": "false"}))
            take.states.append("OutOfService")
        return take

    @staticmethod
    def _set_fault(take: _Take, fault: PlannedFault | None) -> None:
        take.fault = fault
        take.fault_at = 0 if fault is None or fault.every else take.questions + 1

    def _note(self, take: _Take, before: Visit, event: AnyEvent) -> None:
        match event:
            case CardInserted(insertion=insertion):
                self._note_card(take, self._placed.get(insertion))
            case CardRemoved(insertion=insertion):
                if insertion in self._taken:
                    take.do.append(Do(act="CardRemoved"))
            case ReaderChanged(available=available):
                self._note_reader(take, available)
            case TimePassed():
                self._note_time(take, before)
            case PinEntered():
                take.pin_at = len(take.do)
                take.do.append(Do(act="PinEntered", args={"pin": "right"}))
            case PinVerified() | PinRefused() | TextRefused() | CardTextRead() | PhotoRead() | PhotoRefused():
                if isinstance(event, PinRefused | TextRefused | PhotoRefused) and take.pin_at is not None:
                    take.do[take.pin_at] = Do(act="PinEntered", args={"pin": "wrong"})
                take.pin_at = None
            case StaffActed():
                take.do.append(Do(act="StaffActed", by="staff", args=_arguments(event)))
            case FaceJudged() | FaceFailed() | FrontFailed() | CameraChanged():
                self._note_face(take, event)
            case AnotherPatient():
                pass
            case _ if event.actor == "patient":
                take.do.append(Do(act=type(event).__name__, args=_arguments(event)))

    def _note_card(self, take: _Take, placed: Placed | None) -> None:
        """None: the reader came back with the card that had been there."""
        if placed is None:
            return
        first = take.first is None
        if first:
            take.first, take.person = placed, placed.persona
        elif placed.faults or placed.card != CardPart() or placed.answer:
            take.doubts.append("a card that was changed, and not the first of the visit")
        if placed.persona != take.person:
            take.do.append(Do(act="PersonCame", by="world", args={"persona": placed.persona}))
            take.person = placed.persona
        if placed.swapped and not first:
            take.do.append(Do(act="CardSwapped", by="world", args={"persona": placed.persona}))
        else:
            take.do.append(Do(act="CardInserted"))

    def _note_reader(self, take: _Take, available: bool) -> None:
        known, self._available = self._available, available
        if known is None and available:
            return  # the first look at the reader, which every scenario begins with
        take.do.append(Do(act="ReaderChanged", by="world", args={"available": str(available).lower()}))

    def _note_face(self, take: _Take, event: FaceJudged | FaceFailed | FrontFailed | CameraChanged) -> None:
        match event:
            case FaceJudged():
                self._note_look(take, event.at.mono)
            case CameraChanged():
                self._note_camera(take, event.available)
            case FaceFailed(failure=failure) | FrontFailed(failure=failure):
                self._note_camera(take, failure.fault is not DeviceFault.CAMERA_GONE)

    @staticmethod
    def _note_look(take: _Take, at: int) -> None:
        """Whoever stands there waits until the face was judged."""
        wait = at - (at if take.matched is None else take.matched) + _A_LITTLE_LONGER
        take.clock += wait
        take.do.append(Do(act="TimePassed", by="world", args={"seconds": f"{wait / 1000:g}"}))

    def _note_camera(self, take: _Take, available: bool) -> None:
        if available is not self._camera_there and not take.ended:
            take.doubts.append("the camera's cable")
        self._camera_there = available

    def _note_time(self, take: _Take, before: Visit) -> None:
        """Waiting as long as the scenario needs for the same to happen."""
        deadline = before.deadline
        if deadline is None:
            return
        due = deadline.end if deadline.warn is None or before.warned else deadline.warn
        clock, began = take.since
        wait = max(0, due - began - (take.clock - clock))
        take.clock += wait
        take.do.append(Do(act="TimePassed", by="world", args={"seconds": f"{wait / 1000:g}"}))


def _arguments(event: AnyEvent) -> dict[str, str]:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return {name: str(value) for name, value in fields.items() if name not in ("id", "at", "type") and value}


def _fault_part(fault: CardFault) -> FaultPart:
    return FaultPart(
        at=f"apdu {fault.at}", kind=fault.kind, seconds=fault.seconds, status=fault.status, size=fault.size
    )
