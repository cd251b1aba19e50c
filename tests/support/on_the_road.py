"""A visit on each page of the other ways, led there by what a patient and staff do."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.form import FormField
from tests.support.visits import FULL, TARO, Table

Prepare = Callable[[], Table]


def ways() -> Table:
    return Table(FULL).until_ways()


def unanswered() -> Table:
    """Verified, and the look-up was not answered."""
    table = Table(FULL).until_lookup()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    return table


def taken(way: Way) -> Prepare:
    return lambda: ways().take(way)


def no_card(*options: str) -> Prepare:
    def prepare() -> Table:
        table = Table(FULL)
        for option in ("no_card", *options):
            table.touch(option)
        return table

    return prepare


def companion(*options: str) -> Prepare:
    def prepare() -> Table:
        table = Table(FULL)
        for option in ("companion", *options):
            table.touch(option)
        return table

    return prepare


def numbers() -> Table:
    table = ways().take(Way.CERTIFICATE)
    table.touch("type_numbers")
    return table.fill({FormField.INSURER_NUMBER: "06130017"})


def trip() -> Table:
    table = companion("with_school_trip", "trip_notice_copy")()
    return table.fill({FormField.TEACHER: "田中"})


def found() -> Table:
    table = ways().take(Way.KNOWN_DATA)
    table.fill({FormField.PATIENT_NUMBER: "1234", FormField.BIRTH_DATE: "1981-04-05"})
    table.feed(e.PatientFound, question=table.question(), patient=TARO, match="card_number")
    return table


def question() -> Table:
    table = ways().take(Way.CARD_DECLARATION)
    table.touch("form_hand")
    return table.fill({FormField.KANA: "ヤマダ", FormField.NAME: "山田"})


def unlocking() -> Table:
    table = ways().take(Way.CARD_DECLARATION)
    table.touch("form_card")
    table.touch("text_key_pin")
    table.feed(e.TextTriesTold, insertion=1, key="pin", tries_left=2)
    return table


def signing() -> Table:
    table = ways().until_summary()
    table.touch("form_right")
    return table


def certified() -> Table:
    policy = replace(FULL, capabilities=FULL.capabilities | {Capability.FACE_RESULT}, facility=Facility())
    return Table(policy).until_ways(Reason.PIN_LOCKED).take(Way.VERIFY_BY_FACE)


PAGES: dict[str, Prepare] = {
    "ways": ways,
    "no card": no_card(),
    "why there is none": no_card("no_card_lost"),
    "companion": companion(),
    "trip": companion("with_school_trip"),
    "trip: teacher": trip,
    "certificate": taken(Way.CERTIFICATE),
    "certificate: numbers": numbers,
    "notice": taken(Way.CARD_NOTICE),
    "portal": taken(Way.CARD_PORTAL),
    "known: number": taken(Way.KNOWN_DATA),
    "known: found": found,
    "known: data": lambda: ways().until_known(),
    "form": taken(Way.CARD_DECLARATION),
    "form: unlocking": unlocking,
    "form: question": question,
    "form: summary": lambda: ways().until_summary(),
    "form: signature": signing,
    "certified reader": certified,
    "full payment": taken(Way.SELF_PAY),
}
