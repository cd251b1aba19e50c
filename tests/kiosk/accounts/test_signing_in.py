"""Signing in: who is let in, who waits, and that nothing is told to who is not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from kiosk.accounts.facts import What
from kiosk.accounts.managing import BY_COMMAND
from kiosk.accounts.means import Limits
from kiosk.accounts.outcomes import Denied, NeedsSecond, Proof, Refusal, Refused, SignedIn, Why
from kiosk.accounts.passwords import Parameters, Password
from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Failures, Owed, Session, Way
from kiosk.accounts.roles import Action, Role
from kiosk.accounts.second import RECOVERY_CODES
from tests.support.soft_key import SoftKey
from tests.support.staff import OTHER, QUICK, WORD, Desk, needs, signed, whats

WRONG_WORD = "wrong words altogether"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.hire("sato")
    desk.hire("abe", Role.LEAD)
    return desk


def try_in(
    desk: Desk, name: str = "sato", word: str = WORD, terminal: str = "A"
) -> SignedIn | NeedsSecond | Refused:
    return desk.signing_in.sign_in(name, Password(word), terminal)


def refused(outcome: object) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


def opened(desk: Desk) -> int:
    with desk.file.transaction() as records:
        return len(records.all(Session))


# -- two factors -----------------------------------------------------------------------------------
def test_password_and_code_let_in(desk: Desk) -> None:
    step = needs(try_in(desk))
    assert (set(step.ways), step.facts, opened(desk)) == ({Way.TOTP}, (), 0)
    done = signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))
    assert (done.name, done.display, done.role, done.owed) == (
        "sato",
        "satoさん",
        Role.RECEPTION,
        frozenset(),
    )
    assert whats(done) == [(What.SIGNED_IN, "sato", "totp")]
    assert done.facts[0].actor == "staff:sato"
    assert opened(desk) == 1


@pytest.mark.parametrize("typed", ["SATO", " sato ", "ｓａｔｏ"])
def test_a_name_is_understood_however_it_is_typed(desk: Desk, typed: str) -> None:
    needs(try_in(desk, typed))


def test_a_code_counts_for_one_signing_in_only(desk: Desk) -> None:
    code = desk.code()
    first = needs(try_in(desk))
    signed(desk.signing_in.second(first.ticket, "A", Proof(Way.TOTP, code)))
    second = needs(try_in(desk))
    again = refused(desk.signing_in.second(second.ticket, "A", Proof(Way.TOTP, code)))
    assert whats(again) == [(What.SIGN_IN_FAILED, "sato", "totp")]


def test_a_security_key_lets_in_and_its_counter_is_kept(desk: Desk) -> None:
    key = SoftKey()
    desk.add_key("sato", key)
    step = needs(try_in(desk))
    assert step.ways == {Way.TOTP, Way.KEY}
    said = PluggedKey(key.plugged).get(step.key_options)
    done = signed(desk.signing_in.second(step.ticket, "A", Proof(Way.KEY, said)))
    assert whats(done) == [(What.SIGNED_IN, "sato", "key")]
    assert desk.account("sato").keys[0].count == key.count
    replayed = needs(try_in(desk))
    assert refused(desk.signing_in.second(replayed.ticket, "A", Proof(Way.KEY, said))).why is Refusal.WRONG


def test_a_copied_key_is_told_to_the_audit_and_not_to_who_holds_it(desk: Desk) -> None:
    key = SoftKey()
    desk.add_key("sato", key)
    copy = key.copy()
    step = needs(try_in(desk))
    signed(
        desk.signing_in.second(
            step.ticket, "A", Proof(Way.KEY, PluggedKey(key.plugged).get(step.key_options))
        )
    )
    step = needs(try_in(desk))
    said = PluggedKey(copy.plugged).get(step.key_options)
    told = refused(desk.signing_in.second(step.ticket, "A", Proof(Way.KEY, said)))
    assert told.why is Refusal.WRONG
    assert whats(told) == [(What.SIGN_IN_FAILED, "sato", "key_counter")]


def test_a_recovery_code_lets_in_once_and_raises_an_alarm(desk: Desk) -> None:
    codes = desk.recovery_codes("sato")
    for used, code in enumerate(codes, 1):
        step = needs(try_in(desk))
        assert Way.RECOVERY in step.ways
        done = signed(desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, code)))
        left = RECOVERY_CODES - used
        assert whats(done) == [
            (What.SIGNED_IN, "sato", "recovery"),
            (What.RECOVERY_USED, "sato", f"{left}_left"),
        ]
        assert [fact.alarm for fact in done.facts] == [False, True]
        if left:
            step = needs(try_in(desk))
            refused(desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, code)))
            desk.clock.pass_(minutes=10)
    assert Way.RECOVERY not in needs(try_in(desk)).ways


def test_one_recovery_code_in_two_hands_lets_one_in(desk: Desk) -> None:
    code = desk.recovery_codes("sato")[0]
    tickets = [(needs(try_in(desk, terminal=terminal)).ticket, terminal) for terminal in "AB"]
    first = desk.signing_in.second(tickets[0][0], "A", Proof(Way.RECOVERY, code))
    desk.clock.pass_(seconds=2)
    second = desk.signing_in.second(tickets[1][0], "B", Proof(Way.RECOVERY, code))
    assert [type(outcome) for outcome in (first, second)] == [SignedIn, Refused]


def test_who_has_no_second_factor_comes_in_to_set_one_up_and_for_nothing_else(desk: Desk) -> None:
    desk.hire("ito", totp=False)
    done = signed(try_in(desk, "ito"))
    assert done.owed == {Owed.SECOND}
    for action in Action:
        answer = desk.sessions.authorise(done.token, "A", action)
        assert isinstance(answer, Denied)
        assert answer.why is Why.OWED


def test_a_facility_may_do_without_second_factors() -> None:
    desk = Desk(limits=Limits(second=False))
    desk.hire("ito", totp=False)
    desk.hire("sato")
    assert signed(try_in(desk, "ito")).owed == frozenset()
    needs(try_in(desk, "sato"))  # who has one uses it


# -- the ticket ------------------------------------------------------------------------------------
def test_the_second_factor_may_be_tried_again_but_not_for_long(desk: Desk) -> None:
    step = needs(try_in(desk))
    assert refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, "000000"))).why is Refusal.WRONG
    desk.clock.pass_(seconds=1)
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))
    step = needs(try_in(desk))
    desk.clock.pass_(minutes=2)
    late = refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))
    assert late.why is Refusal.START_AGAIN


def _elsewhere(desk: Desk, step: NeedsSecond) -> Refused:
    return refused(desk.signing_in.second(step.ticket, "B", Proof(Way.TOTP, desk.code())))


def _used(desk: Desk, step: NeedsSecond) -> Refused:
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))
    desk.clock.pass_(seconds=30)
    return refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))


def _guessed(desk: Desk, step: NeedsSecond) -> Refused:
    return refused(desk.signing_in.second(step.ticket[:-1], "A", Proof(Way.TOTP, desk.code())))


def _not_asked_for(desk: Desk, step: NeedsSecond) -> Refused:
    return refused(desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, "0000-0000-0000")))


def _password_changed(desk: Desk, step: NeedsSecond) -> Refused:
    desk.managing.set_password(BY_COMMAND, "sato", Password(OTHER))
    return refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))


def _disabled(desk: Desk, step: NeedsSecond) -> Refused:
    desk.hire("root", Role.ADMINISTRATOR)
    desk.managing.disable(BY_COMMAND, "sato")
    return refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))


@pytest.mark.parametrize("how", [_elsewhere, _used, _guessed, _not_asked_for, _password_changed, _disabled])
def test_a_ticket_serves_once_here_and_as_long_as_the_password_is_that_one(
    desk: Desk, how: Callable[[Desk, NeedsSecond], Refused]
) -> None:
    desk.hire("root", Role.ADMINISTRATOR)
    before = opened(desk)
    assert how(desk, needs(try_in(desk))).why is Refusal.START_AGAIN
    assert opened(desk) <= before + 1


# -- nothing is told -------------------------------------------------------------------------------
def test_unknown_name_wrong_password_and_disabled_account_get_one_answer(desk: Desk) -> None:
    desk.hire("root", Role.ADMINISTRATOR)
    desk.managing.disable(BY_COMMAND, "abe")
    answers = [
        refused(try_in(desk, name, word, terminal))
        for name, word, terminal in (
            ("sato", WRONG_WORD, "A"), ("nobody", WORD, "B"), ("abe", WORD, "C"), ("", "", "D"),
            (WRONG_WORD, WORD, "E"),
        )
    ]  # fmt: skip
    assert {(answer.why, answer.wait) for answer in answers} == {(Refusal.WRONG, timedelta(seconds=1))}
    assert [whats(answer) for answer in answers] == [
        [(What.SIGN_IN_FAILED, "sato", "password")],
        [(What.SIGN_IN_FAILED, "", "unknown_name")],
        [(What.SIGN_IN_FAILED, "abe", "disabled")],
        [(What.SIGN_IN_FAILED, "", "unknown_name")],
        [(What.SIGN_IN_FAILED, "", "unknown_name")],
    ]
    assert answers[1].facts[0].actor == "system"


def test_each_of_them_takes_one_hash(desk: Desk) -> None:
    desk.hire("root", Role.ADMINISTRATOR)
    desk.managing.disable(BY_COMMAND, "abe")
    refused(try_in(desk, "nobody"))  # the hash of nobody is made once
    desk.hasher.hashed = 0
    for name, word in (("sato", WRONG_WORD), ("nobody", WORD), ("abe", WORD)):
        desk.clock.pass_(minutes=5)
        desk.hasher.verified.clear()
        refused(try_in(desk, name, word))
        assert (len(desk.hasher.verified), desk.hasher.hashed) == (1, 0)


def test_an_unknown_name_waits_like_a_known_one(desk: Desk) -> None:
    for n, terminal in enumerate("ABCDE"):
        assert refused(try_in(desk, "nobody", terminal=terminal)).wait == timedelta(seconds=2**n)
        assert refused(try_in(desk, "nobody", terminal="Z")).why is Refusal.WAIT
        desk.clock.pass_(seconds=2**n)


def test_what_was_typed_for_a_name_is_kept_nowhere(desk: Desk) -> None:
    """It may be a password."""
    refused(try_in(desk, WRONG_WORD))
    with desk.file.transaction() as records:
        keys = [one.key for one in records.all(Failures)]
    assert len(keys) == 2
    assert "terminal:A" in keys
    assert all(part not in "".join(keys) for part in WRONG_WORD.split())


# -- lock-out --------------------------------------------------------------------------------------
def test_each_wrong_password_doubles_the_wait(desk: Desk) -> None:
    for wait in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        assert refused(try_in(desk, word=WRONG_WORD)).wait == timedelta(seconds=wait)
        desk.clock.pass_(seconds=wait - 0.5)
        early = refused(try_in(desk))  # even the right one
        assert (early.why, early.wait, early.facts) == (Refusal.WAIT, timedelta(seconds=0.5), ())
        desk.clock.pass_(seconds=0.5)
    needs(try_in(desk))  # and never for good


def test_waiting_is_not_counted_as_trying(desk: Desk) -> None:
    refused(try_in(desk, word=WRONG_WORD))
    desk.hasher.verified.clear()
    for _ in range(50):
        assert refused(try_in(desk, word=WRONG_WORD)).wait == timedelta(seconds=1)
    assert desk.hasher.verified == []


def test_an_account_waits_at_every_terminal(desk: Desk) -> None:
    for terminal in "AB":
        refused(try_in(desk, word=WRONG_WORD, terminal=terminal))
        desk.clock.pass_(seconds=1)
    assert refused(try_in(desk, terminal="C")).why is Refusal.WAIT
    needs(try_in(desk, "abe", terminal="C"))


def test_a_terminal_waits_whoever_tries(desk: Desk) -> None:
    for name in ("sato", "abe", "x", "y"):
        desk.clock.pass_(seconds=8)
        refused(try_in(desk, name, WRONG_WORD))
    assert refused(try_in(desk, "abe")).wait == timedelta(seconds=8)
    needs(try_in(desk, "abe", terminal="B"))


def test_knowing_the_password_does_not_buy_tries_of_the_second_factor(desk: Desk) -> None:
    waited = []
    for _ in range(6):
        step = needs(try_in(desk))  # right each time
        answer = refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, "000000")))
        assert answer.why is Refusal.WRONG
        waited.append(answer.wait.total_seconds())
        assert (
            refused(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, "000001"))).why is Refusal.WAIT
        )
        desk.clock.pass_(seconds=answer.wait.total_seconds())
    assert waited == [1, 2, 4, 8, 16, 32]


def test_a_right_password_needs_no_wait_before_the_code(desk: Desk) -> None:
    refused(try_in(desk, word=WRONG_WORD))
    desk.clock.pass_(seconds=1)
    step = needs(try_in(desk))
    signed(desk.signing_in.second(step.ticket, "A", Proof(Way.TOTP, desk.code())))


def test_signing_in_begins_the_count_anew(desk: Desk) -> None:
    for _ in range(4):
        refused(try_in(desk, word=WRONG_WORD))
        desk.clock.pass_(seconds=10)
    desk.enter("sato")
    assert refused(try_in(desk, word=WRONG_WORD)).wait == timedelta(seconds=1)


def test_the_count_outlives_the_program(desk: Desk) -> None:
    for _ in range(3):
        refused(try_in(desk, word=WRONG_WORD))
        desk.clock.pass_(seconds=4)
    again = Desk(desk.file)
    again.clock.now = desk.clock.now
    assert refused(try_in(again, word=WRONG_WORD)).wait == timedelta(seconds=8)


def test_many_tries_at_once_are_one_try(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: refused(try_in(desk, word=WRONG_WORD)), range(12)))
    assert sorted(answer.why for answer in answers) == [Refusal.WAIT] * 11 + [Refusal.WRONG]
    assert len(desk.hasher.verified) == 1


# -- how passwords are kept ------------------------------------------------------------------------
def test_a_hash_of_former_parameters_is_renewed_at_signing_in(desk: Desk) -> None:
    former = desk.account("sato").password
    later = Desk(desk.file, parameters=Parameters(memory=QUICK.memory * 2, passes=1, lanes=1))
    refused(try_in(later, word=WRONG_WORD))
    assert desk.account("sato").password == former
    later.clock.pass_(minutes=1)
    later.hasher.hashed = 0
    step = needs(try_in(later))
    assert later.hasher.hashed == 1
    renewed = desk.account("sato").password
    assert renewed != former
    assert "m=16" in renewed
    signed(later.signing_in.second(step.ticket, "A", Proof(Way.TOTP, later.code())))
    needs(try_in(later))
    assert desk.account("sato").password == renewed


def test_the_typed_password_is_wiped_whatever_comes_of_it(desk: Desk) -> None:
    words = [Password(WORD), Password(WRONG_WORD), Password(WORD), Password(WORD)]
    desk.signing_in.sign_in("sato", words[0], "A")
    desk.signing_in.sign_in("sato", words[1], "A")
    desk.signing_in.sign_in("sato", words[2], "A")  # has to wait
    desk.signing_in.unlock("no token", "A", words[3])
    assert [word.reveal() for word in words] == [b""] * 4


def test_what_changes_while_a_password_is_checked_counts(desk: Desk) -> None:
    """Somebody is disabled in the fifth of a second in which nobody holds the pen."""
    verify = desk.hasher.verify

    def slowly(hashed: str | None, password: Password) -> bool:
        with desk.file.transaction() as records:
            records.put(replace(desk_account, disabled=True))
        return verify(hashed, password)

    desk_account = desk.account("sato")
    desk.hasher.verify = slowly  # type: ignore[method-assign]
    answer = refused(try_in(desk))
    assert answer.why is Refusal.WRONG
    assert whats(answer) == [(What.SIGN_IN_FAILED, "sato", "changed")]
