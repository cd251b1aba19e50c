"""A terminal for the benches: one reception, one card, time that moves only when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date

from drivers.card.application import MyNumberCard
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardApplication, CardReader, Failure
from kiosk.coverage.qualification import Answer
from kiosk.eligibility.around import Around
from kiosk.eligibility.port import (
    EligibilityService,
    FailedAnswer,
    OpenByCard,
    OpenedCard,
    Question,
)
from kiosk.ledger import Ledger, MemoryLedger, Moment, Options
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.effects import AnyEffect
from kiosk.visit.events import AnyEvent
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.card import issue
from simulator.links.inprocess import InProcessReader
from simulator.links.timing import Timing
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people.loading import everyone, load
from simulator.playing.cast import face_issuers, trust
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.stage import Stage
from simulator.playing.world import VirtualWorld

DAY = date(2026, 11, 24)
PERSONA = "yamada"
LedgerMaker = Callable[[VirtualWorld], Ledger]
_PAUSE_MS = 15_000  # longer than a last page stays


class Radio:
    """Seconds spent in the air. The world's clock has milliseconds only, so whole ones are passed on."""

    def __init__(self, world: VirtualWorld) -> None:
        self._world = world
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        before = int(self.seconds * 1000)
        self.seconds += seconds
        self._world.advance(int(self.seconds * 1000) - before)


@dataclass
class Terminal:
    """``place`` and ``take`` put the card on the reader and away. ``moments``: the seconds of the radio's clock at
    which each page was first shown and each kind of event first came."""

    stage: Stage
    place: Callable[[], object]
    take: Callable[[], object]
    radio: Radio
    moments: dict[str, float]

    def visit(self) -> None:
        """The main path, from the card on the reader back to the start page. Raises ``RuntimeError`` where the visit
        takes another."""
        self.place_card()
        self.act("ChoosingVerification", "PinChosen")
        self.enter_pin()
        self.act("AskingConsent", "ConsentAllGiven")
        self.act("Confirmed", "Acknowledged")
        self._expect("TakeCard")
        self.take()
        self.stage.settle()
        self._expect("Finished")
        self.stage.wait(_PAUSE_MS)
        self._expect("Welcome")

    def place_card(self) -> None:
        self._expect("Welcome")
        self.place()
        self.stage.settle()

    def enter_pin(self) -> None:
        slot = self.stage.secrets.put(bytearray(load(PERSONA).card.pin, "ascii"))
        self.act("EnteringPin", "PinEntered", slot=slot)

    def act(self, page: str, name: str, **arguments: str) -> None:
        self._expect(page)
        self.stage.act(Act(name, tuple(arguments.items())))

    def _expect(self, page: str) -> None:
        if self.stage.view.state != page:
            raise RuntimeError(f"the visit stands at {self.stage.view.state}, not at {page}")


@contextmanager
def terminal(
    ledger: LedgerMaker | None = None,
    *,
    timing: Timing | None = None,
    extended_length: int = 261,
) -> Iterator[Terminal]:
    """A card that answers real APDUs, the national system in this process, a ledger in memory unless one is given."""
    world = VirtualWorld(DAY)
    radio = Radio(world)
    reader = InProcessReader(extended_length=extended_length, timing=timing, sleep=radio.sleep)
    held = issue(load(PERSONA), DAY)
    assert held is not None
    card = MyNumberCard(reader, trust(), UnknownRevocation(), world.utc, face_issuers())
    service = DirectService(NationalSystem(everyone(), world.utc), world=world.services)
    with _stage(world, radio, reader, card, service, ledger) as (stage, moments):
        yield Terminal(stage, lambda: reader.insert(held), reader.remove, radio, moments)


@contextmanager
def fact_terminal(ledger: LedgerMaker | None = None, *, same_answer: bool = False) -> Iterator[Terminal]:
    """A card that is only what it says, and a national system that looks at no signature. ``same_answer``: asked once,
    and that answer for ever."""
    world = VirtualWorld(DAY)
    reader = FactReader(world.utc)
    held = FactCard(load(PERSONA), DAY)
    system = NationalSystem(everyone(), world.utc, signatures=False)
    service: EligibilityService = DirectService(system, world=world.services)
    if same_answer:
        service = AlwaysTheSame(service)
    radio = Radio(world)
    with _stage(world, radio, reader, reader, service, ledger) as (stage, moments):
        yield Terminal(stage, lambda: reader.insert(held), reader.remove, radio, moments)


@contextmanager
def _stage(
    world: VirtualWorld,
    radio: Radio,
    reader: CardReader,
    card: CardApplication,
    service: EligibilityService,
    ledger: LedgerMaker | None,
) -> Iterator[tuple[Stage, dict[str, float]]]:
    moments: dict[str, float] = {}

    def show(view: VisitView) -> None:
        moments.setdefault(view.state, radio.seconds)

    def watch(before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        moments.setdefault(type(event).__name__, radio.seconds)

    with ExitStack() as closing:
        closing.callback(reader.close)
        closing.callback(service.close)
        devices = Devices(
            card=card,
            service=service,
            printer=_Shredder(),
            speaker=_Mute(),
            ticket=lambda _n, _l: b"",
            papers=lambda _wanted: b"",
        )
        policy = Policy(capabilities=service.capabilities, terminal="A", wording_version="bench")
        kept = (ledger or memory_ledger)(world)
        stage = Stage(world, kept, policy, devices, reader, show=show, watch=watch)
        closing.callback(stage.close)
        yield stage, moments


class _Shredder:
    """A printer that keeps nothing: thousands of visits are printed here."""

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        return None


class _Mute:
    def play(self, sound: str) -> None:
        pass


def memory_ledger(world: VirtualWorld) -> Ledger:
    return MemoryLedger(ledger_options(world))


def ledger_options(world: VirtualWorld) -> Options:
    """A terminal's ledger in this world."""
    return Options(
        terminal="A", clock=lambda: Moment(world.utc(), world.now().mono), random=world.random_bytes
    )


class AlwaysTheSame(Around):
    """Asks once and gives that answer for ever."""

    def __init__(self, service: EligibilityService) -> None:
        super().__init__(service)
        self._opened: OpenedCard | FailedAnswer | None = None
        self._answer: Answer | FailedAnswer | None = None

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        self._opened = self._opened or super().open(question, deadline_s)
        return self._opened

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        self._answer = self._answer or super().ask(question, deadline_s)
        return self._answer
