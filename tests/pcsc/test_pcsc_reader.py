"""The PC/SC reader against a real pcscd: lost services, other programs, hung cards, and what stays behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.interface import CardFacts, Failure, Fault, LinkError, PinRefused, ReaderSnapshot, VerifiedCard
from drivers.pcsc.reader import PcscReader, list_readers
from simulator.links.faults import CardFault
from simulator.people.loading import load
from tests.support.pcscd import READER, session_pcscd
from tests.support.reading import Bench, application, bench, card_of, wait_until_empty
from tests.support.scripted_card import OneShotSecret
from tests.support.snapshots import Snapshots

pytestmark = pytest.mark.pcsc

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
CHALLENGE = bytes(range(32))


@pytest.fixture
def desk() -> Iterator[Bench]:
    with bench("pcsc") as made:
        yield made


def fault_of_connecting(desk: Bench, insertion: int) -> Fault:
    with pytest.raises(LinkError) as caught, desk.reader.connect(insertion):
        pass
    return caught.value.failure.fault


def works(desk: Bench, insertion: int) -> bool:
    with desk.reader.connect(insertion) as connection:
        return connection.transmit(SELECT_JPKI).sw == 0x9000


# ------------------------------------------------------------------------------------------- watching


def test_a_card_that_was_there_before_the_start_is_seen() -> None:
    daemon = session_pcscd()
    hand = daemon.link()
    hand.insert(card_of("yamada"))
    reader = PcscReader()
    try:
        insertion = Snapshots(reader).card()
        with reader.connect(insertion) as connection:
            assert connection.transmit(SELECT_JPKI).sw == 0x9000
    finally:
        reader.close()
        hand.close()
        wait_until_empty()


def test_a_reader_is_chosen_by_part_of_its_name() -> None:
    daemon = session_pcscd()
    hand = daemon.link(slot=1)
    reader = PcscReader("reader 00 01")
    try:
        snapshots = Snapshots(reader)
        assert snapshots.wait(lambda now: now.available).name == f"{READER} 00 01"
        hand.insert(card_of("yamada"))
        snapshots.card()
        hand.close()
        snapshots.no_card()
    finally:
        reader.close()
        hand.close()


def test_all_readers_are_listed() -> None:
    session_pcscd()
    expected = tuple(ReaderSnapshot(f"{READER} 00 0{slot}", True, True, True) for slot in range(2))
    assert list_readers() == expected


def test_without_a_service_there_are_snapshots_and_failures_but_no_exceptions() -> None:
    program = """
from drivers.pcsc.reader import PcscReader, list_readers
import threading
print(list_readers().fault)
told, lock = [], threading.Event()
reader = PcscReader()
reader.watch(lambda snapshot: (told.append(snapshot), lock.set()))
assert lock.wait(5)
print(told[0].enabled, told[0].scanned)
reader.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PCSCLITE_CSOCK_NAME": "/nonexistent/pcscd.comm"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.split() == ["service_gone", "False", "True"], done.stderr


# ------------------------------------------------------------------------------------- a killed service


