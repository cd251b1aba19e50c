"""Being signed in: idle lock, life, stolen tokens, changing over at one desk, looks, break-glass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.accounts.facts import What
from kiosk.accounts.managing import BY_COMMAND
from kiosk.accounts.outcomes import (
    Allowed,
    Denied,
    GlassBroken,
    Own,
    Present,
    Proof,
    Refusal,
    Refused,
    SignedIn,
    Standing,
    Why,
)
from kiosk.accounts.passwords import Password
from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import BrokenGlass, Session, Way
from kiosk.accounts.roles import NEVER_BROKEN, SHOWS_PERSONAL_DATA, Action, Role, permits
from tests.support.patients import individual_number
from tests.support.soft_key import SoftKey
from tests.support.staff import OTHER, WORD, Desk, needs, signed, whats

REASON = "夜間の急患、責任者不在"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.hire("sato")
    desk.hire("abe", Role.LEAD)
    desk.hire("root", Role.ADMINISTRATOR)
    return desk


def may(
    desk: Desk, session: SignedIn, terminal: str = "A", action: Action = Action.SEE_BOARD
) -> Allowed | Denied:
    return desk.sessions.authorise(session.token, terminal, action, visit="v1")


def allowed(outcome: Allowed | Denied) -> Allowed:
    assert isinstance(outcome, Allowed), outcome
    return outcome


def why(outcome: object) -> Why:
    assert isinstance(outcome, Denied), outcome
    return outcome.why


def standing(desk: Desk, session: SignedIn, terminal: str = "A") -> Standing:
    found = desk.sessions.look(session.token, terminal)
    assert isinstance(found, Standing), found
    return found


# -- idle lock and life ----------------------------------------------------------------------------
def test_five_minutes_without_a_touch_lock(desk: Desk) -> None:
    session = desk.enter("sato")
    desk.clock.pass_(minutes=5, seconds=-1)
    assert isinstance(desk.sessions.look(session.token, "A"), Standing)
    desk.clock.pass_(seconds=1)
    locked = desk.sessions.look(session.token, "A")
    assert why(locked) is Why.LOCKED
    assert whats(locked) == [(What.LOCKED, "sato", "idle")]
    assert desk.sessions.look(session.token, "A").facts == ()  # told once
    assert why(may(desk, session)) is Why.LOCKED


def test_whatever_is_done_begins_the_idle_time_anew(desk: Desk) -> None:
    session = desk.enter("sato")
    for act in (
        lambda: may(desk, session),
        lambda: may(desk, session, action=Action.PURGE),  # also what is not theirs
        lambda: desk.sessions.touch(session.token, "A"),
    ):
        desk.clock.pass_(minutes=4)
        act()
    desk.clock.pass_(minutes=4)
    assert isinstance(may(desk, session), Allowed)


def test_a_touch_is_written_after_five_seconds_and_not_each_time(desk: Desk) -> None:
    session = desk.enter("sato")
    before = standing(desk, session)
    desk.clock.pass_(seconds=4.9)
    assert desk.sessions.touch(session.token, "A") == before
    desk.clock.pass_(seconds=0.1)
    assert desk.sessions.touch(session.token, "A") != before
    assert standing(desk, session).locks_at == desk.clock.now + desk.means.limits.idle


def test_a_screen_that_asks_every_second_does_not_keep_a_session_open(desk: Desk) -> None:
    session = desk.enter("sato")
    locks_at = standing(desk, session).locks_at
    for _ in range(299):
        desk.clock.pass_(seconds=1)
        assert standing(desk, session).locks_at == locks_at
    desk.clock.pass_(seconds=1)
    assert why(desk.sessions.look(session.token, "A")) is Why.LOCKED


def test_a_session_ends_after_its_life_however_busy(desk: Desk) -> None:
    session = desk.enter("sato")
    ends_at = standing(desk, session).ends_at
    while desk.clock.now < ends_at:
        assert isinstance(may(desk, session), Allowed)
        desk.clock.pass_(minutes=4)
    ended = may(desk, session)
    assert why(ended) is Why.NO_SESSION
    assert whats(ended) == [(What.SESSION_ENDED, "sato", "life")]
    assert may(desk, session).facts == ()


def test_the_end_of_a_session_that_nobody_came_back_to_is_told_once(desk: Desk) -> None:
    desk.enter("sato", "B")
    desk.clock.pass_(hours=13)
    assert (What.SESSION_ENDED, "sato", "life") in whats(desk.enter("abe"))
    assert (What.SESSION_ENDED, "sato", "life") not in whats(desk.enter("abe"))


def test_unlocking_does_not_make_a_life_longer(desk: Desk) -> None:
    session = desk.enter("sato")
    ends_at = standing(desk, session).ends_at
    desk.clock.pass_(hours=11)
    session = signed(desk.signing_in.unlock(session.token, "A", Password(WORD)))
    assert standing(desk, session).ends_at == ends_at
    desk.clock.pass_(hours=1)
    outcome = desk.signing_in.unlock(session.token, "A", Password(WORD))
    assert isinstance(outcome, Refused)
    assert outcome.why is Refusal.START_AGAIN


@pytest.mark.parametrize(("back", "expected"), [({"minutes": 6}, Why.LOCKED), ({"days": 1}, Why.NO_SESSION)])
def test_setting_the_clock_back_gives_nobody_time(desk: Desk, back: dict[str, float], expected: Why) -> None:
    session = desk.enter("sato")
    desk.clock.pass_(**{unit: -time for unit, time in back.items()})
    assert why(may(desk, session)) is expected


def test_a_clock_that_is_put_right_by_a_second_disturbs_nobody(desk: Desk) -> None:
    session = desk.enter("sato")
    desk.clock.pass_(seconds=-1)
    assert isinstance(may(desk, session), Allowed)


# -- locking and unlocking -------------------------------------------------------------------------
def test_locked_by_hand_and_opened_by_password_under_a_new_token(desk: Desk) -> None:
    session = desk.enter("sato")
    assert whats(desk.sessions.lock(session.token, "A")) == [(What.LOCKED, "sato", "by_hand")]
    assert desk.sessions.lock(session.token, "A") == ()
    assert why(may(desk, session)) is Why.LOCKED
    opened = signed(desk.signing_in.unlock(session.token, "A", Password(WORD)))
    assert whats(opened) == [(What.UNLOCKED, "sato", "password")]
    assert isinstance(may(desk, opened), Allowed)
    assert why(may(desk, session)) is Why.NO_SESSION
    assert opened.token != session.token


def test_opened_by_the_code_alone(desk: Desk) -> None:
    session = desk.enter("sato")
    desk.sessions.lock(session.token, "A")
    desk.clock.pass_(seconds=30)
    step = needs(desk.signing_in.unlock_by_second(session.token, "A"))
    opened = signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))
    assert whats(opened) == [(What.UNLOCKED, "sato", "totp")]
    assert isinstance(may(desk, opened), Allowed)


def test_opened_by_the_key_alone_and_never_by_a_recovery_code(desk: Desk) -> None:
    key = SoftKey()
    desk.add_key("sato", key)
    code = desk.recovery_codes("sato")[0]
    session = desk.enter("sato")
    desk.sessions.lock(session.token, "A")
    step = needs(desk.signing_in.unlock_by_second(session.token, "A"))
    assert step.ways == {Way.TOTP, Way.KEY}
    refused = desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, code))
    assert isinstance(refused, Refused)
    said = PluggedKey(key.plugged).get(step.key_options)
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.KEY, said)))
    assert len(desk.account("sato").recovery.left) == 10  # type: ignore[union-attr]


def test_a_wrong_password_at_a_locked_screen_waits_like_at_signing_in(desk: Desk) -> None:
    session = desk.enter("sato")
    desk.sessions.lock(session.token, "A")
    outcome = desk.signing_in.unlock(session.token, "A", Password(OTHER))
    assert isinstance(outcome, Refused)
    assert whats(outcome) == [(What.SIGN_IN_FAILED, "sato", "password")]
    again = desk.signing_in.unlock(session.token, "A", Password(WORD))
    assert isinstance(again, Refused)
    assert (again.why, again.wait) == (Refusal.WAIT, outcome.wait)
    assert why(may(desk, session)) is Why.LOCKED


def test_a_session_that_ended_while_its_code_was_typed_does_not_come_back(desk: Desk) -> None:
    session = desk.enter("sato")
    step = needs(desk.signing_in.unlock_by_second(session.token, "A"))
    desk.sessions.sign_out(session.token, "A")
    desk.clock.pass_(seconds=30)
    outcome = desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code()))
    assert isinstance(outcome, Refused)
    assert outcome.why is Refusal.START_AGAIN
    assert why(may(desk, session)) is Why.NO_SESSION


# -- stolen and old tokens -------------------------------------------------------------------------
def test_a_token_at_another_terminal_is_worth_nothing_and_locks_its_session(desk: Desk) -> None:
    session = desk.enter("sato", "A")
    stolen = may(desk, session, "B")
    assert why(stolen) is Why.NO_SESSION
    assert whats(stolen) == [
        (What.SESSION_MISUSED, "sato", "other_terminal"),
        (What.LOCKED, "sato", "other_terminal"),
    ]
    assert stolen.facts[0].alarm
    assert stolen.facts[0].terminal == "B"
    assert why(may(desk, session, "A")) is Why.LOCKED
    signed(desk.signing_in.unlock(session.token, "A", Password(WORD)))


def _sign_out(desk: Desk, session: SignedIn) -> None:
    assert whats(desk.sessions.sign_out(session.token, "A")) == [(What.SIGNED_OUT, "sato", "")]


def _change_role(desk: Desk, session: SignedIn) -> None:
    done = desk.managing.set_role(BY_COMMAND, "sato", Role.LEAD)
    assert (What.SESSION_ENDED, "sato", "role_lead") in whats(done)


def _change_password(desk: Desk, session: SignedIn) -> None:
    desk.managing.set_password(BY_COMMAND, "sato", Password(OTHER))


def _disable(desk: Desk, session: SignedIn) -> None:
    desk.managing.disable(BY_COMMAND, "sato")


def _forget_second(desk: Desk, session: SignedIn) -> None:
    desk.managing.forget_second(BY_COMMAND, "sato")


def _sign_in_anew(desk: Desk, session: SignedIn) -> None:
    desk.enter("sato", "A")


@pytest.mark.parametrize(
    "how", [_sign_out, _change_role, _change_password, _disable, _forget_second, _sign_in_anew]
)
@pytest.mark.parametrize("locked", [False, True])
def test_an_old_token_is_worth_nothing(
    desk: Desk, how: Callable[[Desk, SignedIn], None], locked: bool
) -> None:
    session = desk.enter("sato", "A")
    if locked:
        desk.sessions.lock(session.token, "A")
    how(desk, session)
    assert why(may(desk, session)) is Why.NO_SESSION
    assert why(desk.sessions.look(session.token, "A")) is Why.NO_SESSION
    assert why(desk.sessions.touch(session.token, "A")) is Why.NO_SESSION
    assert why(desk.signing_in.unlock_by_second(session.token, "A")) is Why.NO_SESSION
    assert why(desk.sessions.break_glass(session.token, "A", Action.VOID, REASON)) is Why.NO_SESSION
    for give in (desk.signing_in.unlock, desk.signing_in.own_account):
        outcome = give(session.token, "A", Password(WORD))
        assert isinstance(outcome, Refused)
        assert outcome.why is Refusal.START_AGAIN
    assert desk.sessions.sign_out(session.token, "A") == ()


def test_a_password_that_is_changed_ends_the_sessions_elsewhere_and_not_the_one_that_changes_it(
    desk: Desk,
) -> None:
    here, there = desk.enter("sato", "A"), desk.enter("sato", "B")
    desk.managing.set_password(desk.own(here), "sato", Password(OTHER))
    assert isinstance(may(desk, here, "A"), Allowed)
    assert why(may(desk, there, "B")) is Why.NO_SESSION


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800", "' OR 1=1 --"])
def test_a_guess_is_no_session(desk: Desk, token: str) -> None:
    desk.enter("sato")
    assert why(desk.sessions.authorise(token, "A", Action.SEE_BOARD)) is Why.NO_SESSION


def test_a_token_is_256_fresh_bits_and_kept_nowhere(desk: Desk) -> None:
    tokens = {desk.enter("sato").token for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}
    with desk.file.transaction() as records:
        (session,) = records.all(Session)
    assert session.key not in tokens
    assert why(desk.sessions.authorise(session.key, "A", Action.SEE_BOARD)) is Why.NO_SESSION


# -- several people at one desk --------------------------------------------------------------------
def test_who_signs_in_locks_the_others_there_and_they_come_back_by_unlocking(desk: Desk) -> None:
    sato = desk.enter("sato", "A")
    elsewhere = desk.enter("root", "B")
    abe = desk.enter("abe", "A")
    assert (What.LOCKED, "sato", "other_person") in whats(abe)
    assert why(may(desk, sato)) is Why.LOCKED
    assert desk.sessions.present("A") == [Present("abe", "abeさん", False), Present("sato", "satoさん", True)]
    assert isinstance(may(desk, elsewhere, "B", Action.SEE_HEALTH), Allowed)
    sato = signed(desk.signing_in.unlock(sato.token, "A", Password(WORD)))
    assert isinstance(may(desk, sato), Allowed)
    assert why(may(desk, abe)) is Why.LOCKED
    desk.clock.pass_(minutes=5)
    assert [one.locked for one in desk.sessions.present("A")] == [True, True]
    desk.clock.pass_(hours=12)
    assert desk.sessions.present("A") == []


def test_nobodys_password_opens_somebody_elses_session(desk: Desk) -> None:
    desk.hire("wada")
    desk.managing.set_password(BY_COMMAND, "wada", Password(OTHER))
    sato = desk.enter("sato", "A")
    desk.sessions.lock(sato.token, "A")
    outcome = desk.signing_in.unlock(sato.token, "A", Password(OTHER))
    assert isinstance(outcome, Refused)


# -- looks -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", sorted(SHOWS_PERSONAL_DATA))
def test_each_look_at_a_patients_data_is_told(desk: Desk, action: Action) -> None:
    session = desk.enter("abe")
    for _ in range(2):
        answer = desk.sessions.authorise(session.token, "A", action, visit="v7", about="00123")
        (fact,) = allowed(answer).facts
        assert (fact.type, fact.actor, fact.visit) == ("StaffSawData", "staff:abe", "v7")
        assert fact.payload == {"terminal": "A", "action": action.value, "about": "00123"}


def test_what_shows_nobodys_data_tells_nothing(desk: Desk) -> None:
    session = desk.enter("abe")
    for action in set(Action) - SHOWS_PERSONAL_DATA:
        if permits(Role.LEAD, action):
            assert allowed(may(desk, session, action=action)).facts == ()


def test_who_is_refused_is_told_with_what_they_wanted(desk: Desk) -> None:
    session = desk.enter("sato")
    answer = may(desk, session, action=Action.VOID)
    assert why(answer) is Why.FORBIDDEN
    (fact,) = answer.facts
    assert (fact.what, fact.actor, fact.action, fact.visit) == (What.DENIED, "staff:sato", "void", "v1")


# -- break-glass -----------------------------------------------------------------------------------
def broken(desk: Desk, session: SignedIn, action: Action = Action.VOID, terminal: str = "A") -> GlassBroken:
    outcome = desk.sessions.break_glass(session.token, terminal, action, f" {REASON} ")
    assert isinstance(outcome, GlassBroken), outcome
    return outcome


def test_break_glass_gives_an_action_for_a_quarter_of_an_hour_with_an_alarm(desk: Desk) -> None:
    session = desk.enter("sato")
    outcome = broken(desk, session)
    (fact,) = outcome.facts
    assert fact.alarm
    assert (fact.type, fact.actor) == ("StaffBrokeGlass", "staff:sato")
    assert fact.payload == {"terminal": "A", "action": "void", "reason": REASON}
    for minutes in (0, 4, 4, 4):
        desk.clock.pass_(minutes=minutes)
        answer = allowed(may(desk, session, action=Action.VOID))
        assert answer.broken_glass
        assert whats(answer) == [(What.USED_BROKEN_GLASS, "sato", "")]
        assert [(one.action, one.until) for one in standing(desk, session).glass] == [
            (Action.VOID, outcome.until)
        ]
    desk.clock.pass_(minutes=3)
    assert why(may(desk, session, action=Action.VOID)) is Why.FORBIDDEN
    assert standing(desk, session).glass == ()


def test_a_look_through_broken_glass_is_told_as_both(desk: Desk) -> None:
    session = desk.enter("sato")
    broken(desk, session, Action.SEE_REPORT)
    answer = allowed(may(desk, session, action=Action.SEE_REPORT))
    assert [fact.what for fact in answer.facts] == [What.USED_BROKEN_GLASS, What.SAW_DATA]


def test_broken_glass_serves_that_person_there_for_that_action_only(desk: Desk) -> None:
    desk.hire("ito")
    session = desk.enter("sato", "A")
    broken(desk, session)
    assert why(may(desk, session, action=Action.DROP_RECHECK)) is Why.FORBIDDEN
    assert why(may(desk, desk.enter("ito", "A"), action=Action.VOID)) is Why.FORBIDDEN
    assert why(may(desk, desk.enter("sato", "B"), "B", Action.VOID)) is Why.FORBIDDEN


@pytest.mark.parametrize("reason", ["", "   ", "x", "急患", "a" * 201, "line\nbreak here", "tab\there now"])
def test_break_glass_wants_a_reason_on_one_line(desk: Desk, reason: str) -> None:
    session = desk.enter("sato")
    assert why(desk.sessions.break_glass(session.token, "A", Action.VOID, reason)) is Why.REASON
    assert why(may(desk, session, action=Action.VOID)) is Why.FORBIDDEN


def test_a_reason_never_holds_an_individual_number(desk: Desk) -> None:
    session = desk.enter("sato")
    reason = f"患者 {individual_number()} の急患"
    outcome = desk.sessions.break_glass(session.token, "A", Action.VOID, reason)
    assert why(outcome) is Why.REASON
    assert outcome.facts == ()


@pytest.mark.parametrize("action", sorted(NEVER_BROKEN | {Action.OPEN_VISIT}))
def test_what_lasts_or_is_theirs_already_is_not_given(desk: Desk, action: Action) -> None:
    session = desk.enter("sato")
    assert why(desk.sessions.break_glass(session.token, "A", action, REASON)) is Why.NOT_BREAKABLE


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_is_not_at_the_desk_breaks_no_glass(desk: Desk, role: Role) -> None:
    desk.hire("ueda", role)
    session = desk.enter("ueda")
    assert why(desk.sessions.break_glass(session.token, "A", Action.OPEN_VISIT, REASON)) is Why.NOT_BREAKABLE


def test_who_loses_the_role_loses_what_was_broken(desk: Desk) -> None:
    broken(desk, desk.enter("sato"))
    desk.managing.set_role(BY_COMMAND, "sato", Role.AUDITOR)
    assert why(may(desk, desk.enter("sato"), action=Action.VOID)) is Why.FORBIDDEN


def test_administrators_see_who_broke_glass_and_why_for_ninety_days(desk: Desk) -> None:
    broken(desk, desk.enter("sato", "A"))
    broken(desk, desk.enter("abe", "B"), Action.CHANGE_SETTINGS, "B")
    leave = allowed(may(desk, desk.enter("root", "C"), "C", Action.MANAGE_ACCOUNTS))
    listed = desk.sessions.glass_broken(leave)
    assert [(one.name, one.terminal, one.action, one.reason) for one in listed] == [
        ("sato", "A", Action.VOID, REASON),
        ("abe", "B", Action.CHANGE_SETTINGS, REASON),
    ]
    assert all(REASON not in repr(one) for one in listed)
    with pytest.raises(PermissionError):
        desk.sessions.glass_broken(allowed(may(desk, desk.enter("sato"), action=Action.OPEN_VISIT)))
    desk.clock.pass_(days=91)
    desk.enter("sato")
    with desk.file.transaction() as records:
        assert records.all(BrokenGlass) == []


# -- one's own account -----------------------------------------------------------------------------
def test_an_open_desk_alone_changes_nobodys_password(desk: Desk) -> None:
    session = desk.enter("sato")
    outcome = desk.signing_in.own_account(session.token, "A", Password(OTHER))
    assert isinstance(outcome, Refused)
    assert (outcome.why, whats(outcome)) == (Refusal.WRONG, [(What.SIGN_IN_FAILED, "sato", "password")])
    desk.clock.pass_(seconds=1)
    assert isinstance(desk.signing_in.own_account(session.token, "A", Password(WORD)), Own)
