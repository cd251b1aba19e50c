"""A phone at each step of its way: held, taken away, held again, verified and put away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from drivers.interface import CardFacts, Failure, Fault, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.states import Visit
from tests.support.visits import FULL, POLICY, Table, answer, certificate

PHONES = replace(POLICY, phones=True)
ANDROID = CardFacts(Token.ANDROID, None, 3)
IPHONE = CardFacts(Token.IPHONE, None, 3)
LOST = Failure.of(Fault.CARD_GONE, "field lost")


def held(facts: CardFacts = ANDROID) -> Table:
    """It told what it is: an Android phone's PIN is asked for, an iPhone verifies its holder."""
    table = Table(PHONES)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts)
    return table


def last_try() -> Table:
    return held(CardFacts(Token.ANDROID, None, 1))


def in_hand() -> Table:
    table = held()
    table.feed(e.CardRemoved, insertion=1)
    return table


def awaited() -> Table:
    """The PIN is typed; the phone is not there."""
    table = in_hand()
    table.feed(e.PinEntered, slot="s1")
    return table


def looked_at() -> Table:
    table = awaited()
    table.feed(e.CardInserted, insertion=2)
    return table


def verifying(facts: CardFacts = ANDROID) -> Table:
    table = held(facts)
    if facts.token is Token.ANDROID:
        table.feed(e.PinEntered, slot="s1")
    return table


def lost(*, kept: bool) -> Table:
    """Out of the field before (``kept``) or after the PIN was sent."""
    table = verifying()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardFailed, insertion=1, failure=LOST, kept=kept)
    return table


def back_after(*, kept: bool) -> Table:
    table = lost(kept=kept)
    table.feed(e.CardInserted, insertion=2)
    return table


def not_confirmed() -> Table:
    table = verifying(IPHONE)
    table.feed(e.CardFailed, insertion=1, failure=Failure.of(Fault.NOT_CONFIRMED))
    return table


def wrong() -> Table:
    table = verifying()
    table.feed(e.PinRefused, insertion=1, tries_left=2)
    return table


def opening(facts: CardFacts = ANDROID) -> Table:
    table = verifying(facts)
    table.feed(e.PinVerified, insertion=1, certificate=certificate(), on_phone=facts.token is Token.IPHONE)
    return table


def away(table: Table) -> Table:
    """Put away."""
    table.feed(e.CardRemoved, insertion=1)
    return table


def opening_only() -> Table:
    """Where the service neither registers nor takes a consent."""
    table = opening()
    table.visit = replace(table.visit, policy=replace(PHONES, capabilities=frozenset({Capability.BY_CARD})))
    return table


def consent() -> Table:
    table = opening()
    table.feed(e.CardOpened, question=table.question(), registered=True, birth_date="1981-04-05")
    return table


def offered() -> Table:
    table = opening()
    table.feed(e.CardOpened, question=table.question(), registered=False)
    return table


def looking_up() -> Table:
    table = consent()
    table.feed(e.ConsentAllGiven)
    return table


def confirmed() -> Table:
    table = looking_up()
    table.feed(e.Answered, question=table.question(), answer=answer())
    table.feed(e.NumberAssigned, number="A1")
    return table


def staff_called(at: Callable[[], Table]) -> Table:
    table = away(at())
    table.feed(e.StaffCalled)
    return table


def on_the_ways() -> Table:
    table = away(opening())
    table.visit = replace(table.visit, policy=replace(FULL, phones=True))
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    return table


VERIFIED: dict[str, Callable[[], Table]] = {
    "opening": opening,
    "opening, iPhone": partial(opening, IPHONE),
    "consent": consent,
    "registration": offered,
    "look-up": looking_up,
    "confirmed": confirmed,
}
"""The phone still lies there."""

PHONE_PAGES: dict[str, Callable[[], Table]] = {
    "phone: PIN": held,
    "phone: last try": last_try,
    "phone: in the hand": in_hand,
    "phone: awaited": awaited,
    "phone: looked at": looked_at,
    "phone: verifying": verifying,
    "phone: verifying, iPhone": partial(verifying, IPHONE),
    "phone: lost before the PIN was sent": partial(lost, kept=True),
    "phone: lost afterwards": partial(lost, kept=False),
    "phone: back, PIN waits": partial(back_after, kept=True),
    "phone: back, PIN was sent": partial(back_after, kept=False),
    "phone: not confirmed": not_confirmed,
    "phone: wrong PIN": wrong,
    "phone: out of the field while verifying": lambda: away(verifying()),
    "phone: ways": on_the_ways,
    "phone: opening, by card only": opening_only,
    **{f"phone: {name}": make for name, make in VERIFIED.items()},
    **{f"phone: {name}, put away": lambda make=make: away(make()) for name, make in VERIFIED.items()},  # type: ignore[misc]
    **{
        f"phone: staff called, {name}": partial(staff_called, make)
        for name, make in VERIFIED.items()
        if make is not opening
    },
}


def phone_visits() -> Iterator[Visit]:
    """Every page of a phone, for whoever needs its sentences."""
    for make in PHONE_PAGES.values():
        yield make().visit
    wrong_and_last = verifying(CardFacts(Token.ANDROID, None, 2))
    wrong_and_last.feed(e.PinRefused, insertion=1, tries_left=1)
    yield wrong_and_last.visit
