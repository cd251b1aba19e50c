"""The declaration's text copied from the card, unlocked by the patient (flow/declaring.py)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.interface import CardText, Failure, Fault, TextKey
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AskTextTries,
    DiscardSecret,
    ReadCardText,
)
from kiosk.visit.form import FormField
from tests.support.declarations import (
    answers,
    asked,
    copied,
    page,
    reading,
    source,
    source_tries,
    summary,
    unlocking,
)
from tests.support.patients import individual_number
from tests.support.visits import DECLARED, TEXT, facts, form


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


def test_a_reader_that_swallows_the_card_asks_for_no_number_that_stands_on_it() -> None:
    table = source()
    table.visit = replace(table.visit, policy=replace(table.visit.policy, hides_front=True))
    table.touch("form_card")
    assert table.last == (AskTextTries(1, "pin"),)
    table.feed(e.TextTriesTold, insertion=1, key="pin", tries_left=3)
    assert table.view.variant == "unlock.pin"
    table.feed(e.BackChosen)
    assert "form_card" in table.options
    before = table.visit
    assert table.feed(e.TextKeyChosen, key="number_b") is before


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
