"""被保険者資格申立書 on the screen: copied, typed or written on paper, read over, signed (flow/declaring.py)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.interface import CardFacts, CardText, Failure, Fault, TextKey, Token
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AlertStaff,
    AskTextTries,
    AssignNumber,
    DiscardSecret,
    MakePaper,
    PrintTicket,
    ReadCard,
    ReadCardText,
)
from kiosk.visit.form import COMPANION, DECLARATION, FormField, InsuranceKind
from kiosk.visit.policy import Policy
from kiosk.visit.states import FillingDeclaration
from tests.support.patients import individual_number
from tests.support.visits import ALL, DECLARED, FULL, TEXT, Table, certificate, facts, form

DECLARED_HERE = {field: " ".join(DECLARED[field].split()) for field in DECLARATION}
ANSWERED = {
    FormField.KANA: "ヤマダ タロウ",
    FormField.BIRTH_DATE: "1981-04-05",
    FormField.INSURANCE_KIND: InsuranceKind.UNKNOWN,
}
"""The least that can be declared."""


def source(reason: Reason = Reason.INVALID, **fields: Any) -> Table:
    return Table(FULL).until_ways(reason, **fields).take(Way.CARD_DECLARATION)


def page(table: Table) -> FillingDeclaration:
    assert isinstance(table.visit.state, FillingDeclaration)
    return table.visit.state


def source_tries() -> Table:
    table = source()
    table.touch("form_card")
    table.touch("text_key_pin")
    return table


def unlocking(key: TextKey = "pin", tries: int = 3) -> Table:
    table = source()
    table.touch("form_card")
    table.touch(f"text_key_{key}")
    table.feed(e.TextTriesTold, insertion=1, key=key, tries_left=tries)
    return table


def reading() -> Table:
    table = unlocking()
    table.feed(e.PinEntered, slot="s9")
    return table


def copied(text: CardText = TEXT) -> Table:
    table = reading()
    table.feed(e.CardTextRead, insertion=1, text=text)
    return table


def summary() -> Table:
    return Table(FULL).until_ways(Reason.INVALID).until_summary()


def answers(table: Table) -> dict[FormField, str]:
    return dict(table.road.form.answers)


def asked(table: Table) -> FormField:
    assert table.view.field is not None
    return table.view.field.field


# -------------------------------------------------------------------------------- where it comes from


def test_it_is_copied_from_the_card_typed_or_written_on_paper() -> None:
    assert source().options == ["form_card", "form_hand", "form_paper"]


@pytest.mark.parametrize("how", ["no card", "phone", "unreadable"])
def test_there_is_nothing_to_copy_without_a_readable_card(how: str) -> None:
    if how == "no card":
        table = source()
        table.feed(e.CardRemoved, insertion=1)
    elif how == "phone":
        table = Table(replace(FULL, phones=True))
        table.feed(e.CardInserted, insertion=1)
        table.feed(e.CardRead, insertion=1, facts=CardFacts(Token.ANDROID, None, 3))
        table.feed(e.PinChosen)
        table.feed(e.PinForgotten)
        table.take(Way.CARD_DECLARATION)
    else:
        table = Table(FULL)
        table.feed(e.CardInserted, insertion=1, mute=True)
        table.touch("other_ways")
        table.take(Way.CARD_DECLARATION)
    assert table.options == ["form_hand", "form_paper"]
    before = table.visit
    assert table.feed(e.FormBegun, source="card") is before


def test_a_card_that_was_put_back_unread_is_read_so_that_it_can_be_copied() -> None:
    table = Table(FULL).until_ways().take(Way.CARD_NOTICE)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.BackChosen)
    table.take(Way.CARD_DECLARATION)
    assert table.last == (ReadCard(2),)
    assert "form_card" not in table.options
    table.feed(e.CardRead, insertion=2, facts=facts())
    assert table.options[0] == "form_card"


def test_a_card_without_a_certificate_can_be_copied_from_as_well() -> None:
    table = Table(FULL)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=CardFacts(Token.CARD, None, 3))
    assert table.road.reason is Reason.NO_CERTIFICATE
    table.take(Way.CARD_DECLARATION)
    assert table.options[0] == "form_card"


# ------------------------------------------------------------------------------- unlocked by the patient


@pytest.mark.parametrize(("key", "digits"), [("pin", 4), ("number_b", 14)])
def test_the_tries_of_a_key_are_known_before_its_first_digit(key: TextKey, digits: int) -> None:
    table = source()
    table.touch("form_card")
    assert table.options == ["text_key_pin", "text_key_number_b"]
    table.touch(f"text_key_{key}")
    assert table.last == (AskTextTries(1, key),)
    assert table.view.waiting
    assert not table.view.keypad
    table.feed(e.TextTriesTold, insertion=1, key=key, tries_left=3)
    view = table.view
    assert (view.keypad, view.digits, view.variant) == (True, digits, f"unlock.{key}")
    assert dict(view.title.slots)["tries"] == "3"


def test_digits_before_the_tries_are_known_are_thrown_away() -> None:
    table = source()
    for step in ("", "form_card", "text_key_pin"):
        if step:
            table.touch(step)
        before = table.visit
        assert table.feed(e.PinEntered, slot="early") is before
        assert table.last == (DiscardSecret("early"),)


def test_the_digits_go_to_the_card_once() -> None:
    table = unlocking()
    for slot in ("s9", "again"):
        table.feed(e.PinEntered, slot=slot)
    assert table.effects[-2:] == [ReadCardText(1, "pin", "s9"), DiscardSecret("again")]


def test_a_wrong_key_shows_what_the_card_says_is_left() -> None:
    table = reading()
    table.feed(e.TextRefused, insertion=1, tries_left=2)
    assert table.view.variant == "unlock.pin.wrong"
    assert dict(table.view.title.slots)["tries"] == "2"
    assert table.view.keypad


def test_the_last_try_needs_the_patients_word() -> None:
    table = unlocking(tries=1)
    page = table.view
    assert not page.keypad
    assert table.options == ["form_hand_instead", "text_last_try", "call_staff_instead"]
    table.feed(e.PinEntered, slot="a")
    table.touch("text_last_try")
    assert table.view.keypad
    table.feed(e.PinEntered, slot="b")
    assert table.effects[-2:] == [DiscardSecret("a"), ReadCardText(1, "pin", "b")]


def test_so_does_the_last_try_after_a_wrong_one() -> None:
    table = reading()
    table.feed(e.TextRefused, insertion=1, tries_left=1)
    assert page(table).last_try
    table.feed(e.PinEntered, slot="a")
    assert table.last == (DiscardSecret("a"),)


def test_the_word_counts_for_one_try() -> None:
    table = unlocking(tries=1)
    table.touch("text_last_try")
    table.feed(e.BackChosen)
    table.touch("text_key_pin")
    table.feed(e.TextTriesTold, insertion=1, key="pin", tries_left=1)
    assert page(table).last_try


def test_who_keeps_the_last_try_types_instead() -> None:
    table = unlocking(tries=1)
    table.touch("form_hand_instead")
    assert asked(table) is FormField.KANA


def test_where_more_tries_are_left_nobody_accepts_a_last_one() -> None:
    table = unlocking(tries=2)
    before = table.visit
    assert table.feed(e.LastTryAccepted) is before


@pytest.mark.parametrize("when", ["before", "after a wrong one"])
def test_a_locked_key_leads_back_to_typing(when: str) -> None:
    if when == "before":
        table = unlocking(tries=0)
    else:
        table = reading()
        table.feed(e.TextRefused, insertion=1, tries_left=0)
    assert [notice.key for notice in table.view.notices] == ["FillingDeclaration.problem.locked"]
    assert "form_hand" in table.options


@pytest.mark.parametrize("prepare", [source_tries, reading])
def test_a_text_that_cannot_be_read_leads_back_to_typing(prepare: Any) -> None:
    table = prepare()
    table.feed(e.CardFailed, insertion=1, failure=Failure(Fault.CARD_DAMAGED, False))
    assert [notice.key for notice in table.view.notices] == ["FillingDeclaration.problem.unreadable"]
    table.touch("form_hand")
    assert asked(table) is FormField.KANA


@pytest.mark.parametrize("prepare", [source_tries, reading])
def test_a_card_that_does_not_answer_is_not_waited_for_without_end(prepare: Any) -> None:
    table = prepare()
    table.feed(e.TimePassed, after=29_999)
    assert table.view.waiting
    table.feed(e.TimePassed, after=1)
    assert page(table).problem == "unreadable"


def test_late_and_foreign_words_of_the_card_change_nothing() -> None:
    for prepare in (source, source_tries, unlocking, reading, summary):
        table = prepare()
        step, before = page(table).step, table.visit
        late: list[tuple[type[e.Event], dict[str, Any]]] = [
            (e.TextTriesTold, {"insertion": 2, "key": "pin", "tries_left": 3}),
            (e.CardTextRead, {"insertion": 2, "text": TEXT}),
            (e.TextRefused, {"insertion": 2, "tries_left": 1}),
            (e.CardFailed, {"insertion": 2, "failure": Failure(Fault.CARD_MUTE, True)}),
            (e.CardRead, {"insertion": 2, "facts": facts()}),
            (e.TextTriesTold, {"insertion": 1, "key": "number_b", "tries_left": 3}),
        ]
        if step != "tries":
            late.append((e.TextTriesTold, {"insertion": 1, "key": "pin", "tries_left": 3}))
        if step != "reading":
            late.append((e.CardTextRead, {"insertion": 1, "text": TEXT}))
            late.append((e.TextRefused, {"insertion": 1, "tries_left": 1}))
        for kind, fields in late:
            assert table.feed(kind, **fields) is before, (step, kind, fields)


def test_what_the_card_holds_is_copied_and_marked_and_the_rest_is_asked() -> None:
    """The chip has no reading of the name."""
    table = copied()
    assert asked(table) is FormField.KANA
    assert answers(table) == {
        FormField.NAME: "山田 太郎",
        FormField.BIRTH_DATE: "1981-04-05",
        FormField.SEX: "1",
        FormField.ADDRESS: "架空市見本町1-2-3",
    }
    assert table.road.form.from_card == frozenset(answers(table))
    table.answer_field("ヤマダ タロウ")
    assert asked(table) is FormField.CONTACT


def test_what_the_form_cannot_hold_of_it_is_asked() -> None:
    table = copied(CardText("山" * 101, "", None, "9"))
    assert answers(table) == {}
    assert asked(table) is FormField.KANA


def test_what_was_typed_before_is_kept_only_beside_its_own_birth_date() -> None:
    """Somebody else may have typed it and gone, without a card that could tell."""
    for typed, kept in (("1981-04-05", "ヤマダ タロウ"), ("1950-01-01", None)):
        table = unlocking()
        road = table.visit.fallback
        assert road is not None
        written = form({FormField.KANA: "ヤマダ タロウ", FormField.BIRTH_DATE: typed})
        table.visit = replace(table.visit, fallback=replace(road, form=written))
        table.feed(e.PinEntered, slot="s")
        table.feed(e.CardTextRead, insertion=1, text=TEXT)
        assert table.visit.fallback is not None
        assert table.visit.fallback.form.get(FormField.KANA) == kept


def test_an_individual_number_in_the_cards_text_is_not_copied() -> None:
    table = copied(CardText("山田", f"架空市{individual_number()}", date(1981, 4, 5), "1"))
    assert FormField.ADDRESS not in answers(table)


def test_a_copied_answer_that_is_changed_is_the_patients_own() -> None:
    table = copied().fill(DECLARED)
    table.feed(e.FieldChosen, field=FormField.ADDRESS)
    assert table.view.field is not None
    assert table.view.field.from_card
    table.answer_field("別の町")
    assert FormField.ADDRESS not in table.road.form.from_card
    assert FormField.NAME in table.road.form.from_card


# ------------------------------------------------------------------------------------------ the questions


def test_the_questions_are_those_of_the_notice_one_a_page() -> None:
    """保発0710第1号; S4#3."""
    table = source()
    table.touch("form_hand")
    seen = []
    while table.view.field is not None:
        seen.append(asked(table))
        assert table.view.progress == (len(seen), len(DECLARATION) + 2)
        table.answer_field(DECLARED[seen[-1]])
    assert tuple(seen) == DECLARATION
    assert table.view.variant == "summary"
    assert table.view.progress == (11, 12)