def test_a_killed_service_is_noticed_and_its_return_is_found_again_and_again(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    for _ in range(3):
        session_pcscd().kill()
        down = desk.snapshots.wait(lambda now: not now.enabled)
        assert (down.available, down.card_present) == (False, False)
        assert fault_of_connecting(desk, insertion) is Fault.SERVICE_GONE
        session_pcscd().start()
        again = desk.snapshots.card(insertion)
        assert works(desk, again)
        insertion = again


def test_a_service_killed_within_a_transaction_ends_it_and_the_next_works(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with desk.reader.connect(insertion) as connection:
        assert connection.transmit(SELECT_JPKI).sw == 0x9000
        session_pcscd().kill()
        with pytest.raises(LinkError) as caught:
            connection.transmit(SELECT_JPKI)
        assert caught.value.failure.fault is Fault.SERVICE_GONE
    session_pcscd().start()
    assert works(desk, desk.snapshots.card(insertion))


def test_a_service_killed_between_reading_and_pin_sends_no_pin(desk: Bench) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    assert isinstance(card.read(insertion), CardFacts)
    session_pcscd().restart()
    again = desk.snapshots.card(insertion)
    secret = OneShotSecret(load("yamada").card.pin)
    refused = card.verify_pin(insertion, secret, CHALLENGE)
    assert isinstance(refused, Failure)
    assert refused.fault is Fault.CARD_GONE
    assert secret.wiped
    facts = card.read(again)
    assert isinstance(facts, CardFacts)
    assert facts.pin_tries_left == 3


# -------------------------------------------------------------------------------------------- hung cards


def test_a_hung_card_is_timed_out_at_once_the_second_time_and_the_next_card_works(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"), [CardFault(kind="mute", at=2)])
    card = application(desk.reader)
    for _ in range(2):
        result = card.read(insertion)
        assert isinstance(result, Failure)
        assert result.fault is Fault.TIMED_OUT
    desk.remove()
    following = desk.insert(card_of("yamada"))
    assert isinstance(card.read(following), CardFacts)


def test_a_pin_lost_in_a_hung_card_is_wiped(desk: Bench) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"), [CardFault(kind="mute", at=11)])  # 9 to read, SELECT, VERIFY
    assert isinstance(card.read(insertion), CardFacts)
    secret = OneShotSecret(load("yamada").card.pin)
    result = card.verify_pin(insertion, secret, CHALLENGE)
    assert isinstance(result, Failure)
    assert result.fault is Fault.TIMED_OUT
    assert secret.wiped


# ---------------------------------------------------------------------------------------- other programs

HOLD = """
import sys
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
code, card, protocol = SCardConnect(context, sys.argv[1], int(sys.argv[2]), 3)
if sys.argv[3] == "transaction": SCardBeginTransaction(card)
print(hex(code & 0xffffffff), flush=True)
sys.stdin.read()
"""
SIGN_AS_SOMEBODY_ELSE = """
import sys
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
code, card, protocol = SCardConnect(context, sys.argv[1], SCARD_SHARE_SHARED, 3)
command = list(bytes.fromhex("802A0097333031300D060960864801650304020105000420" + "00" * 32 + "00"))
print(bytes(SCardTransmit(card, protocol, command)[1]).hex()[-4:])
"""


@contextmanager
def held(share: int, transaction: str = "") -> Iterator[None]:
    """Another program that holds the card until the end of the block."""
    command = [sys.executable, "-c", HOLD, f"{READER} 00 00", str(share), transaction]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "0x0"
        yield
        other.stdin.close()
        other.wait(10)


def test_a_card_that_another_program_holds_for_itself_is_busy_until_it_lets_go(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with held(share=1):
        assert fault_of_connecting(desk, insertion) is Fault.CARD_BUSY
    assert works(desk, insertion)


def test_a_card_that_another_program_shares_is_shared(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with held(share=2):
        assert works(desk, insertion)
        assert works(desk, insertion)


def test_another_programs_endless_transaction_is_busy_and_its_end_frees_the_card(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    with held(share=2, transaction="transaction"):
        assert fault_of_connecting(desk, insertion) is Fault.CARD_BUSY
    desk.remove()
    assert works(desk, desk.insert(card_of("yamada")))


def test_a_verified_pin_is_of_no_use_to_the_next_program(desk: Bench) -> None:
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    assert isinstance(
        card.verify_pin(insertion, OneShotSecret(load("yamada").card.pin), CHALLENGE), VerifiedCard
    )
    other = session_pcscd().run_python(SIGN_AS_SOMEBODY_ELSE, f"{READER} 00 00")
    assert other.stdout.strip() == "6a82", other.stderr  # not even the application is current any more


# ------------------------------------------------------------------------------------ what stays behind


def test_the_pin_stays_in_no_reachable_buffer(desk: Bench) -> None:
    canary = "7391"
    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    assert card.verify_pin(insertion, OneShotSecret(canary), CHALLENGE) == PinRefused(2)
    gc.collect()
    holders = (held for item in gc.get_objects() for held in gc.get_referents(item))
    kinds = (bytes, bytearray)
    assert not any(isinstance(held, kinds) and held[5:] == canary.encode() for held in holders)


def test_visits_leave_no_threads_and_no_files_open(desk: Bench) -> None:
    def open_now() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    card = application(desk.reader)
    insertion = desk.insert(card_of("yamada"))
    card.read(insertion)
    before = open_now()
    for _ in range(30):
        card.read(insertion)
        card.verify_pin(insertion, OneShotSecret(load("yamada").card.pin), CHALLENGE)
    assert open_now() == before


# ---------------------------------------------------------------------------------------- how many APDUs

OPENSC_READ, OPENSC_SIGN = 12, 9
"""APDUs of OpenSC 0.23 for reading the certificate, and for PIN and signature (measured on the same card)."""


@pytest.mark.parametrize(
    ("extended_length", "read", "verify"), [(None, 9, 3), (65_544, 5, 3)], ids=["short", "extended"]
)
def test_a_verified_read_takes_so_many_commands_and_fewer_than_opensc(
    extended_length: int | None, read: int, verify: int
) -> None:
    with bench("pcsc", extended_length) as desk:
        card = application(desk.reader)
        insertion = desk.insert(card_of("yamada"))
        assert isinstance(card.read(insertion), CardFacts)
        reading = card.apdus
        result = card.verify_pin(insertion, OneShotSecret(load("yamada").card.pin), CHALLENGE)
        assert isinstance(result, VerifiedCard)
        verifying = card.apdus - reading
        size = len(result.certificate)
    extras = 2  # token label and tries query, which the floor does without
    print(
        f"\ncertificate of {size} bytes: {reading} + {verifying} APDUs, {extras} of them label and tries; "
        f"OpenSC {OPENSC_READ} + {OPENSC_SIGN}; floor 7 extended, 11 short"
    )
    assert (reading, verifying) == (read, verify)
    assert reading < OPENSC_READ
    assert verifying < OPENSC_SIGN
    assert reading + verifying - extras <= (7 if extended_length else 11)
