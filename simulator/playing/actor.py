"""The people of a simulated visit: one who does what a scenario says, and one who always takes the first way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from drivers.interface import CardReader
from kiosk.visit.acts import Act
from kiosk.visit.states import Confirmed, ReadingCard, TakeCard, Visit, WaitingForStaff, Welcome
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

    @property
    def reader(self) -> CardReader: ...

    def insert(self, card: SimulatedCard) -> None: ...

    def swap(self, card: SimulatedCard) -> None: ...

    def remove(self) -> None: ...

    def set_away(self, away: bool) -> None: ...


@dataclass(frozen=True)
class Someone:
    """A person as far as the reception meets them, with the digits that they know: the PIN of authentication, that of
    the card's text, and 照合番号B, which they read off the card."""

    card: SimulatedCard | None
    pin: str
    text_pin: str = ""
    number_b: str = ""


class Actor:
    """One patient, and a member of staff who comes when called. ``find`` gives the person of a persona; the same
    persona is the same person with the same card."""

    def __init__(self, stage: Stage, hand: Hand, someone: Someone, find: Callable[[str], Someone]) -> None:
        self._stage = stage
        self._hand = hand
        self._someone = someone
        self._find = find
        self._tried: set[str] = set()
        self._left_there = False

    # ------------------------------------------------------------------------------ as the scenario says

    def do(self, do: Do) -> None:
        """Raises ``ScenarioError`` for what cannot be done here, ``UnknownAct`` for what is no event."""
        args = do.args
        if do.by == "staff":
            self._stage.desk(_argument(do, "action"), args.get("staff", "simulated"))
            return
        match do.act:
            case "GoOn":
                self._go_on_until(_argument(do, "until"))
            case "PersonCame":
                self._someone = self._find(_argument(do, "persona"))
                self._tried.clear()
            case "CardInserted":
                self._insert(self._find(args["persona"]).card if "persona" in args else self._someone.card)
            case "CardRemoved":
                self.take_card()
            case "CardSwapped":
                self.swap_card(_argument(do, "persona"))
            case "PinEntered":
                self._enter(args.get("pin", "right"))
            case "TimePassed":
                self._stage.wait(round(_number(do, "seconds") * _SECOND))
            case "ReaderChanged":
                self._hand.set_away(args.get("available", "true") != "true")
            case _:
                self._stage.act(Act(do.act, tuple(sorted(args.items()))))
        self._stage.settle()

    # ---------------------------------------------------------------------------------- the first way

    def go_on(self) -> None:
        """Plays the visit to its end, always taking the first way offered."""
        for _ in range(_MOVES):
            if self._stage.view.state in _ENDED or not self._next_move():
                return
        raise ScenarioError(f"the visit goes in circles at {self._stage.view.state}")

    def _go_on_until(self, page: str) -> None:
        for _ in range(_MOVES):
            if is_page(self._stage.view, page):
                return
            if not self._next_move():
                break
        raise ScenarioError(f"the visit never comes to {page}; it stands at {self._stage.view.state}")

    def _next_move(self) -> bool:
        """Thinks, and acts; False when there is nothing left to do."""
        before = self._stage.view
        self._stage.wait(_THINKING_MS)
        if self._stage.view.state != before.state:
            return True  # time itself has moved the visit
        return self._move(self._stage.visit, self._stage.view)

    def _move(self, visit: Visit, view: VisitView) -> bool:
        match visit.state:
            case TakeCard() if self._card_in():
                self.take_card()
                self._stage.settle()
                return True
            case WaitingForStaff() if not self._may_retry(view):
                return self._stage.desk("handled", "simulated")
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
        if view.state == "Welcome" and self._someone.card is None:
            self._stage.act(Act("WayChosen", (("way", "no_card"),)))
            return True
        if view.state == "Welcome":
            return self._place_card(visit)
        if view.options:
            self._stage.act(view.options[0].act)
            return True
        return self._let_time_pass()

    def _place_card(self, visit: Visit) -> bool:
        """Once, and once more where it was taken away too early; then this person gives up."""
        early = isinstance(visit.state, Welcome) and bool(visit.state.hint)
        attempt = "placed again" if early else "placed"
        if attempt in self._tried or self._card_in():
            return False
        self._tried.add(attempt)
        self._insert(self._someone.card)
        self._stage.settle()
        return True

    def _may_retry(self, view: VisitView) -> bool:
        """A patient tries the same thing again once, and then lets people help."""
        again = bool(view.options) and view.options[0].act.name == "RetryChosen"
        key = f"{view.state}:{view.code}"
        if not again or key in self._tried:
            return False
        self._tried.add(key)
        return True

    def _let_time_pass(self) -> bool:
        due = self._stage.due()
        if due is None:
            return False
        self._stage.wait(max(1, due - self._stage.world.now().mono))
        return True

    # ------------------------------------------------------------------------------------------ hands

    def _card_in(self) -> bool:
        seen = self._hand.reader.snapshot()
        return seen.card_present if seen.available else self._left_there

    def take_card(self) -> None:
        """The card leaves the reader; nothing is settled."""
        self._hand.remove()
        self._left_there = False

    def swap_card(self, persona: str) -> None:
        """Another person's card lies there from now on, too quickly for a removal to be seen."""
        card = self._find(persona).card
        if card is None:
            raise ScenarioError(f"{persona} has no card to place")
        self._hand.swap(card)
        self._left_there = True

    def _insert(self, card: SimulatedCard | None) -> None:
        if card is None:
            raise ScenarioError("this person has no card to place")
        self._hand.insert(card)
        self._left_there = True

    def _enter(self, pin: str) -> None:
        right = self._someone.pin
        digits = {"right": right, "wrong": wrong_pin(right)}.get(pin, pin)
        slot = self._stage.secrets.put(bytearray(digits, "ascii"))
        self._stage.act(Act("PinEntered", (("slot", slot),)))


def is_page(view: VisitView, page: str) -> bool:
    """Whether ``page`` names what is shown: a state, or with its variant ``EnteringPin.last_try``."""
    return page in (view.state, f"{view.state}.{view.variant}")


def wrong_pin(right: str) -> str:
    """Four digits that are certainly not the right ones."""
    return f"{(int(right) + 1) % 10_000:04d}"


def _argument(do: Do, name: str) -> str:
    args: Mapping[str, str] = do.args
    if name not in args:
        raise ScenarioError(f"{do.act} needs the argument {name}")
    return args[name]


def _number(do: Do, name: str) -> float:
    try:
        return float(_argument(do, name))
    except ValueError:
        raise ScenarioError(f"{do.act}: {name} is not a number") from None