def test_who_is_helped_is_asked_for_the_helper_too() -> None:
    table = Table(FULL)
    table.touch("companion")
    table.touch("with_companion")
    table.until_summary()
    assert set(answers(table)) == {*DECLARATION, *COMPANION}


def test_only_who_it_is_and_when_they_were_born_is_needed() -> None:
    """S4#3: as much as the patient knows. Of the kind of insurance わからない is an answer of its own."""
    table = source()
    table.touch("form_hand")
    for field in DECLARATION:
        assert table.view.field is not None
        assert bool(table.view.field.skip) is (field not in ANSWERED)
        before = table.visit
        table.feed(e.FieldSkipped, field=field)
        if field in ANSWERED:
            assert table.visit is before
            table.answer_field(ANSWERED[field])
        else:
            assert answers(table)[field] == ""
    assert table.view.variant == "summary"


def test_an_answer_that_cannot_be_taken_leaves_the_page() -> None:
    table = source()
    table.touch("form_hand")
    before = table.visit
    for value in ("山田", "", "   ", "ア" * 101):
        assert table.feed(e.FieldAnswered, field=FormField.KANA, value=value) is before
    assert table.feed(e.FieldAnswered, field=FormField.NAME, value="山田 太郎") is before


@pytest.mark.parametrize(
    ("birth", "suggested"),
    [("1981-04-05", "3"), ("2024-01-01", "2"), ("1955-01-01", "2"), ("1950-01-01", "1")],
)
def test_the_usual_share_of_that_age_is_suggested_and_never_set(birth: str, suggested: str) -> None:
    """S4#3: 通常「3割」ですが、70歳以上の方は「2割」の場合があります."""
    table = source()
    table.touch("form_hand")
    for field in DECLARATION[:-1]:
        table.answer_field({**DECLARED, FormField.BIRTH_DATE: birth}[field])
    assert table.view.field is not None
    assert (table.view.field.suggested, table.view.field.value) == (suggested, "")
    assert table.view.field.choices == ("1", "2", "3")


