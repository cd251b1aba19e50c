"""Simulated cards in a real pcscd: what any PC/SC program sees of them."""

from __future__ import annotations

import json
from typing import TypedDict

import pytest

from simulator.links.faults import CardFault
from tests.support.pcscd import READER, PrivatePcscd
from tests.support.talk import card_of

pytestmark = pytest.mark.pcsc

PATIENCE = 10.0

# A client of its own: waits until the reader's state has all the bits asked for, then connects and sends APDUs.
CLIENT = """
import json, sys
from smartcard.scard import *
name, wanted, apdus = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
context = SCardEstablishContext(SCARD_SCOPE_USER)[1]
state = SCARD_STATE_UNAWARE
for _ in range(20):
    code, states = SCardGetStatusChange(context, 500, [(name, state)])
    state, atr = states[0][1], bytes(states[0][2]).hex()
    if state & wanted == wanted:
        break
code, card, protocol = SCardConnect(context, name, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
answers = []
for apdu in apdus if code == SCARD_S_SUCCESS else []:
    sent, answer = SCardTransmit(card, protocol, list(bytes.fromhex(apdu)))
    answers.append(bytes(answer).hex() if sent == SCARD_S_SUCCESS else "error")
print(json.dumps({"state": state & 0xFFFF, "atr": atr, "connect": code & 0xFFFFFFFF, "answers": answers}))
"""
PRESENT, MUTE = 0x20, 0x200
UNPOWERED = 0x80100067
SELECT, TRIES, LABEL = "00A4040C0AD392F000260100000001", "00200098", "00B086000F"


class Seen(TypedDict):
    state: int
    atr: str
    connect: int
    answers: list[str]


def look(daemon: PrivatePcscd, *apdus: str, wanted: int = PRESENT) -> Seen:
    done = daemon.run_python(CLIENT, f"{READER} 00 00", str(wanted), *apdus)
    assert done.returncode == 0, done.stderr
    seen: Seen = json.loads(done.stdout)
    return seen


def test_a_card_is_seen_with_its_atr_and_answers(pcscd: PrivatePcscd) -> None:
    link = pcscd.link()
    link.insert(card_of("yamada"))
    seen = look(pcscd, SELECT, TRIES, LABEL)
    assert seen["atr"] == "3b888001000005e0b381a1007f"
    assert seen["answers"] == ["9000", "63c3", b"JPKIAPICCTOKEN2".hex() + "9000"]
    link.close()


def test_a_dead_card_is_seen_as_mute(pcscd: PrivatePcscd) -> None:
    link = pcscd.link()
    link.insert(card_of("dead"))
    seen = look(pcscd, wanted=PRESENT | MUTE)
    assert seen["connect"] == UNPOWERED
    link.close()


def test_a_card_is_there_again_after_the_service_was_killed(pcscd: PrivatePcscd) -> None:
    link = pcscd.link()
    link.insert(card_of("yamada"))
    assert look(pcscd, SELECT)["answers"] == ["9000"]
    pcscd.restart()
    assert look(pcscd, SELECT, TRIES)["answers"] == ["9000", "63c3"]
    link.close()


def test_a_card_that_dies_gives_an_answer_without_a_status(pcscd: PrivatePcscd) -> None:
    link = pcscd.link()
    link.insert(card_of("yamada"), [CardFault(kind="die", at=2)])
    first, *rest = look(pcscd, SELECT, TRIES, TRIES)["answers"]
    assert first == "9000"
    assert all(answer in ("", "error") for answer in rest)
    link.close()


def test_two_daemons_do_not_see_each_others_cards(pcscd: PrivatePcscd) -> None:
    with PrivatePcscd() as other:
        assert pcscd.port != other.port
        here, there = pcscd.link(), other.link()
        here.insert(card_of("yamada"))
        there.insert(card_of("android"))
        assert look(pcscd, SELECT, LABEL)["answers"] == ["9000", b"JPKIAPICCTOKEN2".hex() + "9000"]
        assert look(other, SELECT, LABEL)["answers"] == ["9000", b"JPKIAPGPSETOKEN".hex() + "9000"]
        here.close()
        there.close()
