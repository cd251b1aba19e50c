"""How each reason of the rule book comes about in a visit: the events that lead to it, as far as the list of the other
ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from drivers.interface import CardFacts, FaceDoubt, FaceVerdict, Failure, Fault, Revocation, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import FindPatient
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from tests.support.visits import FULL, TARO, Table, answer, certificate, coverage, facts

Arrive = Callable[[Table], object]
LONG_AGO = -200
"""Days since a certificate ended whose grace is over."""


def arrive(reason: Reason, day: date, *, companion: bool, known: bool) -> Visit:
    """A visit that stands before the list of ways for this reason. ``companion``: somebody came along and said so.
    ``known``: whoever is asked by an answer finds the patient in the facility's file."""
    table = Table(policy_for(reason), day)
    if companion:
        table.touch("companion")
        table.touch("with_companion")
    _ARRIVE[reason](table)
    for asked in table.of(FindPatient):
        table.feed(e.PatientFound, question=asked.question, patient=TARO if known else None, match="numbers")
    if table.state != "ChoosingEvidence":
        table.touch("other_ways")
    assert (table.state, table.road.reason) == ("ChoosingEvidence", reason)
    assert table.road.companion is companion
    return table.visit


_BY_FACE = frozenset(
    {
        Reason.FACE_FAILED, Reason.FACE_MISMATCH, Reason.FACE_CAMERA, Reason.PHOTO_UNUSABLE, Reason.NUMBER_B_LOCKED,
    }
)  # fmt: skip


def policy_for(reason: Reason) -> Policy:
    if reason in _BY_FACE:
        return replace(FULL, face="simulator")
    if reason is not Reason.NO_LOOKUP_BY_CARD:
        return FULL
    return replace(FULL, capabilities=FULL.capabilities - {Capability.BY_CARD})


def _read(table: Table, seen: CardFacts) -> None:
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=seen)


def _failed_reading(table: Table, fault: Fault) -> None:
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(fault))


def _service_says(reason: Reason) -> Arrive:
    def come(table: Table) -> None:
        table.until_opening(day=table.day)
        table.feed(e.AskFailed, question=table.question(), reason=reason)

    return come


def _answered(code: str, birth: str = "19810405") -> Arrive:
    def come(table: Table) -> None:
        table.until_lookup(day=table.day)
        table.feed(e.Answered, question=table.question(), answer=answer(code, coverage(birth)))

    return come


def _unregistered(*, again: bool) -> Arrive:
    def come(table: Table) -> None:
        table.until_opening(day=table.day)
        table.feed(e.CardOpened, question=table.question(), registered=False, deregistered=again)
        table.touch("register_not")

    return come


def _certificate(**fields: Any) -> Arrive:
    return lambda table: _read(table, facts(day=table.day, **fields))


def _card_expired(table: Table) -> None:
    over = certificate(days=LONG_AGO, day=table.day)
    _read(table, CardFacts(Token.CARD, over, 3, card_expires=table.day - timedelta(days=1)))


def _pin_forgotten(table: Table) -> None:
    table.until_keypad(day=table.day)
    table.touch("pin_forgotten")


def _signature_wrong(table: Table) -> None:
    table.until_keypad(day=table.day)
    table.feed(e.PinEntered, slot="s")
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(Fault.SIGNATURE_WRONG))


def _reader_silent(table: Table) -> None:
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.TimePassed, after=30_000)


def _no_answer(table: Table) -> None:
    table.until_lookup(day=table.day)
    table.feed(e.TimePassed, after=30_000)


def _processing(table: Table) -> None:
    table.until_lookup(day=table.day)
    for _ in range(table.visit.policy.processing_rechecks):
        table.feed(e.Answered, question=table.question(), answer=answer("", segment="2"))
        table.feed(e.TimePassed, after=3_000)
    table.feed(e.Answered, question=table.question(), answer=answer("", segment="2"))


def _error(table: Table) -> None:
    table.until_lookup(day=table.day)
    table.feed(e.Answered, question=table.question(), answer=answer("", segment="9", error_code="X1"))


def _registration_unknown(table: Table) -> None:
    table.until_opening(day=table.day)
    table.feed(e.CardOpened, question=table.question(), registered=False)
    table.touch("register")
    table.feed(e.TimePassed, after=30_000)


def _no_look_up(table: Table) -> None:
    table.until_opening(day=table.day)


def _no_card(table: Table) -> None:
    helped = table.visit.fallback is not None and table.visit.fallback.companion
    table.visit = Table(table.visit.policy, table.day).visit  # who said that somebody helps came another way
    table.touch("no_card")
    table.touch("no_card_forgotten")
    table.touch("show_ways")
    table.visit = replace(table.visit, fallback=replace(table.road, companion=helped))


