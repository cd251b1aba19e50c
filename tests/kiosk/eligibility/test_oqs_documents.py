"""Documents written by hand from the public layout judge the codec."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import pytest

from kiosk.coverage.qualification import Answer, Part, QualificationConfirmSearchInfo
from kiosk.eligibility import oqs

FIXTURES = Path(__file__).parent / "fixtures"


def text_of(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def every_element() -> Answer:
    answer = oqs.parse_answer(text_of("every_element.xml").encode("cp932"), asked_at="t")
    assert isinstance(answer, Answer)
    return answer


def values(part: Part) -> list[str]:
    found: list[str] = []
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, Part):
            found += values(value)
        elif isinstance(value, tuple):
            found += [text for item in value if isinstance(item, Part) for text in values(item)]
        elif isinstance(value, str) and value:
            found.append(value)
    return found


def test_every_element_of_the_layout_has_its_place() -> None:
    answer = every_element()
    written = re.findall(r">([^<>\n]+)</", text_of("every_element.xml"))
    plain = [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in written]
    assert sorted(values(answer)) == sorted([*plain, "t"])
    assert answer.unknown == ()
    assert answer.unknown_codes == ()


def test_the_elements_stand_where_they_belong() -> None:
    answer = every_element()
    first, second = answer.results
    assert (answer.segment_of_result, answer.qualification_validity, answer.notice_code) == ("1", "1", "N-1")
    assert answer.qualification_confirm_search_info is not None
    assert answer.qualification_confirm_search_info.insured_card_symbol == "千代田－１"
    assert (first.name, first.insured_name, first.name_of_other) == ("髙橋　●子", "髙橋　一郎", "高橋　﨑子")
    assert first.address == "東京都千代田区架空町１－２－３ <ビル> & 「塔」"
    assert first.elderly_recipient_certificate_info is not None
    assert first.elderly_recipient_certificate_info.elderly_recipient_contribution_ratio == "020"
    assert first.limit_application_certificate_related_info is not None
    assert first.limit_application_certificate_related_info.flag == "B06"
    assert [one.specific_diseases_disease_category for one in first.specific_diseases_certificate_list] == [
        "1",
        "2",
    ]
    assert first.public_expense_result_list[0].status_of_infecton == "4"
    assert first.operation_info_available_time == "20260602092906"
    assert (second.insurer_number, second.insured_card_symbol) == ("39131016", "")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp932", "Shift_JIS"),
        ("cp932", "shift_jis"),
        ("cp932", "Windows-31J"),
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-8-sig", "Shift_JIS"),  # a byte order mark is stronger than what is declared
        ("utf-8", None),
        ("cp932", None),
    ],
)
def test_each_way_of_writing_it_gives_the_same_answer(encoding: str, declared: str | None) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = text_of("every_element.xml").split("?>", 1)[1]
    assert oqs.parse_answer((declaration + body).encode(encoding), asked_at="t") == every_element()


def test_utf_8_under_a_shift_jis_declaration_is_read_where_shift_jis_cannot_be() -> None:
    data = text_of("every_element.xml").encode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        data.decode("cp932")
    assert oqs.parse_answer(data, asked_at="t") == every_element()


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_what_is_written_is_what_was_read(encoding: Literal["cp932", "utf-8"]) -> None:
    answer = every_element()
    data = oqs.write_answer(answer, encoding)
    assert oqs.parse_answer(data, asked_at="t") == answer
    assert "髙橋　●子".encode(encoding) in data
    assert "～".encode(encoding) in data


def test_the_json_form_is_the_same_tree() -> None:
    answer = every_element()
    data = oqs.write_answer_json(answer)
    assert oqs.parse_answer_json(data, asked_at="t") == answer
    tree = json.loads(data)["XmlMsg"]["MessageBody"]
    assert tree["ResultList"][0]["ResultOfQualificationConfirmation"]["InsurerNumber"] == "00131011"


@pytest.mark.parametrize(
    "results",
    [
        '[{"ResultOfQualificationConfirmation": {"Name": "一"}}, '
        '{"ResultOfQualificationConfirmation": {"Name": "二"}}]',
        '[{"Name": "一"}, {"Name": "二"}]',
        '{"ResultOfQualificationConfirmation": [{"Name": "一"}, {"Name": "二"}]}',
    ],
)
def test_json_lists_are_read_wrapped_bare_and_as_in_xml(results: str) -> None:
    data = f'{{"XmlMsg": {{"MessageHeader": {{"ErrorCode": null}}, "MessageBody": {{"ResultList": {results}}}}}}}'
    answer = oqs.parse_answer_json(data.encode(), asked_at="t")
    assert isinstance(answer, Answer)
    assert [result.name for result in answer.results] == ["一", "二"]
    assert answer.unknown == ()


def test_headers_and_units_of_a_bulk_answer_are_kept() -> None:
    answer = oqs.parse_answer(text_of("bulk_headers.xml").encode(), asked_at="t")
    assert isinstance(answer, Answer)
    assert (answer.reception_number, answer.number_of_processing_result, answer.number_of_error) == (
        "R1",
        "0002",
        "0001",
    )
    assert answer.unknown == (
        ("MessageBody/BulkConfirmUnit[1]/ReferenceNumber", "100001"),
        ("MessageBody/BulkConfirmUnit[1]/ResultOfQualificationConfirmation/Name", "一"),
        ("MessageBody/BulkConfirmUnit[2]/ReferenceNumber", "100002"),
    )
    assert oqs.parse_answer(oqs.write_answer(answer), asked_at="t") == answer


def test_unknown_elements_attributes_and_stray_texts_are_kept_and_written_back() -> None:
    data = (
        '<XmlMsg a="1">x<MessageHeader><New b="2"/></MessageHeader><MessageBody>y<ResultList>'
        "<Other>z</Other><ResultOfQualificationConfirmation><Name>n<Inner>i</Inner></Name>"
        "<Again>1</Again><Again>2</Again></ResultOfQualificationConfirmation></ResultList></MessageBody><Tail/></XmlMsg>"
    )
    answer = oqs.parse_answer(data.encode(), asked_at="t")
    assert isinstance(answer, Answer)
    assert set(answer.unknown) == {
        ("@a", "1"),
        ("", "x"),
        ("MessageHeader/New/@b", "2"),
        ("MessageBody", "y"),
        ("MessageBody/ResultList/Other", "z"),
        ("MessageBody/ResultList/ResultOfQualificationConfirmation[1]/Name/Inner", "i"),
        ("MessageBody/ResultList/ResultOfQualificationConfirmation[1]/Again[1]", "1"),
        ("MessageBody/ResultList/ResultOfQualificationConfirmation[1]/Again[2]", "2"),
        ("Tail", ""),
    }
    again = oqs.parse_answer(oqs.write_answer(answer), asked_at="t")
    assert isinstance(again, Answer)
    assert set(again.unknown) == set(answer.unknown)
    assert again.results == answer.results


def test_outer_blanks_go_and_inner_and_ideographic_ones_stay() -> None:
    data = "<XmlMsg><MessageHeader><ErrorCode>\n  </ErrorCode></MessageHeader><MessageBody><ResultList>"
    data += (
        "<ResultOfQualificationConfirmation><Name>　山田　太 郎</Name><InsurerNumber>  131011</InsurerNumber>"
    )
    data += "</ResultOfQualificationConfirmation></ResultList></MessageBody></XmlMsg>"
    answer = oqs.parse_answer(data.encode(), asked_at="t")
    assert isinstance(answer, Answer)
    assert (answer.results[0].name, answer.results[0].insurer_number) == ("　山田　太 郎", "131011")
    assert not answer.failed


def test_a_request_is_written_as_the_template_that_clinics_use() -> None:
    request = oqs.Request(
        qualification_confirmation_date="20260601",
        medical_institution_code="1399999999",
        arbitrary_file_identifier="0123456789abcdef0123456789abcdef",
        search=QualificationConfirmSearchInfo(
            insurer_number="131011",
            insured_card_symbol="千代田－１",
            insured_identification_number="０００１２３",
            insured_branch_number="02",
            birthdate="19540520",
            limit_application_certificate_related_cons_flg="1",
        ),
    )
    template = text_of("request.xml")
    written = oqs.write_request(request).decode("cp932")
    assert [line.strip() for line in written.splitlines()] == template.splitlines()
    assert oqs.parse_request(template.encode("cp932")) == request
    assert oqs.parse_request_json(oqs.write_request_json(request)) == request


def test_what_code_page_932_lacks_becomes_a_character_reference() -> None:
    search = QualificationConfirmSearchInfo(insured_card_symbol="𠮟〜−é")
    request = oqs.Request(
        qualification_confirmation_date="20260601", medical_institution_code="1", search=search
    )
    data = oqs.write_request(request)
    assert b"&#134047;&#12316;&#8722;&#233;" in data
    assert oqs.parse_request(data) == request
