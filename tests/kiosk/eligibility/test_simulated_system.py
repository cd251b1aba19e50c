"""The client of the simulated system: what it makes of replies that nobody should send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.eligibility.https import Reply
from kiosk.eligibility.port import AskByCard, Cause, FailedAnswer, OpenByCard, Registered, Registration
from kiosk.eligibility.simulated_system import (
    REFUSALS,
    encode,
    read_answer,
    read_opened,
    read_registered,
    subject_of,
)
from simulator.national import proofs, system
from tests.support.national import numbers_of, proof_of

CARD = AskByCard(
    question_id="q", verified=proof_of("yamada"), consents=((ConsentItem.CARE, Choice.DECLINED),)
)
OPEN = OpenByCard(question_id="q", verified=CARD.verified)
WRITE = Registration(question_id="q", verified=CARD.verified)


def reply(status: int = 200, **content: Any) -> Reply:
    own = {"question_id": "q", "subject": subject_of(CARD)}
    return Reply(status, json.dumps({**own, **content}).encode())


def cause(outcome: object) -> Cause:
    assert isinstance(outcome, FailedAnswer), outcome
    return outcome.cause


def test_a_question_carries_only_what_was_decided() -> None:
    body = json.loads(encode(CARD))
    assert body["consents"] == {"care": "declined"}
    assert set(body) == {"question_id", "proof", "consents"}
    assert set(json.loads(encode(numbers_of("yamada")))) == {"question_id", "numbers"}


def test_an_answer_cannot_take_the_mark_of_simulation_off() -> None:
    outcome = read_answer(
        reply(answer={"simulated": False, "offline": True, "asked_at": "then"}), CARD, "now"
    )
    assert isinstance(outcome, Answer)
    assert (outcome.simulated, outcome.offline, outcome.asked_at) == (True, False, "now")


@pytest.mark.parametrize("change", [{"question_id": "other"}, {"subject": "0" * 64}])
def test_an_answer_about_another_question_or_person_is_foreign(change: dict[str, Any]) -> None:
    assert cause(read_answer(reply(answer={}, **change), CARD, "t")) is Cause.FOREIGN_ANSWER


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b"[" * 99999, b'{"question_id": 1}', b'{"question_id": "q"}']
)
def test_senseless_replies_are_unreadable(body: bytes) -> None:
    assert cause(read_answer(Reply(200, body), CARD, "t")) is Cause.ANSWER_UNREADABLE
    assert cause(read_opened(Reply(200, body), OPEN)) is Cause.ANSWER_UNREADABLE
    assert cause(read_registered(Reply(200, body), WRITE)) is Cause.ANSWER_UNKNOWN


def test_a_reply_without_its_content_is_unreadable() -> None:
    assert cause(read_answer(reply(), CARD, "t")) is Cause.ANSWER_UNREADABLE
    assert cause(read_answer(reply(answer={"results": [1]}), CARD, "t")) is Cause.ANSWER_UNREADABLE
    assert cause(read_opened(reply(), OPEN)) is Cause.ANSWER_UNREADABLE
    assert cause(read_registered(reply(), WRITE)) is Cause.ANSWER_UNKNOWN


def test_a_registration_counts_only_when_it_is_confirmed_for_this_card() -> None:
    done = read_registered(reply(registered_at="2026-06-01T09:30:00+09:00"), WRITE)
    assert done == Registered(question_id="q", registered_at="2026-06-01T09:30:00+09:00")
    assert cause(read_registered(reply(subject="0", registered_at="now"), WRITE)) is Cause.ANSWER_UNKNOWN
    assert cause(read_registered(reply(502, registered_at="now"), WRITE)) is Cause.ANSWER_UNKNOWN
    assert (
        cause(read_registered(reply(refused="SIM-CERTIFICATE-REVOKED"), WRITE)) is Cause.CERTIFICATE_REVOKED
    )


def test_a_refusal_that_we_do_not_know_is_a_service_error_with_its_code() -> None:
    outcome = read_answer(reply(refused="SIM-NEW", message="新しい理由"), CARD, "t")
    assert outcome == FailedAnswer(cause=Cause.SERVICE_ERROR, code="SIM-NEW", message="新しい理由")


def test_every_refusal_of_the_simulated_system_is_known_here() -> None:
    said = {
        refusal.code
        for module in (proofs, system)
        for refusal in vars(module).values()
        if isinstance(refusal, proofs.Refusal)
    }
    assert said <= set(REFUSALS)
    assert "SIM-NOT-REGISTERED" in said


@pytest.mark.parametrize(
    ("status", "expected"),
    [(500, Cause.SERVICE_FAULT), (503, Cause.SERVICE_FAULT), (403, Cause.SERVICE_ERROR)],
)
def test_other_statuses_are_faults_of_the_service(status: int, expected: Cause) -> None:
    assert cause(read_answer(reply(status, answer={}), CARD, "t")) is expected


def test_proofs_and_numbers_do_not_show_in_a_repr() -> None:
    shown = repr(CARD) + repr(OPEN) + repr(WRITE) + repr(numbers_of("yamada"))
    assert "1234567" not in shown
    assert "１２３４５６７" not in shown
    assert "certificate=" not in shown