def test_back_goes_one_question_at_a_time_and_keeps_what_was_written() -> None:
    table = source()
    table.touch("form_hand")
    table.fill({FormField.KANA: "ヤマダ", FormField.NAME: "山田"})
    table.feed(e.BackChosen)
    table.feed(e.BackChosen)
    assert table.view.field is not None
    assert (table.view.field.field, table.view.field.value) == (FormField.KANA, "ヤマダ")
    table.feed(e.BackChosen)
    assert page(table).step == "source"
    table.feed(e.BackChosen)
    assert table.state == "ChoosingEvidence"
    table.take(Way.CARD_DECLARATION)
    table.touch("form_hand")
    assert asked(table) is FormField.BIRTH_DATE


# -------------------------------------------------------------------------------------------- the summary


def test_all_answers_are_read_over_a_few_a_page() -> None:
    table = summary()
    labels = [detail.label for detail in table.view.details]
    assert labels == [f"field.{field}.name" for field in DECLARATION[:5]]
    table.touch("more_answers")
    assert [detail.label for detail in table.view.details] == [
        f"field.{field}.name" for field in DECLARATION[5:]
    ]
    table.touch("more_answers")
    assert [detail.label for detail in table.view.details] == labels


def test_choices_and_gaps_are_read_in_words() -> None:
    table = source()
    table.touch("form_hand")
    for field in DECLARATION:
        if field in ANSWERED:
            table.answer_field(ANSWERED[field])
        elif field is FormField.SEX:
            table.answer_field("2")
        else:
            table.feed(e.FieldSkipped, field=field)
    values = {detail.label: detail.value for detail in table.view.details}
    assert getattr(values["field.sex.name"], "key", "") == "field.sex.2"
    assert getattr(values["field.address.name"], "key", "") == "field.left_out"


