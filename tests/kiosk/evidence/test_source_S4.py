"""What S4 answers about a reception, by its numbers (docs/traceability.md names them)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.coverage.certificate_life import Life, life_on
from kiosk.evidence.case import Case, Facility, Switched
from kiosk.evidence.deciding import Decision, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Route, Way
from kiosk.evidence.reasons import Reason
from kiosk.wording.catalogues import catalogue, languages

TODAY = date(2026, 11, 24)
CARD, CERTIFICATE, NOTICE, PORTAL = Document.CARD, Document.CERTIFICATE, Document.NOTICE, Document.PORTAL


def ask(reason: Reason, *holds: Document, day: date = TODAY, **told: Any) -> Decision:
    return decide(Case(reason=reason, day=day, holds=frozenset(holds), **told), book())


def refused(decision: Decision) -> dict[Document, str]:
    return {one.document: one.refusal.why for one in decision.refused}


def said(key: str) -> str:
    return catalogue("ja").sentence(key).plain


def test_S4_1_the_portal_tells_before_the_notice_comes() -> None:
    decision = ask(Reason.INVALID, CARD, PORTAL)
    assert decision.ways[0] is Way.CARD_PORTAL
    assert "お知らせが届く前でも" in said("remedy.look_in_portal")


def test_S4_2_no_valid_answer_is_explained_by_time_or_by_a_check_never_by_the_patient() -> None:
    for reason, words in ((Reason.INVALID, "間に合わない"), (Reason.NO_RECORD, "内容の確認中")):
        assert words in said(f"reason.{reason}.remedy")
        assert "insurance" in [contact.id for contact in ask(reason).contacts]


@pytest.mark.parametrize("reason", Reason)
def test_S4_3_in_need_a_declaration_opens_the_insurance_to_whoever_has_the_card(reason: Reason) -> None:
    decision = ask(reason, CARD)
    assert decision.ways[-2:] == (Way.CARD_DECLARATION, Way.SELF_PAY)
    assert "S4#3" in decision.offered[-2].rule.sources


def test_S4_3_an_insurers_own_lines_are_told_to_its_members_only() -> None:
    own = {"03-3292-5005", "06-6944-4300"}
    told = {contact.phone for contact in ask(Reason.INVALID, insurer="出版健康保険組合").contacts}
    assert own <= told
    assert not own & {contact.phone for contact in ask(Reason.INVALID).contacts}


@pytest.mark.parametrize("paper", [Document.PORTAL_PDF, Document.NOTICE_COPY])
def test_S4_4_a_pupil_on_a_school_event_needs_only_a_print_or_a_copy(paper: Document) -> None:
    decision = ask(Reason.SCHOOL_TRIP, paper)
    assert decision.ways[0] is Way.SCHOOL_TRIP_COPY
    assert "teacher" in decision.offered[0].rule.checks
    assert decision.refused == ()


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.SCHOOL_TRIP])
@pytest.mark.parametrize("paper", [Document.PORTAL_PDF, Document.NOTICE_COPY])
def test_S4_4_prints_and_copies_count_on_school_events_only(reason: Reason, paper: Document) -> None:
    for holds in ((paper,), (paper, CARD)):
        assert refused(ask(reason, *holds)) == {paper: "only_for_school_trips"}
    assert Way.SCHOOL_TRIP_COPY in ask(reason, paper, school_trip=True).ways


def test_S4_4_both_papers_of_a_pupil_are_accepted() -> None:
    both = ask(Reason.SCHOOL_TRIP, Document.PORTAL_PDF, Document.NOTICE_COPY)
    assert both.ways.count(Way.SCHOOL_TRIP_COPY) == 1
    assert both.refused == ()


def test_S4_5_1_use_that_the_patient_cancelled_can_be_registered_again() -> None:
    assert ask(Reason.DEREGISTERED, CARD).ways[0] is Way.REGISTER_HERE


def test_S4_5_2_the_certificate_serves_three_months_from_the_end_of_its_month() -> None:
    end = date(2026, 2, 10)
    assert life_on(end, date(2026, 5, 31)) is Life.GRACE
    assert life_on(end, date(2026, 6, 1)) is Life.EXPIRED
    assert Way.VERIFY_BY_PIN in ask(Reason.CERTIFICATE_EXPIRED_GRACE, CARD, day=date(2026, 5, 31)).ways
    assert Way.VERIFY_BY_PIN not in ask(Reason.CERTIFICATE_EXPIRED, CARD, day=date(2026, 6, 1)).ways


def test_S4_6_there_are_twelve_causes_of_a_dead_certificate() -> None:
    causes = book().causes_of(Reason.CERTIFICATE_REVOKED)
    assert [cause.number for cause in causes] == list(range(1, 13))
    for cause, mark in zip(causes, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫", strict=True):
        assert f"S4#6{mark}" in cause.sources


@pytest.mark.parametrize("number", range(1, 13))
def test_S4_6_18_and_19_the_cause_tells_how_the_certificate_is_got(number: int) -> None:
    cause = book().causes_of(Reason.CERTIFICATE_REVOKED)[number - 1]
    decision = ask(Reason.CERTIFICATE_REVOKED, CARD, cause=cause.id)
    assert decision.route is (Route.EX_OFFICIO if number in (9, 10, 11) else Route.APPLICATION)
    assert ("S4#19" if number in (9, 10, 11) else "S4#18") in cause.sources


def test_S4_6_an_untold_cause_leaves_both_routes_open() -> None:
    decision = ask(Reason.CERTIFICATE_REVOKED, CARD)
    assert decision.route is Route.BY_CAUSE
    assert decision.remedy_keys == ("remedy.ask_municipality", "remedy.certificate_by_cause")


def test_S4_6_12_a_card_issued_without_certificate_leads_to_an_application() -> None:
    assert ask(Reason.NO_CERTIFICATE, CARD).route is Route.APPLICATION


def test_S4_7_a_phone_without_a_reader_for_phones_falls_back_to_the_card_or_papers() -> None:
    decision = ask(Reason.PHONE_WITHOUT_READER, CARD, CERTIFICATE)
    assert decision.ways[:2] == (Way.RETRY, Way.CERTIFICATE)
    assert decision.offered[0].rule.id == "use_the_card"
    assert Way.RETRY not in ask(Reason.PHONE_WITHOUT_READER, PORTAL).ways


def test_S4_8_with_the_request_to_deregister_a_certificate_is_issued() -> None:
    assert ask(Reason.DEREGISTERED).route is Route.EX_OFFICIO
    assert Way.CERTIFICATE in ask(Reason.DEREGISTERED, CERTIFICATE).ways


def test_S4_9_the_notice_goes_with_the_card_and_never_alone() -> None:
    assert Way.CARD_NOTICE in ask(Reason.CARD_UNREADABLE, CARD, NOTICE).ways
    alone = ask(Reason.CARD_UNREADABLE, NOTICE)
    assert refused(alone) == {NOTICE: "notice_alone"}
    assert "一緒に" in said("refused.notice_alone")


@pytest.mark.parametrize("reason", Reason)
def test_S4_10_the_screen_goes_with_the_card_as_the_notice_does_and_never_alone(reason: Reason) -> None:
    assert refused(ask(reason, PORTAL)) == {PORTAL: "screen_alone"}
    with_card = ask(reason, CARD, PORTAL, NOTICE).ways
    assert (Way.CARD_PORTAL in with_card) == (Way.CARD_NOTICE in with_card) == True  # noqa: E712
    assert with_card.index(Way.CARD_PORTAL) < with_card.index(Way.CARD_NOTICE)


def test_S4_12_a_notice_with_the_former_name_counts_and_a_declaration_may_be_asked_for() -> None:
    offer = ask(Reason.NAME_MISMATCH, CARD, NOTICE).offered[0]
    assert offer.rule.id == "card_notice_former_name"
    assert "declaration_too" in offer.rule.checks


def test_S4_12_from_70_on_only_the_latest_notice_counts() -> None:
    offer = ask(Reason.NETWORK_FAULT, CARD, NOTICE, age=72).offered[2]
    assert offer.way is Way.CARD_NOTICE
    assert "latest_notice" in offer.rule.checks


def test_S4_13_the_notice_never_expires() -> None:
    for year in range(2024, 2045):
        assert Way.CARD_NOTICE in ask(Reason.CARD_UNREADABLE, CARD, NOTICE, day=date(year, 12, 31)).ways


def test_S4_15_whoever_cannot_use_the_card_is_received_with_the_certificate() -> None:
    for reason in Reason:
        assert Way.CERTIFICATE in ask(reason, CERTIFICATE).ways


@pytest.mark.parametrize(
    ("letter", "reason", "cause", "route"),
    [
        ("A", Reason.NO_CARD, "never_had", Route.EX_OFFICIO),
        ("B", Reason.NOT_REGISTERED, "", Route.EX_OFFICIO),
        ("C", Reason.DEREGISTERED, "", Route.EX_OFFICIO),
        ("D", Reason.CERTIFICATE_EXPIRED, "", Route.EX_OFFICIO),
        ("E", Reason.NO_CARD, "returned", Route.EX_OFFICIO),
        ("F", Reason.NO_CARD, "lost", Route.APPLICATION),
        ("F", Reason.NO_CARD, "renewing", Route.APPLICATION),
        ("G", Reason.NEEDS_ASSISTANCE, "", Route.APPLICATION),
    ],
)
def test_S4_16_18_and_19_seven_groups_and_how_each_gets_its_certificate(
    letter: str, reason: Reason, cause: str, route: Route
) -> None:
    assert ask(reason, cause=cause).route is route


def test_S4_21_nothing_is_issued_just_in_case() -> None:
    decision = ask(Reason.NO_CARD, cause="forgotten")
    assert decision.route is Route.NONE
    assert decision.remedy_keys == ("remedy.bring_the_card",)


def test_S4_22_who_lost_the_card_applies_through_the_employer() -> None:
    decision = ask(Reason.NO_CARD, cause="lost")
    assert decision.route is Route.APPLICATION
    assert "勤務先などを通じて" in said("remedy.certificate_by_application")


def test_S4_23_the_last_day_of_a_certificate_is_the_printed_one() -> None:
    until = date(2026, 11, 24)
    assert Way.CERTIFICATE in ask(Reason.NO_CARD, CERTIFICATE, certificate_until=until).ways
    late = ask(Reason.NO_CARD, CERTIFICATE, certificate_until=until, day=date(2026, 11, 25))
    assert refused(late) == {CERTIFICATE: "certificate_past_date"}


def test_S4_24_a_certificate_is_void_when_membership_ended() -> None:
    assert refused(ask(Reason.NO_CARD, CERTIFICATE, member=False)) == {CERTIFICATE: "membership_ended"}


def test_S4_29_a_changed_certificate_is_for_staff_to_judge_and_must_be_exchanged() -> None:
    for decision in (
        ask(Reason.NAME_MISMATCH, CERTIFICATE),
        ask(Reason.READER_FAULT, CERTIFICATE, changed=True),
    ):
        assert decision.offered[0].rule.id == "certificate_after_change"
        assert "exchange_certificate" in decision.offered[0].rule.checks
    assert "remedy.exchange_certificate" in ask(Reason.NAME_MISMATCH).remedy_keys


@pytest.mark.parametrize("reason", Reason)
def test_S4_31_and_M_an_expired_old_card_needs_a_look_up_until_2026_07_31(reason: Reason) -> None:
    legacy = Document.LEGACY_CARD
    for day, way in (
        (date(2025, 12, 1), Way.LEGACY_CARD),
        (date(2025, 12, 2), Way.LEGACY_TOLERANCE),
        (date(2026, 3, 31), Way.LEGACY_TOLERANCE),
        (date(2026, 4, 1), Way.LEGACY_TOLERANCE),
        (date(2026, 7, 31), Way.LEGACY_TOLERANCE),
    ):
        decision = ask(reason, legacy, day=day, network_up=True)
        assert way in decision.ways
        assert decision.refused == ()
    over = ask(reason, legacy, day=date(2026, 8, 1), network_up=True)
    assert refused(over) == {legacy: "old_card_ended"}
    assert not {Way.LEGACY_CARD, Way.LEGACY_TOLERANCE} & set(over.ways)


@pytest.mark.parametrize("reason", [Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE])
def test_M_without_a_connection_an_expired_old_card_is_refused(reason: Reason) -> None:
    decision = ask(reason, Document.LEGACY_CARD, day=date(2026, 1, 5))
    assert refused(decision) == {Document.LEGACY_CARD: "old_card_needs_look_up"}
    mute = Facility(capabilities=frozenset())
    unable = ask(Reason.READER_FAULT, Document.LEGACY_CARD, day=date(2026, 1, 5), facility=mute)
    assert refused(unable) == {Document.LEGACY_CARD: "old_card_needs_look_up"}


def test_S4_32_the_card_for_70_to_74_is_not_asked_for() -> None:
    paper = book().documents[Document.ELDERLY_CARD]
    assert (paper.holdable, paper.until) == (False, date(2025, 12, 1))
    assert not [rule for rule in book().rules.values() if Document.ELDERLY_CARD in rule.needs]


# ------------------------------------------------------------------ what the notices beyond the sources say (M)


def test_M_a_known_patient_with_the_card_says_that_nothing_changed_instead_of_writing() -> None:
    known = ask(Reason.NETWORK_FAULT, CARD, known=True).ways
    assert Way.KNOWN_DATA in known
    assert Way.CARD_DECLARATION not in known
    others: tuple[dict[str, Any], ...] = (
        {"known": True, "changed": True},
        {"known": True, "member": False},
        {},
    )
    for told in others:
        new = ask(Reason.NETWORK_FAULT, CARD, **told).ways
        assert Way.CARD_DECLARATION in new
        assert Way.KNOWN_DATA not in new


def test_M_data_on_file_do_without_the_card_only_where_a_facility_says_so() -> None:
    assert Way.KNOWN_DATA not in ask(Reason.NO_CARD, known=True).ways
    turned = (Switched(switch="known_data_without_card", on=True, because="village practice"),)
    here = Facility(switched=turned)
    assert Way.KNOWN_DATA in ask(Reason.NO_CARD, known=True, facility=here).ways
    assert Way.KNOWN_DATA not in ask(Reason.NO_CARD, known=True, changed=True, facility=here).ways


@pytest.mark.parametrize("reason", [Reason.NOT_REGISTERED, Reason.DEREGISTERED, Reason.CERTIFICATE_EXPIRED])
def test_M_paper_beside_an_unregistered_card_is_the_facilitys_rule_and_on_as_shipped(
    reason: Reason,
) -> None:
    papers = {Way.CARD_NOTICE, Way.CARD_PORTAL}
    assert papers <= set(ask(reason, CARD, NOTICE, PORTAL).ways)
    off = (Switched(switch="paper_with_unregistered_card", on=False, because="the insurers' wording"),)
    strict = ask(reason, CARD, NOTICE, PORTAL, facility=Facility(switched=off))
    assert not papers & set(strict.ways)
    assert refused(strict) == {NOTICE: "paper_switched_off", PORTAL: "paper_switched_off"}


def test_M_without_card_and_papers_staff_may_accept_an_emergency() -> None:
    assert ask(Reason.NO_CARD).ways == (Way.DECLARATION_EMERGENCY, Way.SELF_PAY)
    off = (Switched(switch="declaration_without_card", on=False, because="never needed"),)
    assert ask(Reason.NO_CARD, facility=Facility(switched=off)).ways == (Way.SELF_PAY,)


def test_M_a_registration_of_unknown_outcome_is_not_offered_again() -> None:
    decision = ask(Reason.ANSWER_UNKNOWN, *book().holdable)
    assert not decision.retriable
    assert not {Way.RETRY, Way.REGISTER_HERE, Way.RECHECK_LATER} & set(decision.ways)


def test_M_a_look_up_without_answer_is_asked_again_later() -> None:
    for reason in (Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE):
        assert Way.RECHECK_LATER in ask(reason, CARD).ways
        assert Way.RECHECK_LATER in ask(reason, known=True).ways
        assert Way.RECHECK_LATER not in ask(reason).ways  # nothing to ask with


def test_M_a_card_with_face_check_only_is_no_fault() -> None:
    decision = ask(Reason.FACE_ONLY_CARD, CARD)
    assert Way.VERIFY_BY_PIN not in decision.ways
    assert decision.ways[:2] == (Way.VERIFY_BY_FACE, Way.VERIFY_BY_STAFF)


def test_M_a_childs_card_without_photo_is_opened_by_the_guardians_pin_or_by_staff() -> None:
    decision = ask(Reason.NO_PHOTO, CARD, companion=True)
    assert decision.offered[0].rule.id == "pin_by_guardian"
    assert decision.ways[:2] == (Way.VERIFY_BY_PIN, Way.VERIFY_BY_STAFF)


def test_a_broken_reader_leads_to_another_one_where_there_is_one() -> None:
    assert Way.OTHER_READER in ask(Reason.READER_FAULT, CARD).ways
    assert Way.OTHER_READER not in ask(Reason.READER_FAULT, CARD, facility=Facility(other_reader=False)).ways


def test_M_where_the_face_check_proves_nothing_it_is_not_offered() -> None:
    decision = ask(Reason.PIN_LOCKED, CARD, facility=Facility(face_check=False))
    assert decision.ways[0] is Way.VERIFY_BY_STAFF


def test_M_a_character_that_cannot_be_shown_refuses_nobody() -> None:
    decision = ask(Reason.NAME_MISMATCH, CARD, CERTIFICATE, NOTICE, PORTAL)
    assert decision.refused == ()


def test_M_nothing_that_a_patient_reads_tells_of_public_assistance() -> None:
    decision = ask(Reason.PUBLIC_ASSISTANCE, CARD)
    for tag in languages():
        for key in (decision.patient_key, decision.remedy_key, *decision.remedy_keys):
            assert not [w for w in ("扶助", "保護", "assistance") if w in catalogue(tag).sentence(key).plain]
