"""Phones over every link: simulated phones behind the application, wherever the field is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.card.application import MyNumberCard
from drivers.interface import CardFacts, Failure, Fault, PinRefused, Secret, Token, VerifiedCard
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.inprocess import InProcessReader
from simulator.people import load
from tests.support.reading import LINKS, Bench, application, bench, card_of
from tests.support.scripted_card import OneShotSecret

CHALLENGE = bytes(range(32))
LAST = 12
"""SELECT, label, tries; SELECT, VERIFY, the certificate in pieces, signature."""


@pytest.fixture(params=LINKS)
def desk(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


def tries_on(phone: SimulatedCard) -> int:
    """What the phone itself counts."""
    phone.reset()
    phone.process(bytes.fromhex("00A4040C0AD392F000260100000001"))
    return phone.process(bytes.fromhex("00200098"))[-1] & 0x0F


def present(told: MyNumberCard, insertion: int, secret: Secret) -> VerifiedCard | PinRefused | Failure:
    facts = told.read(insertion)
    return told.verify_pin(insertion, secret, CHALLENGE) if isinstance(facts, CardFacts) else facts


def test_an_android_phone_goes_the_whole_way_by_pin(desk: Bench) -> None:
    told, insertion = application(desk.reader), desk.insert(card_of("android"))
    assert told.read(insertion) == CardFacts(Token.ANDROID, None, 3)
    result = told.verify_pin(insertion, OneShotSecret(load("android").card.pin), CHALLENGE)
    assert isinstance(result, VerifiedCard)
    assert result.method == "pin"
    assert told.apdus == LAST


def test_an_iphone_goes_the_whole_way_without(desk: Bench) -> None:
    phone = card_of("iphone")
    told, insertion = application(desk.reader), desk.insert(phone)
    facts = told.read(insertion)
    assert isinstance(facts, CardFacts)
    assert facts.token is Token.IPHONE
    result = told.verify_on_phone(insertion, CHALLENGE)
    assert isinstance(result, VerifiedCard)
    assert (result.method, result.facts) == ("phone", facts.certificate)
    desk.remove()
    assert tries_on(phone) == 3


def test_a_field_lost_at_any_command_costs_no_try_when_the_pin_is_right(desk: Bench) -> None:
    """And it may be presented again without being typed only where it was never sent."""
    quick = isinstance(desk.hand, InProcessReader)
    for at in range(1, LAST + 1) if quick else (2, 4, 5, LAST):
        phone = card_of("android")
        told, insertion = application(desk.reader), desk.insert(phone, [CardFault(kind="die", at=at)])
        secret = OneShotSecret(load("android").card.pin)
        result = present(told, insertion, secret)
        assert isinstance(result, Failure), at
        assert result.fault is Fault.CARD_GONE, at
        assert (secret.given is None) == (at <= 4), at
        desk.snapshots.no_card()
        assert tries_on(phone) == 3, at
        again = secret if secret.given is None else OneShotSecret(load("android").card.pin)
        assert isinstance(present(told, desk.insert(phone), again), VerifiedCard), at
        desk.remove()


def test_a_field_lost_with_a_wrong_pin_costs_that_one_try_and_no_more(desk: Bench) -> None:
    phone = card_of("android")
    told, insertion = application(desk.reader), desk.insert(phone, [CardFault(kind="die", at=5)])
    result = present(told, insertion, OneShotSecret("9999"))
    assert isinstance(result, Failure)
    desk.snapshots.no_card()
    back = desk.insert(phone)
    assert told.read(back) == CardFacts(Token.ANDROID, None, 2), "asked before anything is typed again"


def test_a_phone_held_again_is_another_insertion_and_its_reading_does_not_carry_over(desk: Bench) -> None:
    phone = card_of("android")
    told, first = application(desk.reader), desk.insert(phone)
    assert isinstance(told.read(first), CardFacts)
    desk.remove()
    second = desk.insert(phone)
    secret = OneShotSecret(load("android").card.pin)
    result = told.verify_pin(second, secret, CHALLENGE)
    assert isinstance(result, Failure)
    assert result.fault is Fault.CARD_GONE
    desk.remove()
    assert tries_on(phone) == 3