def test_one_answer_is_changed_and_the_summary_comes_back_where_it_was() -> None:
    table = summary()
    table.touch("more_answers")
    chosen = next(one.act for one in table.view.details if one.label == "field.insurer_name.name")
    assert chosen is not None
    table.act(chosen)
    assert table.view.field is not None
    assert (table.view.field.field, table.view.field.value) == (FormField.INSURER_NAME, "架空健康保険組合")
    table.answer_field("見本健保")
    assert page(table).first == 5
    assert answers(table)[FormField.INSURER_NAME] == "見本健保"


def test_who_changes_their_mind_about_changing_goes_back_to_the_summary() -> None:
    table = summary()
    table.feed(e.FieldChosen, field=FormField.KANA)
    table.feed(e.BackChosen)
    assert page(table).step == "summary"


def test_an_answer_may_be_taken_out_again_where_it_is_not_needed() -> None:
    table = summary()
    table.feed(e.FieldChosen, field=FormField.ADDRESS)
    table.feed(e.FieldSkipped, field=FormField.ADDRESS)
    assert answers(table)[FormField.ADDRESS] == ""
    assert page(table).step == "summary"


def test_a_question_that_is_not_asked_here_cannot_be_chosen() -> None:
    table = summary()
    before = table.visit
    for field in (FormField.COMPANION_NAME, FormField.INSURER_NUMBER, FormField.TEACHER):
        assert table.feed(e.FieldChosen, field=field) is before


