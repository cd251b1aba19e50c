"""What S0 to S3 say about a reception, one test for each answer (docs/traceability.md names them)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.evidence.case import Case, Facility, Switched
from kiosk.evidence.deciding import Decision, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Route, Way
from kiosk.evidence.reasons import Reason
from kiosk.wording.catalogues import catalogue

LAST_DAY, NEXT_DAY, TODAY = date(2025, 12, 1), date(2025, 12, 2), date(2026, 11, 24)
CARD, CERTIFICATE, NOTICE, LEGACY = Document.CARD, Document.CERTIFICATE, Document.NOTICE, Document.LEGACY_CARD
NO_PAPER = (Way.CARD_DECLARATION, Way.DECLARATION_EMERGENCY, Way.SELF_PAY)


def ask(reason: Reason, *holds: Document, day: date = TODAY, **told: Any) -> Decision:
    return decide(Case(reason=reason, day=day, holds=frozenset(holds), **told), book())


def refused(decision: Decision) -> dict[Document, str]:
    return {one.document: one.refusal.why for one in decision.refused}


def said(key: str, **slots: str) -> str:
    return catalogue("ja").sentence(key, slots).plain


# -------------------------------------------------------------------------------------------------------- S0


@pytest.mark.parametrize("reason", Reason)
def test_S0_an_old_card_is_accepted_alone_until_2025_12_01_and_not_after(reason: Reason) -> None:
    assert Way.LEGACY_CARD in ask(reason, LEGACY, day=LAST_DAY).ways
    for day in (NEXT_DAY, date(2026, 8, 1), TODAY):
        assert Way.LEGACY_CARD not in ask(reason, LEGACY, day=day).ways


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (Reason.NO_CARD, "never_had"),
        (Reason.NOT_REGISTERED, ""),
        (Reason.DEREGISTERED, ""),
        (Reason.CERTIFICATE_EXPIRED, ""),
        (Reason.NO_CARD, "returned"),
        (Reason.NO_CARD, "lost"),
        (Reason.NO_CARD, "renewing"),
        (Reason.NEEDS_ASSISTANCE, ""),
    ],
)
def test_S0_each_of_the_eight_who_cannot_use_the_card_can_have_a_certificate_and_show_it(
    reason: Reason, cause: str
) -> None:
    decision = ask(reason, CERTIFICATE, cause=cause)
    assert decision.route in (Route.APPLICATION, Route.EX_OFFICIO)
    assert decision.ways[0] is Way.CERTIFICATE


def test_S0_who_was_deregistered_may_register_again_at_the_reception() -> None:
    assert Way.REGISTER_HERE in ask(Reason.DEREGISTERED, CARD).ways
    assert "マイナポータル" in said("remedy.register")
    assert "セブン銀行ATM" in said("remedy.register")


def test_S0_a_lost_card_is_stopped_by_telephone_and_a_certificate_applied_for() -> None:
    decision = ask(Reason.NO_CARD, cause="lost")
    assert decision.remedy_keys[0] == "remedy.stop_lost_card"
    assert "0120-95-0178" in said("remedy.stop_lost_card")
    assert "0120-95-0178" in [contact.phone for contact in decision.contacts]
    assert decision.remedy_keys[-1] == "remedy.certificate_by_application"


def test_S0_a_new_membership_takes_business_days_and_other_ways_are_open_meanwhile() -> None:
    decision = ask(Reason.INVALID, CARD, NOTICE)
    assert decision.ways == (Way.CARD_NOTICE, Way.CARD_DECLARATION, Way.SELF_PAY)
    assert "remedy.look_in_portal" in decision.remedy_keys


def test_S0_a_certificate_of_an_ended_membership_is_void_inside_its_date() -> None:
    decision = ask(Reason.NO_CARD, CERTIFICATE, member=False, certificate_until=date(2029, 12, 1))
    assert refused(decision) == {CERTIFICATE: "membership_ended"}


def test_S0_terms_of_certificates_differ_so_only_the_printed_date_counts() -> None:
    for until in (TODAY, date(2027, 11, 23), date(2029, 12, 1), date(2031, 11, 23), None):
        assert Way.CERTIFICATE in ask(Reason.NO_CARD, CERTIFICATE, certificate_until=until).ways
    past = ask(Reason.NO_CARD, CERTIFICATE, certificate_until=date(2026, 11, 23))
    assert refused(past) == {CERTIFICATE: "certificate_past_date"}


# -------------------------------------------------------------------------------------------------------- S1


def test_S1_1_an_old_card_counts_only_while_a_member_and_unchanged() -> None:
    assert Way.LEGACY_CARD in ask(Reason.NO_CARD, LEGACY, day=LAST_DAY).ways
    left = ask(Reason.NO_CARD, LEGACY, day=LAST_DAY, member=False)
    assert refused(left) == {LEGACY: "membership_ended"}
    changed = ask(Reason.NO_CARD, LEGACY, day=LAST_DAY, changed=True)
    assert refused(changed) == {LEGACY: "old_card_changed"}


@pytest.mark.parametrize("reason", Reason)
def test_S1_2_and_4_a_certificate_is_enough_for_every_reason(reason: Reason) -> None:
    papers = [way for way in ask(reason, CERTIFICATE).ways if way not in book().electronic]
    assert papers[0] is Way.CERTIFICATE


def test_S1_3_a_certificate_is_for_those_who_need_help_are_not_registered_or_have_no_card() -> None:
    assert ask(Reason.NEEDS_ASSISTANCE).route is Route.APPLICATION
    assert ask(Reason.NOT_REGISTERED).route is Route.EX_OFFICIO
    assert ask(Reason.NO_CARD, cause="never_had").route is Route.EX_OFFICIO


def test_S1_6_who_has_no_card_is_received_with_the_old_one() -> None:
    assert ask(Reason.NO_CARD, LEGACY, day=LAST_DAY).ways[0] is Way.LEGACY_CARD


def test_S1_7_and_11_the_card_itself_is_the_municipalitys_matter_never_the_insurers() -> None:
    for cause, remedy in (("lost", "ask_municipality"), ("never_had", "get_a_card")):
        decision = ask(Reason.NO_CARD, cause=cause)
        assert f"remedy.{remedy}" in decision.remedy_keys
        assert "市区町村" in said(f"remedy.{remedy}")
        assert "municipality" in [contact.id for contact in decision.contacts]


def test_S1_8_registration_is_possible_right_here_where_the_service_can() -> None:
    assert ask(Reason.NOT_REGISTERED, CARD).ways[0] is Way.REGISTER_HERE
    without = ask(Reason.NOT_REGISTERED, CARD, facility=Facility(capabilities=frozenset()))
    offline = ask(Reason.NOT_REGISTERED, CARD, network_up=False)
    assert Way.REGISTER_HERE not in (*without.ways, *offline.ways)


def test_S1_9_a_card_that_is_not_registered_is_no_insurance_card() -> None:
    assert ask(Reason.NOT_REGISTERED, CARD).ways == (
        Way.REGISTER_HERE,
        Way.CARD_DECLARATION,
        Way.SELF_PAY,
    )


def test_S1_12_1_not_registered_the_patient_registers() -> None:
    decision = ask(Reason.NOT_REGISTERED, CARD)
    assert decision.ways[0] is Way.REGISTER_HERE
    assert decision.remedy_keys[0] == "remedy.register"


def test_S1_12_2_an_expired_certificate_is_renewed_at_the_municipality() -> None:
    decision = ask(Reason.CERTIFICATE_EXPIRED, CARD)
    assert decision.remedy_keys[0] == "remedy.renew_certificate"
    assert "市区町村の窓口" in said("remedy.renew_certificate")


def test_S1_12_3_a_new_member_looks_in_the_portal_whether_the_data_are_in() -> None:
    for reason in (Reason.INVALID, Reason.INVALID_NEW_EXISTS, Reason.NO_RECORD):
        assert "remedy.look_in_portal" in ask(reason).remedy_keys
    assert "届く前でも" in said("remedy.look_in_portal")


@pytest.mark.parametrize(
    "reason",
    [
        Reason.READER_FAULT,
        Reason.TERMINAL_FAULT,
        Reason.NETWORK_FAULT,
        Reason.SERVICE_FAULT,
        Reason.MAINTENANCE,
    ],
)
def test_S1_12_4_trouble_of_machines_and_lines_certificate_or_card_with_notice_or_old_card(
    reason: Reason,
) -> None:
    papers = [
        way
        for way in ask(reason, CARD, NOTICE, CERTIFICATE, LEGACY, day=LAST_DAY).ways
        if way not in book().electronic
    ]
    assert papers == [
        Way.CERTIFICATE,
        Way.CARD_NOTICE,
        Way.LEGACY_CARD,
        Way.CARD_DECLARATION,
        Way.SELF_PAY,
    ]


def test_S1_12_5_a_faulty_card_is_asked_about_at_the_municipality() -> None:
    decision = ask(Reason.CARD_UNREADABLE, CARD)
    assert "remedy.ask_municipality" in decision.remedy_keys
    assert "municipality" in [contact.id for contact in decision.contacts]


def test_S1_13_the_saving_of_the_first_visit_is_dated_and_told_only_where_a_facility_wants_it() -> None:
    fee = book().fees["first_visit_saving"]
    assert (fee.cost_yen, fee.share_yen, fee.as_of) == (20, 6, date(2024, 11, 19))
    assert ask(Reason.NO_CARD).fees == ()
    turned = Facility(switched=(Switched(switch="first_visit_saving", on=True, because="asked often"),))
    assert ask(Reason.NO_CARD, facility=turned).fees == (fee,)
    for part in ("20円", "6円ほど", "2024年11月"):
        assert part in said("evidence.fee.first_visit_saving")


@pytest.mark.parametrize("reason", Reason)
def test_S1_14_full_payment_is_the_last_way_and_its_refund_is_explained(reason: Reason) -> None:
    decision = ask(reason)
    assert decision.ways[-1] is Way.SELF_PAY
    assert decision.offered[-1].rule.checks == ("refund_slip",)
    for part in ("全額（10割）", "払い戻しの案内"):
        assert part in said("evidence.self_pay.needs")
    for part in ("勤務先などを通じて", "ご自分の負担分を除いた金額"):
        assert part in said("evidence.self_pay.why")


def test_S1_15_who_was_deregistered_shows_the_certificate_or_the_old_card_of_the_time() -> None:
    assert Way.LEGACY_CARD in ask(Reason.DEREGISTERED, CARD, LEGACY, day=LAST_DAY).ways
    assert Way.CERTIFICATE in ask(Reason.DEREGISTERED, CARD, CERTIFICATE).ways


# -------------------------------------------------------------------------------------------------------- S2


def test_S2_1_1_the_old_card_can_be_used_until_the_end_of_the_transition() -> None:
    assert ask(Reason.NO_CARD, LEGACY, day=LAST_DAY).ways[0] is Way.LEGACY_CARD
    assert Way.LEGACY_CARD not in ask(Reason.NO_CARD, LEGACY, day=NEXT_DAY).ways


def test_S2_1_2_the_reader_of_a_facility_is_one_of_four_places_to_register() -> None:
    for place in ("読み取り機", "マイナポータル", "セブン銀行ATM", "市区町村の窓口"):
        assert place in said("remedy.register")


@pytest.mark.parametrize(
    ("reason", "cause", "route"),
    [
        (Reason.NO_CARD, "lost", Route.APPLICATION),
        (Reason.NO_CARD, "renewing", Route.APPLICATION),
        (Reason.NEEDS_ASSISTANCE, "", Route.APPLICATION),
        (Reason.NO_CARD, "never_had", Route.EX_OFFICIO),
        (Reason.NOT_REGISTERED, "", Route.EX_OFFICIO),
        (Reason.DEREGISTERED, "", Route.EX_OFFICIO),
        (Reason.CERTIFICATE_EXPIRED, "", Route.EX_OFFICIO),
        (Reason.NO_CARD, "returned", Route.EX_OFFICIO),
    ],
)
def test_S2_2_1_who_gets_a_certificate_by_application_and_who_ex_officio(
    reason: Reason, cause: str, route: Route
) -> None:
    decision = ask(reason, cause=cause)
    assert decision.route is route
    by = "certificate_by_application" if route is Route.APPLICATION else "certificate_ex_officio"
    assert f"remedy.{by}" in decision.remedy_keys


@pytest.mark.parametrize("reason", Reason)
def test_S2_2_1_with_a_companion_a_certificate_can_be_applied_for(reason: Reason) -> None:
    told = ask(reason, companion=True).remedy_keys
    applying = {"remedy.certificate_for_companions", "remedy.certificate_by_application"}
    assert applying & set(told) or reason is Reason.SCHOOL_TRIP  # there the companion is the teacher


def test_S2_2_1_the_ratio_of_70_to_74_is_printed_on_the_certificate() -> None:
    assert "負担割合（70〜74歳）" in book().documents[CERTIFICATE].fields
    assert "printed_ratio" in ask(Reason.NO_CARD, CERTIFICATE).offered[0].rule.checks


@pytest.mark.parametrize("reason", Reason)
def test_S2_2_2_the_notice_alone_is_never_enough(reason: Reason) -> None:
    decision = ask(reason, NOTICE)
    assert refused(decision) == {NOTICE: "notice_alone"}
    assert Way.CARD_NOTICE not in decision.ways


def test_S2_2_2_a_new_member_whose_portal_shows_the_data_need_not_wait_for_the_notice() -> None:
    assert Way.CARD_PORTAL in ask(Reason.CARD_UNREADABLE, CARD, Document.PORTAL).ways


def test_S2_2_2_the_notice_is_issued_anew_when_the_ratio_changes_from_70_on() -> None:
    for told in ({"birth": date(1956, 5, 2)}, {"age": 74}, {"age": 75}):
        offer = ask(Reason.CARD_UNREADABLE, CARD, NOTICE, **told).offered[1]
        assert offer.rule.id == "card_notice_from_70"
        assert "latest_notice" in offer.rule.checks
    for told in ({"birth": date(1956, 11, 2)}, {"age": 69}, {}):  # 70 on 2 November: from 1 December
        assert ask(Reason.CARD_UNREADABLE, CARD, NOTICE, **told).offered[1].rule.id == "card_notice"


def test_S2_table_a_card_whose_chip_fails_is_accepted_with_notice_or_screen() -> None:
    assert Way.CARD_NOTICE in ask(Reason.CARD_UNREADABLE, CARD, NOTICE).ways
    assert Way.CARD_PORTAL in ask(Reason.CARD_UNREADABLE, CARD, Document.PORTAL).ways


def test_S2_table_an_expired_card_is_renewed_and_a_certificate_comes() -> None:
    decision = ask(Reason.CARD_EXPIRED, CARD)
    assert decision.remedy_keys == ("remedy.renew_card", "remedy.certificate_ex_officio")


def test_S2_schedule_from_2025_12_02_the_old_card_alone_is_over() -> None:
    offline = ask(Reason.NO_CARD, LEGACY, day=NEXT_DAY, network_up=False)
    assert refused(offline) == {LEGACY: "old_card_needs_look_up"}


# -------------------------------------------------------------------------------------------------------- S3


def test_S3_intro_the_limit_certificate_is_not_needed_with_the_card() -> None:
    paper = book().documents[Document.LIMIT_CERTIFICATE]
    assert not paper.holdable
    assert "S3 はじめに" in paper.sources


def test_S3_1_without_the_my_number_at_the_employer_there_is_no_record() -> None:
    assert "remedy.ask_insurance" in ask(Reason.NO_RECORD).remedy_keys
    assert "マイナンバーを勤務先に出していないと" in said("remedy.ask_insurance")


def test_S3_2_the_card_comes_out_of_its_cover() -> None:
    decision = ask(Reason.CARD_UNREADABLE, CARD)
    assert decision.retriable
    assert decision.ways[0] is Way.RETRY
    assert "カバーから出して" in said("evidence.retry.needs")


def test_S3_2_face_and_pin_stand_in_for_each_other() -> None:
    assert Way.VERIFY_BY_PIN in ask(Reason.FACE_FAILED, CARD).ways
    assert Way.VERIFY_BY_FACE in ask(Reason.PIN_FORGOTTEN, CARD).ways
    both = ask(Reason.VERIFICATION_FAILED, CARD).ways
    assert {Way.VERIFY_BY_FACE, Way.VERIFY_BY_PIN} <= set(both)


def test_S3_3_old_cards_are_valid_until_2025_12_01_while_a_member() -> None:
    assert Way.LEGACY_CARD in ask(Reason.READER_FAULT, LEGACY, day=LAST_DAY).ways
    assert Way.LEGACY_CARD not in ask(Reason.READER_FAULT, LEGACY, day=LAST_DAY, member=False).ways


def test_S3_4_four_ways_to_be_received() -> None:
    ways = ask(Reason.READER_FAULT, CARD, NOTICE, CERTIFICATE, LEGACY, day=date(2024, 12, 2)).ways
    assert {Way.RETRY, Way.LEGACY_CARD, Way.CERTIFICATE, Way.CARD_NOTICE} <= set(ways)


def test_S3_5_not_registered_expired_or_returned_brings_a_certificate() -> None:
    for reason, cause in (
        (Reason.NOT_REGISTERED, ""),
        (Reason.CARD_EXPIRED, ""),
        (Reason.CERTIFICATE_EXPIRED, ""),
        (Reason.NO_CARD, "returned"),
    ):
        assert ask(reason, cause=cause).route is Route.EX_OFFICIO
    assert "日数がかかることがあります" in said("remedy.certificate_ex_officio")


def test_S3_5_staff_know_every_field_of_the_certificate() -> None:
    paper = book().documents[CERTIFICATE]
    for field in ("記号・番号", "枝番", "有効期限", "保険者番号", "資格取得日", "交付年月日", "QRコード"):
        assert field in paper.fields
    assert paper.back == ("住所", "備考", "注意事項", "臓器提供意思表示")


def test_S3_6_the_last_digits_of_the_my_number_on_the_notice_are_never_read() -> None:
    for document in (NOTICE, Document.NOTICE_COPY):
        assert book().documents[document].never == ("マイナンバーの下4桁",)
        assert not [field for field in book().documents[document].fields if "マイナンバー" in field]
    for rule in book().rules.values():
        if NOTICE in rule.needs or Document.NOTICE_COPY in rule.needs:
            assert "no_my_number" in rule.checks


def test_S3_7_a_telephone_line_that_has_ended_is_not_shown() -> None:
    line = "0570-015-369"
    for day, shown in (
        (date(2024, 9, 1), False),
        (date(2024, 9, 2), True),
        (date(2026, 2, 27), True),
        (date(2026, 2, 28), False),
    ):
        phones = [contact.phone for contact in ask(Reason.INVALID, day=day).contacts]
        assert (line in phones) is shown


def test_S3_7_the_line_with_interpreters_speaks_22_languages() -> None:
    contact = book().contacts["kyokai_kenpo_dial"]
    assert len(set(contact.languages)) == 22
    assert [(one.opens, one.closes) for one in contact.hours] == [("08:30", "17:15")]
    hours = book().contacts["my_number_dial"].hours
    assert [(one.opens, one.closes) for one in hours] == [("09:30", "20:00"), ("09:30", "17:30")]


def test_S3_8_before_the_registration_counts_full_payment_is_refunded_later() -> None:
    decision = ask(Reason.INVALID)
    assert decision.ways == (Way.DECLARATION_EMERGENCY, Way.SELF_PAY)
    assert "S3 §8" in decision.offered[-1].rule.sources
