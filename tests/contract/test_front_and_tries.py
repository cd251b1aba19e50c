"""From the camera's picture to the chip's counter: what was read wrongly costs one try, and only after somebody has
confirmed it. The pictures are rendered, the networks, the visit, the driver and the card are the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.revocation import UnknownRevocation
from drivers.front.child import Reading
from drivers.interface import CardFront
from kiosk.reception.hands import Devices
from kiosk.visit.acts import Act
from kiosk.visit.policy import Policy
from simulator.camera.fronts import front
from simulator.camera.seeing import Sight
from simulator.card import SimulatedCard, issue
from simulator.face.scripted import Before
from simulator.links.inprocess import InProcessReader
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import Persona, everyone
from simulator.playing.before_camera import BeforeCamera
from simulator.playing.cast import face_issuers, number_b, trust
from simulator.playing.player import blank_paper, blank_ticket
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from tests.bench.stages import memory_ledger
from tests.support.fronts import TODAY, networks, pixels, somebody

ME = somebody(code="6842")
PRINTED_WRONG = somebody(code="6843")
"""The same card, of which one digit is read as another one."""


class Place:
    """A kiosk with a camera that reads fronts, a card on its reader, and the page that shows what was read."""

    def __init__(self, closing: ExitStack) -> None:
        world = VirtualWorld(TODAY)
        reader = InProcessReader(sleep=lambda _: None)
        service = DirectService(NationalSystem(everyone(), world.utc), world=world.services)
        card = MyNumberCard(reader, trust(), UnknownRevocation(), world.utc, face_issuers())
        camera = BeforeCamera("simulator", lambda: Before(who=ME.id))
        devices = Devices(
            card=card, service=service, printer=PaperTray(), speaker=Quiet(), ticket=blank_ticket, papers=blank_paper,
            face=camera.matcher, authoriser=camera.authoriser,
        )  # fmt: skip
        policy = Policy(
            capabilities=service.capabilities,
            terminal="A",
            wording_version="test",
            face="simulator",
            front_reader=True,
        )
        self.stage = Stage(world, memory_ledger(world), policy, devices, reader)
        closing.callback(self.stage.close)
        camera.on(self.stage)
        self.chip: SimulatedCard = _issued(ME)
        self._eyes = Reading(networks(), TODAY)
        self.read: list[CardFront] = []
        reader.insert(self.chip)
        self.stage.settle()
        self.stage.act(Act("FaceChosen", ()))

    @property
    def tries(self) -> int:
        """What the chip itself says; no transaction is open now."""
        self.chip.process(bytes.fromhex("00A4040C0AD3921000310001010402"))
        left = self.chip.process(bytes.fromhex("00200092"))[1] & 0x0F
        self.chip.reset()
        return left

    def show(self, card: Persona, *seeds: int) -> None:
        """Holds a card before the camera, for as many pictures."""
        for seed in seeds:
            told = self._eyes.see(pixels(front(card, TODAY), Sight(noise=12, seed=seed)))
            self.read += [one for one in told if isinstance(one, CardFront)]
        self.stage.settle()

    def confirm(self, digits: bytearray) -> None:
        """The person says that what the page shows is right, or has typed it."""
        slot = self.stage.secrets.put(digits)
        self.stage.act(Act("PinEntered", (("slot", slot),)))


def _issued(persona: Persona) -> SimulatedCard:
    card = issue(persona, TODAY)
    assert card is not None
    return card


@pytest.fixture
def place() -> Iterator[Place]:
    with ExitStack() as closing:
        yield Place(closing)


def test_a_front_that_is_read_wrongly_costs_one_try_and_only_once_confirmed(place: Place) -> None:
    assert place.stage.view.state == "ReadingCardFront"
    place.show(PRINTED_WRONG, 1, 2)
    (wrong,) = place.read
    assert wrong.security_code == "6843"
    place.stage.wait(20_000)
    assert place.tries == 10

    place.confirm(wrong.number_b())
    assert place.tries == 9
    assert place.stage.view.state == "ReadingCardFront"

    place.show(PRINTED_WRONG, 3, 4)
    place.stage.wait(20_000)
    assert place.read == [wrong]
    assert place.tries == 9

    place.confirm(bytearray(number_b(ME, TODAY), "ascii"))
    assert place.stage.view.state == "MatchingFace"
    assert place.tries == 10


def test_a_front_that_is_read_right_leads_to_the_face_and_costs_none(place: Place) -> None:
    place.show(ME, 1, 2)
    (right,) = place.read
    assert right.number_b() == number_b(ME, TODAY).encode()
    place.confirm(right.number_b())
    assert place.stage.view.state == "MatchingFace"
    assert place.tries == 10
