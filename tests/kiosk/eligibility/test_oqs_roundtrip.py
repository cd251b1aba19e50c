"""Arbitrary answers survive writing and reading, in every form."""

from __future__ import annotations

from typing import Literal, get_args, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.coverage.qualification import Answer, Part, QualificationConfirmSearchInfo
from kiosk.eligibility import oqs

BLANKS = " \t\r\n"
TEXTS = st.one_of(
    st.just(""),
    st.sampled_from(
        ["髙橋　～子", "●", "ﾀｶﾊｼ ﾀﾛｳ", "<&>\"'", "a\rb\nc\td", "𠮟〜−", "0012", "]]>", "\ue000"]
    ),
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12
    ).map(lambda text: text.strip(BLANKS)),
)


def parts(kind: type[Part]) -> st.SearchStrategy[Part]:
    hints = get_type_hints(kind)
    fields: dict[str, st.SearchStrategy[object]] = {}
    for name in kind.__struct_fields__:
        hint = hints[name]
        if name in ("asked_at", "offline", "simulated", "unknown"):
            continue
        if hint is str:
            fields[name] = TEXTS
        elif (inner := get_args(hint)[0]) and hint.__class__.__name__ == "UnionType":
            fields[name] = st.none() | parts(inner)
        else:
            fields[name] = st.lists(parts(inner), max_size=2).map(tuple)
    made = st.fixed_dictionaries({}, optional=fields)
    extra = {"asked_at": "t"} if kind is Answer else {}
    return made.map(lambda values: kind(**extra, **values))


UNKNOWN = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "MessageHeader/New",
                "MessageBody/Other/Deep/Er",
                "MessageBody/Other/@a",
                "MessageBody/ResultList/Odd",
                "Tail",
            ]
        ),
        TEXTS,
    ),
    unique_by=lambda pair: pair[0],
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(parts(Answer), st.sampled_from(["cp932", "utf-8"]))
def test_an_answer_comes_back_from_xml(answer: Answer, encoding: Literal["cp932", "utf-8"]) -> None:
    assert oqs.parse_answer(oqs.write_answer(answer, encoding), asked_at="t") == answer


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(parts(Answer))
def test_an_answer_comes_back_from_json(answer: Answer) -> None:
    assert oqs.parse_answer_json(oqs.write_answer_json(answer), asked_at="t") == answer


@settings(max_examples=40)
@given(UNKNOWN)
def test_unknown_elements_come_back(unknown: list[tuple[str, str]]) -> None:
    answer = Answer(asked_at="t", segment_of_result="1", unknown=tuple(unknown))
    again = oqs.parse_answer(oqs.write_answer(answer), asked_at="t")
    assert isinstance(again, Answer)
    assert {pair for pair in answer.unknown if pair[1]} <= set(again.unknown)
    assert again.segment_of_result == "1"


@settings(max_examples=60)
@given(parts(QualificationConfirmSearchInfo), TEXTS, st.sampled_from(["cp932", "utf-8"]))
def test_a_request_comes_back(
    search: QualificationConfirmSearchInfo, identifier: str, encoding: Literal["cp932", "utf-8"]
) -> None:
    request = oqs.Request(
        qualification_confirmation_date="20260601",
        medical_institution_code="1399999999",
        arbitrary_file_identifier=identifier,
        search=search,
    )
    assert oqs.parse_request(oqs.write_request(request, encoding)) == request
    assert oqs.parse_request_json(oqs.write_request_json(request)) == request
