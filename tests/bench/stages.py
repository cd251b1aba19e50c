"""A terminal for the benches: one reception, one card, time that moves only when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date

from drivers.card.application import MyNumberCard
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardApplication, Failure
from kiosk.eligibility.port import EligibilityService
from kiosk.ledger import Ledger, MemoryLedger, Moment, Options
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.effects import AnyEffect
from kiosk.visit.events import AnyEvent
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard, issue
from simulator.links.inprocess import InProcessReader
from simulator.links.timing import Timing
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people.loading import everyone, load
from simulator.playing.cast import trust
from simulator.playing.stage import Stage
from simulator.playing.world import VirtualWorld

DAY = date(2026, 11, 24)
PERSONA = "yamada"
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
    """``moments``: the seconds of the radio's clock at which each page was first shown and each kind of event first
    came."""

    stage: Stage
    reader: InProcessReader
    radio: Radio
    card: SimulatedCard
    moments: dict[str, float] = field(default_factory=dict)

    def visit(self) -> None:
        """The main path, from the card on the reader back to the start page. Raises ``RuntimeError`` where the visit
        takes another."""
        self.place_card()
        self.act("ChoosingVerification", "PinChosen")
        self.enter_pin()
        self.act("AskingConsent", "ConsentAllGiven")
        self.act("Confirmed", "Acknowledged")
        self._expect("TakeCard")
        self.reader.remove()
        self.stage.settle()
        self._expect("Finished")
        self.stage.wait(_PAUSE_MS)
        self._expect("Welcome")

    def place_card(self) -> None:
        self._expect("Welcome")
        self.reader.insert(self.card)
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
    ledger: Callable[[VirtualWorld], Ledger] | None = None,
    *,
    timing: Timing | None = None,
    extended_length: int = 261,
    card: CardApplication | None = None,
    service: Callable[[VirtualWorld], EligibilityService] | None = None,
) -> Iterator[Terminal]:
    """Real APDUs, the national system in this process, a ledger in memory: unless others are given."""
    with ExitStack() as closing:
        world = VirtualWorld(DAY)
        radio = Radio(world)
        moments: dict[str, float] = {}
        reader = InProcessReader(extended_length=extended_length, timing=timing, sleep=radio.sleep)
        closing.callback(reader.close)
        asked = (service or national)(world)
        closing.callback(asked.close)
        devices = Devices(
            card=card or MyNumberCard(reader, trust(), UnknownRevocation(), world.utc),
            service=asked,
            printer=_Shredder(),
            speaker=_Mute(),
            ticket=lambda _number, _language: b"",
        )
        policy = Policy(capabilities=asked.capabilities, terminal="A", wording_version="bench")

        def show(view: VisitView) -> None:
            moments.setdefault(view.state, radio.seconds)

        def watch(before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
            moments.setdefault(type(event).__name__, radio.seconds)

        kept = (ledger or memory_ledger)(world)
        stage = Stage(world, kept, policy, devices, reader, show=show, watch=watch)
        closing.callback(stage.close)
        held = issue(load(PERSONA), DAY)
        assert held is not None
        yield Terminal(stage, reader, radio, held, moments)


class _Shredder:
    """A printer that keeps nothing: thousands of visits are printed here."""

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        return None


class _Mute:
    def play(self, sound: str) -> None:
        pass


def national(world: VirtualWorld) -> EligibilityService:
    return DirectService(NationalSystem(everyone(), world.utc), world=world.services)


def memory_ledger(world: VirtualWorld) -> Ledger:
    return MemoryLedger(ledger_options(world))


def ledger_options(world: VirtualWorld) -> Options:
    """A terminal's ledger in this world."""
    return Options(
        terminal="A", clock=lambda: Moment(world.utc(), world.now().mono), random=world.random_bytes
    )
