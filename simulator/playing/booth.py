"""The place where a soak's visits happen: reader, cards and national system, made new for each visit as far as it
could tell."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from msgspec.structs import replace

from drivers.card.application import MyNumberCard
from drivers.card.revocation import CrlFileSource
from drivers.interface import CardApplication, CardReader, ReaderSnapshot
from kiosk.ledger import MemoryLedger, MemoryStore, Options
from kiosk.ledger import Moment as LedgerMoment
from kiosk.ledger.keys import Keys
from kiosk.patients.memory import MemoryPatientFile
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.national.system import NationalSystem
from simulator.people import everyone
from simulator.people.persona import Persona
from simulator.playing.cast import card_of, face_issuers, publish_revocations, trust
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.readers import InProcessBench
from simulator.playing.someone import Someone, known_as, someone
from simulator.playing.world import VirtualWorld

TERMINAL = "A"
_VISITS_OF_A_SYSTEM = 500  # then the national system has gathered enough proofs to be made anew
_SEEN_BEFORE = date(2026, 8, 1)
_KEYS = Keys(bytes(32), bytes(32))  # of ledgers that live as long as a visit


@dataclass(frozen=True)
class Pins:
    """The digits of every card of a visit: one in the place of another is told apart by nothing that is typed."""

    card: str
    text: str


class Booth(ABC):
    """``begin`` makes everything new. ``lying`` is who owns the card on the reader, ``owners`` who owned that of an
    insertion: two, where the card may be exchanged by a fault of its link."""

    world: VirtualWorld
    reader: CardReader
    application: CardApplication
    day: date

    def __init__(self, *, signatures: bool) -> None:
        self.people: dict[str, Persona] = {persona.id: persona for persona in everyone()}
        self.holders = tuple(one.id for one in self.people.values() if one.card.kind != "none")
        self.patients = MemoryPatientFile()
        for one in self.people.values():
            self.patients.remember(known_as(one), _SEEN_BEFORE)
        self._signatures = signatures
        self._visits = 0
        self._told: dict[tuple[str, date], Someone] = {}
        self._met: set[str] = set()
        self.lying: set[str] = set()
        self.owners: dict[int, set[str]] = {}

    def begin(self, day: date, seed: int, at: time) -> None:
        self.day = day
        self.world = VirtualWorld(day, seed, at)
        self.lying = set()
        self.owners = {}
        self._make_reader()
        self.reader.watch(self._note)
        if self._visits % _VISITS_OF_A_SYSTEM == 0:
            everybody = self.people.values()
            self.system = NationalSystem(everybody, lambda: self.world.utc(), signatures=self._signatures)
        else:
            for persona in self._met:
                self.system.enrol(self.people[persona])
            self.system.consents.clear()
        self._visits += 1
        self._met.clear()

    def someone(self, persona: str) -> Someone:
        """What this person can tell today, and what stands on their paper."""
        key = (persona, self.day)
        if key not in self._told:
            self._told[key] = someone(self.people[persona], self.day, None)
        return self._told[key]

    def ledger(self) -> MemoryLedger:
        world = self.world
        options = Options(
            terminal=TERMINAL,
            clock=lambda: LedgerMoment(world.utc(), world.now().mono),
            random=world.random_bytes,
        )
        return MemoryLedger(options, MemoryStore(keys=_KEYS))

    def place(
        self, persona: str, pins: Pins, faults: Sequence[CardFault] = (), *, swap: bool = False
    ) -> None:
        """This person's card comes onto the reader. ``swap``: so quickly that a removal of the one before is not
        seen; also what a card does on which another one lies already."""
        self._met.add(persona)
        self.lying = {persona, *self._exchanged(faults)}
        self._place(persona, pins, faults, swap)

    def remove(self) -> None:
        self.lying = set()
        self._remove()

    @abstractmethod
    def set_away(self, away: bool) -> None:
        """The reader goes away or comes back; a card stays where it is."""

    def _note(self, seen: ReaderSnapshot) -> None:
        if seen.card_present:
            self.owners.setdefault(seen.insertion, set()).update(self.lying)

    def _exchanged(self, _faults: Sequence[CardFault]) -> Sequence[str]:
        """Who else's card may come to lie there by these faults."""
        return ()

    @abstractmethod
    def _make_reader(self) -> None: ...

    @abstractmethod
    def _place(self, persona: str, pins: Pins, faults: Sequence[CardFault], swap: bool, /) -> None: ...

    @abstractmethod
    def _remove(self) -> None: ...


class FactBooth(Booth):
    """Cards as facts: no APDU, no key, no signature."""

    def __init__(self) -> None:
        super().__init__(signatures=False)

    def _make_reader(self) -> None:
        self._facts = FactReader(self.world.utc)
        self.reader = self.application = self._facts
        self._cards: dict[str, FactCard] = {}

    def _place(self, persona: str, pins: Pins, _faults: Sequence[CardFault], _swap: bool) -> None:
        card = self._cards.get(persona)
        if card is None:
            card = self._cards[persona] = FactCard(self.people[persona], self.day, pins.card, pins.text)
        self._facts.insert(card)

    def _remove(self) -> None:
        self._facts.remove()

    def set_away(self, away: bool) -> None:
        self._facts.set_away(away)


class ApduBooth(Booth):
    """Cards that answer APDUs, signatures and all."""

    def __init__(self, replacement: str, days: Sequence[date]) -> None:
        super().__init__(signatures=True)
        self._replacement = replacement
        self._folder = tempfile.TemporaryDirectory(prefix="uketsuke-")
        self._lists: dict[date, Path] = {}
        for day in days:
            folder = Path(self._folder.name, day.isoformat())
            folder.mkdir()
            publish_revocations(folder, self.people.values(), day)
            self._lists[day] = folder

    def close(self) -> None:
        self._folder.cleanup()

    def _make_reader(self) -> None:
        self._bench = InProcessBench(self.world)
        self.reader = self._bench.reader
        lists = CrlFileSource(self._lists[self.day])
        self.application = MyNumberCard(self._bench.reader, trust(), lists, self.world.utc, face_issuers())
        self._cards: dict[str, SimulatedCard] = {}

    def _place(self, persona: str, pins: Pins, faults: Sequence[CardFault], swap: bool) -> None:
        card = self._card(persona, pins)
        if swap:
            self._bench.swap(card)
            return
        exchanged = self._exchanged(faults)
        self._bench.plan(faults, self._card(exchanged[0], pins) if exchanged else None)
        self._bench.insert(card)

    def _exchanged(self, faults: Sequence[CardFault]) -> Sequence[str]:
        if not any(fault.kind in ("swap", "silent_swap") for fault in faults):
            return ()
        self._met.add(self._replacement)
        return (self._replacement,)

    def _card(self, persona: str, pins: Pins) -> SimulatedCard:
        card = self._cards.get(persona)
        if card is None:
            own = self.people[persona]
            made = card_of(replace(own, card=replace(own.card, pin=pins.card, text_pin=pins.text)), self.day)
            assert made is not None, persona
            card = self._cards[persona] = made
        return card

    def _remove(self) -> None:
        self._bench.remove()

    def set_away(self, away: bool) -> None:
        self._bench.set_away(away)
