"""The exchange's web API: what is sent, and what is made of the replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.coverage.qualification import Answer
from kiosk.eligibility.port import Cause, FailedAnswer
from kiosk.eligibility.web_api import SEARCH_PATH, WebApiService, WebApiSettings
from simulator.national.faults import Fault
from simulator.national.messages import BadRequest
from simulator.national.service import LoopbackService
from tests.support.national import VirtualWorld, numbers_of

BARE = {"XmlMsg": {"MessageHeader": {"SegmentOfResult": "1"}, "MessageBody": {"QualificationValidity": "1"}}}


class Station:
    """A server that replies what the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.reply: bytes = json.dumps(BARE).encode()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.server = LoopbackService(self._answer)

    def _answer(self, path: str, body: bytes, _fault: Fault | None) -> bytes:
        self.asked.append((path, json.loads(body)))
        if not self.reply:
            raise BadRequest
        return self.reply

    def ask(self, token: Callable[[], str] = lambda: "", **changes: str) -> Answer | FailedAnswer:
        settings = WebApiSettings(
            base_url=self.server.base_url,
            medical_institution_code="1399999999",
            tls=self.server.tls,
            **changes,
        )
        service = WebApiService(settings, token, VirtualWorld())
        try:
            return service.ask(numbers_of("yamada", limit=True), 10)
        finally:
            service.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Station]:
    station = Station()
    yield station
    station.server.close()


@pytest.fixture
def station(running: Station) -> Station:
    running.asked.clear()
    running.reply = json.dumps(BARE).encode()
    return running


def cause(outcome: Answer | FailedAnswer) -> Cause:
    assert isinstance(outcome, FailedAnswer), outcome
    return outcome.cause


def test_the_body_is_the_documented_one(station: Station) -> None:
    assert isinstance(station.ask(), Answer)
    ((path, body),) = station.asked
    assert path == SEARCH_PATH == "/oqs-api-pro/MSA01030/ILI01030SV01/search"
    header, content = body["XmlMsg"]["MessageHeader"], body["XmlMsg"]["MessageBody"]
    assert header["QualificationConfirmationDate"] == "20260601"
    assert header["MedicalInstitutionCode"] == "1399999999"
    assert content == {
        "QualificationConfirmSearchInfo": {
            "InsurerNumber": "01319904",
            "InsuredCardSymbol": "２１７０００２３",
            "InsuredIdentificationNumber": "１２３４５６７",
            "InsuredBranchNumber": "00",
            "Birthdate": "19810520",
            "LimitApplicationCertificateRelatedConsFlg": "1",
        }
    }


@pytest.mark.parametrize(("token", "expected"), [("", None), ("abc", "abc")])
def test_a_token_is_sent_if_there_is_one(station: Station, token: str, expected: str | None) -> None:
    assert isinstance(station.ask(lambda: token), Answer)
    assert station.server.last_headers.get("Authorization") == expected


@pytest.mark.parametrize("token", ["not\nasc", "トークン"])
def test_a_token_that_cannot_be_sent_is_a_failure_and_no_exception(station: Station, token: str) -> None:
    assert isinstance(station.ask(lambda: token), FailedAnswer)
    assert station.asked == []


def test_a_token_that_cannot_be_read_is_a_failure(station: Station) -> None:
    def unreadable() -> str:
        raise FileNotFoundError("/secret/place")

    outcome = station.ask(unreadable)
    assert outcome == FailedAnswer(cause=Cause.NOT_TRUSTED, code="token: FileNotFoundError")


def test_the_path_is_a_setting(station: Station) -> None:
    station.ask(search_path="/other")
    assert station.asked[0][0] == "/other"


def test_a_refused_request_is_a_service_error_with_its_status(station: Station) -> None:
    station.reply = b""
    outcome = station.ask()
    assert cause(outcome) is Cause.SERVICE_ERROR
    assert isinstance(outcome, FailedAnswer)
    assert outcome.code == "HTTP 400"


@pytest.mark.parametrize(
    ("echo", "element"),
    [
        ({"InsurerNumber": "06319909"}, "InsurerNumber"),
        ({"InsuredCardSymbol": "９"}, "InsuredCardSymbol"),
        ({"InsuredIdentificationNumber": "９"}, "InsuredIdentificationNumber"),
        ({"InsuredBranchNumber": "01"}, "InsuredBranchNumber"),
        ({"Birthdate": "19810521"}, "Birthdate"),
    ],
)
def test_an_echo_of_another_question_is_foreign(station: Station, echo: dict[str, str], element: str) -> None:
    station.reply = json.dumps(
        {"XmlMsg": {"MessageHeader": {}, "MessageBody": {"QualificationConfirmSearchInfo": echo}}}
    ).encode()
    outcome = station.ask()
    assert cause(outcome) is Cause.FOREIGN_ANSWER
    assert isinstance(outcome, FailedAnswer)
    assert outcome.code == element


def test_width_padding_and_branch_digits_make_no_difference_to_an_echo(station: Station) -> None:
    echo = {
        "InsurerNumber": " 01319904",
        "InsuredCardSymbol": "21700023",
        "InsuredIdentificationNumber": "1234567",
        "InsuredBranchNumber": "0",
    }
    station.reply = json.dumps(
        {"XmlMsg": {"MessageHeader": {}, "MessageBody": {"QualificationConfirmSearchInfo": echo}}}
    ).encode()
    assert isinstance(station.ask(), Answer)


def test_another_identifier_is_foreign_and_none_is_bound_by_the_connection(station: Station) -> None:
    station.reply = b'{"XmlMsg": {"MessageHeader": {"ArbitraryFileIdentifier": "other"}}}'
    assert cause(station.ask()) is Cause.FOREIGN_ANSWER


@pytest.mark.parametrize(
    "reply", [b"[]", b"{}", b"<html>", b'{"XmlMsg": {"MessageHeader": {"ErrorCode": 1}}}']
)
def test_what_is_no_answer_is_unreadable_with_a_remedy(station: Station, reply: bytes) -> None:
    station.reply = reply
    outcome = station.ask()
    assert cause(outcome) is Cause.ANSWER_UNREADABLE
    assert isinstance(outcome, FailedAnswer)
    assert outcome.message
