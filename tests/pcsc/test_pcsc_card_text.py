"""The card's text over a real pcscd: what stays behind, a card that falls silent, and how many commands it takes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import pairwise

import pytest

from drivers.interface import CardText, Failure, Fault, PinRefused
from simulator.links.faults import CardFault
from simulator.people.loading import load
from tests.support.pcscd import READER, session_pcscd
from tests.support.reading import Bench, application, bench, card_of
from tests.support.scripted_card import OneShotSecret

pytestmark = pytest.mark.pcsc

READ, ASK = 9, 2
NEXT_PROGRAM = """
import sys
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
code, card, protocol = SCardConnect(context, sys.argv[1], SCARD_SHARE_SHARED, 3)
select = list(bytes.fromhex("00A4040C0AD3921000310001010408"))
for command in ([0x00, 0xB0, 0x82, 0x00, 0x00], select, [0x00, 0xB0, 0x82, 0x00, 0x00]):
    print(bytes(SCardTransmit(card, protocol, command)[1]).hex()[-4:])
"""


@pytest.fixture
def desk() -> Iterator[Bench]:
    with bench("pcsc") as made:
        yield made


def test_an_opened_text_is_closed_to_the_next_program(desk: Bench) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    card.text_tries(insertion, "pin")
    assert isinstance(card.read_text(insertion, "pin", OneShotSecret(load("yamada").card.text_pin)), CardText)
    other = session_pcscd().run_python(NEXT_PROGRAM, f"{READER} 00 00")
    assert other.stdout.split() == ["6a82", "9000", "6982"], other.stderr


@pytest.mark.parametrize("at", [READ + ASK + 4, READ + ASK + 5], ids=["verify", "file"])
def test_a_card_that_falls_silent_takes_the_pin_with_it_and_is_asked_nothing_more(
    desk: Bench, at: int
) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"), [CardFault(kind="mute", at=at)])
    card.read(insertion)
    assert card.text_tries(insertion, "pin") == 3
    secret = OneShotSecret(load("yamada").card.text_pin)
    result = card.read_text(insertion, "pin", secret)
    assert isinstance(result, Failure)
    assert result.fault is Fault.TIMED_OUT
    assert secret.wiped
    again = card.read_text(insertion, "pin", OneShotSecret("0000"))
    assert isinstance(again, Failure)
    assert again.fault is Fault.CARD_GONE


def test_the_digits_stay_in_no_reachable_buffer(desk: Bench) -> None:
    canary = "73918264509173"
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    card.text_tries(insertion, "number_b")
    assert card.read_text(insertion, "number_b", OneShotSecret(canary)) == PinRefused(9)
    gc.collect()
    holders = (held for item in gc.get_objects() for held in gc.get_referents(item))
    assert not any(isinstance(held, bytes | bytearray) and held[5:] == canary.encode() for held in holders)


def test_asking_takes_two_commands_and_reading_seven(desk: Bench) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    counted = [card.apdus]
    card.text_tries(insertion, "pin")
    counted.append(card.apdus)
    card.read_text(insertion, "pin", OneShotSecret(load("yamada").card.text_pin))
    counted.append(card.apdus)
    assert [later - sooner for sooner, later in pairwise(counted)] == [2, 7]
