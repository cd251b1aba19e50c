"""A fact card tells and counts what the card that answers APDUs tells and counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.revocation import CrlFileSource
from drivers.interface import CardApplication, CardFacts, Failure, Fault, LinkError, PinRefused, VerifiedCard
from kiosk.reception.secrets import SecretSlots
from simulator.card import issue
from simulator.people import everyone, load
from simulator.playing.actor import wrong_pin
from simulator.playing.cast import face_issuers, publish_revocations, trust
from simulator.playing.fact_card import FactCard, FactReader
from simulator.playing.readers import InProcessBench
from simulator.playing.world import VirtualWorld
from tests.support.visits import DAY

PEOPLE = {persona.id: persona for persona in everyone() if persona.card.kind != "none"}
CHALLENGE = b"a fresh challenge of 32 bytes ..."


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crl")
    publish_revocations(folder, PEOPLE.values(), DAY)
    return folder


class Both:
    """The same card twice, in two readers."""

    def __init__(self, persona_id: str, lists: Path) -> None:
        self.persona_id = persona_id
        world = VirtualWorld(DAY)
        self.world = world
        self.pin = PEOPLE[persona_id].card.pin
        self.secrets = SecretSlots()
        self.bench = InProcessBench(world)
        self.facts = FactReader(world.utc)
        card = issue(PEOPLE[persona_id], DAY)
        assert card is not None
        self.card = card
        self.applications: tuple[CardApplication, CardApplication] = (
            MyNumberCard(self.bench.reader, trust(), CrlFileSource(lists), world.utc, face_issuers()),
            self.facts,
        )
        self.bench.insert(card)
        self.facts.insert(FactCard(PEOPLE[persona_id], DAY))

    def read(self) -> list[Any]:
        return [plain(one.read(1)) for one in self.applications]

    def verify(self, digits: str, insertion: int = 1) -> list[Any]:
        slots = [self.secrets.slot(self.secrets.put(bytearray(digits, "ascii"))) for _ in self.applications]
        outcomes = [
            plain(one.verify_pin(insertion, slot, CHALLENGE))
            for one, slot in zip(self.applications, slots, strict=True)
        ]
        waiting = [bool(slot.take()) for slot in slots]
        assert waiting[0] is waiting[1]
        by_phone = PEOPLE[self.persona_id].card.kind in ("android", "iphone")
        assert not waiting[0] or by_phone, "taken, whatever happened, but for a phone that was not reached"
        return outcomes


def plain(outcome: CardFacts | VerifiedCard | PinRefused | Failure) -> object:
    """What a visit sees of it: no detail of a failure, no signature."""
    match outcome:
        case Failure():
            return outcome.fault
        case VerifiedCard():
            return (outcome.insertion, outcome.facts, outcome.method, outcome.certificate, outcome.challenge)
        case _:
            return outcome


def same(outcomes: list[Any]) -> Any:
    real, facts = outcomes
    assert real == facts
    return real


@pytest.fixture(params=PEOPLE)
def both(request: pytest.FixtureRequest, lists: Path) -> Both:
    return Both(request.param, lists)


def test_it_tells_the_same_before_any_secret(both: Both) -> None:
    same(both.read())
    assert both.facts.snapshot().mute == both.bench.reader.snapshot().mute


def test_it_counts_the_same_until_it_is_locked(both: Both) -> None:
    same(both.read())
    for _ in range(4):
        same(both.verify(wrong_pin(both.pin)))
    same(both.verify(both.pin))
    same(both.read())


def test_the_right_pin_proves_the_same_and_restores_the_tries(both: Both) -> None:
    same(both.read())
    same(both.verify(wrong_pin(both.pin)))
    same(both.read())
    same(both.verify(both.pin))
    same(both.read())


def test_nothing_is_tried_on_a_card_that_was_not_read(both: Both) -> None:
    assert same(both.verify(both.pin)) is Fault.CARD_GONE
    same(both.read())
    assert same(both.verify(both.pin, insertion=2)) is Fault.CARD_GONE


def test_digits_that_are_no_pin_are_not_sent(lists: Path) -> None:
    both = Both("yamada", lists)
    same(both.read())
    assert same(both.verify("12")) is Fault.INTERNAL
    assert same(both.read()).pin_tries_left == 3


def test_a_reader_without_its_service_fails_the_same_and_counts_the_card_anew(lists: Path) -> None:
    both = Both("yamada", lists)
    for away in (True, False):
        both.bench.set_away(away)
        both.facts.set_away(away)
        assert same(both.read()) is (Fault.SERVICE_GONE if away else Fault.CARD_GONE)
        one, other = both.bench.reader.snapshot(), both.facts.snapshot()
        assert (one.available, one.card_present, one.insertion) == (
            other.available, other.card_present, other.insertion,
        )  # fmt: skip


def test_a_removed_and_a_swapped_card_are_gone(lists: Path) -> None:
    both = Both("yamada", lists)
    same(both.read())
    other = issue(load("national_health"), DAY)
    assert other is not None
    both.bench.swap(other)
    both.facts.swap(FactCard(load("national_health"), DAY))
    assert same(both.verify(both.pin)) is Fault.CARD_GONE
    both.bench.remove()
    both.facts.remove()
    assert same(both.read()) is Fault.CARD_GONE


def test_facts_carry_no_apdus() -> None:
    with pytest.raises(LinkError):
        FactReader(VirtualWorld(DAY).utc).connect(1)
