"""The simulated qualification terminal, judged without the product's codec."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.national.faults import Fault
from simulator.national.system import NationalSystem
from simulator.national.terminal import SimulatedTerminal
from simulator.people import everyone
from tests.support.national import VirtualWorld

REQUEST = """<?xml version="1.0" encoding="{declared}" standalone="no"?>
<XmlMsg><MessageHeader><QualificationConfirmationDate>20260601</QualificationConfirmationDate>
<MedicalInstitutionCode>1399999999</MedicalInstitutionCode>
<ArbitraryFileIdentifier>id&amp;1</ArbitraryFileIdentifier></MessageHeader>
<MessageBody><QualificationConfirmSearchInfo><InsurerNumber>01319904</InsurerNumber>
<InsuredCardSymbol>２１７０００２３</InsuredCardSymbol>
<InsuredIdentificationNumber>&#65297;２３４５６７</InsuredIdentificationNumber>
<Birthdate>19810520</Birthdate>
<LimitApplicationCertificateRelatedConsFlg>1</LimitApplicationCertificateRelatedConsFlg>
</QualificationConfirmSearchInfo></MessageBody></XmlMsg>
"""


class Desk:
    def __init__(self, folder: Path, encoding: str = "cp932") -> None:
        self.world = VirtualWorld()
        system = NationalSystem(everyone(), self.world.now)
        self.terminal = SimulatedTerminal(
            system, folder, self.world.now, encoding=encoding, busy=timedelta(seconds=1)
        )

    def ask(self, encoding: str = "cp932") -> None:
        declared = "Shift_JIS" if encoding == "cp932" else "UTF-8"
        data = REQUEST.format(declared=declared).encode(encoding)
        (self.terminal.req / "OQSsiquc01req_1.xml").write_bytes(data)
        self.terminal.poll()

    def after(self, seconds: float) -> list[Path]:
        self.world.sleep(seconds)
        self.terminal.poll()
        return sorted(self.terminal.res.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def tree(path: Path, encoding: str) -> ElementTree.Element:
    text = path.read_bytes().decode(encoding)
    declared = "Shift_JIS" if encoding == "cp932" else "UTF-8"
    assert text.startswith(f'<?xml version="1.0" encoding="{declared}"')
    return ElementTree.fromstring(text.split("?>", 1)[1])


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_request_is_taken_and_answered_under_its_name(tmp_path: Path, encoding: str) -> None:
    desk = Desk(tmp_path, encoding)
    desk.ask(encoding)
    assert list(desk.terminal.req.iterdir()) == []
    assert desk.after(0.5) == []
    (path,) = desk.after(0.6)
    assert path.name == "OQSsiquc01res_1.xml"
    found = tree(path, encoding)
    assert found.findtext("MessageHeader/ArbitraryFileIdentifier") == "id&1"
    assert (
        found.findtext("MessageBody/QualificationConfirmSearchInfo/InsuredIdentificationNumber")
        == "１２３４５６７"
    )
    assert found.findtext("MessageBody/QualificationValidity") == "1"
    result = found.find("MessageBody/ResultList/ResultOfQualificationConfirmation")
    assert result is not None
    assert (result.findtext("Name"), result.findtext("NameKana")) == ("山田　太郎", "ﾔﾏﾀﾞ ﾀﾛｳ")
    info = result.find("LimitApplicationCertificateRelatedInfo")
    assert info is not None
    assert info.findtext("LimitApplicationCertificateClassificationFlag") == "A03"


def test_what_is_no_request_is_taken_and_never_answered(desk: Desk) -> None:
    for number, data in enumerate((b"", b"<XmlMsg/>", b"\xff\xff", REQUEST.encode()[:300])):
        (desk.terminal.req / f"OQSsiquc01req_{number}.xml").write_bytes(data)
    (desk.terminal.req / "OQSsiquc01req_9.xml.tmp").write_bytes(b"being written")
    desk.terminal.poll()
    assert [path.name for path in desk.terminal.req.iterdir()] == ["OQSsiquc01req_9.xml.tmp"]
    assert desk.after(60) == []


def test_a_planned_delay_is_kept(desk: Desk) -> None:
    desk.terminal.faults.next(Fault.DELAY, delay_s=30)
    desk.ask()
    assert desk.after(30.9) == []
    assert len(desk.after(0.2)) == 1


def test_silence_is_silence(desk: Desk) -> None:
    desk.terminal.faults.next(Fault.NO_ANSWER)
    desk.ask()
    assert desk.after(3600) == []


def test_a_second_answer_comes_after_the_first(desk: Desk) -> None:
    desk.terminal.faults.next(Fault.TWICE)
    desk.ask()
    (first,) = desk.after(1)
    first.unlink()
    assert desk.after(5) == [first]


def test_a_link_is_a_link(desk: Desk) -> None:
    desk.terminal.faults.next(Fault.LINK)
    desk.ask()
    assert [path.is_symlink() for path in desk.after(1)] == [True, False]


def test_it_can_run_by_itself_until_it_is_stopped(desk: Desk) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=desk.terminal.run, args=(stop, 0.001))
    thread.start()
    (desk.terminal.req / "OQSsiquc01req_1.xml").write_bytes(b"no request")
    while list(desk.terminal.req.iterdir()):
        stop.wait(0.001)
    stop.set()
    thread.join()


def test_a_face_result_has_the_name_that_consumers_expect(desk: Desk) -> None:
    path = desk.terminal.push_face_result("private_character", {"care": "agreed"})
    assert re.fullmatch(r"OQSsiquc01res_face_1399999999001\d{17}_20260601093000\.xml", path.name)
    found = tree(path, "cp932")
    assert found.findtext("MessageHeader/ReferenceClassification") == "1"
    result = found.find("MessageBody/ResultList/ResultOfQualificationConfirmation")
    assert result is not None
    assert (result.findtext("Name"), result.findtext("DiagnosisInfoConsFlg")) == ("●田　花子", "1")
    assert found.find("MessageBody/QualificationConfirmSearchInfo") is None
    assert len({desk.terminal.push_face_result("yamada") for _push in range(3)}) == 3
