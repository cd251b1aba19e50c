"""The simulated system by itself, without any of the product's adapters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from drivers.interface import VerifiedCard
from simulator.card import pki
from simulator.national.answers import half_width
from simulator.national.proofs import FRESH_FOR, Proof, Refusal, end_of_month
from simulator.national.system import NationalSystem, Numbers
from simulator.people import Persona, everyone, load
from tests.support.national import DAY, MORNING, VirtualWorld, proof_of


@pytest.fixture
def world() -> VirtualWorld:
    return VirtualWorld()


@pytest.fixture
def system(world: VirtualWorld) -> NationalSystem:
    return NationalSystem(everyone(), world.now)


def shown(verified: VerifiedCard) -> Proof:
    return Proof(verified.certificate, verified.challenge, verified.signature)


def refusal(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


def numbers(**changes: object) -> Numbers:
    values: dict[str, object] = {
        "insurer_number": "01319904",
        "insured_card_symbol": "21700023",
        "insured_identification_number": "1234567",
        "insured_branch_number": "00",
        "birth_date": date(1981, 5, 20),
        "limit_consent": False,
    }
    return Numbers(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("generation", ["yamada", "first_generation", "second_generation"])
def test_each_generation_of_the_authority_is_believed(system: NationalSystem, generation: str) -> None:
    assert not isinstance(system.open(shown(proof_of(generation))), Refusal)


def test_another_authority_is_not_believed_whatever_it_is_called(world: VirtualWorld) -> None:
    system = NationalSystem(everyone(), world.now, anchors=pki.trust_anchors()[:1])
    assert refusal(system.open(shown(proof_of("yamada")))) == "SIM-CERTIFICATE-UNKNOWN"


def test_a_signature_certificate_is_nobodys(system: NationalSystem) -> None:
    verified = proof_of("yamada")
    self_signed = Proof(pki.trust_anchors()[2], verified.challenge, verified.signature)
    assert refusal(system.open(self_signed)).startswith("SIM-")


def test_a_proof_serves_one_visit_and_not_the_next(system: NationalSystem, world: VirtualWorld) -> None:
    proof = shown(proof_of("yamada"))
    assert not isinstance(system.open(proof), Refusal)
    world.sleep(FRESH_FOR.total_seconds())
    assert not isinstance(system.ask_by_card(proof, {}), Refusal)
    world.sleep(1)
    assert refusal(system.ask_by_card(proof, {})) == "SIM-PROOF-TOO-OLD"
    assert not isinstance(system.open(shown(proof_of("yamada", b"n" * 32))), Refusal)


def test_a_short_challenge_proves_nothing(system: NationalSystem) -> None:
    assert refusal(system.open(shown(proof_of("yamada", b"short")))) == "SIM-SIGNATURE-WRONG"


def test_cards_that_are_facts_alone_can_be_believed(world: VirtualWorld) -> None:
    verified = proof_of("yamada")
    fact_level = Proof(verified.certificate, b"", b"")
    assert refusal(NationalSystem(everyone(), world.now).open(fact_level)) == "SIM-SIGNATURE-WRONG"
    assert not isinstance(NationalSystem(everyone(), world.now, signatures=False).open(fact_level), Refusal)


def test_somebody_unknown_is_refused(world: VirtualWorld) -> None:
    system = NationalSystem([load("dependant")], world.now)
    assert refusal(system.open(shown(proof_of("yamada")))) == "SIM-CERTIFICATE-UNKNOWN"
    system.enrol(load("yamada"))
    assert not isinstance(system.open(shown(proof_of("yamada"))), Refusal)


@pytest.mark.parametrize(
    ("ends_in_days", "last_good_day"),
    [(-1, date(2026, 8, 31)), (-32, date(2026, 7, 31)), (0, date(2026, 9, 30))],
)
def test_grace_is_three_months_from_the_end_of_the_month(ends_in_days: int, last_good_day: date) -> None:
    original = load("yamada")
    persona = replace(original, card=replace(original.card, certificate_ends_in_days=ends_in_days))
    proof = shown(proof_of(persona))
    for day, good in ((last_good_day, True), (last_good_day + timedelta(days=1), False)):
        noon = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)
        found = NationalSystem([persona], lambda noon=noon: noon).open(proof)  # type: ignore[misc]
        assert isinstance(found, Refusal) is not good
    assert end_of_month(date(2026, 2, 10), 3) == date(2026, 5, 31)  # the published example


def test_numbers_match_whatever_their_width_and_without_a_branch(system: NationalSystem) -> None:
    for asked in (
        numbers(),
        numbers(insured_card_symbol="２１７０００２３", insured_identification_number=" １２３４５６７ "),
        numbers(insured_branch_number=""),
        numbers(insured_branch_number="0"),
    ):
        assert system.ask_by_numbers(asked)["qualification_validity"] == "1"
    for asked in (
        numbers(insured_branch_number="01"),
        numbers(birth_date=DAY),
        numbers(insurer_number="131011"),
    ):
        assert system.ask_by_numbers(asked)["qualification_validity"] == "4"


def test_two_people_with_the_same_numbers_are_several(world: VirtualWorld) -> None:
    twin = replace(load("yamada"), id="dependant")
    answer = NationalSystem([load("yamada"), twin], world.now).ask_by_numbers(numbers())
    assert answer["qualification_validity"] == "5"
    assert len(answer["results"]) == 2


def test_nothing_is_noted_when_nothing_was_answered(system: NationalSystem) -> None:
    system.ask_by_card(shown(proof_of("unregistered")), {"care": "agreed"})
    assert system.consents == []
    system.ask_by_card(shown(proof_of("yamada")), {"care": "declined"})
    assert [(one.persona, one.at, one.consents) for one in system.consents] == [
        ("yamada", MORNING, {"care": "declined"})
    ]


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("パーティー", "ﾊﾟｰﾃｨｰ"),
        ("ヴァン・ダイク", "ｳﾞｧﾝ･ﾀﾞｲｸ"),
        ("キョウ", "ｷｮｳ"),
    ],
)
def test_kana_travel_in_half_width(full: str, half: str) -> None:
    assert half_width(full) == half


@pytest.mark.parametrize("persona", everyone(), ids=lambda persona: persona.id)
def test_every_persona_can_be_told_of(system: NationalSystem, persona: Persona) -> None:
    answer = system.face_answer(persona.id, {"care": "agreed"})
    assert answer["qualification_validity"] in "123456"
    assert all(result["birthdate"].isdigit() for result in answer["results"])


def test_70_to_74_has_the_dates_of_its_certificate(system: NationalSystem) -> None:
    (result,) = system.face_answer("seventy_two", {})["results"]
    info = result["elderly_recipient_certificate_info"]
    assert info["elderly_recipient_valid_start_date"] == "20240601"
    assert info["elderly_recipient_valid_end_date"] == "20290519"
    assert info["elderly_recipient_contribution_ratio"] == "020"
