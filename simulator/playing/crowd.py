"""The people of a soak: they mostly do what the page wants, and now and then something else."""

from __future__ import annotations

import random
from collections.abc import Callable

from kiosk.visit.acts import Act
from kiosk.visit.states import TakeCard, WaitingForStaff, Welcome
from kiosk.visit.views import VisitView
from simulator.playing.booth import Booth
from simulator.playing.stage import Stage
from simulator.playing.trouble import Trouble

ENDED = frozenset({"Finished", "Abandoned"})
_MOVES = 80
_PATIENCE = 12  # how often somebody waits for something to happen by itself
_ODD = 0.03
_STAFF_ACTIONS = ("resume", "restart", "handled")
_LANGUAGES = ("ja", "ja-easy", "en")


class Patient:
    """Somebody with a card and a PIN, and somebody else whose card may take its place."""

    def __init__(
        self,
        rng: random.Random,
        stage: Stage,
        booth: Booth,
        trouble: Trouble,
        people: tuple[str, str],
        pin: str,
    ) -> None:
        self._rng = rng
        self._stage = stage
        self._booth = booth
        self._trouble = trouble
        self._own, self._other = people
        self._pin = pin
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
        )
        self._placed = False
        self.typed: set[str] = set()

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
        elif view.keypad:
            self._type()
        elif view.state == "Welcome":
            self._begin()
        elif isinstance(self._stage.visit.state, TakeCard):
            self._take_card()
        elif isinstance(self._stage.visit.state, WaitingForStaff):
            self._wait_for_staff(view)
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
        if not ways or self._rng.random() < 0.97:
            self._placed = True
            self._booth.place(self._own, self._pin, self._trouble.on_link())
            self._stage.settle()
        else:
            self._touch(self._rng.choice(ways).act)

    def _type(self) -> None:
        digits = self._pin if self._rng.random() < 0.9 else wrong(self._pin)
        self.typed.add(digits)
        self._touch(self._digits(digits))

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
            self._stage.desk(self._rng.choice(_STAFF_ACTIONS), "simulated")

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
        self._booth.place(self._other, self._pin)
        self._stage.settle()

    def _put_card_on_top(self) -> None:
        self._booth.place(self._other, self._pin, swap=True)
        self._stage.settle()

    def _stand_about(self) -> None:
        self._stage.wait(self._rng.choice((15_000, 45_000, 70_000, 200_000)))

    def _ask_for_time(self) -> None:
        self._touch(Act("TimeExtended"))

    def _go_back(self) -> None:
        self._touch(Act("BackChosen"))

    def _press_retry(self) -> None:
        self._touch(Act("RetryChosen"))

    # --------------------------------------------------------------------------------------- touching

    def _touch(self, act: Act) -> None:
        """Once, unless trouble has it otherwise."""
        trouble = self._trouble.at_touch() if self._trouble.on else ""
        if trouble == "late_touch" and self._last:
            self._stage.act(self._rng.choice(self._last))  # from a page that is gone
        if trouble == "stray_digits":
            self.typed.add(wrong(self._pin))
            self._stage.act(
                self._digits(wrong(self._pin))
            )  # at a page that asks for none, or in the middle of a check
        if trouble == "double_touch":
            again = self._digits(self._pin) if act.name == "PinEntered" else act
            self._stage.act(act, again)
        else:
            self._stage.act(act)
        if trouble == "foreign_desk":
            self._stage.desk(self._rng.choice((*_STAFF_ACTIONS, "dance")), "simulated")
        if act.name != "PinEntered":
            self._last = [*self._last[-3:], act]

    # ---------------------------------------------------------------------------------------- the end

    def _leave(self) -> bool:
        """Everybody goes home: the terminal must come to its first page by itself, with staff for what is theirs."""
        for _ in range(_PATIENCE):
            state = self._stage.visit.state
            if isinstance(state, Welcome) or self._stage.view.state in (*ENDED, "OutOfService"):
                return True
            if isinstance(state, WaitingForStaff) and not self._stage.desk("restart", "simulated"):
                self._stage.act(
                    Act("StaffCancelled")
                )  # of a visit that no ledger has, the desk knows nothing
            if self._booth.lying:
                self._take_card()
            self._stage.wait(100_000)
        return False


def wrong(pin: str) -> str:
    """Four other digits, beginning with 0 like the right ones."""
    return f"0{(int(pin) + 1) % 1000:03d}"
