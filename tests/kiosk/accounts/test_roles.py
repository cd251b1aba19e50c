"""Role × action: the table, what it promises, and that the service goes by it."""

from __future__ import annotations

from importlib.resources import files
from itertools import product

import pytest

from kiosk.accounts.outcomes import Allowed, Denied, Why
from kiosk.accounts.roles import (
    NEVER_BROKEN,
    SHOWS_PERSONAL_DATA,
    Action,
    Role,
    can_break,
    matrix,
    permits,
)
from tests.support.staff import Desk

EVERY = list(product(Role, Action))


def of(role: Role) -> set[Action]:
    return {action for action in Action if permits(role, action)}


def test_the_readme_shows_the_table_as_it_is() -> None:
    readme = files("kiosk.accounts").joinpath("README.md").read_text(encoding="utf-8")
    assert f"\n{matrix()}\n" in readme


def test_everything_is_somebodys_and_nobody_may_do_everything() -> None:
    assert {action for _, action in EVERY} == set.union(*map(of, Role))
    assert all(of(role) < set(Action) for role in Role)


def test_a_lead_may_all_that_a_reception_may() -> None:
    assert of(Role.RECEPTION) < of(Role.LEAD)


def test_auditor_and_administrator_see_no_patient() -> None:
    assert of(Role.AUDITOR) == {Action.AUDIT_READ, Action.AUDIT_EXPORT, Action.SEE_HEALTH}
    assert not of(Role.ADMINISTRATOR) & (SHOWS_PERSONAL_DATA | {Action.SEE_BOARD})


def test_who_manages_accounts_does_not_read_the_audit_and_the_other_way_round() -> None:
    for role in Role:
        assert not {Action.MANAGE_ACCOUNTS, Action.AUDIT_READ} <= of(role)
        assert not {Action.PURGE, Action.AUDIT_READ} <= of(role)


@pytest.mark.parametrize(("role", "action"), EVERY)
def test_break_glass_gives_the_desk_what_it_lacks_and_nothing_that_lasts(role: Role, action: Action) -> None:
    if can_break(role, action):
        assert role in {Role.RECEPTION, Role.LEAD}
        assert not permits(role, action)
        assert action not in NEVER_BROKEN
    assert not can_break(role, Action.MANAGE_ACCOUNTS)


def test_a_reception_alone_at_night_can_do_the_desks_whole_work() -> None:
    whole = of(Role.LEAD) - NEVER_BROKEN
    assert whole == {a for a in whole if permits(Role.RECEPTION, a) or can_break(Role.RECEPTION, a)}


def test_nothing_is_called_after_what_nobody_may_see() -> None:
    for action in Action:
        assert not {"pin", "face", "number", "photo"} & set(action.split("_"))


@pytest.mark.parametrize("role", Role)
def test_the_service_permits_what_the_table_permits(role: Role) -> None:
    desk = Desk()
    desk.hire("sato", role)
    session = desk.enter("sato")
    for action in Action:
        answer = desk.sessions.authorise(session.token, "A", action, visit="v1")
        if permits(role, action):
            assert isinstance(answer, Allowed)
            assert (answer.by, answer.action, answer.broken_glass) == ("sato", action, False)
            assert len(answer.facts) == (action in SHOWS_PERSONAL_DATA)
        else:
            assert isinstance(answer, Denied)
            assert answer.why is Why.FORBIDDEN
            assert [(fact.type, fact.action) for fact in answer.facts] == [("StaffDenied", action)]