def test_back_from_the_summary_is_the_last_question() -> None:
    table = summary()
    table.feed(e.BackChosen)
    assert asked(table) is FormField.RATIO


# ----------------------------------------------------------------------------------- signed, and the papers


def signing() -> Table:
    table = summary()
    table.touch("form_right")
    return table


def test_it_is_signed_with_a_finger_or_at_the_desk() -> None:
    table = signing()
    assert table.view.signature
    assert table.options == ["cannot_sign"]
    table.feed(e.BackChosen)
    assert page(table).step == "summary"


@pytest.mark.parametrize("signature", ["10,20 30,40;50,60", ""])
def test_signed_it_is_declared_and_its_papers_follow_with_the_number(signature: str) -> None:
    table = signing()
    table.feed(e.FormSigned, signature=signature)
    assert table.result() == ("declared", Way.CARD_DECLARATION)
    assert table.last[:2] == (AlertStaff("evidence"), AssignNumber())
    assert table.of(MakePaper) == []
    table.number("A5")
    written = replace(form(DECLARED_HERE), signature=signature)
    assert [effect for effect in table.last if isinstance(effect, MakePaper)] == [
        MakePaper("declaration", "A5", "ja", Reason.INVALID, written),
        MakePaper("claim_note", "A5", "ja", Reason.INVALID, written),
    ]
    assert table.last[0] == PrintTicket("A5")
    assert table.state == "TakeCard"
    assert table.visit.fallback is None


def test_the_papers_are_in_the_patients_language_and_name_who_helped() -> None:
    table = Table(FULL)
    table.feed(e.LanguageChosen, language="en")
    table.touch("companion")
    table.touch("with_companion")
    table.until_summary()
    table.touch("form_right")
    table.touch("cannot_sign")
    table.number()
    paper = table.of(MakePaper)[0]
    assert (paper.language, paper.companion, paper.reason) == ("en", True, Reason.NEEDS_ASSISTANCE)
    assert paper.form.get(FormField.COMPANION_NAME) == "山田 花子"


def test_nothing_is_signed_before_it_was_read_over() -> None:
    for prepare in (source, unlocking, summary):
        table = prepare()
        before = table.visit
        assert table.feed(e.FormSigned, signature="1,1 2,2") is before


def test_what_staff_refuse_of_it_is_gone_from_the_list_and_what_was_written_is_kept() -> None:
    table = signing().staff("refuse")
    assert "card_declaration" not in table.ways()
    assert answers(table) == DECLARED_HERE


# ------------------------------------------------------------------------------------------- on paper


def test_on_paper_an_empty_form_is_printed_and_a_person_takes_it() -> None:
    table = source()
    table.touch("form_paper")
    assert table.last == (
        MakePaper("blank_declaration", "", "ja", Reason.INVALID),
        AlertStaff("evidence"),
    )
    assert (table.state, table.view.variant) == ("StaffVerifying", "on_paper")
    table.staff("accept")
    assert table.result() == ("declared", Way.CARD_DECLARATION)
    table.number()
    assert [paper.kind for paper in table.of(MakePaper)] == ["blank_declaration"]


