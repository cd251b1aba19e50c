"""The card application against simulated cards of every kind, over every link."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import surface, text
from drivers.card.application import MyNumberCard
from drivers.card.report import CardReport, read_report
from drivers.card.revocation import UnknownRevocation
from drivers.card.surface import compose_number_b
from drivers.interface import (
    CardFacts,
    CardText,
    Failure,
    Fault,
    PinRefused,
    Revocation,
    TextKey,
    Token,
    VerifiedCard,
)
from simulator.card import CardOptions, SimulatedCard
from simulator.card.codes import individual_number, verification_code_b
from simulator.card.lifetimes import lifetimes
from simulator.links.faults import CardFault
from simulator.people.loading import everyone, load
from tests.support.reading import LINKS, NOW, TODAY, Bench, anchors, application, bench, card_of
from tests.support.scripted_card import OneShotSecret

CHALLENGE = sha256(b"one visit's challenge").digest()

REFUSED_BEFORE_THE_PIN = {
    "old_resident_card": Fault.OLD_RESIDENT_CARD,
    "fido_key": Fault.NOT_MY_NUMBER_CARD,
    "driving_licence": Fault.NOT_MY_NUMBER_CARD,
    "damaged": Fault.CARD_DAMAGED,
    "dead": Fault.CARD_MUTE,
    "no_auth_certificate": Fault.NO_CERTIFICATE,
}
LOCKED = {"face_only": True, "pin_locked": False}
VERIFIABLE = {
    "yamada": Token.CARD,
    "expired": Token.CARD,
    "first_generation": Token.CARD,
    "second_generation": Token.CARD,
    "one_try_left": Token.CARD,
    "baby": Token.CARD,
    "android": Token.ANDROID,
    "iphone": Token.IPHONE,
}


@pytest.fixture(params=LINKS)
def desk(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


@pytest.fixture
def inprocess() -> Iterator[Bench]:
    with bench("inprocess") as made:
        yield made


def read(desk: Bench, persona: str) -> tuple[MyNumberCard, int, CardFacts | Failure]:
    card = application(desk.reader)
    insertion = desk.insert(card_of(persona))
    return card, insertion, card.read(insertion)


def pin_of(persona: str) -> OneShotSecret:
    return OneShotSecret(load(persona).card.pin)


def test_every_kind_of_persona_is_told_by_what_its_card_answers(desk: Bench) -> None:
    for persona, fault in REFUSED_BEFORE_THE_PIN.items():
        card, insertion, result = read(desk, persona)
        assert isinstance(result, Failure), persona
        assert result.fault is fault, (persona, result)
        secret = pin_of(persona)
        refused = card.verify_pin(insertion, secret, CHALLENGE)
        assert isinstance(refused, Failure), persona
        assert secret.wiped
        desk.remove()
    for persona, by_design in LOCKED.items():
        card, insertion, result = read(desk, persona)
        assert isinstance(result, CardFacts), persona
        assert (result.pin_tries_left, result.pin_by_design_locked) == (0, by_design), persona
        desk.remove()


def test_every_verifiable_kind_goes_the_whole_way_by_pin(desk: Bench) -> None:
    for persona, token in VERIFIABLE.items():
        card, insertion, facts = read(desk, persona)
        assert isinstance(facts, CardFacts), persona
        assert facts.token is token
        assert (facts.certificate is None) == (token is Token.ANDROID)
        secret = pin_of(persona)
        verified = card.verify_pin(insertion, secret, CHALLENGE)
        assert isinstance(verified, VerifiedCard), (persona, verified)
        assert secret.wiped
        assert verified.facts.test
        assert verified.facts.sha256 == sha256(verified.certificate).hexdigest()
        assert facts.certificate in (None, verified.facts)
        desk.remove()


def test_every_persona_ends_in_a_value(inprocess: Bench) -> None:
    for persona in everyone():
        if persona.card.kind == "none":
            continue
        card, insertion, _ = read(inprocess, persona.id)
        result = card.verify_pin(insertion, pin_of(persona.id), CHALLENGE)
        assert not isinstance(result, PinRefused), persona.id
        assert not isinstance(result, Failure) or result.fault is not Fault.INTERNAL, persona.id
        inprocess.remove()


def test_three_wrong_pins_lock_and_no_fourth_is_sent(desk: Bench) -> None:
    card, insertion, facts = read(desk, "yamada")
    assert isinstance(facts, CardFacts)
    wrong = f"{(int(load('yamada').card.pin) + 1) % 10000:04d}"
    results = [card.verify_pin(insertion, OneShotSecret(wrong), CHALLENGE) for _ in range(3)]
    assert results == [PinRefused(2), PinRefused(1), PinRefused(0)]
    locked = card.verify_pin(insertion, pin_of("yamada"), CHALLENGE)
    assert isinstance(locked, Failure)
    assert locked.fault is Fault.PIN_LOCKED
    again = card.read(insertion)
    assert isinstance(again, CardFacts)
    assert (again.pin_tries_left, again.pin_by_design_locked) == (0, False)


def test_a_card_swapped_between_reading_and_pin_gets_no_pin(inprocess: Bench) -> None:
    card, insertion, _ = read(inprocess, "yamada")
    other = card_of("forty")
    inprocess.hand.swap(other)
    refused = card.verify_pin(insertion, pin_of("yamada"), CHALLENGE)
    assert isinstance(refused, Failure)
    assert refused.fault is Fault.CARD_GONE
    fresh = application(inprocess.reader)
    facts = fresh.read(inprocess.reader.snapshot().insertion)
    assert isinstance(facts, CardFacts)
    assert facts.pin_tries_left == 3


def test_a_card_swapped_in_silence_verifies_nobody(inprocess: Bench) -> None:
    """The worst: nothing tells the reader. The PIN fits both cards, so only the signature betrays the other."""
    for at in range(1, 14):
        card = application(inprocess.reader)
        faults = [CardFault(kind="silent_swap", at=at)]
        insertion = inprocess.insert(card_of("yamada"), faults, replacement=card_of("forty"))
        facts = card.read(insertion)
        result = card.verify_pin(insertion, pin_of("yamada"), CHALLENGE)
        if isinstance(result, VerifiedCard):
            assert isinstance(facts, CardFacts)
            assert result.facts == facts.certificate, at
        inprocess.remove()


@pytest.mark.parametrize("kind", ["chained", "wrong_le"])
@pytest.mark.parametrize("persona", ["yamada", "android"])
def test_answers_in_pieces_and_corrected_lengths_change_nothing(
    inprocess: Bench, kind: str, persona: str
) -> None:
    faults = [CardFault(kind=kind, at=0, size=100)]  # type: ignore[arg-type]
    card = application(inprocess.reader)
    insertion = inprocess.insert(card_of(persona), faults)
    assert isinstance(card.read(insertion), CardFacts)
    assert isinstance(card.verify_pin(insertion, pin_of(persona), CHALLENGE), VerifiedCard)


@pytest.mark.parametrize("kind", ["die", "mute", "swap", "short", "status"])
@pytest.mark.parametrize("at", range(1, 15))
def test_whatever_happens_at_whichever_command_is_a_value_and_the_pin_is_wiped(
    inprocess: Bench, kind: str, at: int
) -> None:
    card = application(inprocess.reader)
    faults = [CardFault(kind=kind, at=at, status="6F00")]  # type: ignore[arg-type]
    insertion = inprocess.insert(card_of("yamada"), faults)
    facts = card.read(insertion)
    secret = pin_of("yamada")
    result = card.verify_pin(insertion, secret, CHALLENGE)
    assert secret.wiped
    assert isinstance(facts, Failure | CardFacts)
    assert not isinstance(result, Failure) or result.fault is not Fault.INTERNAL
    if kind != "status":  # a refused question, as for the tries, need not stop anybody
        assert isinstance(result, VerifiedCard) == (at > card.apdus)


@pytest.mark.parametrize("options", [CardOptions(), CardOptions(end_of_file_warning=True)])
@pytest.mark.parametrize("extended", [261, 400, 65_544])
def test_extended_commands_are_an_economy_and_no_condition(extended: int, options: CardOptions) -> None:
    with bench("inprocess", extended) as desk:
        card = application(desk.reader)
        insertion = desk.insert(card_of("yamada", options))
        assert isinstance(card.read(insertion), CardFacts)
        assert isinstance(card.verify_pin(insertion, pin_of("yamada"), CHALLENGE), VerifiedCard)


def test_a_card_or_a_driver_that_refuses_extended_commands_is_asked_so_once() -> None:
    for options, faults in (
        (CardOptions(extended_read=False), []),
        (CardOptions(), [CardFault(kind="extended_refused", at=0)]),
    ):
        with bench("inprocess", 65_544) as desk:
            card = application(desk.reader)
            insertion = desk.insert(card_of("yamada", options), faults)
            first = card.apdus
            assert isinstance(card.read(insertion), CardFacts)
            first = card.apdus - first
            second = card.apdus
            assert isinstance(card.read(insertion), CardFacts)
            assert card.apdus - second == first - 1


def test_the_basic_facts_are_those_of_the_persona(desk: Bench) -> None:
    persona = load("yamada")
    card, insertion, _ = read(desk, "yamada")
    assert card.text_tries(insertion, "pin") == 3
    facts = card.read_text(insertion, "pin", OneShotSecret(persona.card.text_pin))
    assert isinstance(facts, CardText)
    assert (facts.name, facts.address) == (persona.person.name, persona.person.address)
    assert facts.birth_date == persona.person.birth_date
    assert facts.sex == persona.person.sex


@given(st.dates(date(1873, 1, 1), date(2060, 12, 31)), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_number_b_is_composed_as_the_simulated_issuer_prints_it(birth: date, expiry: date) -> None:
    expected = verification_code_b(birth, expiry, "0427")
    assert compose_number_b(birth, expiry.year, "0427").decode() == expected


def everything(desk: Bench, persona: str) -> None:
    """All that the driver can do with one card."""
    who = load(persona)
    card, insertion, _ = read(desk, persona)
    expiry = lifetimes(who, TODAY).card_until.year
    number = compose_number_b(who.person.birth_date, expiry, who.card.security_code).decode()
    card.verify_pin(insertion, OneShotSecret("0000"), CHALLENGE)
    card.verify_pin(insertion, pin_of(persona), CHALLENGE)
    card.read(insertion)
    keys: tuple[tuple[TextKey, str], ...] = (("pin", who.card.text_pin), ("number_b", number))
    for key, secret in keys:
        card.text_tries(insertion, key)
        card.read_text(insertion, key, OneShotSecret(secret))
    for digits in (number[::-1], number):
        card.photo_tries(insertion)
        card.read_photo(insertion, OneShotSecret(digits))
    read_report(desk.reader, insertion, anchors(), UnknownRevocation(), NOW)


def test_the_individual_number_is_never_asked_for(inprocess: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[bytes] = []
    process = SimulatedCard.process

    def spy(card: SimulatedCard, apdu: bytes) -> bytes:
        commands.append(apdu)
        return process(card, apdu)

    monkeypatch.setattr(SimulatedCard, "process", spy)
    for persona in ("yamada", "baby", "foreign_resident", "android", "iphone", "face_only"):
        everything(inprocess, persona)
        inprocess.remove()
    application_now = b""
    for apdu in commands:
        if apdu[1:3] == b"\xa4\x04":
            application_now = apdu[5:15]
        selected = apdu[5:7] if apdu[1:3] == b"\xa4\x02" else b""
        by_short_id = apdu[2] & 0x1F if apdu[1] == 0xB0 and apdu[2] & 0x80 else None
        secret = apdu[3] & 0x1F if apdu[1] == 0x20 else None
        if application_now == text.AID:
            assert selected != b"\0\1"
            assert by_short_id != 1
            assert secret not in (0x12, 0x14)
        if application_now == surface.AID:
            assert by_short_id not in (1, 5)
            assert secret not in (0x11, 0x13)
    assert {text.AID, surface.AID} <= {apdu[5:15] for apdu in commands if apdu[1:3] == b"\xa4\x04"}


def test_no_log_holds_anything_of_the_person(inprocess: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    everything(inprocess, "yamada")
    logged = "".join(f"{record.getMessage()}{record.args}{record.exc_text}\n" for record in caplog.records)
    assert "00 20 00 98 Lc=04 -> 63C2" in logged
    who = load("yamada")
    expiry = lifetimes(who, TODAY).card_until.year
    personal = [
        compose_number_b(who.person.birth_date, expiry, who.card.security_code).decode(),
        individual_number("yamada"),
        who.person.name,
        who.person.address,
        f"{who.person.birth_date:%Y%m%d}",
    ]
    forms = [form for word in personal for form in (word, word.encode().hex(), word.encode().hex(" "))]
    assert not [form for form in forms if form.lower() in logged.lower()]


def test_a_report_tells_all_that_is_free_and_nothing_personal(desk: Bench) -> None:
    insertion = desk.insert(card_of("yamada"))
    report = read_report(desk.reader, insertion, anchors(), UnknownRevocation(), NOW)
    assert isinstance(report, CardReport)
    assert report.token is Token.CARD
    assert report.availability is not None
    assert (report.availability.sign, report.availability.auth) == (True, True)
    tries = (report.auth_pin_tries, report.sign_password_tries, report.text_pin_tries, report.number_b_tries)
    assert tries == (3, 5, 3, 10)
    assert report.certificate is not None
    assert report.certificate.revocation is Revocation.UNKNOWN
    assert report.problem is None
    assert report.issuer


def test_a_report_of_a_phone_lacks_what_a_phone_lacks(desk: Bench) -> None:
    report = read_report(desk.reader, desk.insert(card_of("android")), anchors(), UnknownRevocation(), NOW)
    assert isinstance(report, CardReport)
    assert (report.token, report.text_pin_tries, report.number_b_tries) == (Token.ANDROID, None, None)
    assert report.certificate is None
    assert report.problem is not None
