"""The people of a simulated visit: one who does what a scenario says, and one who always takes the first way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from drivers.interface import CardReader
from kiosk.evidence.model import Way
from kiosk.visit.acts import Act
from kiosk.visit.flow.staff import NEEDS_LOOK_UP, way_shown
from kiosk.visit.moves import FALLBACK
from kiosk.visit.states import (
    Confirmed,
    FillingDeclaration,
    MatchingFace,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    ShowingCertificate,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard
from simulator.playing.certified import AtTheReader
from simulator.playing.someone import Someone
from simulator.playing.stage import Stage
from simulator.playing.walking import DECLINED, attempt, next_on_the_road
from simulator.scenarios.scenario import Do, ScenarioError

_ENDED = frozenset({"Finished", "Abandoned"})
_MOVES = 150  # a visit that needs more than this goes in circles
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


class Actor:
    """One patient, and a member of staff who comes when called and has one word, ``verdict``, for what they are shown.
    ``find`` gives the person of a persona; the same persona is the same person with the same card."""

    def __init__(
        self,
        stage: Stage,
        hand: Hand,
        someone: Someone,
        find: Callable[[str], Someone],
        verdict: Literal["accept", "refuse"] = "accept",
        certified: AtTheReader | None = None,
    ) -> None:
        self._stage = stage
        self._hand = hand
        self._someone = someone
        self._find = find
        self._verdict = verdict
        self._certified = certified
        self._tried: set[str] = set()
        self._left_there = False

    # ------------------------------------------------------------------------------ as the scenario says

    def do(self, do: Do) -> None:
        """Raises ``ScenarioError`` for what cannot be done here, ``UnknownAct`` for what is no event."""
        args = do.args
        if do.by == "staff":
            told = {name: args[name] for name in ("way", "why", "looked_up") if name in args}
            self._stage.desk(_argument(do, "action"), args.get("staff", "simulated"), **told)
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
            case "CertifiedReaderUsed":
                self._use_certified_reader(dict(args))
            case "ReaderChanged":
                self._hand.set_away(args.get("available", "true") != "true")
            case _:
                if do.act == "RegistrationDeclined":
                    self._tried.add(DECLINED)
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
            case WaitingForStaff() if not self._may_retry(visit, view):
                return self._stage.desk("handled", "simulated")
            case ReadingCard(problem=problem) if problem is not None and not self._may_retry(visit, view):
                self._stage.act(Act("EvidenceWanted"))
                return True
            case Confirmed():
                self._stage.act(Act("Acknowledged"))
                return True
            case Welcome() if view.variant == "certified" and self._someone.arrives == "card":
                return self._go_to_the_certified_reader()
            case UsingCertifiedReader():
                return self._go_to_the_certified_reader() or self._give_that_reader_up()
            case Welcome() if self._someone.arrives == "card":
                return self._place_card(visit)
            case Welcome() | OutOfService():
                helped = self._someone.arrives in ("companion", "school_trip")
                self._stage.act(Act("WayChosen", (("way", "companion" if helped else "no_card"),)))
                return True
            case ReadingCardFront() if view.variant == "wrong" and "number" in self._tried:
                self._stage.act(view.options[-1].act if view.options else Act("BackChosen"))
                return True
            case _ if view.keypad or view.camera == "front":
                self._tried |= {"number"} if view.variant == "wrong" else set()
                self._enter("right")
                return True
            case MatchingFace() | ReadingPhone(step="hold"):
                face = isinstance(visit.state, MatchingFace)
                return self._before_the_camera(view) if face else self._hold_phone()
            case state if isinstance(state, FALLBACK):
                return self._walk(visit, view)
            case _ if view.options:
                self._stage.act(view.options[0].act)
                return True
            case _:
                return self._let_time_pass()

    def _hold_phone(self) -> bool:
        """Three times; then another way."""
        attempt = f"held {1 + sum(one.startswith('held ') for one in self._tried)}"
        if attempt == "held 4" or self._someone.card is None:
            self._stage.act(Act("EvidenceWanted"))
            return True
        self._tried.add(attempt)
        if self._card_in():
            self.take_card()
            self._stage.settle()
        self._insert(self._someone.card)
        self._stage.settle()
        return True

    def _before_the_camera(self, view: VisitView) -> bool:
        """Does as the screen says, tries again while that is offered, and a camera that is gone once; then another
        way."""
        if view.waiting:
            return self._let_time_pass()
        gone = view.variant == "camera_gone"
        others = view.options[1:]
        if not gone or "camera" not in self._tried:
            self._tried |= {"camera"} if gone else set()
            self._stage.act(view.options[0].act)
        else:
            self._stage.act(others[0].act if others else Act("BackChosen"))
        return True

    def _walk(self, visit: Visit, view: VisitView) -> bool:
        """On the pages of the fallback."""
        match next_on_the_road(visit, view, self._someone, self._tried):
            case None:
                return self._let_time_pass()
            case "showing":
                return self._show(visit)
            case touch:
                self._stage.act(touch)
                went = not isinstance(self._stage.visit.state, WaitingForStaff)
                if touch.name == "EvidenceChosen" and went:
                    self._tried.add(attempt(Way(dict(touch.args)["way"]), visit.reason))
                return True

    def _show(self, visit: Visit) -> bool:
        """Staff come and say their word; they accept no paper whose numbers the system denies. Where their word does
        not count, the patient looks for another way."""
        check = visit.fallback.check if visit.fallback is not None else None
        denied = isinstance(visit.state, ShowingCertificate) and check is not None and check.denied
        told = {"looked_up": "elsewhere"} if way_shown(visit.state) in NEEDS_LOOK_UP else {}
        if not self._stage.desk("refuse" if denied else self._verdict, "simulated", **told):
            self._stage.act(Act("EvidenceWanted"))
        return self._stage.visit is not visit or self._let_time_pass()

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

    def _go_to_the_certified_reader(self) -> bool:
        """Twice in a visit: then this person gives up."""
        attempt = "certified again" if "certified" in self._tried else "certified"
        if attempt in self._tried or self._certified is None:
            return False
        self._tried.add(attempt)
        self._use_certified_reader({})
        return True

    def _give_that_reader_up(self) -> bool:
        self._stage.act(Act("EvidenceWanted"))
        return True

    def _use_certified_reader(self, args: dict[str, str]) -> None:
        """With the card, which therefore cannot lie here."""
        if self._certified is None:
            raise ScenarioError("there is no certified reader here")
        if self._card_in() and args.get("persona", self._someone.persona) == self._someone.persona:
            self.take_card()
            self._stage.settle()
        self._certified.use(self._someone.persona, args)

    def _may_retry(self, visit: Visit, view: VisitView) -> bool:
        """A patient tries the same thing again once, and then looks for another way."""
        again = bool(view.options) and view.options[0].act.name == "RetryChosen"
        key = attempt(Way.RETRY, visit.reason)
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
        right = self._asked_for()
        digits = {"right": right, "wrong": wrong_pin(right)}.get(pin, pin)
        slot = self._stage.secrets.put(bytearray(digits, "ascii"))
        self._stage.act(Act("PinEntered", (("slot", slot),)))

    def _asked_for(self) -> str:
        """The digits that this page wants: the PIN of authentication, or what unlocks the card's text."""
        match self._stage.visit.state:
            case FillingDeclaration(key="number_b") | ReadingCardFront():
                return self._someone.number_b
            case FillingDeclaration():
                return self._someone.text_pin
            case _:
                return self._someone.pin


def is_page(view: VisitView, page: str) -> bool:
    """Whether ``page`` names what is shown: a state, or with its variant ``EnteringPin.last_try``."""
    return page in (view.state, f"{view.state}.{view.variant}")


def wrong_pin(right: str) -> str:
    """As many digits, certainly not the right ones."""
    return f"{(int(right) + 1) % 10 ** len(right):0{len(right)}d}"


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
