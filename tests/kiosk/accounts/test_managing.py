"""Accounts: the first one, adding, changing, one's own password and second factors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.accounts.facts import What
from kiosk.accounts.managing import BY_COMMAND, KeyOffer, TotpOffer
from kiosk.accounts.outcomes import (
    Allowed,
    Changed,
    NotDone,
    Own,
    Proof,
    RecoveryCodesMade,
    Refused,
    Unchanged,
)
from kiosk.accounts.passwords import Password, Weakness
from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Owed, Totp, Way
from kiosk.accounts.roles import Action, Role
from tests.support.patients import individual_number
from tests.support.soft_key import SoftKey
from tests.support.staff import OTHER, SECRET, WORD, Desk, needs, signed, whats


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.hire("root", Role.ADMINISTRATOR)
    desk.hire("sato")
    return desk


def unchanged(outcome: object) -> NotDone | Weakness:
    assert isinstance(outcome, Unchanged), outcome
    assert len(outcome.remedy) > 20
    assert outcome.facts == ()
    return outcome.why


def changed(outcome: object) -> Changed:
    assert isinstance(outcome, Changed), outcome
    return outcome


def code_of(desk: Desk, offer: TotpOffer) -> str:
    import pyotp

    return pyotp.TOTP(offer.secret).at(desk.clock.now)


# -- the first account -----------------------------------------------------------------------------
def test_the_first_account_is_an_administrator_with_a_password_of_their_own() -> None:
    desk = Desk()
    assert desk.managing.is_first_start()
    done = changed(desk.managing.first_setup("Hanako", " 見本 花子 ", Password(WORD)))
    assert whats(done) == [(What.ACCOUNT_ADDED, "command", "administrator")]
    assert not desk.managing.is_first_start()
    (person,) = desk.managing.people()
    assert (person.name, person.display, person.role) == ("hanako", "見本 花子", Role.ADMINISTRATOR)
    assert (person.owed, person.second, person.disabled) == (("second",), (), False)
    entered = signed(desk.signing_in.sign_in("hanako", Password(WORD), "A"))
    assert entered.owed == {Owed.SECOND}


def test_before_the_first_account_nobody_gets_in() -> None:
    desk = Desk()
    for name in ("admin", "root", "administrator", "uketsuke", ""):
        for word in ("", "admin", "password", "uketsuke"):
            assert isinstance(desk.signing_in.sign_in(name, Password(word), "A"), Refused)
            desk.clock.pass_(minutes=5)


def test_the_first_is_set_up_once(desk: Desk) -> None:
    assert unchanged(desk.managing.first_setup("eve", "Eve", Password(WORD))) is NotDone.NOT_FIRST
    assert [one.name for one in desk.managing.people()] == ["root", "sato"]


@pytest.mark.parametrize(
    ("name", "display", "word", "expected"),
    [
        ("", "x", WORD, NotDone.NAME),
        ("a", "x", WORD, NotDone.NAME),
        ("佐藤", "x", WORD, NotDone.NAME),
        ("1sato", "x", WORD, NotDone.NAME),
        ("a b", "x", WORD, NotDone.NAME),
        ("a\n", "x\ny", WORD, NotDone.NAME),
        ("a" * 33, "x", WORD, NotDone.NAME),
        ("command", "x", WORD, NotDone.NAME),
        ("eve", " ", WORD, NotDone.DISPLAY),
        ("eve", "x" * 41, WORD, NotDone.DISPLAY),
        ("eve", "x\ny", WORD, NotDone.DISPLAY),
        ("eve", individual_number(), WORD, NotDone.DISPLAY),
        ("eve", "x", "short", Weakness.SHORT),
        ("eve", "x", "password1234", Weakness.COMMON),
        ("evelyn.ito", "x", "evelyn.ito1", Weakness.NAME),
        ("eve", "見本クリニック花子", "見本クリニック花子12", Weakness.NAME),
        ("SATO", "x", WORD, NotDone.NAME_TAKEN),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_not_added(
    desk: Desk, name: str, display: str, word: str, expected: NotDone | Weakness
) -> None:
    password = Password(word)
    assert unchanged(desk.managing.add(BY_COMMAND, name, display, Role.LEAD, password)) is expected
    assert password.reveal() == b""
    assert [one.name for one in desk.managing.people()] == ["root", "sato"]


# -- adding and changing others --------------------------------------------------------------------
def test_who_is_added_must_choose_another_password_first(desk: Desk) -> None:
    done = changed(desk.managing.add(BY_COMMAND, "ito", "伊藤", Role.LEAD, Password(OTHER)))
    assert [(fact.what, fact.actor, fact.about, fact.why) for fact in done.facts] == [
        (What.ACCOUNT_ADDED, "staff:command", "ito", "lead")
    ]
    entered = signed(desk.signing_in.sign_in("ito", Password(OTHER), "A"))
    assert entered.owed == {Owed.PASSWORD, Owed.SECOND}
    leave = desk.own(entered, word=OTHER)
    changed(desk.managing.set_password(leave, "ito", Password(WORD)))
    offer = desk.managing.offer_totp(leave, "ito")
    changed(desk.managing.confirm_totp(leave, offer, code_of(desk, offer)))
    assert isinstance(desk.sessions.authorise(entered.token, "A", Action.VOID), Allowed)


def test_what_is_changed_is_told_by_whom_and_about_whom(desk: Desk) -> None:
    root = desk.enter("root")
    leave = desk.sessions.authorise(root.token, "A", Action.MANAGE_ACCOUNTS)
    assert isinstance(leave, Allowed)
    desk.enter("sato", "B")
    done = [
        desk.managing.set_role(leave, "sato", Role.LEAD),
        desk.managing.set_password(leave, "sato", Password(OTHER)),
        desk.managing.disable(leave, "sato"),
        desk.managing.enable(leave, "sato"),
        desk.managing.forget_second(leave, "sato"),
    ]
    told = [
        (fact.what, fact.actor, fact.terminal, fact.about, fact.why) for one in done for fact in one.facts
    ]
    assert told == [
        (What.ACCOUNT_CHANGED, "staff:root", "A", "sato", "role_lead"),
        (What.SESSION_ENDED, "staff:sato", "B", "", "role_lead"),
        (What.ACCOUNT_CHANGED, "staff:root", "A", "sato", "password"),
        (What.ACCOUNT_CHANGED, "staff:root", "A", "sato", "disabled"),
        (What.ACCOUNT_CHANGED, "staff:root", "A", "sato", "enabled"),
        (What.ACCOUNT_CHANGED, "staff:root", "A", "sato", "second_forgotten"),
    ]
    (_, person) = desk.managing.people()
    assert (person.role, person.second, person.owed) == (Role.LEAD, (), ("password", "second"))


def test_an_account_that_is_not_there_is_not_changed(desk: Desk) -> None:
    for outcome in (
        desk.managing.set_role(BY_COMMAND, "nobody", Role.LEAD),
        desk.managing.disable(BY_COMMAND, "nobody"),
        desk.managing.set_password(BY_COMMAND, "nobody", Password(OTHER)),
        desk.managing.new_recovery_codes(BY_COMMAND, "nobody"),
        desk.managing.offer_key(BY_COMMAND, "nobody"),
    ):
        assert unchanged(outcome) is NotDone.UNKNOWN


@pytest.mark.parametrize(
    "how",
    [
        lambda desk: desk.managing.disable(BY_COMMAND, "root"),
        lambda desk: desk.managing.set_role(BY_COMMAND, "root", Role.LEAD),
    ],
)
def test_the_last_administrator_stays(desk: Desk, how: Callable[[Desk], object]) -> None:
    assert unchanged(how(desk)) is NotDone.LAST_ADMINISTRATOR
    desk.hire("umi", Role.ADMINISTRATOR)
    changed(how(desk))
    assert unchanged(desk.managing.disable(BY_COMMAND, "umi")) is NotDone.LAST_ADMINISTRATOR


def test_a_disabled_account_is_enabled_again_and_its_name_never_given_away(desk: Desk) -> None:
    desk.managing.disable(BY_COMMAND, "sato")
    assert (
        unchanged(desk.managing.add(BY_COMMAND, "sato", "x", Role.LEAD, Password(WORD))) is NotDone.NAME_TAKEN
    )
    assert isinstance(desk.signing_in.sign_in("sato", Password(WORD), "A"), Refused)
    desk.managing.enable(BY_COMMAND, "sato")
    desk.clock.pass_(minutes=1)
    needs(desk.signing_in.sign_in("sato", Password(WORD), "A"))


# -- leave -----------------------------------------------------------------------------------------
def test_without_leave_to_manage_nothing_is_changed_and_it_is_a_bug(desk: Desk) -> None:
    session = desk.enter("sato")
    other = desk.sessions.authorise(session.token, "A", Action.OPEN_VISIT)
    assert isinstance(other, Allowed)
    own = desk.own(session)
    calls: list[Callable[[], object]] = [
        lambda: desk.managing.add(other, "eve", "Eve", Role.ADMINISTRATOR, Password(WORD)),
        lambda: desk.managing.set_role(other, "sato", Role.ADMINISTRATOR),
        lambda: desk.managing.disable(other, "root"),
        lambda: desk.managing.enable(other, "root"),
        lambda: desk.managing.set_password(other, "sato", Password(OTHER)),
        lambda: desk.managing.set_password(own, "root", Password(OTHER)),
        lambda: desk.managing.forget_second(own, "root"),
        lambda: desk.managing.offer_totp(own, "root"),
        lambda: desk.managing.new_recovery_codes(own, "root"),
        lambda: desk.managing.offer_key(own, "root"),
        lambda: desk.managing.confirm_totp(
            own, TotpOffer(name="root", totp=Totp(secret=SECRET), uri=""), desk.code()
        ),
    ]
    before = desk.managing.people(), desk.account("root").password
    for call in calls:
        with pytest.raises(PermissionError):
            call()
    assert (desk.managing.people(), desk.account("root").password) == before


def test_leave_for_ones_own_account_runs_out(desk: Desk) -> None:
    session = desk.enter("sato")
    own = desk.own(session)
    desk.clock.pass_(minutes=10)
    assert unchanged(desk.managing.set_password(own, "sato", Password(OTHER))) is NotDone.TOO_LATE


def test_leave_for_ones_own_account_ends_with_the_session(desk: Desk) -> None:
    session = desk.enter("sato")
    own = desk.own(session)
    desk.managing.set_role(BY_COMMAND, "sato", Role.LEAD)
    assert unchanged(desk.managing.forget_second(own, "sato")) is NotDone.TOO_LATE


# -- one's own -------------------------------------------------------------------------------------
def test_a_password_of_ones_own_stays_and_must_be_a_good_one(desk: Desk) -> None:
    session = desk.enter("sato")
    own = desk.own(session)
    assert unchanged(desk.managing.set_password(own, "sato", Password("short"))) is Weakness.SHORT
    assert unchanged(desk.managing.set_password(own, "sato", Password(WORD))) is Weakness.SAME
    changed(desk.managing.set_password(own, "sato", Password(OTHER)))
    assert not desk.account("sato").temporary
    assert desk.enter("sato", word=OTHER).owed == frozenset()
    desk.clock.pass_(minutes=1)
    assert isinstance(desk.signing_in.sign_in("sato", Password(WORD), "A"), Refused)


def test_an_app_counts_when_it_has_shown_a_code(desk: Desk) -> None:
    desk.hire("ito", totp=False)
    offer = desk.managing.offer_totp(BY_COMMAND, "ITO")
    assert offer.secret in offer.uri
    assert offer.secret not in repr(offer)
    assert unchanged(desk.managing.confirm_totp(BY_COMMAND, offer, "000000")) is NotDone.CODE
    assert desk.account("ito").totp is None
    code = code_of(desk, offer)
    changed(desk.managing.confirm_totp(BY_COMMAND, offer, code))
    step = needs(desk.signing_in.sign_in("ito", Password(WORD), "A"))
    assert isinstance(
        desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, code)), Refused
    )  # used up already
    desk.clock.pass_(seconds=30)
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, code_of(desk, offer))))


def test_recovery_codes_are_for_who_has_another_factor_and_replace_the_old_ones(desk: Desk) -> None:
    desk.hire("ito", totp=False)
    assert unchanged(desk.managing.new_recovery_codes(BY_COMMAND, "ito")) is NotDone.OTHER_FIRST
    made = desk.managing.new_recovery_codes(BY_COMMAND, "sato")
    assert isinstance(made, RecoveryCodesMade)
    assert not any(code in repr(made) for code in made.codes)
    newer = desk.recovery_codes("sato")
    assert not set(newer) & set(made.codes)
    step = needs(desk.signing_in.sign_in("sato", Password(WORD), "A"))
    assert isinstance(desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, made.codes[0])), Refused)
    desk.clock.pass_(seconds=1)
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, newer[0])))


def test_a_key_is_registered_by_its_owner_and_listed_by_its_label(desk: Desk) -> None:
    own = desk.own(desk.enter("sato"))
    offer = desk.managing.offer_key(own, "sato")
    assert isinstance(offer, KeyOffer)
    said = PluggedKey(SoftKey().plugged).create(offer.challenge.options)
    assert unchanged(desk.managing.confirm_key(own, offer, said, "\n")) is NotDone.DISPLAY
    assert unchanged(desk.managing.confirm_key(own, offer, "{}", "青い鍵")) is NotDone.KEY
    done = changed(desk.managing.confirm_key(own, offer, said, " 青い鍵 "))
    assert [(fact.actor, fact.about, fact.why) for fact in done.facts] == [("staff:sato", "sato", "key")]
    assert desk.managing.people()[1].second == ("totp", "key 青い鍵")


def test_who_lost_everything_is_helped_by_an_administrator(desk: Desk) -> None:
    desk.recovery_codes("sato")
    changed(desk.managing.forget_second(BY_COMMAND, "sato"))
    assert desk.account("sato").ways == frozenset()
    assert signed(desk.signing_in.sign_in("sato", Password(WORD), "A")).owed == {Owed.SECOND}


def test_an_own_leave_is_not_shown_with_its_session(desk: Desk) -> None:
    own = desk.own(desk.enter("sato"))
    assert isinstance(own, Own)
    assert own.session not in repr(own)
