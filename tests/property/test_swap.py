"""Whenever a card is exchanged for another, and however little of it the reader sees: nobody is shown, asked for or
given a number on somebody else's card. On real APDUs, and with two cards that have the same PIN, which is the worst.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card.application import MyNumberCard
from drivers.card.revocation import UnknownRevocation
from drivers.interface import VerifiedCard
from kiosk.eligibility.port import AskByNumbers
from kiosk.ledger import MemoryLedger, Options
from kiosk.reception.hands import Devices
from kiosk.visit.effects import AnyEffect
from kiosk.visit.events import AnyEvent, CardInserted, CardRemoved, NumberAssigned
from kiosk.visit.flow import beside
from kiosk.visit.form import Form, FormField
from kiosk.visit.policy import Policy
from kiosk.visit.states import Confirmed, LookingUp, Visit
from kiosk.visit.table import TABLE
from simulator.card import pki
from simulator.card.lifetimes import lifetimes
from simulator.links.faults import CardFault
from simulator.national.direct import DirectService
from simulator.national.faults import Fault, Faults
from simulator.national.system import NationalSystem
from simulator.people import load
from simulator.people.persona import Persona
from simulator.playing.actor import Actor
from simulator.playing.cast import card_of, trust
from simulator.playing.player import blank_paper, blank_ticket
from simulator.playing.questions import NotedService, Sent
from simulator.playing.readers import InProcessBench
from simulator.playing.someone import Someone, someone
from simulator.playing.stage import PaperTray, Quiet, Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import Do, PatientPart, ScenarioError
from tests.support.visits import DAY

How = Literal["out and in", "unseen", "out", "while the service is down"]
HOWS: tuple[How, ...] = ("out and in", "unseen", "out", "while the service is down")
OTHER = "second_generation"
APDUS = 12  # of a main visit
STEPS = 13
DECLARED_STEPS = 26


@dataclass
class Story:
    """Who comes, what they do beside the first way, and what the national system does."""

    persona: str = "yamada"
    acts: tuple[Do, ...] = ()
    fault: tuple[Fault, int] | None = None

    def plan(self) -> Faults:
        faults = Faults()
        if self.fault is not None:
            for _ in range(self.fault[1] - 1):
                faults.pass_over()
            faults.next(self.fault[0])
        return faults


def until(page: str) -> Do:
    return Do(act="GoOn", args={"until": page})


WRONG_PIN = Do(act="PinEntered", args={"pin": "wrong"})
STORIES = {
    "main": Story(),
    "registers": Story(persona="unregistered"),
    "wrong PIN first": Story(acts=(until("EnteringPin"), WRONG_PIN)),
    "no answer, tried again": Story(fault=(Fault.NO_ANSWER, 2)),
    "still processing": Story(fault=(Fault.STILL_PROCESSING, 2)),
    "recognition fails, tried again": Story(fault=(Fault.SERVER_ERROR, 1)),
    "declares": Story(persona="no_record"),
    "declares, one wrong key first": Story(
        persona="no_record", acts=(until("FillingDeclaration.unlock.pin"), WRONG_PIN)
    ),
    "staff called at consent": Story(
        acts=(until("AskingConsent"), Do(act="StaffCalled"), Do(act="StaffCancelled"))
    ),
    "staff called at the result": Story(
        acts=(until("Confirmed"), Do(act="StaffCalled"), Do(act="StaffCancelled"))
    ),
}


@dataclass
class Run:
    """One visit, or what becomes of it. ``lying`` is the truth: whose card is on the reader."""

    story: Story
    swap_at: int = 0
    how: How = "unseen"
    late: bool = False
    faults: tuple[CardFault, ...] = ()
    wrongs: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.people: dict[str, Persona] = {one: load(one) for one in (self.story.persona, OTHER)}
        self.lying = ""
        self._steps = 0
        self._confirmed: set[str] = set()
        self.world = VirtualWorld(DAY)
        self.bench = InProcessBench(self.world)
        self.application = MyNumberCard(self.bench.reader, trust(), UnknownRevocation(), self.world.utc)
        system = NationalSystem(self.people.values(), self.world.utc)
        direct = DirectService(system, self.story.plan(), self.world.services)
        self.service = NotedService(direct, self._asked)
        self.stage = Stage(
            self.world,
            MemoryLedger(Options(random=self.world.random_bytes)),
            Policy(capabilities=self.service.capabilities),
            Devices(self.application, self.service, PaperTray(), Quiet(), blank_ticket, blank_paper),
            self.bench.reader,
            watch=self._step,
        )
        self.cards = {one: card_of(persona, DAY) for one, persona in self.people.items()}
        self._by_certificate = {
            sha256(pki.certificate(persona, "auth", lifetimes(persona, DAY))).hexdigest(): one
            for one, persona in self.people.items()
        }

    def play(self) -> Run:
        self.bench.plan(self.faults, self.cards[OTHER])
        actor = Actor(self.stage, _Hand(self), self._someone(self.story.persona), self._someone)
        for do in self.story.acts:
            if self._steps < self.swap_at or not self.swap_at:
                _as_far_as_possible(actor, do)
        actor.go_on()
        if self.stage.breaches:
            self.wrongs += self.stage.breaches
        return self

    def _someone(self, persona: str) -> Someone:
        """Nobody has any paper: where the card does not do, its text is copied onto a declaration."""
        return someone(self.people[persona], DAY, self.cards[persona], PatientPart(has=()))

    # ------------------------------------------------------------------------------------- the exchange

    def _step(self, before: Visit, event: AnyEvent, after: Visit, _effects: tuple[AnyEffect, ...]) -> None:
        self._steps += 1
        if isinstance(after.state, Confirmed) and not isinstance(before.state, Confirmed):
            self._check_shown(after)
        if after.evidence is not None and before.evidence is None:
            self._check_declared(after)
        if isinstance(event, NumberAssigned) and after.evidence is None and after.id not in self._confirmed:
            self.wrongs.append("a number for a visit that was not confirmed")
        if self._steps == self.swap_at and self.lying:
            if self.late:
                self.stage.after(0, self._exchange)
            else:
                self._exchange()

    def _exchange(self) -> None:
        other = self.cards[OTHER]
        assert other is not None
        match self.how:
            case "unseen":
                self.bench.swap(other)
            case "out and in":
                self.bench.remove()
                self.bench.insert(other)
            case "out":
                self.bench.remove()
            case "while the service is down":
                self.bench.set_away(True)
                self.bench.swap(other)
                self.bench.set_away(False)
        self.lying = "" if self.how == "out" else OTHER

    @property
    def on_reader(self) -> str:
        """By what was done by hand and by the faults of the link."""
        exchanged = any(self.application.apdus >= fault.at for fault in self.faults)
        return OTHER if exchanged and self.lying else self.lying

    # -------------------------------------------------------------------------------------- the checks

    def _check_shown(self, visit: Visit) -> None:
        assert visit.verified is not None
        assert visit.answer is not None
        holder = self._by_certificate[visit.verified.sha256]
        self._confirmed.add(visit.id)
        self.names.add(holder)
        if any(result.name != self.people[holder].person.name for result in visit.answer.results):
            self.wrongs.append(f"{holder} is shown another person's answer")
        if holder != self.on_reader and self._steps > self.swap_at and self.on_reader:
            self.wrongs.append(f"{holder} is shown, and {self.on_reader}'s card lies there")

    def _check_declared(self, visit: Visit) -> None:
        """What was copied from a card is all of one person, and never of another's than lies there."""
        form = visit.fallback.form if visit.fallback is not None else Form()
        copied = {field: form.get(field) for field in form.from_card}
        whose = [one for one in self.people if copied.items() <= _as_copied(self.people[one]).items()]
        self.declared |= set(whose) if copied else set()
        if not whose:
            self.wrongs.append("a declaration mixes people")
        if copied and self.on_reader not in (*whose, "") and self._steps > self.swap_at:
            self.wrongs.append(f"{whose}'s declaration beside {self.on_reader}'s card")

    def _asked(self, question: Sent) -> None:
        assert not isinstance(question, AskByNumbers)
        assert isinstance(question.verified, VerifiedCard)
        holder = self._by_certificate[sha256(question.verified.certificate).hexdigest()]
        verified = self.stage.visit.verified
        if verified is not None and self._by_certificate[verified.sha256] != holder:
            self.wrongs.append(f"{holder} is asked for in another person's visit")


