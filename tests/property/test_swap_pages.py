"""A card exchanged on any page of the other ways: the next person finds nothing of the one before, and sends nothing
of them. On real APDUs: test_swap.py."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from kiosk.evidence.model import Way
from kiosk.visit import events as e
from kiosk.visit.effects import MakePaper
from kiosk.visit.flow import beside
from kiosk.visit.form import CERTIFICATE, FormField
from kiosk.visit.table import EVENTS
from tests.support.dead_ends import ANSWERS
from tests.support.on_the_road import PAGES
from tests.support.visits import DECLARED, FULL, NUMBERS, TARO, TEXT, Table, facts
from tests.support.walks import Walk

OTHER = "bb"
TOLD = {**DECLARED, **NUMBERS, FormField.PATIENT_NUMBER: TARO.patient_number}
SECRETS = sorted(
    {
        " ".join(text.split())
        for field, text in TOLD.items()
        if len(text) > 3 and field is not FormField.INSURANCE_KIND
    }
)
"""What the first person typed, had copied or had on file."""


def typed() -> Table:
    table = Table(FULL).until_ways().take(Way.CERTIFICATE)
    table.touch("type_numbers")
    return table.fill({field: ANSWERS[field] for field in CERTIFICATE})


def scanned() -> Table:
    table = Table(FULL).until_ways().take(Way.CERTIFICATE)
    table.feed(e.CodeScanned, text="架空市見本町1-2-3")
    return table


def written_and_back() -> Table:
    table = Table(FULL).until_ways().until_summary()
    table.feed(e.EvidenceWanted)
    return table


def copied() -> Table:
    table = PAGES["form: unlocking"]()
    table.feed(e.PinEntered, slot="s")
    table.feed(e.CardTextRead, insertion=1, text=TEXT)
    return table


WITH_A_CARD: dict[str, Callable[[], Table]] = {
    **{name: page for name, page in PAGES.items() if page().visit.card is not None},
    "certificate: typed": typed,
    "certificate: scanned": scanned,
    "form: written, and back to the ways": written_and_back,
    "form: copied": copied,
}


def out_and_in(table: Table) -> None:
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)


def unseen(table: Table) -> None:
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)


def at_once(table: Table) -> None:
    table.feed(e.CardInserted, insertion=2)


TELLING = (
    e.FaceResultArrived,
    e.FieldAnswered,
    e.PatientFound,
    e.CardTextRead,
    e.CodeScanned,
    e.Answered,
    e.CardOpened,
)
"""The random arguments of these are the first person's."""
_WANTED: tuple[type[e.Event], ...] = (e.EvidenceChosen, e.FormBegun, e.FormUncovered)
QUIET = tuple(kind for kind in EVENTS if kind not in TELLING) + _WANTED * 5

HOWS = (out_and_in, unseen, at_once)


def known_of_the_first(table: Table) -> list[str]:
    """What the visit, its page and the effects of its last step hold of the first person."""
    held = msgspec.json.encode([table.visit, table.view, table.last], enc_hook=repr).decode()
    return [secret for secret in SECRETS if secret in held]


def exchanged(name: str, how: Callable[[Table], None], *, called: bool) -> Table:
    table = WITH_A_CARD[name]()
    if called:
        table.feed(e.StaffCalled)
    how(table)
    if table.state == "WaitingForStaff":
        table.feed(e.StaffCancelled)
    table.feed(e.CardRead, insertion=2, facts=facts(sha256=OTHER))
    return table


def test_there_is_something_to_find() -> None:
    found = {secret for begin in WITH_A_CARD.values() for secret in known_of_the_first(begin())}
    assert found >= {"ヤマダ タロウ", "架空市見本町1-2-3", "00567", "12-34", "架空健康保険組合"}


@pytest.mark.parametrize("called", [False, True], ids=["", "staff called"])
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", WITH_A_CARD)
def test_the_next_persons_card_begins_with_nothing_of_the_first(
    name: str, how: Callable[[Table], None], called: bool
) -> None:
    table = exchanged(name, how, called=called)
    assert table.visit.verified is None
    assert known_of_the_first(table) == []


@pytest.mark.parametrize("name", WITH_A_CARD)
def test_before_it_is_recognised_nothing_that_was_written_is_shown(name: str) -> None:
    for how in HOWS:
        table = WITH_A_CARD[name]()
        how(table)
        if table.state == "FillingDeclaration":
            assert not table.view.details
            assert table.view.field is None or not table.view.field.value
        assert table.road.known is None if table.visit.fallback is not None else True


@pytest.mark.parametrize("name", WITH_A_CARD)
def test_a_card_that_cannot_be_read_covers_what_was_written(name: str) -> None:
    table = WITH_A_CARD[name]()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2, mute=True)
    if table.state == "ReadingCard":
        table.feed(e.EvidenceWanted)
    if table.state == "ChoosingEvidence" and "card_declaration" in table.ways():
        table.take(Way.CARD_DECLARATION)
    if table.state == "FillingDeclaration" and table.road.form.answers:
        assert table.view.variant == "covered"


@pytest.mark.parametrize("name", WITH_A_CARD)
def test_wherever_the_next_person_goes_they_meet_nothing_of_the_first(name: str) -> None:
    """At random, and without the answers that the first person gave."""
    rng = random.Random(name)
    for how in HOWS:
        table = exchanged(name, how, called=rng.random() < 0.3)
        walk = Walk(table, rng)
        for kind in rng.choices(QUIET, k=60):
            walk.feed(kind)
            assert known_of_the_first(table) == [], kind
        assert not [effect for effect in table.of(MakePaper) if effect.form.answers]


def test_these_tests_see_what_is_kept_for_another_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "is_anothers", lambda _visit, _facts: False)
    assert known_of_the_first(exchanged("form: summary", out_and_in, called=False))
