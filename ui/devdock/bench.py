"""The hands of the dock: put cards on the simulated reader, let things go wrong, type a PIN."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from drivers.interface import Fault
from kiosk.visit.acts import Act
from kiosk.visit.events import CameraChanged
from kiosk.visit.policy import Preferences
from kiosk.visit.states import Abandoned, Finished, ReadingCardFront
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.people.persona import Persona
from simulator.playing.actor import wrong_pin
from simulator.playing.cast import card_of, cast, number_b
from simulator.scenarios.scenario import CameraPart, CardPart, NationalPart, PatientPart, Scenario
from ui.compose import Terminal
from ui.composing.simulated import Simulated
from ui.devdock.recording import Placed, PlannedFault, Recorder

_ENDED = (Finished, Abandoned)


class Bench:
    """Acts on a simulated terminal, from the screen's thread. ``recorder`` learns what was done.

    A person who comes while nobody is being served comes with a new card, and the national system knows of them what
    the persona's file says. Within a visit it is the same card, with the tries it has left.
    """

    def __init__(self, terminal: Terminal, simulated: Simulated) -> None:
        settings = terminal.settings
        self._terminal = terminal
        self._simulated = simulated
        self._known: dict[str, tuple[Persona, SimulatedCard]] = {}  # of this visit
        self._placed: dict[int, Placed] = {}
        self._taken: set[int] = set()
        self._in: Persona | None = None
        self.recorder = Recorder(
            self._placed,
            self._taken,
            preferences=Preferences(
                settings.screen.language, settings.screen.text_size, settings.screen.contrast
            ),
            terminal=settings.terminal,
            phones=settings.reader.phones,
            service=simulated.national is not None,
            face=terminal.reception.visit.policy.face,
            front_reader=terminal.reception.visit.policy.front_reader,
        )

    @property
    def has_reader(self) -> bool:
        return self._simulated.reader is not None

    @property
    def has_national(self) -> bool:
        return self._simulated.faults is not None

    @property
    def lying(self) -> Persona | None:
        """Whose card a hand has put on the reader and not taken away."""
        return self._in if self._terminal.reader.snapshot().card_present else None

    @property
    def today(self) -> date:
        return self._terminal.world.now().day

    # ---------------------------------------------------------------------------------------- the card

    def place(
        self,
        persona_id: str,
        *,
        card: CardPart | None = None,
        answer: str = "",
        faults: tuple[CardFault, ...] = (),
    ) -> bool:
        """Lays this person's card on the reader, in place of one that lies there. False where there is no card."""
        reader = self._simulated.reader
        if reader is None:
            return False
        if not self._visit_runs():
            self._known.clear()
        swapped = self.lying is not None
        if persona_id in self._known:
            placed = Placed(persona_id, faults=faults, swapped=swapped)
        else:
            placed = Placed(persona_id, card or CardPart(), answer, faults, swapped)
            persona = _as_wanted(placed)
            chip = card_of(persona, self.today)
            if chip is None:
                return False
            self._known[persona_id] = (persona, chip)
            if self._simulated.national is not None:
                self._simulated.national.enrol(persona)
        self._in, chip = self._known[persona_id]
        if self._simulated.stage is not None:
            self._simulated.stage.holder, self._simulated.stage.in_hand = persona_id, ""
        self._placed[reader.insert(chip, faults)] = placed
        return True

    def remove(self) -> None:
        reader = self._simulated.reader
        if reader is not None and self.lying is not None:
            self._taken.add(reader.snapshot().insertion)
            if self._simulated.stage is not None and self._in is not None:
                self._simulated.stage.in_hand = self._in.id
            self._in = None
            reader.remove()

    def set_plugged(self, plugged: bool) -> None:
        if self._simulated.reader is not None:
            self._simulated.reader.set_available(plugged)

    def set_service(self, running: bool) -> None:
        if self._simulated.reader is not None:
            self._simulated.reader.set_service(running)

    # ---------------------------------------------------------------------------------------- the camera

    @property
    def has_camera(self) -> bool:
        return self._simulated.stage is not None

    def set_camera(self, part: CameraPart) -> None:
        """Who stands before it from now on, and how."""
        if self._simulated.stage is not None:
            self._simulated.stage.part = part
            self.recorder.stand(part)

    def set_camera_plugged(self, plugged: bool) -> None:
        """Pulls the cable of the camera for faces, or puts it in again; the visit hears of both."""
        matcher, front = self._simulated.matcher, self._simulated.front
        if matcher is None:
            return
        fault = None if plugged else Fault.CAMERA_GONE
        if front is not None:
            front.fault = fault
        matcher.set_fault(fault)
        told = {} if fault is None else {"fault": fault}
        self._terminal.inbox.post(CameraChanged, available=plugged, **told)

    # ------------------------------------------------------------------------------------ the services

    def plan(self, fault: PlannedFault | None) -> None:
        """How the national system misbehaves from now on; None: not at all."""
        faults = self._simulated.faults
        if faults is None:
            return
        faults.always(None)
        while faults.take() is not None:
            pass  # what was planned before and has not happened yet
        if fault is not None and fault.every:
            faults.always(fault.fault, fault.delay)
        elif fault is not None:
            faults.next(fault.fault, fault.delay)
        self.recorder.plan(fault)

    # -------------------------------------------------------------------------------------- the people

    def act(self, name: str, **args: str) -> None:
        """What a person does at the screen or the desk. Raises ``UnknownAct``."""
        self._terminal.inbox.send(Act(name, tuple(sorted(args.items()))))

    def enter_pin(self, *, right: bool = True) -> None:
        """Enters the PIN of the person whose card lies there, or 照合番号B where that is asked for, by the same slot as
        the keypad."""
        if self._in is None:
            return
        asked_of_front = isinstance(self._terminal.reception.visit.state, ReadingCardFront)
        known = number_b(self._in, self.today) if asked_of_front else self._in.card.pin
        digits = known if right else wrong_pin(known)
        self.act("PinEntered", slot=self._terminal.secrets.put(bytearray(digits, "ascii")))

    # ------------------------------------------------------------------------------------------- time

    def set_speed(self, speed: float) -> None:
        if self._simulated.world is not None:
            self._simulated.world.set_speed(speed)

    def skip_to(self, due: int, post: Callable[[], None]) -> None:
        """Puts the clock forward to ``due`` (monotonic milliseconds) and lets the visit notice."""
        if self._simulated.world is not None:
            self._simulated.world.put_forward(due - self._simulated.world.now().mono + 1)
            post()

    def _visit_runs(self) -> bool:
        visit = self._terminal.reception.visit
        return bool(visit.id) and not isinstance(visit.state, _ENDED)


def _as_wanted(placed: Placed) -> Persona:
    return cast(
        Scenario(
            title="",
            patient=PatientPart(persona=placed.persona),
            card=placed.card,
            national=NationalPart(answer=placed.answer),  # type: ignore[arg-type]
        )
    )