def test_what_was_half_typed_before_is_not_printed_beside_it() -> None:
    table = source()
    table.touch("form_hand")
    table.answer_field("ヤマダ タロウ")
    table.feed(e.BackChosen)
    table.feed(e.BackChosen)
    table.touch("form_paper")
    table.staff("accept").number()
    assert [paper.kind for paper in table.of(MakePaper)] == ["blank_declaration"]


def test_from_the_paper_back_to_the_screen() -> None:
    table = source()
    table.touch("form_paper")
    table.feed(e.BackChosen)
    table.take(Way.CARD_DECLARATION)
    assert page(table).step == "source"


# -------------------------------------------------------------------------- without a card: an emergency


def test_without_a_card_staff_accept_the_emergency_first() -> None:
    """M: full payment as a rule."""
    table = Table(FULL).without_card("lost").take(Way.DECLARATION_EMERGENCY)
    assert table.state == "StaffVerifying"
    before = table.visit
    assert table.feed(e.FormBegun, source="hand") is before
    table.staff("accept")
    assert table.options == ["form_hand", "form_paper"]
    assert table.result() == (None, None)
    table.touch("form_hand")
    table.fill(DECLARED)
    table.touch("form_right")
    table.touch("cannot_sign")
    assert table.result() == ("declared", Way.DECLARATION_EMERGENCY)


def test_an_emergency_that_staff_do_not_accept_leaves_full_payment() -> None:
    table = Table(FULL).without_card().take(Way.DECLARATION_EMERGENCY).staff("refuse")
    assert table.ways() == ["certificate", "self_pay"]


def test_on_paper_staff_accept_twice() -> None:
    table = Table(FULL).without_card().take(Way.DECLARATION_EMERGENCY).staff("accept")
    table.touch("form_paper")
    assert table.result() == (None, None)
    table.staff("accept")
    assert table.result() == ("declared", Way.DECLARATION_EMERGENCY)


# --------------------------------------------------------------------------------------- card and reader


@pytest.mark.parametrize("step", ["question", "summary", "signature"])
def test_the_form_is_covered_when_the_card_is_taken_and_goes_on_with_a_touch(step: str) -> None:
    """Perhaps to read the address off it."""
    table = {"question": copied, "summary": summary, "signature": signing}[step]()
    before = page(table)
    table.feed(e.CardRemoved, insertion=1)
    view = table.view
    assert (view.variant, view.details, view.field, view.signature) == ("covered", (), None, False)
    assert table.options == ["form_go_on", "other_ways"]
    table.touch("form_go_on")
    assert page(table) == before


@pytest.mark.parametrize("prepare", [copied, summary, signing])
def test_under_the_cover_nothing_can_be_read_changed_or_signed(prepare: Any) -> None:
    table = prepare()
    table.feed(e.CardRemoved, insertion=1)
    before = table.visit
    for kind, fields in (
        (e.FieldAnswered, {"field": FormField.KANA, "value": "ヤマダ"}),
        (e.FieldSkipped, {"field": FormField.KANA}),
        (e.FieldChosen, {"field": FormField.NAME}),
        (e.FormBegun, {"source": "hand"}),
        (e.FormAccepted, {}),
        (e.FormSigned, {"signature": ""}),
        (e.MoreChosen, {}),
        (e.BackChosen, {}),
    ):
        assert table.feed(kind, **fields) is before, kind


def test_the_way_round_the_list_does_not_lead_under_the_cover() -> None:
    table = copied()
    table.feed(e.CardRemoved, insertion=1)
    table.touch("other_ways")
    table.take(Way.CARD_DECLARATION)
    assert table.view.variant == "covered"


def test_nor_does_taking_the_card_on_another_page() -> None:
    table = summary()
    table.feed(e.EvidenceWanted)
    table.feed(e.CardRemoved, insertion=1)
    table.take(Way.CARD_DECLARATION)
    assert table.view.variant == "covered"
    table.touch("form_go_on")
    table.touch("form_hand")
    assert table.view.variant == "summary"


