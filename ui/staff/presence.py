"""Who is at the console now: asked every second, since a session locks by itself and may be ended from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from kiosk.accounts.outcomes import Denied, GlassBroken, Standing, Why
from kiosk.accounts.roles import Action, can_break, permits
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble


class Presence(QObject):
    """``stands``: somebody is there, or something of them has changed. ``locked``: nobody touched anything for long.
    ``ended``: the session is over. ``trouble``: nobody can tell."""

    stands = Signal(object)
    locked = Signal()
    ended = Signal()
    trouble = Signal(object)

    def __init__(self, guard: Guard, lane: Lane) -> None:
        super().__init__()
        self._guard, self._lane = guard, lane
        self._touched = self._asking = False
        self.standing: Standing | None = None

    def may(self, action: Action) -> bool:
        """By role, or by broken glass."""
        standing = self.standing
        if standing is None:
            return False
        return permits(standing.role, action) or any(one.action is action for one in standing.glass)

    def may_break(self, action: Action) -> bool:
        return self.standing is not None and can_break(self.standing.role, action)

    def touch(self) -> None:
        """Somebody pressed a key or a button."""
        self._touched = True

    def go_in(self) -> None:
        """Somebody has just signed in."""
        self._lane.do(self._guard.standing, self._came)

    def look(self) -> None:
        """Something of the account has changed."""
        self._ask()

    def every_second(self) -> None:
        if self.standing is not None and not self._asking:
            self._ask()

    def lock(self) -> None:
        self.standing = None
        self._lane.do(self._guard.lock)

    def leave(self) -> None:
        """Nobody is there as far as this window knows."""
        self.standing = None

    def sign_out(self, then: Callable[[], object]) -> None:
        self.standing = None
        self._lane.do(self._guard.sign_out, lambda _done: then())

    def break_glass(
        self, action: Action, why: str, then: Callable[[GlassBroken | Denied | Trouble], object]
    ) -> None:
        self._lane.do(lambda: self._guard.break_glass(action, why), then)

    # -- inside
    def _ask(self) -> None:
        self._asking = True
        touched, self._touched = self._touched, False
        self._lane.do(self._guard.touch if touched else self._guard.standing, self._looked)

    def _came(self, standing: Standing | Denied | Trouble) -> None:
        if isinstance(standing, Standing):
            self.standing = standing
            self.stands.emit(standing)
        elif isinstance(standing, Trouble):
            self.trouble.emit(standing)
        else:
            self.ended.emit()

    def _looked(self, standing: Standing | Denied | Trouble) -> None:
        self._asking = False
        if self.standing is None:
            return  # gone meanwhile
        match standing:
            case Standing():
                if standing != self.standing:
                    self.standing = standing
                    self.stands.emit(standing)
            case Denied(why=Why.LOCKED):
                self.locked.emit()
            case Denied():
                self.ended.emit()
            case Trouble():
                self.trouble.emit(standing)
