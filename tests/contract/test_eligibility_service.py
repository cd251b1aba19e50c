"""What every eligibility service must do, whichever way it goes: each passes the tests of what it declares."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from kiosk.coverage.exchange_codes import QualificationValidity
from kiosk.coverage.face_result import Method
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.eligibility.folders import FaceReader, FolderService, FolderSettings
from kiosk.eligibility.port import (
    AskByCard,
    Cause,
    EligibilityService,
    FailedAnswer,
    OpenByCard,
    OpenedCard,
    Registered,
    Registration,
)
from kiosk.eligibility.simulated_system import SimulatedSystemService
from kiosk.eligibility.web_api import WebApiService, WebApiSettings
from kiosk.eligibility.world import World
from kiosk.evidence.reasons import Reason
from simulator.national.direct import DirectService
from simulator.national.faults import Fault, Faults
from simulator.national.service import LoopbackService, serve
from simulator.national.system import INSTITUTION, NationalSystem
from simulator.national.terminal import SimulatedTerminal
from simulator.people import Persona, everyone, load
from tests.support import exchange_web_api
from tests.support.national import DAY, MORNING, VirtualWorld, numbers_of, proof_of

GENEROUS = 30.0
AGREED, DECLINED = Choice.AGREED, Choice.DECLINED


class Rig:
    """One service, and the hands that make things happen behind it."""

    def __init__(self, service: EligibilityService, system: NationalSystem, faults: Faults) -> None:
        self.service = service
        self.system = system
        self.faults = faults
        self.simulated = True  # answers carry the mark
        self.short = 5.0  # a deadline that a fault can miss; real time only where there is a network
        self.push: Callable[[str], object] | None = None
        self.pass_time: Callable[[], None] = lambda: None

    def has(self, capability: Capability) -> bool:
        return capability in self.service.capabilities

    def by_numbers(
        self, persona: Persona | str, *, limit: bool = False, coverage: int = 0
    ) -> Answer | FailedAnswer:
        return self.service.ask(numbers_of(persona, limit=limit, coverage=coverage), GENEROUS)

    def by_card(self, persona: str, **consents: Choice) -> Answer | FailedAnswer:
        chosen = tuple((ConsentItem(item), choice) for item, choice in consents.items())
        return self.service.ask(
            AskByCard(question_id="c", verified=proof_of(persona), consents=chosen), GENEROUS
        )

    def open(self, persona: str) -> OpenedCard | FailedAnswer:
        return self.service.open(OpenByCard(question_id="o", verified=proof_of(persona)), GENEROUS)

    def register(self, persona: str, deadline_s: float = GENEROUS) -> Registered | FailedAnswer:
        return self.service.register(Registration(question_id="r", verified=proof_of(persona)), deadline_s)

    def any_way(self, deadline_s: float = GENEROUS) -> Answer | FailedAnswer:
        return self.service.ask(numbers_of("yamada"), deadline_s)


def direct(system: NationalSystem, _folder: Path, world: World) -> Iterator[Rig]:
    service = DirectService(system, world=world)
    yield Rig(service, system, service.faults)


def https(system: NationalSystem, _folder: Path, world: World) -> Iterator[Rig]:
    with serve(system) as server:
        rig = Rig(SimulatedSystemService(server.base_url, server.tls, world), system, server.faults)
        rig.short = 0.3
        yield rig
        rig.service.close()


def folders(system: NationalSystem, folder: Path, world: World) -> Iterator[Rig]:
    assert isinstance(world, VirtualWorld)
    terminal = SimulatedTerminal(system, folder, world.now)
    world.neighbours.append(terminal.poll)
    settings = FolderSettings(
        request_folder=terminal.req,
        answer_folder=terminal.res,
        face_readers=(FaceReader(folder=terminal.face, desk="A"),),
        medical_institution_code=INSTITUTION,
    )
    rig = Rig(FolderService(settings, world), system, terminal.faults)
    rig.simulated = False
    rig.push = terminal.push_face_result
    rig.pass_time = lambda: world.sleep(1)
    yield rig
    assert list(terminal.req.iterdir()) == []


def web_api(system: NationalSystem, _folder: Path, world: World) -> Iterator[Rig]:
    with LoopbackService(
        lambda path, body, fault: exchange_web_api.answer(system, path, body, fault)
    ) as server:
        settings = WebApiSettings(
            base_url=server.base_url, medical_institution_code=INSTITUTION, tls=server.tls
        )
        rig = Rig(WebApiService(settings, lambda: "token", world), system, server.faults)
        rig.simulated = False
        rig.short = 0.3
        yield rig
        rig.service.close()


@pytest.fixture(params=[direct, https, folders, web_api], ids=lambda maker: maker.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Every service; all of them carry ``BY_NUMBERS``."""
    world = VirtualWorld(MORNING)
    yield from request.param(NationalSystem(everyone(), world.now), tmp_path, world)


