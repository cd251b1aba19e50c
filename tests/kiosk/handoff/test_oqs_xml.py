"""The answer for the receipt computer: read back by the codec, held against the element list."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.eligibility import oqs
from kiosk.eligibility.oqs.layout import BODY, HEADER, Element, elements, only
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.settled import SettledVisit
from kiosk.handoff.xml import OqsXml
from tests.support.handoff import CODE, HANAKO, TARO, answer, by_certificate, confirmed, declared, label

# What two public consumers look for in a face reader's folder (kiosk/eligibility/README.md).
FACE_RESULT = re.compile(r"\AOQSsiquc01res_face_.+_(\d{14})\.xml\Z")


def made(settled: SettledVisit, form: OqsXml | None = None) -> Parcel:
    parcel = (form or OqsXml()).make(settled, label(settled))
    assert isinstance(parcel, Parcel)
    return parcel


@pytest.mark.parametrize(
    "given",
    [
        answer(),
        answer(HANAKO, TARO),
        answer(replace(TARO, name="髙﨑　〜−子𠮷", insurer_name="①㈱見本")),
        answer(unknown=(("MessageBody/ResultList/ResultOfQualificationConfirmation[1]/New", "x"),)),
    ],
)
def test_the_codec_reads_back_the_very_answer(given: Answer) -> None:
    content = made(confirmed(answer=given)).content
    content.decode("cp932")
    assert oqs.parse_answer(content, asked_at=given.asked_at) == given


def test_elements_come_in_the_order_of_the_layout() -> None:
    by_the_layout(made(confirmed(answer=answer(HANAKO, TARO))).content)


def by_the_layout(content: bytes) -> None:
    """Every element is of the list, once and in its place."""
    root = _root(content)
    assert [child.tag for child in root] == ["MessageHeader", "MessageBody"]
    _in_order(root[0], only(Answer, HEADER))
    _in_order(root[1], only(Answer, BODY))


def _root(content: bytes) -> ElementTree.Element:
    text = content.decode("cp932")
    return ElementTree.fromstring(text.partition("?>")[2])


def _in_order(node: ElementTree.Element, layout: tuple[Element, ...]) -> None:
    names = {element.name: element for element in layout}
    seen = [child.tag for child in node]
    assert seen == [name for name in names if name in seen], "unknown, twice or out of order"
    for child in node:
        element = names[child.tag]
        if element.part is None:
            assert len(child) == 0
        elif element.item:
            assert {item.tag for item in child} <= {element.item}
            for item in child:
                _in_order(item, elements(element.part))
        else:
            _in_order(child, elements(element.part))


def test_the_file_says_shift_jis_and_keeps_what_that_lacks_as_references() -> None:
    content = made(confirmed(answer=answer(replace(TARO, name="𠮷田〜")))).content
    assert content.startswith(b'<?xml version="1.0" encoding="Shift_JIS" standalone="no"?>\n')
    assert "&#134071;田&#12316;".encode("cp932") in content


@pytest.mark.parametrize("settled", [by_certificate(), declared()])
def test_evidence_without_an_answer_is_not_dressed_up_as_one(settled: SettledVisit) -> None:
    assert OqsXml().relevant(settled) is None


def test_a_void_cannot_be_said_in_this_layout_and_is_left_to_people() -> None:
    void = confirmed(void=True)
    assert OqsXml().relevant(void) != OqsXml().relevant(confirmed())
    found = OqsXml().make(void, label(void, 2))
    assert not isinstance(found, Parcel)
    assert found.problem == "cannot_say_void"


def test_what_the_layout_does_not_hold_changes_nothing_for_the_receipt_computer() -> None:
    assert OqsXml().relevant(confirmed(patient_number="9")) == OqsXml().relevant(confirmed())


def test_our_own_name_is_nobody_elses() -> None:
    one, other = confirmed(), confirmed("visit-2")
    names = {made(one).file_name, made(other).file_name}
    assert len(names) == 2
    assert all(name.startswith("uketsuke_20260302100000_A001_") for name in names)


def test_the_other_name_has_the_shape_by_which_receipt_software_finds_it() -> None:
    form = OqsXml(medical_institution_code=CODE, file_name="face_result")
    name = made(confirmed(), form).file_name
    match = FACE_RESULT.fullmatch(name)
    assert match is not None
    assert match[1] == "20260302100000"
    assert name != made(confirmed("visit-2"), form).file_name


def test_a_simulated_answer_says_so_and_bears_no_name_that_would_be_found() -> None:
    form = OqsXml(medical_institution_code=CODE, file_name="face_result")
    parcel = made(confirmed(simulated=True), form)
    assert parcel.file_name.startswith("simulated_uketsuke_")
    assert FACE_RESULT.fullmatch(parcel.file_name) is None
    assert "模擬 simulated".encode("cp932") in parcel.content
    assert oqs.parse_answer(parcel.content, asked_at=answer().asked_at) == answer()
