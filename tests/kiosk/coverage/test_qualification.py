from __future__ import annotations

from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.coverage.exchange_codes import QualificationValidity, ReasonOfLoss, SegmentOfResult
from kiosk.coverage.exchange_values import exchange_date, exchange_time, tenths
from kiosk.coverage.qualification import (
    Answer,
    ElderlyRecipientCertificateInfo,
    LimitApplicationCertificateRelatedInfo,
    QualificationConfirmSearchInfo,
    ResultOfQualificationConfirmation,
)

DAY = date(2026, 6, 1)
BORN = date(1981, 5, 20)
MEMBER = ResultOfQualificationConfirmation(qualification_date="20200401")
VALID = Answer(asked_at="t", segment_of_result="1", qualification_validity="1", results=(MEMBER,))


@pytest.mark.parametrize(
    "raw", ["", "2026", "20260230", "2026061", "００００００００", "2026-6-1", "00000101"]
)
def test_what_is_no_day_is_none_and_never_an_exception(raw: str) -> None:
    assert exchange_date(raw) is None


@given(st.text())
def test_reading_dates_times_and_ratios_never_raises(raw: str) -> None:
    exchange_date(raw)
    exchange_time(raw)
    tenths(raw)


def test_a_time_has_fourteen_digits() -> None:
    assert exchange_time("20260601093059") == datetime(2026, 6, 1, 9, 30, 59)
    assert exchange_time("20260601253059") is None
    assert exchange_time("20260601") is None


@pytest.mark.parametrize(
    ("raw", "share"),
    [("010", 1), ("030", 3), ("100", 10), ("000", 0), ("", None), ("3", None), ("015", None), ("110", None)],
)
def test_a_ratio_is_whole_tenths_in_three_digits(raw: str, share: int | None) -> None:
    assert tenths(raw) == share


@pytest.mark.parametrize(
    ("since", "until", "on", "in_force"),
    [
        ("20260601", "", DAY, True),  # the first day counts
        ("20260602", "", DAY, False),
        ("20200401", "20260602", DAY, True),
        ("20200401", "20260601", DAY, False),  # loss takes effect on its date
        ("", "", DAY, True),
        ("2020", "", DAY, False),  # unreadable proves nothing
        ("20200401", "someday", DAY, False),
    ],
)
def test_membership_holds_from_its_first_day_until_the_day_before_its_loss(
    since: str, until: str, on: date, in_force: bool
) -> None:
    result = ResultOfQualificationConfirmation(qualification_date=since, disqualification_date=until)
    assert result.in_force(on) is in_force


@pytest.mark.parametrize(
    ("validity", "proves"),
    [
        ("1", True),
        ("2", False),
        ("3", False),
        ("4", False),
        ("5", True),
        ("6", True),
        ("", True),
        ("7", False),
        ("x", False),
    ],
)
def test_only_a_proving_validity_puts_coverages_in_force(validity: str, proves: bool) -> None:
    assert bool(replace(VALID, qualification_validity=validity).in_force(DAY)) is proves


def test_nothing_is_in_force_while_the_system_fails_or_still_works() -> None:
    for change in (
        {"segment_of_result": "9"},
        {"segment_of_result": "2"},
        {"error_code": "E1"},
        {"processing_result_status": "2"},
    ):
        assert replace(VALID, **change).in_force(DAY) == ()


def test_unknown_codes_are_none_as_enums_and_kept_as_text() -> None:
    result = replace(MEMBER, reason_of_loss="42", insured_card_classification="ZZ")
    answer = replace(VALID, qualification_validity="7", segment_of_result="5", results=(MEMBER, result))
    assert (answer.validity, answer.segment, result.loss) == (None, None, None)
    assert answer.qualification_validity == "7"
    assert set(answer.unknown_codes) == {
        ("qualification_validity", "7"),
        ("segment_of_result", "5"),
        ("results[2]/reason_of_loss", "42"),
        ("results[2]/insured_card_classification", "ZZ"),
    }


def test_the_limit_consent_is_read_by_the_table_of_its_place() -> None:
    echo = QualificationConfirmSearchInfo(limit_application_certificate_related_cons_flg="3")
    result = replace(MEMBER, limit_application_certificate_related_cons_flg="3")
    answer = replace(VALID, qualification_confirm_search_info=echo, results=(result,))
    assert answer.unknown_codes == (
        ("qualification_confirm_search_info/limit_application_certificate_related_cons_flg", "3"),
    )


