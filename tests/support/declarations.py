"""A declaration on each of its pages, as a patient gets there."""

from __future__ import annotations

from typing import Any

from drivers.interface import CardText, TextKey
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.form import DECLARATION, FormField, InsuranceKind
from kiosk.visit.states import FillingDeclaration
from tests.support.visits import DECLARED, FULL, TEXT, Table

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


def signing() -> Table:
    table = summary()
    table.touch("form_right")
    return table