def _needs_assistance(table: Table) -> None:
    """Who says nothing of a companion, and whom staff then lead to the ways."""
    if table.state == "Welcome":
        table.feed(e.StaffCalled)
        table.staff("evidence")


def _school_trip(table: Table) -> None:
    if table.state == "Welcome":
        table.touch("companion")
    else:
        table.feed(e.BackChosen)
    table.touch("with_school_trip")


def _phone(table: Table) -> None:
    if table.state == "Welcome":
        table.touch("phone")
    else:
        _read(table, CardFacts(Token.ANDROID, None, 3))


def _face_only(day: date) -> CardFacts:
    return CardFacts(Token.CARD, certificate(day=day), 0, pin_by_design_locked=True)


def _at_the_front(table: Table, tries: int = 10) -> None:
    """With a card that has no PIN: nothing leads back from the face but the list of ways."""
    _read(table, _face_only(table.day))
    table.feed(e.PhotoTriesTold, insertion=1, tries_left=tries)


def _photo_unusable(table: Table) -> None:
    _at_the_front(table)
    table.feed(e.PinEntered, slot="s")
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(Fault.PHOTO_UNUSABLE))


def _before_the_camera(table: Table) -> None:
    _at_the_front(table)
    table.feed(e.PinEntered, slot="s")
    table.feed(e.PhotoRead, insertion=1)


def _three_times(doubt: FaceDoubt) -> Arrive:
    def come(table: Table) -> None:
        _before_the_camera(table)
        for _ in range(3):
            if "look_again" in table.options:
                table.touch("look_again")
            table.feed(e.FaceJudged, question=table.question(), verdict=FaceVerdict(doubt, 2, None, 5))

    return come


def _files_wrong(table: Table) -> None:
    _before_the_camera(table)
    table.feed(e.FaceFailed, question=table.question(), failure=Failure.of(Fault.MODEL_WRONG))


_ARRIVE: dict[Reason, Arrive] = {
    Reason.NOT_REGISTERED: _unregistered(again=False),
    Reason.DEREGISTERED: _unregistered(again=True),
    Reason.CERTIFICATE_EXPIRED: _certificate(days=LONG_AGO),
    Reason.CERTIFICATE_REVOKED: _certificate(revocation=Revocation.REVOKED),
    Reason.NO_CERTIFICATE: lambda table: _read(table, CardFacts(Token.CARD, None, 3)),
    Reason.CARD_EXPIRED: _card_expired,
    Reason.PIN_LOCKED: _certificate(tries=0),
    Reason.FACE_ONLY_CARD: lambda table: _read(table, _face_only(table.day)),
    Reason.FACE_FAILED: _three_times(FaceDoubt.FLAT),
    Reason.FACE_MISMATCH: _three_times(FaceDoubt.OTHER_PERSON),
    Reason.FACE_CAMERA: _files_wrong,
    Reason.PHOTO_UNUSABLE: _photo_unusable,
    Reason.NUMBER_B_LOCKED: lambda table: _at_the_front(table, tries=0),
    Reason.PIN_FORGOTTEN: _pin_forgotten,
    Reason.VERIFICATION_FAILED: _signature_wrong,
    Reason.CARD_UNREADABLE: lambda table: _failed_reading(table, Fault.CARD_MUTE),
    Reason.NOT_MY_NUMBER_CARD: lambda table: _failed_reading(table, Fault.NOT_MY_NUMBER_CARD),
    Reason.INVALID: _answered("2"),
    Reason.INVALID_NEW_EXISTS: _answered("3"),
    Reason.NO_RECORD: _answered("4"),
    Reason.AMBIGUOUS: _answered("5"),
    Reason.STILL_PROCESSING: _processing,
    Reason.SERVICE_ERROR: _error,
    Reason.READER_FAULT: _reader_silent,
    Reason.TERMINAL_FAULT: lambda table: _failed_reading(table, Fault.INTERNAL),
    Reason.NETWORK_FAULT: _no_answer,
    Reason.ANSWER_UNKNOWN: _registration_unknown,
    Reason.NO_CARD: _no_card,
    Reason.NEEDS_ASSISTANCE: _needs_assistance,
    Reason.SCHOOL_TRIP: _school_trip,
    Reason.PHONE_WITHOUT_READER: _phone,
    Reason.NO_LOOKUP_BY_CARD: _no_look_up,
    Reason.IDENTITY_MISMATCH: _answered("1", "19500101"),
    # What this product does not see by itself, but a service may tell:
    **{
        reason: _service_says(reason)
        for reason in (
            Reason.CERTIFICATE_EXPIRING, Reason.CERTIFICATE_EXPIRED_GRACE, Reason.NO_PHOTO,
            Reason.PUBLIC_ASSISTANCE, Reason.SERVICE_FAULT, Reason.MAINTENANCE, Reason.NAME_MISMATCH,
        )
    },
}  # fmt: skip