def _as_copied(persona: Persona) -> dict[FormField, str]:
    person = persona.person
    told = {
        FormField.NAME: person.name,
        FormField.BIRTH_DATE: person.birth_date.isoformat(),
        FormField.SEX: person.sex,
        FormField.ADDRESS: person.address,
    }
    return {asked: " ".join(text.split()) for asked, text in told.items()}


class _Hand:
    """The actor's hand on the bench; keeps the truth."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.reader = run.bench.reader

    def insert(self, card: object) -> None:
        self._place(card, self._run.bench.insert)

    def swap(self, card: object) -> None:
        self._place(card, self._run.bench.swap)

    def _place(self, card: object, put: Callable[..., None]) -> None:
        self._run.lying = next(one for one, own in self._run.cards.items() if own is card)
        put(card)

    def remove(self) -> None:
        self._run.lying = ""
        self._run.bench.remove()

    def set_away(self, away: bool) -> None:
        self._run.bench.set_away(away)


def _as_far_as_possible(actor: Actor, do: Do) -> None:
    """An exchange may have led the visit elsewhere."""
    try:
        actor.do(do)
    except ScenarioError:
        assert do.act == "GoOn"


def test_the_cards_have_the_same_pin_so_that_only_the_proof_tells_them_apart() -> None:
    assert len({load(one).card.pin for one in ("yamada", "unregistered", OTHER)}) == 1


def test_without_an_exchange_everybody_gets_their_own() -> None:
    for story in STORIES.values():
        run = Run(story).play()
        assert run.wrongs == []
        declares = story.persona == "no_record"
        assert (run.declared if declares else run.names) == {story.persona}


@pytest.mark.parametrize("late", [False, True], ids=["before its effects", "after them"])
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_a_card_exchanged_at_any_step_shows_nobody_anothers_answer(at: int, how: How, late: bool) -> None:
    run = Run(STORIES["main"], at, how, late).play()
    assert run.wrongs == []


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("at", range(1, DECLARED_STEPS + 1))
def test_a_card_exchanged_at_any_step_of_a_declaration_puts_nobody_on_anothers_form(
    at: int, how: How
) -> None:
    run = Run(STORIES["declares"], at, how).play()
    assert run.wrongs == []


@settings(max_examples=120, deadline=None)
@given(
    story=st.sampled_from(sorted(STORIES)),
    at=st.integers(1, DECLARED_STEPS),
    how=st.sampled_from(HOWS),
    late=st.booleans(),
)
def test_a_card_exchanged_anywhere_in_any_story_shows_nobody_anothers_answer(
    story: str, at: int, how: How, late: bool
) -> None:
    assert Run(STORIES[story], at, how, late).play().wrongs == []


@pytest.mark.parametrize("kind", ["swap", "silent_swap"])
@pytest.mark.parametrize("apdu", range(1, APDUS + 1))
def test_a_card_exchanged_between_two_commands_shows_nobody_anothers_answer(
    apdu: int, kind: Literal["swap", "silent_swap"]
) -> None:
    """Seen within one poll, and not seen at all: then only the signature can tell."""
    run = Run(STORIES["main"], faults=(CardFault(kind=kind, at=apdu),)).play()
    assert run.wrongs == []
    assert run.names <= {OTHER}, "the card that was there first is gone"


def test_an_exchange_after_the_last_command_is_told_by_the_reader_alone() -> None:
    run = Run(STORIES["main"], faults=(CardFault(kind="silent_swap", at=APDUS + 1),)).play()
    assert run.names == {"yamada"}


def _ignore(visit: Visit, _state: object, _event: object) -> tuple[Visit, tuple[AnyEffect, ...]]:
    return visit, ()


def test_these_tests_see_an_answer_on_anothers_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that believes any card to be the verified one is caught."""
    for event in (CardInserted, CardRemoved):
        monkeypatch.setitem(cast(Any, TABLE), (LookingUp, event), _ignore)
    assert any("card lies there" in wrong for wrong in Run(STORIES["main"], 8, "unseen").play().wrongs)


def test_these_tests_see_a_declaration_beside_anothers_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "is_anothers", lambda _visit, _facts: False)
    runs = [Run(STORIES["declares"], at, "out and in").play() for at in range(1, DECLARED_STEPS + 1)]
    assert any("card" in wrong for run in runs for wrong in run.wrongs)


def test_a_visit_of_the_main_story_has_as_many_steps_and_commands_as_are_tried() -> None:
    run = Run(STORIES["main"]).play()
    assert (run._steps, run.application.apdus) == (STEPS, APDUS)
    assert Run(STORIES["declares"]).play()._steps == DECLARED_STEPS
