"""The people of a simulated visit: one who does what a scenario says, and one who always takes the first way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.visit.acts import Act
from kiosk.visit.states import Confirmed, ReadingCard, TakeCard, Visit, WaitingForStaff
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard
from simulator.playing.stage import Stage
from simulator.scenarios.scenario import Do, ScenarioError

_ENDED = frozenset({"Finished", "Abandoned"})
_MOVES = 60  # a visit that needs more than this goes in circles
_SECOND = 1000
_THINKING_MS = 1_500


class Hand(Protocol):
    """Puts cards on the reader and takes them away; returns when the reader has noticed."""

    def insert(self, card: SimulatedCard) -> None: ...

    def remove(self) -> None: ...

    def set_away(self, away: bool) -> None: ...


class Actor:
    """One patient with one card, and a member of staff who comes when called.

    ``pin`` are the digits that this person knows. ``card_for`` makes another persona's card.
    """

    def __init__(
        self,
        stage: Stage,
        hand: Hand,
        card: SimulatedCard | None,
        pin: str,
        card_for: Callable[[str], SimulatedCard | None],
    ) -> None:
        self._stage = stage
        self._hand = hand
        self._card = card
        self._pin = pin
        self._card_for = card_for
        self._retries: set[str] = set()
        self.card_in = False

    # ------------------------------------------------------------------------------ as the scenario says

    def do(self, do: Do) -> None:
        """Raises ``ScenarioError`` for what cannot be done here, ``UnknownAct`` for what is no event."""
        args = do.args
        match do.act:
            case "CardInserted":
                self._insert(self._card_for(args["persona"]) if "persona" in args else self._card)
            case "CardRemoved":
                self._remove()
            case "PinEntered":
                self._enter(args.get("pin", "right"))
            case "TimePassed":
                self._stage.wait(round(float(args["seconds"]) * _SECOND))
            case "ReaderChanged":
                self._hand.set_away(args.get("available", "true") != "true")
                self._stage.settle()
            case _:
                self._stage.act(Act(do.act, tuple(sorted(args.items()))))

    # ---------------------------------------------------------------------------------- the first way

    def go_on(self) -> None:
        """Plays the visit to its end, always taking the first way offered."""
        for _ in range(_MOVES):
            if self._stage.view.state in _ENDED:
                return
            self._stage.wait(_THINKING_MS)
            if not self._move(self._stage.visit, self._stage.view):
                return
        raise ScenarioError(f"the visit goes in circles at {self._stage.view.state}")

    def _move(self, visit: Visit, view: VisitView) -> bool:
        """One step; False when there is nothing left to do."""
        match visit.state:
            case TakeCard() if self.card_in:
                self._remove()
                return True
            case WaitingForStaff() if not self._may_retry(view):
                self._stage.act(Act("StaffActed", (("action", "handled"), ("staff", "simulated"))))
                return True
            case ReadingCard(problem=problem) if problem is not None and not self._may_retry(view):
                self._stage.act(Act("StaffCalled"))
                return True
            case Confirmed():
                self._stage.act(Act("Acknowledged"))
                return True
            case _:
                return self._take_first_way(visit, view)

    def _take_first_way(self, visit: Visit, view: VisitView) -> bool:
        if view.keypad:
            self._enter("right")
            return True
        if view.state == "Welcome" and not self.card_in and self._card is not None and not visit.id:
            return self._first_insert()
        if view.options:
            self._stage.act(view.options[0].act)
            return True
        return self._let_time_pass()

    def _first_insert(self) -> bool:
        if "inserted" in self._retries:
            return False
        self._retries.add("inserted")
        self._insert(self._card)
        return True

    def _may_retry(self, view: VisitView) -> bool:
        """A patient tries the same thing again once, and then lets people help."""
        again = bool(view.options) and view.options[0].act.name == "RetryChosen"
        key = f"{view.state}:{view.code}"
        if not again or key in self._retries:
            return False
        self._retries.add(key)
        return True

    def _let_time_pass(self) -> bool:
        due = self._stage.reception.due()
        if due is None:
            return False
        self._stage.wait(max(1, due - self._stage.world.now().mono))
        return True

    # ------------------------------------------------------------------------------------------ hands

    def _insert(self, card: SimulatedCard | None) -> None:
        if card is None:
            raise ScenarioError("this person has no card to place")
        self._hand.insert(card)
        self.card_in = True
        self._stage.settle()

    def _remove(self) -> None:
        self._hand.remove()
        self.card_in = False
        self._stage.settle()

    def _enter(self, pin: str) -> None:
        digits = {"right": self._pin, "wrong": wrong_pin(self._pin)}.get(pin, pin)
        slot = self._stage.secrets.put(bytearray(digits, "ascii"))
        self._stage.act(Act("PinEntered", (("slot", slot),)))


def wrong_pin(right: str) -> str:
    """Four digits that are certainly not the right ones."""
    return f"{(int(right) + 1) % 10_000:04d}"