def test_known_codes_are_enums() -> None:
    assert VALID.validity is QualificationValidity.VALID
    assert VALID.segment is SegmentOfResult.NORMAL
    assert replace(MEMBER, reason_of_loss="01").loss is ReasonOfLoss.DEATH
    assert VALID.unknown_codes == ()


def test_a_code_with_a_success_is_a_notice_and_with_a_failure_an_error() -> None:
    noticed = replace(
        VALID, processing_result_status="1", processing_result_code="N1", processing_result_message="soon"
    )
    assert (noticed.notice_code, noticed.notice, noticed.failure) == ("N1", "soon", None)
    failed = replace(noticed, processing_result_status="2", qualification_validity="")
    assert (failed.notice_code, failed.notice, failed.failure) == (None, "", ("N1", "soon"))
    assert replace(VALID, segment_of_result="9", error_code="E", error_message="m").failure == ("E", "m")
    assert VALID.notice_code is None


def test_a_validity_says_more_than_the_status_beside_it() -> None:
    answer = replace(VALID, processing_result_status="2", qualification_validity="4", results=())
    assert not answer.failed
    assert answer.validity is QualificationValidity.NO_RECORD


@pytest.mark.parametrize(
    ("start", "end", "ratio", "born", "share"),
    [
        ("20260601", "20260731", "020", date(1954, 5, 20), 2),
        ("20260602", "20260731", "020", date(1954, 5, 20), None),
        ("", "", "030", date(1954, 5, 20), 3),  # no dates: the age decides
        ("", "", "020", date(1956, 5, 20), 2),  # 70 last month: it begins today
        ("", "", "020", date(1956, 5, 31), 2),
        ("", "", "020", date(1956, 6, 1), 2),  # born on the 1st: this very month
        ("", "", "020", date(1956, 6, 2), None),
        ("", "", "020", date(1951, 6, 2), 2),  # the last day before 75
        ("", "", "020", date(1951, 6, 1), None),  # 75 on the birthday itself
    ],
)
def test_the_certificate_for_70_to_74_gives_the_share(
    start: str, end: str, ratio: str, born: date, share: int | None
) -> None:
    elderly = ElderlyRecipientCertificateInfo(
        elderly_recipient_valid_start_date=start,
        elderly_recipient_valid_end_date=end,
        elderly_recipient_contribution_ratio=ratio,
    )
    assert replace(MEMBER, elderly_recipient_certificate_info=elderly).share_tenths(DAY, born) == share


def test_the_coverages_own_ratio_and_the_preschool_mark_come_after() -> None:
    assert replace(MEMBER, insured_partial_contribution_ratio="030").share_tenths(DAY, BORN) == 3
    assert replace(MEMBER, insured_partial_contribution_ratio="?").share_tenths(DAY, BORN) is None
    assert replace(MEMBER, preschool_classification="1").share_tenths(DAY, date(2022, 1, 1)) == 2
    assert MEMBER.share_tenths(DAY, BORN) is None


def test_a_certificate_covers_both_its_days_and_without_dates_says_nothing() -> None:
    limit = LimitApplicationCertificateRelatedInfo(
        limit_application_certificate_valid_start_date="20260601",
        limit_application_certificate_valid_end_date="20260601",
    )
    assert limit.covers(DAY)
    assert limit.covers(date(2026, 6, 2)) is False
    assert LimitApplicationCertificateRelatedInfo().covers(DAY) is None


def test_a_black_circle_in_a_name_is_kept_and_marked() -> None:
    result = replace(MEMBER, name="●田　花子")
    assert result.name == "●田　花子"
    assert result.has_undisplayable_name
    assert replace(MEMBER, insured_name="●").has_undisplayable_name
    assert not replace(MEMBER, name="髙田").has_undisplayable_name


def test_no_value_shows_in_a_repr() -> None:
    secret = "見えない"
    answer = replace(VALID, results=(replace(MEMBER, name=secret, address=secret),), error_message=secret)
    assert secret not in repr(answer) + repr(answer.results[0]) + str(answer)


def test_an_answer_survives_storage_as_json() -> None:
    answer = replace(VALID, unknown=(("MessageBody/New", "1"),))
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Answer) == answer
