"""Desks at which a card is read: over APDUs in this process, over a real pcscd, or as plain facts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack

from drivers.interface import CardApplication, Failure, Fault
from simulator.card import issue
from simulator.people.persona import Persona
from simulator.playing.fact_card import FactCard, FactReader
from tests.support.reading import NOW, TODAY, Bench, application, bench


class Desk(ABC):
    """A reader, the application over it, and the hand. ``place`` gives the insertion, and remembers the card."""

    application: CardApplication

    @abstractmethod
    def place(self, persona: Persona) -> int: ...

    @abstractmethod
    def replace(self) -> int:
        """The same card once more, with what it remembers."""

    @abstractmethod
    def remove(self) -> None: ...


class ApduDesk(Desk):
    def __init__(self, over: Bench) -> None:
        self._bench = over
        self.application = application(over.reader)

    def place(self, persona: Persona) -> int:
        made = issue(persona, TODAY)
        assert made is not None
        self._card = made
        return self.replace()

    def replace(self) -> int:
        return self._bench.insert(self._card)

    def remove(self) -> None:
        self._bench.remove()


class FactDesk(Desk):
    def __init__(self) -> None:
        self.application = self._reader = FactReader(lambda: NOW)

    def place(self, persona: Persona) -> int:
        self._card = FactCard(persona, TODAY)
        return self.replace()

    def replace(self) -> int:
        self._reader.insert(self._card)
        return self._reader.snapshot().insertion

    def remove(self) -> None:
        self._reader.remove()


def opened(kind: str, closing: ExitStack) -> Desk:
    if kind == "facts":
        return FactDesk()
    return ApduDesk(closing.enter_context(bench("inprocess" if kind == "apdus" else kind)))


def fault(result: object) -> Fault:
    assert isinstance(result, Failure)
    return result.fault


def placed(desk: Desk, persona: Persona) -> int:
    """The insertion of this person's card, which was read."""
    insertion = desk.place(persona)
    desk.application.read(insertion)
    return insertion