def test_an_empty_form_needs_no_cover() -> None:
    table = source()
    table.touch("form_hand")
    table.feed(e.CardRemoved, insertion=1)
    assert asked(table) is FormField.KANA


@pytest.mark.parametrize("prepare", [source_tries, unlocking, reading])
def test_without_its_card_nothing_is_unlocked(prepare: Any) -> None:
    table = prepare()
    table.feed(e.CardRemoved, insertion=1)
    assert page(table).step == "source"
    assert "form_card" not in table.options


@pytest.mark.parametrize("prepare", [source_tries, unlocking, reading])
def test_nor_without_its_reader(prepare: Any) -> None:
    table = prepare()
    table.feed(e.ReaderChanged, available=False)
    assert page(table).problem == "unreadable"
    assert table.options == ["form_hand", "form_paper"]


def test_what_is_being_written_goes_on_without_the_reader() -> None:
    table = copied()
    before = page(table)
    table.feed(e.ReaderChanged, available=False)
    assert page(table) == before
    table.feed(e.ReaderChanged, available=True)
    assert page(table) == before


def test_a_card_that_nobody_saw_coming_covers_it() -> None:
    table = copied()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)
    assert table.view.variant == "covered"
    assert ReadCard(2) in table.last


def test_the_same_card_put_back_goes_on() -> None:
    table = copied()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    table.touch("form_go_on")
    assert answers(table)[FormField.NAME] == "山田 太郎"
    assert asked(table) is FormField.KANA


@pytest.mark.parametrize("other", [facts(sha256="bb"), CardFacts(Token.CARD, None, 3)])
def test_another_persons_card_begins_with_that_person_and_nothing_of_the_form(other: CardFacts) -> None:
    table = copied()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=other)
    assert table.state == "ReadingCard"
    assert table.visit.fallback is None
    table.feed(e.CardRead, insertion=2, facts=other)
    table.feed(e.PinForgotten)
    table.take(Way.CARD_DECLARATION)
    assert not table.road.form.answers


def test_nor_does_another_persons_card_on_the_list_lead_to_it() -> None:
    table = summary()
    table.feed(e.EvidenceWanted)
    table.staff("refuse", Way.CERTIFICATE)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(0, sha256="bb"))
    assert table.road.form.answers == ()
    assert "certificate" in table.ways(), "what the one before was refused"


def test_but_the_same_card_on_the_list_keeps_it() -> None:
    table = summary()
    table.feed(e.EvidenceWanted)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts(0))
    table.take(Way.CARD_DECLARATION)
    assert table.view.variant == "covered"
    assert answers(table) == DECLARED_HERE


def test_a_revoked_certificate_is_the_same_certificate() -> None:
    table = Table(Policy(capabilities=ALL)).until_opening()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.CERTIFICATE_REVOKED)
    assert table.road.card == certificate().sha256


# ---------------------------------------------------------------------------------------- full payment


def test_full_payment_is_explained_and_its_slip_follows_with_the_number() -> None:
    """S1#14, S3 §8."""
    table = source(Reason.INVALID)
    table.feed(e.BackChosen)
    table.take(Way.SELF_PAY)
    assert "contact.insurance.name" in [detail.label for detail in table.view.details]
    assert table.result() == (None, None)
    table.touch("pay_in_full")
    assert table.result() == ("self_pay", Way.SELF_PAY)
    table.number("A6")
    assert table.of(MakePaper) == [MakePaper("refund_slip", "A6", "ja", Reason.INVALID)]
    table.feed(e.CardRemoved, insertion=1)
    assert table.view.variant == "self_pay"


def test_who_does_not_want_to_pay_goes_back() -> None:
    table = Table(FULL).until_ways().take(Way.SELF_PAY)
    table.feed(e.BackChosen)
    assert table.ways()[-1] == "self_pay"


def test_nothing_of_a_half_written_form_is_printed_for_who_pays() -> None:
    table = copied()
    table.feed(e.EvidenceWanted)
    table.take(Way.SELF_PAY)
    table.touch("pay_in_full")
    table.number()
    assert [(paper.kind, paper.form.answers) for paper in table.of(MakePaper)] == [("refund_slip", ())]
