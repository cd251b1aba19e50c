"""Break-glass: an action that a role lacks, for a quarter of an hour, with a reason and with everybody told."""

from __future__ import annotations

from kiosk.accounts.outcomes import Denied, GlassBroken
from kiosk.accounts.roles import Action
from ui.staff.doing import Ask
from ui.staff.lane import Trouble
from ui.staff.own_page import Say
from ui.staff.presence import Presence
from ui.staff.sheet import Answers, Field, Question, Secrets
from ui.staff.telling import trouble_of
from ui.staff.words import Words


class Glass:
    """Remembers what was forbidden last; that alone can be asked for."""

    def __init__(self, presence: Presence, ask: Ask, say: Say) -> None:
        self._presence, self._ask, self._say = presence, ask, say
        self._wanted: Action | None = None

    def tell(self, action: Action, words: Words) -> None:
        """Says that this role may not, and whether glass can be broken."""
        standing = self._presence.standing
        if standing is None:
            return
        self._wanted = action if self._presence.may_break(action) else None
        role = words(f"desk.role.{standing.role}")
        hint = f"　Ctrl+G {words('desk.glass.heading')}" if self._wanted is not None else ""
        self._say(words("desk.denied.forbidden_role", role=role) + hint, bad=True)

    def ask(self, words: Words) -> None:
        action = self._wanted
        if action is None:
            return
        field = Field("why", words("desk.glass.why"), needed=True)
        question = Question(words("desk.glass.heading"), (field,), words("desk.glass.body"), dangerous=True)

        def came(outcome: GlassBroken | Denied | Trouble) -> None:
            match outcome:
                case GlassBroken():
                    asked.end()
                    self._wanted = None
                    self._presence.look()
                case Denied(why=why):
                    asked.say(words(f"desk.denied.{why}"))
                case Trouble():
                    asked.say(trouble_of(outcome, words))

        def answered(told: Answers, _secrets: Secrets) -> None:
            self._presence.break_glass(action, told["why"], came)

        asked = self._ask(question, answered, keep=True)