@pytest.fixture(params=[direct, https], ids=lambda maker: maker.__name__)
def card_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Those that declare ``BY_CARD``, ``REGISTER`` and ``MEDICAL_CONSENT``."""
    world = VirtualWorld(MORNING)
    yield from request.param(NationalSystem(everyone(), world.now), tmp_path, world)


def answered(outcome: Answer | FailedAnswer) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def failed(outcome: object) -> FailedAnswer:
    assert isinstance(outcome, FailedAnswer), outcome
    return outcome


# ------------------------------------------------------------------------------------------ by numbers


def test_what_is_not_declared_is_refused_and_nothing_else_is(rig: Rig) -> None:
    assert rig.has(Capability.BY_NUMBERS)
    for capability, outcome in (
        (Capability.BY_CARD, rig.open("yamada")),
        (Capability.BY_CARD, rig.by_card("yamada")),
        (Capability.REGISTER, rig.register("yamada")),
        (Capability.BY_NUMBERS, rig.by_numbers("yamada")),
    ):
        refused = isinstance(outcome, FailedAnswer) and outcome.cause is Cause.NOT_SUPPORTED
        assert refused is not rig.has(capability)


def test_numbers_of_a_member_give_the_membership(rig: Rig) -> None:
    answer = answered(rig.by_numbers("yamada"))
    (result,) = answer.in_force(DAY)
    assert answer.validity is QualificationValidity.VALID
    assert (result.name, result.name_kana) == ("山田　太郎", "ﾔﾏﾀﾞ ﾀﾛｳ")
    assert (result.insurer_number, result.insured_card_symbol) == ("01319904", "２１７０００２３")
    assert result.birth_date == date(1981, 5, 20)
    assert result.share_tenths(DAY, date(1981, 5, 20)) == 3
    assert result.reference_number == "100001"
    assert answer.unknown == ()
    assert answer.unknown_codes == ()


def test_every_answer_says_when_it_was_asked_and_how_it_was_come_by(rig: Rig) -> None:
    answer = answered(rig.by_numbers("yamada"))
    assert answer.asked_at == MORNING.isoformat()
    assert not answer.offline
    assert answer.simulated is rig.simulated


@pytest.mark.parametrize(
    ("persona", "code"), [("yamada", "1"), ("invalid", "2"), ("invalid_new_exists", "3"), ("several", "5")]
)
def test_each_validity_arrives_by_numbers(rig: Rig, persona: str, code: str) -> None:
    answer = answered(rig.by_numbers(persona))
    assert answer.qualification_validity == code
    assert bool(answer.in_force(DAY)) is (code in "15")


def test_several_coverages_all_arrive(rig: Rig) -> None:
    for coverage in (0, 1):
        answer = answered(rig.by_numbers("several", coverage=coverage))
        assert [result.insurer_number for result in answer.results] == ["01319904", "319905"]


def test_a_black_circle_arrives_as_it_is(rig: Rig) -> None:
    (result,) = answered(rig.by_numbers("private_character")).results
    assert result.name == "●田　花子"
    assert result.has_undisplayable_name


def test_numbers_that_nobody_has_are_no_record(rig: Rig) -> None:
    question = msgspec.structs.replace(numbers_of("yamada"), insured_identification_number="９９９９９９９")
    answer = answered(rig.service.ask(question, GENEROUS))
    assert answer.validity is QualificationValidity.NO_RECORD
    assert answer.results == ()


def test_another_birth_date_is_no_record(rig: Rig) -> None:
    question = msgspec.structs.replace(numbers_of("yamada"), birth_date=date(1981, 5, 21))
    assert answered(rig.service.ask(question, GENEROUS)).validity is QualificationValidity.NO_RECORD


def test_limit_information_by_numbers_comes_only_with_consent(rig: Rig) -> None:
    (with_it,) = answered(rig.by_numbers("yamada", limit=True)).results
    (without,) = answered(rig.by_numbers("yamada", limit=False)).results
    assert with_it.limit_application_certificate_related_info is not None
    assert with_it.limit_application_certificate_related_info.flag == "A03"
    assert without.limit_application_certificate_related_info is None
    assert without.limit_application_certificate_related_cons_flg == "0"


# ---------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("fault", "causes"),
    [
        (Fault.STILL_PROCESSING, {Cause.STILL_PROCESSING}),
        (Fault.SERVICE_ERROR, {Cause.SERVICE_ERROR}),
        (Fault.SERVER_ERROR, {Cause.SERVICE_FAULT, Cause.SERVICE_ERROR}),
        (Fault.MAINTENANCE, {Cause.MAINTENANCE, Cause.SERVICE_ERROR}),
        (Fault.GARBAGE, {Cause.ANSWER_UNREADABLE}),
        (Fault.CLOSE_MIDWAY, {Cause.NETWORK_FAULT, Cause.ANSWER_UNREADABLE}),
        (Fault.WRONG_PERSON, {Cause.FOREIGN_ANSWER}),
        (Fault.DROP_AFTER_COMMIT, {Cause.NETWORK_FAULT}),
    ],
)
def test_every_fault_is_a_value_and_the_next_question_works(
    rig: Rig, fault: Fault, causes: set[Cause]
) -> None:
    rig.faults.next(fault)
    assert failed(rig.any_way()).cause in causes
    assert isinstance(rig.any_way(), Answer)


def test_an_error_keeps_its_code_and_message_for_staff(rig: Rig) -> None:
    rig.faults.next(Fault.SERVICE_ERROR)
    failure = failed(rig.any_way())
    assert (failure.reason, failure.code) == (Reason.SERVICE_ERROR, "SIM-E001")
    assert failure.message == "模擬システムのエラーです"


@pytest.mark.parametrize("fault", [Fault.DELAY, Fault.NO_ANSWER])
def test_what_does_not_come_in_time_is_a_network_fault_that_can_be_asked_again(
    rig: Rig, fault: Fault
) -> None:
    rig.faults.next(fault, delay_s=rig.short * 3)
    failure = failed(rig.any_way(deadline_s=rig.short))
    assert (failure.cause, failure.reason, failure.retriable) == (
        Cause.NETWORK_FAULT,
        Reason.NETWORK_FAULT,
        True,
    )
    assert isinstance(rig.any_way(), Answer)


def test_closing_twice_is_closing_once(rig: Rig) -> None:
    rig.service.close()
    rig.service.close()


# --------------------------------------------------------------------------------------------- by card


@pytest.mark.parametrize(
    ("persona", "code"),
    [
        ("yamada", "1"),
        ("invalid", "2"),
        ("invalid_new_exists", "3"),
        ("no_record", "4"),
        ("several", "5"),
        ("public_assistance", "6"),
    ],
)
def test_all_six_validities_arrive_by_card(card_rig: Rig, persona: str, code: str) -> None:
    answer = answered(card_rig.by_card(persona))
    assert answer.qualification_validity == code
    assert answer.reference_classification == "1"
    assert bool(answer.in_force(DAY)) is (code in "156")


def test_a_card_opens_with_birth_date_and_registration(card_rig: Rig) -> None:
    for persona, registered, deregistered in (
        ("yamada", True, False),
        ("unregistered", False, False),
        ("deregistered", False, True),
        ("public_assistance", True, False),  # answers without registration
    ):
        opened = card_rig.open(persona)
        assert opened == OpenedCard(
            question_id="o",
            registered=registered,
            deregistered=deregistered,
            birth_date=load(persona).person.birth_date,
        )


@pytest.mark.parametrize(
    ("persona", "reason"),
    [("revoked", Reason.CERTIFICATE_REVOKED), ("expired", Reason.CERTIFICATE_EXPIRED)],
)
def test_a_dead_certificate_is_refused_for_its_reason(card_rig: Rig, persona: str, reason: Reason) -> None:
    for outcome in (card_rig.open(persona), card_rig.by_card(persona), card_rig.register(persona)):
        assert failed(outcome).reason is reason


@pytest.mark.parametrize(
    ("persona", "reason"), [("unregistered", Reason.NOT_REGISTERED), ("deregistered", Reason.DEREGISTERED)]
)
def test_a_card_that_is_not_registered_is_refused_until_it_is(
    card_rig: Rig, persona: str, reason: Reason
) -> None:
    assert failed(card_rig.by_card(persona)).reason is reason
    registered = card_rig.register(persona)
    assert isinstance(registered, Registered)
    assert registered.registered_at == MORNING.isoformat()
    assert card_rig.register(persona) == registered
    assert answered(card_rig.by_card(persona)).validity is QualificationValidity.VALID
    opened = card_rig.open(persona)
    assert isinstance(opened, OpenedCard)
    assert (opened.registered, opened.deregistered) == (True, False)


def test_an_expired_certificate_in_grace_gives_eligibility_and_no_medical_information(card_rig: Rig) -> None:
    answer = answered(card_rig.by_card("expired_in_grace", care=AGREED, operations=AGREED))
    (result,) = answer.in_force(DAY)
    assert (result.diagnosis_info_cons_flg, result.operation_info_cons_flg) == ("0", "0")
    assert result.pharmacists_info_available_time == ""
    assert answer.notice_code == "SIM-N-GRACE"


def test_a_certificate_near_its_end_comes_with_a_notice(card_rig: Rig) -> None:
    assert answered(card_rig.by_card("expiring")).notice_code == "SIM-N-NEAR-END"
    assert answered(card_rig.by_card("yamada")).notice_code is None


def test_exactly_what_was_agreed_is_shared_and_noted(card_rig: Rig) -> None:
    answer = answered(card_rig.by_card("yamada", care=AGREED, operations=DECLINED))
    (result,) = answer.results
    assert (result.pharmacists_info_cons_flg, result.diagnosis_info_cons_flg) == ("1", "1")
    assert result.diagnosis_info_cons_time == "20260601093000"
    assert result.diagnosis_info_available_time == "20260602093000"
    assert (result.operation_info_cons_flg, result.specific_health_checkups_info_cons_flg) == ("0", "0")
    noted = card_rig.system.consents[-1]
    assert (noted.persona, dict(noted.consents)) == ("yamada", {"care": "agreed", "operations": "declined"})


def test_limit_information_comes_with_a_card_unless_it_is_refused(card_rig: Rig) -> None:
    (given,) = answered(card_rig.by_card("yamada")).results
    (refused,) = answered(card_rig.by_card("yamada", limit=DECLINED)).results
    assert given.limit_application_certificate_related_info is not None
    assert refused.limit_application_certificate_related_info is None


def test_specific_diseases_come_only_with_consent(card_rig: Rig) -> None:
    (given,) = answered(card_rig.by_card("dialysis", specific_diseases=AGREED)).results
    (unasked,) = answered(card_rig.by_card("dialysis")).results
    assert [one.specific_diseases_disease_category for one in given.specific_diseases_certificate_list] == [
        "1"
    ]
    assert unasked.specific_diseases_certificate_list == ()


def test_a_medical_ticket_arrives(card_rig: Rig) -> None:
    (result,) = answered(card_rig.by_card("public_assistance")).results
    (ticket,) = result.public_expense_result_list
    assert ticket.issue_number == "12345678"
    assert ticket.covers(DAY)


def test_a_signature_by_another_key_proves_nothing(card_rig: Rig) -> None:
    mine, other = proof_of("yamada"), proof_of("dependant")
    for forged in (
        dataclasses.replace(mine, signature=other.signature),
        dataclasses.replace(mine, challenge=b"d" * 32),
        dataclasses.replace(mine, certificate=other.certificate),
        dataclasses.replace(mine, certificate=b"no certificate"),
    ):
        outcome = card_rig.service.ask(AskByCard(question_id="f", verified=forged), GENEROUS)
        assert failed(outcome).cause is Cause.VERIFICATION_FAILED


# ------------------------------------------------------------------------------------------ registration


def test_a_registration_whose_answer_is_lost_is_unknown_and_never_repeated(card_rig: Rig) -> None:
    card_rig.faults.next(Fault.DROP_AFTER_COMMIT)
    failure = failed(card_rig.register("unregistered"))
    assert (failure.cause, failure.retriable) == (Cause.ANSWER_UNKNOWN, False)
    opened = card_rig.open("unregistered")
    assert isinstance(opened, OpenedCard)
    assert opened.registered  # it had been carried out


@pytest.mark.parametrize(
    "fault", [Fault.NO_ANSWER, Fault.CLOSE_MIDWAY, Fault.GARBAGE, Fault.SERVER_ERROR, Fault.WRONG_PERSON]
)
def test_whatever_hides_the_outcome_of_a_registration_leaves_it_unknown(card_rig: Rig, fault: Fault) -> None:
    card_rig.faults.next(fault, delay_s=card_rig.short * 3)
    failure = failed(card_rig.register("unregistered", card_rig.short))
    assert (failure.reason, failure.retriable) == (Reason.ANSWER_UNKNOWN, False)


def test_a_registration_that_was_refused_is_not_unknown(card_rig: Rig) -> None:
    card_rig.faults.next(Fault.MAINTENANCE)
    assert failed(card_rig.register("unregistered")).reason is Reason.MAINTENANCE
    opened = card_rig.open("unregistered")
    assert isinstance(opened, OpenedCard)
    assert not opened.registered


# ---------------------------------------------------------------------------------------------- face


def test_a_face_result_arrives_once_where_it_is_declared(rig: Rig) -> None:
    if rig.push is not None:
        rig.push("private_character")
    found = []
    for _look in range(4):
        found += list(rig.service.face_results())
        rig.pass_time()
    assert len(found) == rig.has(Capability.FACE_RESULT)
    for result in found:
        assert result.at == MORNING
        assert (result.desk, result.method, result.method_code) == ("A", Method.NOT_TOLD, "")
        assert result.answer.results[0].name == "●田　花子"
        assert result.answer.reference_classification == "1"
    assert list(rig.service.late_answers()) == []
