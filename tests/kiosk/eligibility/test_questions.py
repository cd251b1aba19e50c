"""Whatever somebody types, asking never raises; and what cannot be asked is not sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import FolderService, FolderSettings
from kiosk.eligibility.judging import askable
from kiosk.eligibility.match import make_request
from kiosk.eligibility.port import AskByNumbers, Cause, FailedAnswer
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import load
from tests.support.national import VirtualWorld, numbers_of

TYPED = st.text(max_size=8) | st.sampled_from(
    ["１２３", "千代田－１", "〜−", "\x00", "\ud800", "\uffff", "<&>", " "]
)
QUESTIONS = st.builds(
    AskByNumbers,
    question_id=st.just("q"),
    insurer_number=TYPED,
    insured_card_symbol=TYPED,
    insured_identification_number=TYPED,
    insured_branch_number=TYPED,
    birth_date=st.dates(min_value=date(1900, 1, 1)),
    limit_consent=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUESTIONS)
def test_nothing_typed_raises_and_every_request_written_can_be_read(
    tmp_path: Path, question: AskByNumbers
) -> None:
    world = VirtualWorld()
    settings = FolderSettings(
        request_folder=tmp_path, answer_folder=tmp_path, medical_institution_code="1399999999"
    )
    written: list[bytes] = []
    world.neighbours.append(lambda: written.extend(path.read_bytes() for path in tmp_path.iterdir()))
    outcome = FolderService(settings, world).ask(question, 0.1)
    assert isinstance(outcome, FailedAnswer)
    assert (outcome.cause is Cause.INVALID_QUESTION) is not askable(question)
    assert bool(written) is askable(question)
    assert all(isinstance(oqs.parse_request(data), oqs.Request) for data in written)
    direct = DirectService(NationalSystem([load("yamada")], world.now), world=world).ask(question, 1)
    assert isinstance(direct, Answer) is askable(question)


def test_twins_of_signs_are_sent_as_the_exchange_knows_them() -> None:
    question = replace(numbers_of("yamada"), insured_card_symbol=" 模〜−１ ")
    request = make_request(question, "1399999999", "id", VirtualWorld())
    assert isinstance(request, oqs.Request)
    assert request.search.insured_card_symbol == "模～－１"


@pytest.mark.parametrize(
    "change",
    [{"insurer_number": ""}, {"insured_identification_number": "　"}, {"insured_card_symbol": "x" * 101}],
)
def test_what_no_system_holds_is_not_asked(change: dict[str, str]) -> None:
    assert not askable(replace(numbers_of("yamada"), **change))
    assert askable(replace(numbers_of("yamada"), insured_card_symbol="", insured_branch_number=""))
