"""Whatever staff, time and a thief do in whatever order: a plain model knows who may, and the service says the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from kiosk.accounts.managing import BY_COMMAND
from kiosk.accounts.means import Limits
from kiosk.accounts.outcomes import Allowed, SignedIn
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import Session
from kiosk.accounts.roles import Action, Role, permits
from tests.support.staff import WORD, Desk

NAMES = ("sato", "abe")
TERMINALS = ("A", "B")
IDLE, LIFE = timedelta(minutes=5), timedelta(hours=1)
SLACK = timedelta(seconds=5)  # not every touch is written


class Known:
    """What the model knows of one token."""

    def __init__(self, name: str, terminal: str, began: datetime, seen: datetime) -> None:
        self.name, self.terminal, self.began, self.seen = name, terminal, began, seen
        self.locked = False


class Staff(RuleBasedStateMachine):
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(limits=Limits(second=False, idle=IDLE, life=LIFE))
        self.known: dict[str, Known] = {}
        self.roles: dict[str, Role] = {}
        self.ever: set[str] = set()

    @initialize(role=st.sampled_from([Role.RECEPTION, Role.LEAD]))
    def begin(self, role: Role) -> None:
        for name in NAMES:
            self.desk.hire(name, role, totp=False)
            self.roles[name] = role

    @property
    def now(self) -> datetime:
        return self.desk.clock.now

    def opened(self, done: object, terminal: str, began: datetime) -> str:
        assert isinstance(done, SignedIn), done
        assert done.token not in self.ever  # never one that was before
        self.ever.add(done.token)
        for token, one in list(self.known.items()):
            if one.terminal == terminal:
                if one.name == done.name:
                    del self.known[token]
                else:
                    one.locked = True
        self.known[done.token] = Known(done.name, terminal, began, self.now)
        return done.token

    def alive(self, token: str, terminal: str) -> Known | None:
        one = self.known.get(token)
        return one if one is not None and one.terminal == terminal and self.now - one.began < LIFE else None

    # -- what people do
    @rule(target=tokens, name=st.sampled_from(NAMES), terminal=st.sampled_from(TERMINALS))
    def sign_in(self, name: str, terminal: str) -> str:
        return self.opened(self.desk.signing_in.sign_in(name, Password(WORD), terminal), terminal, self.now)

    @rule(target=tokens, token=tokens, terminal=st.sampled_from(TERMINALS))
    def unlock(self, token: str, terminal: str) -> object:
        one = self.alive(token, terminal)
        done = self.desk.signing_in.unlock(token, terminal, Password(WORD))
        if one is None:
            assert not isinstance(done, SignedIn)
            return multiple()
        return self.opened(done, terminal, one.began)

    @rule(token=tokens, terminal=st.sampled_from(TERMINALS), action=st.sampled_from(Action))
    def act(self, token: str, terminal: str, action: Action) -> None:
        """Also with tokens that are old, and at terminals where they were not given."""
        answer = self.desk.sessions.authorise(token, terminal, action)
        one = self.known.get(token)
        if one is not None and one.terminal != terminal:
            one.locked = True  # noticed
        one = self.alive(token, terminal)
        idle = timedelta() if one is None else self.now - one.seen
        if one is not None and idle >= IDLE:
            one.locked = True
        open_ = one is not None and not one.locked
        assert isinstance(answer, Allowed) == (
            one is not None and open_ and permits(self.roles[one.name], action)
        )
        if one is not None and open_ and idle >= SLACK:
            one.seen = self.now

    @rule(token=tokens, terminal=st.sampled_from(TERMINALS))
    def lock(self, token: str, terminal: str) -> None:
        self.desk.sessions.lock(token, terminal)
        if (one := self.known.get(token)) is not None:
            one.locked = True  # here by hand, elsewhere as a stolen one

    @rule(token=consumes(tokens), terminal=st.sampled_from(TERMINALS))
    def sign_out(self, token: str, terminal: str) -> None:
        self.desk.sessions.sign_out(token, terminal)
        if (one := self.known.get(token)) is not None and one.terminal == terminal:
            del self.known[token]

    @rule(name=st.sampled_from(NAMES), role=st.sampled_from([Role.RECEPTION, Role.LEAD, Role.AUDITOR]))
    def change_role(self, name: str, role: Role) -> None:
        self.desk.managing.set_role(BY_COMMAND, name, role)
        self.roles[name] = role
        self.known = {token: one for token, one in self.known.items() if one.name != name}

    @rule(minutes=st.sampled_from([0.01, 0.2, 2, 4.99, 5, 30, 61]))
    def time_passes(self, minutes: float) -> None:
        self.desk.clock.pass_(minutes=minutes)

    # -- what always holds
    @invariant()
    def at_most_one_session_a_terminal_is_open(self) -> None:
        with self.desk.file.transaction() as records:
            sessions = records.all(Session)
        for terminal in TERMINALS:
            here = [one for one in sessions if one.terminal == terminal]
            assert sum(not one.locked for one in here) <= 1
            assert len({one.name for one in here}) == len(here)

    @invariant()
    def no_token_is_kept(self) -> None:
        with self.desk.file.transaction() as records:
            assert not {one.key for one in records.all(Session)} & self.ever


Staff.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestStaff = Staff.TestCase
