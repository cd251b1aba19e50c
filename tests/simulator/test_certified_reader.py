"""The simulated certified reader: its screens' timing, and files that a plain parser can judge."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.certified_reader import CertifiedReader, Session, Use, Written
from simulator.national.system import NationalSystem
from simulator.people import everyone

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
_NAME = re.compile(r"\AOQSsiquc01res_face_.+_(\d{14})\.xml\Z")


def used(*, tells_method: bool = True, tells_errors: bool = True, **use: object) -> Session:
    system = NationalSystem(everyone(), lambda: NOW)
    reader = CertifiedReader(system, tells_method=tells_method, tells_errors=tells_errors)
    return reader.use(Use("yamada", **use), NOW)  # type: ignore[arg-type]


def text_of(session: Session) -> str:
    (drop,) = session.drops
    assert drop.data is not None
    return drop.data.decode("cp932")


def test_the_steps_come_in_the_order_of_the_leaflet_and_take_their_time() -> None:
    session = used()
    assert [screen for screen, _ in session.screens] == [
        "reading", "choosing", "verifying", "consent", "asking", "take_card",
    ]  # fmt: skip
    assert session.seconds == 18
    assert used(method="pin").seconds > session.seconds
    assert used(error="001").seconds < session.seconds


def test_the_name_has_the_shape_that_consumers_expect_and_the_time_at_which_it_was_done() -> None:
    (drop,) = used().drops
    match = _NAME.fullmatch(drop.name)
    assert match is not None
    assert match[1] == "20261124093018"


def test_the_document_is_well_formed_and_tells_means_and_consents() -> None:
    text = text_of(used(method="visual", consents={"care": "agreed"}))
    root = ElementTree.fromstring(text.partition("\n")[2])
    assert root.findtext("MessageHeader/SimulatedVerificationMethod") == "3"
    result = root.find("MessageBody/ResultList/ResultOfQualificationConfirmation")
    assert result is not None
    assert result.findtext("DiagnosisInfoConsFlg") == "1"
    assert result.findtext("OperationInfoConsFlg") == "0"
    assert "SimulatedVerificationMethod" not in text_of(used(tells_method=False))


@pytest.mark.parametrize(("persona", "flag"), [("forty", "1"), ("thirty_nine", "0")])
def test_nobody_below_forty_is_asked_about_the_checkups(persona: str, flag: str) -> None:
    system = NationalSystem(everyone(), lambda: NOW)
    session = CertifiedReader(system).use(Use(persona, consents={"checkups": "agreed"}), NOW)
    root = ElementTree.fromstring(text_of(session).partition("\n")[2])
    assert root.findtext(".//SpecificHealthCheckupsInfoConsFlg") == flag


@pytest.mark.parametrize("code", ["001", "002", "E77"])
def test_errors_are_told_in_a_file_only_where_that_is_wanted(code: str) -> None:
    root = ElementTree.fromstring(text_of(used(error=code)).partition("\n")[2])
    assert root.findtext("MessageHeader/ErrorCode") == code
    assert root.find("MessageBody/ResultList/ResultOfQualificationConfirmation") is None
    assert used(error=code, tells_errors=False).drops == ()


@pytest.mark.parametrize("written", Written)
def test_every_way_of_writing_can_happen_in_a_folder_and_in_none(written: Written, tmp_path: Path) -> None:
    session = used(written=written)
    for folder in (tmp_path, tmp_path / "away"):
        for drop in session.drops:
            drop.happen(folder)
    assert (written in (Written.NOWHERE, Written.VANISHING)) is (list(tmp_path.iterdir()) == [])
