"""A card that comes, goes or is exchanged while a form is written (flow/beside.py)."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.interface import CardFacts, Token
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    ReadCard,
)
from kiosk.visit.form import FormField
from kiosk.visit.policy import Policy
from tests.support.declarations import (
    DECLARED_HERE,
    answers,
    asked,
    copied,
    page,
    reading,
    signing,
    source,
    source_tries,
    summary,
    unlocking,
)
from tests.support.visits import ALL, Table, certificate, facts


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
