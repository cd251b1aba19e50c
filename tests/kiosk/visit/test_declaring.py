"""被保険者資格申立書 on the screen: typed or written on paper, read over, signed (flow/declaring.py)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivers.interface import CardFacts, Token
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AlertStaff,
    AssignNumber,
    MakePaper,
    PrintTicket,
    ReadCard,
)
from kiosk.visit.form import COMPANION, DECLARATION, FormField
from tests.support.declarations import (
    ANSWERED,
    DECLARED_HERE,
    answers,
    asked,
    copied,
    page,
    signing,
    source,
    summary,
    unlocking,
)
from tests.support.visits import DECLARED, FULL, Table, facts, form

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
