"""What the accounts tell is kept in the ledger, before anything is shown."""

from __future__ import annotations

import pytest

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.outcomes import Allowed, Refused, SignedIn
from kiosk.accounts.passwords import Password
from kiosk.accounts.roles import Action, Role
from kiosk.ledger.errors import LedgerFull
from tests.support.staff import WORD, Desk
from ui.staff.guard import Guard


class Book:
    """Keeps facts, as long as there is room."""

    def __init__(self) -> None:
        self.facts: list[AuditFact] = []
        self.full = False

    def __call__(self, fact: AuditFact) -> None:
        if self.full:
            raise LedgerFull
        self.facts.append(fact)

    @property
    def whats(self) -> list[What]:
        return [fact.what for fact in self.facts]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def guard(book: Book) -> Guard:
    staff = Desk()
    staff.hire("sato", Role.LEAD, totp=False)
    with staff.file.transaction():
        pass
    means = staff.means
    object.__setattr__(means, "limits", type(means.limits)(second=False))
    return Guard(staff.signing_in, staff.sessions, staff.managing, "A", book)


def enter(guard: Guard) -> None:
    assert isinstance(guard.sign_in("sato", Password(WORD)), SignedIn)


def test_coming_failing_and_leaving_are_kept(guard: Guard, book: Book) -> None:
    assert isinstance(guard.sign_in("sato", Password("not this one at all")), Refused)
    guard.signing_in._means.now.pass_(seconds=30)  # type: ignore[attr-defined]
    enter(guard)
    guard.lock()
    guard.sign_out()
    assert book.whats == [What.SIGN_IN_FAILED, What.SIGNED_IN, What.LOCKED, What.SIGNED_OUT]
    assert guard.token == ""


def test_a_look_at_a_visit_is_the_desk_s_own_entry_and_a_report_is_kept_here(
    guard: Guard, book: Book
) -> None:
    enter(guard)
    assert isinstance(guard.allow(Action.OPEN_VISIT, visit="v1"), Allowed)
    assert isinstance(guard.allow(Action.SEE_REPORT, about="2026-11-24"), Allowed)
    assert [(fact.what, fact.about) for fact in book.facts[1:]] == [(What.SAW_DATA, "2026-11-24")]


def test_what_cannot_be_kept_may_not_be_seen(guard: Guard, book: Book) -> None:
    enter(guard)
    book.full = True
    with pytest.raises(LedgerFull):
        guard.allow(Action.SEE_REPORT, about="2026-11-24")


def test_who_comes_while_nothing_can_be_kept_still_comes_in_to_see_what_is_wrong(
    guard: Guard, book: Book
) -> None:
    book.full = True
    enter(guard)
    assert isinstance(guard.allow(Action.SEE_HEALTH), Allowed)


def test_the_token_is_in_no_repr(guard: Guard) -> None:
    enter(guard)
    assert guard.token
    assert guard.token not in repr(guard)
