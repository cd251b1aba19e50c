"""Bundles by JP Core: read by the FHIR models, held against our own list, compared with golden files.

After a wanted change run ``UPDATE_GOLDENS=1 pytest tests/kiosk/handoff/test_fhir_bundle.py`` and look.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.handoff import fhir_codes as codes
from kiosk.handoff.fhir_bundle import FhirBundle
from kiosk.handoff.fhir_check import problems
from kiosk.handoff.parcel import Parcel
from kiosk.handoff.settled import Person, SettledVisit
from tests.support.handoff import (
    CODE,
    FACILITY,
    FOUR,
    HANAKO,
    TARO,
    answer,
    confirmed,
    declared,
    label,
    paid_in_full,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "handoff"
FORM = FhirBundle(facility=FACILITY, medical_institution_code=CODE)
Json = dict[str, Any]


def bundle(settled: SettledVisit, form: FhirBundle = FORM) -> Json:
    return form.bundle(settled, label(settled))


def of_kind(found: Json, kind: str) -> list[Json]:
    return [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == kind]


def one(found: Json, kind: str) -> Json:
    (only,) = of_kind(found, kind)
    return only


def identifiers(resource: Json) -> dict[str, str]:
    return {one["system"]: one["value"] for one in resource["identifier"]}


def extensions(resource: Json) -> dict[str, str]:
    return {one["url"].rpartition("_")[2]: one["valueString"] for one in resource.get("extension", [])}


# -- whole bundles ---------------------------------------------------------------------------------
@pytest.mark.parametrize("who", FOUR)
def test_four_people_are_written_as_they_were_looked_at(who: str) -> None:
    content = msgspec.json.format(msgspec.json.encode(bundle(FOUR[who]())), indent=1) + b"\n"
    golden = GOLDEN / f"{who}.json"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(content)
    assert content == golden.read_bytes()


@pytest.mark.parametrize("who", FOUR)
def test_every_bundle_is_read_by_the_models_and_has_no_problem(who: str) -> None:
    settled = FOUR[who]()
    parcel = FORM.make(settled, label(settled))
    assert isinstance(parcel, Parcel)
    assert problems(parcel.content) == []


def test_the_same_visit_gives_the_same_ids_and_another_visit_others() -> None:
    def ids(settled: SettledVisit) -> set[str]:
        return {entry["fullUrl"] for entry in bundle(settled)["entry"]}

    assert ids(confirmed()) == ids(confirmed())
    shared = ids(confirmed()) & ids(confirmed("another"))
    kinds = {
        entry["resource"]["resourceType"]
        for entry in bundle(confirmed())["entry"]
        if entry["fullUrl"] in shared
    }
    assert kinds == {"Organization", "Patient"}


def test_a_chart_is_not_told_of_a_visit_without_coverage_declaration_or_full_payment() -> None:
    assert FORM.relevant(confirmed(outcome="handed_to_staff", answer=None, consents=None)) is None
    assert FORM.relevant(paid_in_full()) is not None


# -- the patient -----------------------------------------------------------------------------------
def test_a_patient_with_a_number_is_known_by_it_in_the_facilitys_name_space() -> None:
    patient = one(bundle(confirmed()), "Patient")
    assert identifiers(patient) == {f"urn:oid:1.2.392.100495.20.3.51.1{CODE}": "001234"}
    kanji, kana = patient["name"]
    assert (kanji["text"], kanji["family"], kanji["given"]) == ("山田 太郎", "山田", ["太郎"])
    assert [name["extension"][0]["valueCode"] for name in (kanji, kana)] == ["IDE", "SYL"]
    assert (patient["gender"], patient["birthDate"]) == ("male", "1981-05-20")
    assert patient["address"][0]["postalCode"] == "160-0023"


def test_a_patient_without_a_number_is_known_by_the_visit_alone() -> None:
    patient = one(bundle(declared()), "Patient")
    assert identifiers(patient) == {codes.URI: f"urn:uuid:{patient['id']}"}


def test_what_the_chart_knows_of_a_patient_or_an_insurer_is_never_overwritten() -> None:
    for entry in bundle(confirmed())["entry"]:
        if entry["resource"]["resourceType"] in ("Patient", "Organization"):
            assert entry["request"]["method"] == "POST"
            assert entry["request"]["ifNoneExist"].startswith("identifier=")
        else:
            assert entry["request"]["method"] == "PUT"


def test_a_facility_without_a_code_makes_no_name_space_of_another() -> None:
    form = FhirBundle(facility=FACILITY, medical_institution_code="0000000000")
    found = bundle(confirmed(), form)
    (system,) = identifiers(one(found, "Patient"))
    assert system.startswith("urn:uuid:")
    assert problems(msgspec.json.encode(found)) == []


def test_a_name_that_is_not_two_parts_is_not_divided() -> None:
    person = Person(name="ジョン　スミス　ジュニア", kana="ジョンスミス")
    patient = one(bundle(confirmed(person=person)), "Patient")
    assert [sorted(name) for name in patient["name"]] == [["extension", "text", "use"]] * 2


# -- coverage --------------------------------------------------------------------------------------
def test_every_place_has_its_own_width() -> None:
    coverage = one(bundle(confirmed(answer=answer(replace(TARO, insured_card_symbol="12-34")))), "Coverage")
    assert extensions(coverage) == {
        "InsuredPersonSymbol": "１２－３４", "InsuredPersonNumber": "１２３４５６７",
        "InsuredPersonSubNumber": "01",
    }  # fmt: skip
    named = identifiers(coverage)
    assert named[codes.MEMBER_ID] == "01319904:１２－３４:1234567:01"
    assert named[codes.COVERAGE_ID] == '"01319904","１２－３４","１２３４５６７","01"'
    assert (coverage["subscriberId"], coverage["dependent"]) == ("１２－３４:１２３４５６７", "01")


@pytest.mark.parametrize(
    ("insurer", "symbol", "number", "branch", "member", "listed"),
    [
        ("12345", "あいう", "１８７", "05", "00012345:あいう:187:05", '"00012345","あいう","１８７","05"'),
        ("12345", "", "１８７", "", "00012345::187:", '"00012345","","１８７",""'),
        ("131011", "AB 12", "3-4", "7", "00131011:AB12:３－４:07", '"00131011","ＡＢ１２","３－４","07"'),
        ("39131014", "", "01234567", "00", "39131014::01234567:00", '"39131014","","０１２３４５６７","00"'),
        ("06319917", "a:b", 'ｱ"1', "", "06319917:ａ：ｂ:ア＂１:", '"06319917","ａ：ｂ","ア＂１",""'),
    ],
)  # fmt: skip
def test_identifiers_are_as_the_profile_writes_them(
    insurer: str, symbol: str, number: str, branch: str, member: str, listed: str
) -> None:
    result = replace(
        TARO, insurer_number=insurer, insured_card_symbol=symbol, insured_identification_number=number,
        insured_branch_number=branch,
    )  # fmt: skip
    named = identifiers(one(bundle(confirmed(answer=answer(result))), "Coverage"))
    assert (named[codes.MEMBER_ID], named[codes.COVERAGE_ID]) == (member, listed)


def test_without_an_insurer_number_or_a_number_no_identifier_is_made_up() -> None:
    for change in ({"insurer_number": ""}, {"insurer_number": "見本"}, {"insured_identification_number": ""}):
        found = bundle(confirmed(answer=answer(replace(TARO, **change))))
        assert list(identifiers(one(found, "Coverage"))) == [codes.URI]
        assert problems(msgspec.json.encode(found)) == []


def test_payor_period_share_and_relation_say_what_was_answered() -> None:
    found = bundle(confirmed(answer=answer(HANAKO)))
    coverage = one(found, "Coverage")
    payor = next(
        org for org in of_kind(found, "Organization") if org["type"][0]["coding"][0]["code"] == "pay"
    )
    assert identifiers(payor) == {codes.INSURER_NUMBER: "131011"}  # as printed: not padded
    assert coverage["payor"] == [{"reference": f"urn:uuid:{payor['id']}"}]
    assert coverage["period"] == {"start": "2020-04-01", "end": "2026-03-31"}
    assert coverage["costToBeneficiary"][0]["valueQuantity"]["value"] == 20
    assert coverage["relationship"]["coding"] == [{"system": codes.INSURED_PERSON_CATEGORY, "code": "2"}]


def test_who_pays_in_full_is_the_payor() -> None:
    found = bundle(paid_in_full())
    coverage, patient = one(found, "Coverage"), one(found, "Patient")
    assert coverage["payor"] == [{"reference": f"urn:uuid:{patient['id']}"}] == [coverage["beneficiary"]]
    assert coverage["type"]["coding"][0] == {"system": codes.SELF_PAY, "code": "pay", "display": "Pay"}


def test_several_coverages_are_numbered_and_those_not_chosen_are_cancelled() -> None:
    two = confirmed(answer=answer(TARO, HANAKO))
    both = of_kind(bundle(two), "Coverage")
    assert [(one["order"], one["status"]) for one in both] == [(1, "active"), (2, "active")]
    chosen = of_kind(bundle(replace(two, chosen=2)), "Coverage")
    assert [(extensions(one)["InsuredPersonNumber"], one["status"]) for one in chosen] == [
        ("００５６", "active"), ("１２３４５６７", "cancelled"),
    ]  # fmt: skip
    assert {one["id"] for one in chosen} == {one["id"] for one in both}
    response = one(bundle(replace(two, chosen=2)), "CoverageEligibilityResponse")
    assert [entry["coverage"]["reference"] for entry in response["insurance"]] == [
        f"urn:uuid:{chosen[0]['id']}"
    ]


# -- the rest --------------------------------------------------------------------------------------
def test_an_answer_comes_with_the_question_that_r4_demands() -> None:
    found = bundle(confirmed())
    response, request = one(found, "CoverageEligibilityResponse"), one(found, "CoverageEligibilityRequest")
    assert response["request"] == {"reference": f"urn:uuid:{request['id']}"}
    assert response["insurance"][0]["inforce"] is True
    assert (response["outcome"], response["purpose"], response["servicedDate"]) == (
        "complete", ["validation"], "2026-03-02",
    )  # fmt: skip


def test_each_consent_stands_by_itself() -> None:
    consents = of_kind(bundle(confirmed()), "Consent")
    said = {one["provision"]["code"][0]["coding"][0]["code"]: one["provision"]["type"] for one in consents}
    assert said == {"care": "permit", "checkups": "deny"}
    assert consents[0]["policyRule"]["text"] == "wording 2026-03-01, language ja"


def test_a_void_marks_everything_of_the_visit_as_an_error() -> None:
    for settled in (confirmed(void=True), replace(declared(), void=True), replace(paid_in_full(), void=True)):
        found = bundle(settled)
        states = {
            entry["resource"]["status"] for entry in found["entry"] if entry["request"]["method"] == "PUT"
        }
        assert states == {"entered-in-error"}
        assert problems(msgspec.json.encode(found)) == []


def test_simulated_visits_bear_the_mark_for_test_data_on_every_resource() -> None:
    found = bundle(paid_in_full())
    for part in (found, *(entry["resource"] for entry in found["entry"])):
        assert part["meta"]["security"][0]["code"] == "HTEST"
    assert "HTEST" not in msgspec.json.encode(bundle(confirmed())).decode()


# -- whatever people are called --------------------------------------------------------------------
SYMBOLS = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.sampled_from("０１９ＡＺａｚ－―　あいうアイウｱｲｳﾞﾟ記号見本組合髙𠮷・●①"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn"]),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(
    insurer=st.one_of(st.text("0123456789", max_size=9), SYMBOLS),
    symbol=SYMBOLS,
    number=SYMBOLS,
    branch=st.one_of(st.text("0123456789０１２", max_size=3), SYMBOLS),
)
def test_any_symbol_number_and_branch_give_a_bundle_by_the_rules(
    insurer: str, symbol: str, number: str, branch: str
) -> None:
    result = replace(
        TARO, insurer_number=insurer, insured_card_symbol=symbol, insured_identification_number=number,
        insured_branch_number=branch,
    )  # fmt: skip
    found = bundle(confirmed(answer=answer(result)))
    assert problems(msgspec.json.encode(found)) == []
    coverage = one(found, "Coverage")
    told = extensions(coverage)
    assert re.fullmatch("[0-9]{2}", told.get("InsuredPersonSubNumber", "00"))
    for text in (told.get("InsuredPersonSymbol", ""), told.get("InsuredPersonNumber", "")):
        assert not any(" " <= character <= "~" or "｡" <= character <= "ﾟ" for character in text)
        assert not any(character.isspace() for character in text)
    named = identifiers(coverage)
    if codes.MEMBER_ID in named:
        payer, *parts, sub = named[codes.MEMBER_ID].split(":")
        assert re.fullmatch("[0-9]{8}", payer)
        assert sub == told.get("InsuredPersonSubNumber", "")
        for part in parts:
            ascii_only = part.isascii()
            assert ascii_only or not any("!" <= character <= "~" for character in part)
            assert not ascii_only or part == "" or part.isalnum()


@settings(max_examples=50)
@given(name=SYMBOLS, kana=SYMBOLS, address=SYMBOLS, post_number=SYMBOLS)
def test_any_name_and_address_give_a_bundle_by_the_rules(
    name: str, kana: str, address: str, post_number: str
) -> None:
    person = Person(name=name, kana=kana, address=address, post_number=post_number)
    assert problems(msgspec.json.encode(bundle(confirmed(person=person)))) == []


# -- the weight of the models ----------------------------------------------------------------------
def test_the_models_are_loaded_with_the_first_bundle_and_not_before() -> None:
    code = (
        "import sys; import kiosk.handoff.courier, kiosk.handoff.fhir_bundle, kiosk.handoff.fhir_check;"
        "import ui.composing.receivers;"
        "assert not {'fhir', 'pydantic'} & set(sys.modules), 'loaded'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
