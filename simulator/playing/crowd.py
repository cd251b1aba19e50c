"""The people of a soak: they mostly do what the page wants, and now and then something else."""

from __future__ import annotations

import random
from collections.abc import Callable

from kiosk.evidence.model import Way
from kiosk.visit.acts import Act
from kiosk.visit.form import FormField
from kiosk.visit.moves import FALLBACK
from kiosk.visit.states import (
    FillingDeclaration,
    IdentifyingKnown,
    MatchingFace,
    ReadingCardFront,
    ReadingPhone,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    TakeCard,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.views import FieldView, VisitView
from simulator.playing.booth import Booth, Pins
from simulator.playing.stage import Stage
from simulator.playing.trouble import Trouble
from simulator.playing.walking import SIGNATURE

ENDED = frozenset({"Finished", "Abandoned"})
_MOVES = 120
_PATIENCE = 12  # how often somebody waits for something to happen by itself
_ODD = 0.03
WISHES = tuple(Way)
"""As what people come."""
STAFF_ACTIONS = ("resume", "restart", "handled", "accept", "refuse", "evidence", "face")
VERDICTS = ("accept", "accept", "accept", "refuse", "refuse", "evidence", "handled", "face", "face")
"""What staff say to those who wait, and to what they are shown."""
_SHOWING = (
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    SchoolTrip,
    IdentifyingKnown,
    StaffVerifying,
)
_CODE = "見本コード 06319909 12-3456"
_UNFIT = ("", "x" * 300, "12345", "2099-01-01", "一二三")
_LANGUAGES = ("ja", "ja-easy", "en")


class Patient:
    """Somebody with a card and its digits, and somebody else whose card may take its place. ``typed``: the digits that
    went into a keypad; ``told``: what stands in no answer and was typed by nobody else, with the visits in which it was
    told."""

    def __init__(
        self,
        rng: random.Random,
        stage: Stage,
        booth: Booth,
        trouble: Trouble,
        people: tuple[str, str],
        pins: Pins,
    ) -> None:
        self._rng = rng
        self._stage = stage
        self._booth = booth
        self._trouble = trouble
        self._own, self._other = people
        self._pins = pins
        self._last: list[Act] = []
        self._odd: tuple[Callable[[], None], ...] = (
            self._call_staff,
            self._change_language,
            self._change_text,
            self._change_contrast,
            self._take_card,
            self._swap_card,
            self._put_card_on_top,
            self._stand_about,
            self._ask_for_time,
            self._go_back,
            self._press_retry,
            self._look_for_other_ways,
            self._hold_a_code,
        )
        self._wish = rng.choice(WISHES).value
        self._placed = False
        self.typed: set[str] = set()
        self.told: dict[str, str] = {}

    def live(self) -> bool:
        """From the first page to the last. False if the visit came to no end."""
        for _ in range(_MOVES):
            if self._stage.view.state in ENDED:
                if self._rng.random() < 0.9:
                    return True
                self._next_of_family()
            elif self._placed and not self._stage.visit.id and self._rng.random() < 0.5:
                return True  # back on the first page, and no wish to begin again
            self._stage.wait(self._rng.choice((300, 1_000, 1_000, 4_000)))
            self._move(self._stage.view)
        return self._leave()

    def _move(self, view: VisitView) -> None:
        rng = self._rng
        if rng.random() < _ODD:
            rng.choice(self._odd)()
        elif self._is_waited_for(view) and rng.random() < 0.85:
            self._put_back()
        elif view.keypad or (view.camera == "front" and rng.random() < 0.8):
            self._type()
        elif isinstance(self._stage.visit.state, MatchingFace) and view.waiting and rng.random() < 0.85:
            self._let_time_pass()
        elif view.state == "Welcome":
            self._begin()
        elif isinstance(self._stage.visit.state, TakeCard):
            self._take_card()
        elif isinstance(self._stage.visit.state, WaitingForStaff):
            self._wait_for_staff(view)
        elif isinstance(self._stage.visit.state, FALLBACK):
            self._wander(view)
        elif view.variant.startswith("problem.") and rng.random() < 0.5:
            self._take_card()
        elif view.options:
            self._touch((view.options[0] if rng.random() < 0.8 else rng.choice(view.options)).act)
        elif view.state == "Confirmed":
            self._touch(Act("Acknowledged"))
        else:
            self._let_time_pass()

    # ------------------------------------------------------------------------------- what a page wants

    def _begin(self) -> None:
        if self._booth.lying:
            self._take_card()  # it was not seen coming: lift it and place it again
        ways = self._stage.view.options
        if not ways or self._rng.random() < 0.85:
            self._placed = True
            self._booth.place(self._own, self._pins, self._trouble.on_link())
            self._stage.settle()
        else:
            self._touch(self._rng.choice(ways).act)

    def _is_waited_for(self, view: VisitView) -> bool:
        """The card that was taken in hand, or the phone."""
        state = self._stage.visit.state
        return view.variant == "put_back" or (isinstance(state, ReadingPhone) and state.step == "hold")

    def _put_back(self) -> None:
        """What was in the hand, or another one that is nearer."""
        whose = self._own if self._rng.random() < 0.9 else self._other
        self._booth.place(whose, self._pins)
        self._stage.settle()

    def _type(self) -> None:
        right = self._asked_for()
        digits = right if self._rng.random() < 0.9 else wrong(right)
        self.typed.add(digits)
        self._touch(self._digits(digits))

    def _asked_for(self) -> str:
        match self._stage.visit.state:
            case FillingDeclaration(key="number_b") | ReadingCardFront():
                return self._booth.someone(self._own).number_b
            case FillingDeclaration():
                return self._pins.text
            case _:
                return self._pins.card

    def _digits(self, digits: str) -> Act:
        slot = self._stage.secrets.put(bytearray(digits, "ascii"))
        return Act("PinEntered", (("slot", slot),))

    def _wait_for_staff(self, view: VisitView) -> None:
        chance = self._rng.random()
        if view.options and chance < 0.4:
            self._touch(self._rng.choice(view.options).act)
        elif chance < 0.6:
            self._stage.wait(20_000)
        else:
            self._stage.desk(self._rng.choice(STAFF_ACTIONS), "simulated")

    # ------------------------------------------------------------------------------ where the card did not do

    def _wander(self, view: VisitView) -> None:
        """Any way, any answer; staff come and say any word."""
        rng = self._rng
        touchable = [line.act for line in view.details if line.act is not None]
        if isinstance(self._stage.visit.state, FillingDeclaration) and rng.random() < _ODD:
            self._put_card_on_top()  # the form of one, and the card of another
        elif view.field is not None:
            self._touch(self._fill(view.field))
        elif view.signature and rng.random() < 0.9:
            self._touch(Act("FormSigned", (("signature", rng.choice((SIGNATURE, ""))),)))
        elif isinstance(self._stage.visit.state, _SHOWING) and rng.random() < 0.6:
            self._stage.desk(rng.choice(VERDICTS), "simulated")
        elif touchable and rng.random() < 0.1:
            self._touch(rng.choice(touchable))
        elif view.options:
            self._touch(self._wished(view) or rng.choice(view.options).act)
        else:
            self._let_time_pass()

    def _wished(self, view: VisitView) -> Act | None:
        """The way that this person came for, if it is there; else mostly the first thing."""
        for option in view.options:
            if ("way", self._wish) in option.act.args:
                return option.act
        return view.options[0].act if self._rng.random() < 0.4 else None

    def _fill(self, asked: FieldView) -> Act:
        rng, field = self._rng, asked.field
        chance = rng.random()
        one = self._booth.someone(self._own)
        known = one.printed if isinstance(self._stage.visit.state, ShowingCertificate) else one.tells
        if asked.choices and chance < 0.8:
            value = rng.choice(asked.choices)
        elif field in (FormField.CONTACT, FormField.WORKPLACE) and chance < 0.8:
            value = f"07{rng.randrange(10**9):09d}"
            self.told[value] = self._stage.visit.id
        elif field in known and chance < 0.8:
            value = known[field]
        elif chance < 0.9:
            return Act("FieldSkipped", (("field", field.value),))
        elif chance < 0.95:
            return Act("BackChosen")
        else:
            value = rng.choice(_UNFIT)
        return Act("FieldAnswered", (("field", field.value), ("value", value)))

    def _let_time_pass(self) -> None:
        due = self._stage.due()
        self._stage.wait(5_000 if due is None else max(1, due - self._stage.world.now().mono))

    def _next_of_family(self) -> None:
        self._own, self._other = self._other, self._own
        if self._booth.lying:
            self._take_card()
        self._touch(Act("AnotherPatient") if self._stage.view.state == "Finished" else Act("Acknowledged"))

    # ------------------------------------------------------------------------------- what people also do

    def _call_staff(self) -> None:
        self._touch(Act("StaffCalled"))

    def _change_language(self) -> None:
        self._touch(Act("LanguageChosen", (("language", self._rng.choice(_LANGUAGES)),)))

    def _change_text(self) -> None:
        self._touch(Act("TextSizeChosen", (("text_size", self._rng.choice(("small", "large"))),)))

    def _change_contrast(self) -> None:
        self._touch(Act("ContrastChosen", (("contrast", self._rng.choice(("standard", "high"))),)))

    def _take_card(self) -> None:
        self._booth.remove()
        self._stage.settle()

    def _swap_card(self) -> None:
        """Out, and another one in."""
        self._booth.remove()
        if self._rng.random() < 0.5:
            self._stage.settle()
        self._booth.place(self._other, self._pins)
        self._stage.settle()

    def _put_card_on_top(self) -> None:
        self._booth.place(self._other, self._pins, swap=True)
        self._stage.settle()

    def _stand_about(self) -> None:
        self._stage.wait(self._rng.choice((15_000, 45_000, 70_000, 200_000)))

    def _ask_for_time(self) -> None:
        self._touch(Act("TimeExtended"))

    def _go_back(self) -> None:
        self._touch(Act("BackChosen"))

    def _press_retry(self) -> None:
        self._touch(Act("RetryChosen"))

    def _look_for_other_ways(self) -> None:
        self._touch(Act("EvidenceWanted"))

    def _hold_a_code(self) -> None:
        self._touch(Act("CodeScanned", (("text", _CODE),)))

    # --------------------------------------------------------------------------------------- touching

    def _touch(self, act: Act) -> None:
        """Once, unless trouble has it otherwise."""
        trouble = self._trouble.at_touch() if self._trouble.on else ""
        if trouble == "late_touch" and self._last:
            self._stage.act(self._rng.choice(self._last))  # from a page that is gone
        if trouble == "stray_digits":
            stray = wrong(self._pins.card)
            self.typed.add(stray)
            self._stage.act(self._digits(stray))  # at a page that asks for none, or in the middle of a check
        if trouble == "double_touch":
            again = self._digits(self._asked_for()) if act.name == "PinEntered" else act
            self._stage.act(act, again)
        else:
            self._stage.act(act)
        if trouble == "foreign_desk":
            way = self._rng.choice(("", *Way))
            told = {"way": way} if way else {}
            self._stage.desk(self._rng.choice((*STAFF_ACTIONS, "dance")), "simulated", **told)
        if act.name != "PinEntered":
            self._last = [*self._last[-3:], act]

    # ---------------------------------------------------------------------------------------- the end

    def _leave(self) -> bool:
        """Everybody goes home: the terminal must come to its first page by itself, with staff for what is theirs."""
        for _ in range(_PATIENCE):
            state = self._stage.visit.state
            if isinstance(state, Welcome) or self._stage.view.state in (*ENDED, "OutOfService"):
                return True
            if isinstance(state, (WaitingForStaff, *_SHOWING)) and not self._stage.desk(
                "restart", "simulated"
            ):
                self._stage.act(
                    Act("StaffCancelled")
                )  # of a visit that no ledger has, the desk knows nothing
            if self._booth.lying:
                self._take_card()
            self._stage.wait(100_000)
        return False


def wrong(right: str) -> str:
    """Other digits, beginning like the right ones."""
    return f"{right[0]}{(int(right[1:]) + 1) % 10 ** (len(right) - 1):0{len(right) - 1}d}"
