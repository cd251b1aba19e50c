"""The soak: repeatable, really troubled, and able to find what it looks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from typing import Any, cast, get_args

import msgspec
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from drivers.interface import CertificateFacts
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.ledger.memory import MemoryLedger
from kiosk.reception import reception, recording
from kiosk.reception.hands import Handed, Hands
from kiosk.reception.secrets import SecretSlots
from kiosk.visit import events as e
from kiosk.visit import states as s
from kiosk.visit.effects import Ask, ReadCardText, Register, VerifyPin
from kiosk.visit.flow import arrival, beside
from kiosk.visit.flow.evidence import settle
from kiosk.visit.moves import enter, stay
from kiosk.visit.table import TABLE, Result
from simulator.playing import crowd
from simulator.playing.soak import FAULTS, Breach, SoakReport, soak, visit_seed

TABLE_ = cast(dict[tuple[type, type], Callable[[s.Visit, Any, Any], Result]], TABLE)
Mutation = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Simulated trouble is no news."""
    with capture_logs():
        yield


def told(report: SoakReport) -> tuple[object, ...]:
    """Everything but how fast it was."""
    return (report.visits, report.steps, report.faults, report.outcomes, report.broken)


def test_visits_with_every_fault_break_no_rule() -> None:
    report = soak(1_500, 11, FAULTS)
    assert report.broken == ()
    assert report.faults / report.visits >= 3
    assert set(report.outcomes) == set(get_args(s.Outcome))


def test_visits_without_faults_break_no_rule() -> None:
    report = soak(500, 12, ())
    assert (report.broken, report.faults) == ((), 0)
    assert report.outcomes["confirmed"] > report.visits / 2


def test_visits_with_real_apdus_break_no_rule() -> None:
    report = soak(300, 13, FAULTS, apdus=True)
    assert report.broken == ()
    assert report.faults / report.visits >= 3


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if not kind.startswith("apdu_")])
def test_each_fault_alone_befalls_visits_and_breaks_no_rule(kind: str) -> None:
    report = soak(60, 14, (kind,))
    assert report.faults > 0
    assert report.broken == ()


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind.startswith("apdu_")])
def test_each_fault_of_the_link_alone_befalls_visits_and_breaks_no_rule(kind: str) -> None:
    report = soak(25, 15, (kind,), apdus=True)
    assert report.faults > 0
    assert report.broken == ()
    assert soak(5, 15, (kind,)).faults == 0, "cards that are facts have no link"


def test_there_are_at_least_twelve_kinds_of_fault() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 12


@pytest.mark.parametrize("apdus", [False, True])
def test_the_same_seed_gives_the_same_visits(apdus: bool) -> None:
    one, other = (soak(40, 5, FAULTS, apdus=apdus) for _ in range(2))
    assert told(one) == told(other)
    assert told(soak(40, 6, FAULTS, apdus=apdus)) != told(one)


def test_each_visit_of_a_soak_can_be_played_alone() -> None:
    """Whatever came before it: that is what makes a broken one worth its seed."""
    together = soak(60, 7, FAULTS)
    alone = [soak(1, visit_seed(7, index), FAULTS) for index in range(60)]
    assert sum(report.steps for report in alone) == together.steps
    assert sum(report.faults for report in alone) == together.faults


# ------------------------------------------------------------------ known bugs, put in on purpose, are found


def _believe_the_card_that_came_back(patch: pytest.MonkeyPatch) -> None:
    """The reader was away; the card that lies there now is taken for the one before."""
    read = TABLE_[s.ReadingCard, e.CardRead]

    def believe(visit: s.Visit, state: s.ReadingCard, event: e.CardRead) -> Result:
        if state.resume is None or visit.verified is None:
            return read(visit, state, event)
        return read(visit, state, _with_certificate(event, visit.verified))

    patch.setitem(TABLE_, (s.ReadingCard, e.CardRead), believe)


def _with_certificate(event: e.CardRead, certificate: CertificateFacts) -> e.CardRead:
    return replace(event, facts=replaced(event.facts, certificate=certificate))


def _spend_the_last_try(patch: pytest.MonkeyPatch) -> None:
    def check(visit: s.Visit, state: s.EnteringPin, event: e.PinEntered) -> Result:
        insertion = visit.card.insertion if visit.card and visit.card.insertion else 0
        return enter(visit, replace(state, checking=True), event.at, VerifyPin(insertion, event.slot))

    patch.setitem(TABLE_, (s.EnteringPin, e.PinEntered), check)


def _agree_for_the_patient(patch: pytest.MonkeyPatch) -> None:
    def refuse(visit: s.Visit, _state: s.AskingConsent, event: e.ConsentAllRefused) -> Result:
        question = f"{event.id}.ask"
        asked = Ask(question, ((ConsentItem.CARE, Choice.AGREED),))
        return enter(visit, s.LookingUp(question=question), event.at, asked)

    patch.setitem(TABLE_, (s.AskingConsent, e.ConsentAllRefused), refuse)


def _register_at_every_touch(patch: pytest.MonkeyPatch) -> None:
    def register(visit: s.Visit, state: s.OfferingRegistration, event: e.RegistrationAccepted) -> Result:
        question = f"{event.id}.register"
        return enter(visit, replace(state, sent=question), event.at, Register(question))

    patch.setitem(TABLE_, (s.OfferingRegistration, e.RegistrationAccepted), register)


def _never_end(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(TABLE_, (s.TakeCard, e.CardRemoved), lambda visit, _state, _event: stay(visit))


def _show_somebody_else(patch: pytest.MonkeyPatch) -> None:
    answered = TABLE_[s.LookingUp, e.Answered]

    def mix_up(visit: s.Visit, state: s.LookingUp, event: e.Answered) -> Result:
        strangers = tuple(replace(result, name="他人　一郎") for result in event.answer.results)
        return answered(visit, state, replace(event, answer=replace(event.answer, results=strangers)))

    patch.setitem(TABLE_, (s.LookingUp, e.Answered), mix_up)


def _ask_twice(patch: pytest.MonkeyPatch) -> None:
    do = Hands.do

    def twice(self: Hands, effect: Handed) -> None:
        do(self, effect)
        if isinstance(effect, Ask):
            do(self, effect)

    patch.setattr(Hands, "do", twice)


def _name_slots_by_their_digits(patch: pytest.MonkeyPatch) -> None:
    def put(self: SecretSlots, digits: bytearray) -> str:
        name = digits.decode()
        self._slots[name] = bytearray(digits)
        return name

    entry_of = recording.entry_of

    def telling(before: s.Visit, event: e.AnyEvent, after: s.Visit, *, simulated: bool) -> Any:
        entry = entry_of(before, event, after, simulated=simulated)
        slot = event.slot if isinstance(event, e.PinEntered) else ""
        return replace(entry, payload=f'{{"slot":"{slot}"}}'.encode()) if slot else entry

    patch.setattr(SecretSlots, "put", put)
    patch.setattr(reception, "entry_of", telling)


def _break_the_chain(patch: pytest.MonkeyPatch) -> None:
    write = MemoryLedger._write

    def forge(self: MemoryLedger, entry: Any, core: bytes) -> Any:
        head = write(self, entry, core)
        if entry.type == "Acknowledged":
            self.store.rows[-1].payload = b'{"forged":true}'
        return head

    patch.setattr(MemoryLedger, "_write", forge)


def _raise(patch: pytest.MonkeyPatch) -> None:
    def bug(_visit: s.Visit, _state: s.State, _event: e.Event) -> Result:
        raise KeyError("bug")

    patch.setitem(TABLE_, (s.EnteringPin, e.StaffCalled), bug)


def _keep_the_answer(patch: pytest.MonkeyPatch) -> None:
    def finish(visit: s.Visit, _state: s.Confirmed, event: e.Acknowledged) -> Result:
        return enter(visit, s.TakeCard(after="Finished"), event.at)

    patch.setitem(TABLE_, (s.Confirmed, e.Acknowledged), finish)


def _spend_the_last_text_try(patch: pytest.MonkeyPatch) -> None:
    def unlock(visit: s.Visit, state: s.FillingDeclaration, event: e.PinEntered) -> Result:
        insertion = visit.card.insertion if visit.card and visit.card.insertion else 0
        reading = replace(state, step="reading", last_try=False)
        return enter(visit, reading, event.at, ReadCardText(insertion, state.key or "pin", event.slot))

    def tries_told(visit: s.Visit, state: s.FillingDeclaration, event: e.TextTriesTold) -> Result:
        page = s.FillingDeclaration(way=state.way, step="unlock", key=event.key, tries_left=event.tries_left)
        return enter(visit, page, event.at)

    patch.setitem(TABLE_, (s.FillingDeclaration, e.PinEntered), unlock)
    patch.setitem(TABLE_, (s.FillingDeclaration, e.TextTriesTold), tries_told)


def _keep_the_form_beside_any_card(patch: pytest.MonkeyPatch) -> None:
    """Another person's card comes, and what the first one's told is still written there."""
    patch.setattr(beside, "is_anothers", lambda _visit, _facts: False)
    patch.setattr(arrival, "is_anothers", lambda _visit, _facts: False)


def _believe_what_is_shown(patch: pytest.MonkeyPatch) -> None:
    """A paper is accepted when its numbers are typed, and nobody has looked."""

    def typed(visit: s.Visit, _state: s.ShowingCertificate, _event: e.NumbersWanted) -> Result:
        return settle(visit, Way.CERTIFICATE)

    patch.setitem(TABLE_, (s.ShowingCertificate, e.NumbersWanted), typed)


def _accept_what_the_book_refuses(patch: pytest.MonkeyPatch) -> None:
    def accept(visit: s.Visit, _state: s.StaffVerifying, _event: e.StaffActed) -> Result:
        return settle(visit, Way.LEGACY_CARD)

    patch.setitem(TABLE_, (s.StaffVerifying, e.StaffActed), accept)


def _remember_what_was_told(patch: pytest.MonkeyPatch) -> None:
    """The answers of a form go along with the first record of the next visit."""
    entry_of = recording.entry_of
    told: list[str] = []

    def telling(before: s.Visit, event: e.AnyEvent, after: s.Visit, *, simulated: bool) -> Any:
        entry = entry_of(before, event, after, simulated=simulated)
        if isinstance(event, e.FieldAnswered):
            told.append(event.value)
        if not before.id and told:
            return replace(entry, payload=msgspec.json.encode({"kept": told}))
        return entry

    patch.setattr(reception, "entry_of", telling)


def _take_anybody_for_the_holder(patch: pytest.MonkeyPatch) -> None:
    """Whatever the camera doubted, the visit goes on as with a match."""
    judge = TABLE_[s.MatchingFace, e.FaceJudged]

    def judged(visit: s.Visit, state: s.MatchingFace, event: e.FaceJudged) -> Result:
        return judge(visit, state, replace(event, verdict=replaced(event.verdict, doubt=None)))

    patch.setitem(TABLE_, (s.MatchingFace, e.FaceJudged), judged)


def _let_a_helping_look_verify(patch: pytest.MonkeyPatch) -> None:
    """A look that staff asked for ends like one that stands in the place of the PIN."""
    judge = TABLE_[s.MatchingFace, e.FaceJudged]

    def judged(visit: s.Visit, state: s.MatchingFace, event: e.FaceJudged) -> Result:
        alone = replace(state, back_to=None)
        return judge(replace(visit, state=alone), alone, event)

    patch.setitem(TABLE_, (s.MatchingFace, e.FaceJudged), judged)


@dataclass(frozen=True)
class Known:
    """A bug, the rule that it breaks, and what brings it about where not everything does soon enough: the faults, and
    what people do (names of ``crowd``)."""

    put_in: Mutation
    rule: str
    faults: tuple[str, ...] = FAULTS
    people: Mapping[str, object] = field(default_factory=dict)


KNOWN = {
    "any card is taken for the one before": Known(_believe_the_card_that_came_back, "I1", ("reader_away",)),
    "somebody else's answer is shown": Known(_show_somebody_else, "I1"),
    "a question is sent twice": Known(_ask_twice, "I2"),
    "a registration is sent at every touch": Known(_register_at_every_touch, "I2", ("double_touch",)),
    "a refusal counts as consent": Known(_agree_for_the_patient, "I3"),
    "the last try is spent": Known(_spend_the_last_try, "I4"),
    "the chain is broken": Known(_break_the_chain, "I6"),
    "the ledger gets the digits": Known(_name_slots_by_their_digits, "I7"),
    "a page never ends": Known(_never_end, "I8"),
    "the answer stays when the patient has gone": Known(_keep_the_answer, "I9"),
    "the last try of the card's text is spent": Known(_spend_the_last_text_try, "I4"),
    "a form goes on beside another's card": Known(
        _keep_the_form_beside_any_card, "I1", ("card_swapped",), {"WISHES": (Way.CARD_DECLARATION,)}
    ),
    "nobody looks at a paper": Known(_believe_what_is_shown, "I11"),
    "staff accept what the book refuses": Known(_accept_what_the_book_refuses, "I11"),
    "an answer of a form stays for the next visit": Known(_remember_what_was_told, "I7"),
    "anybody is taken for the holder": Known(_take_anybody_for_the_holder, "I12"),
    "a look that only helps verifies": Known(
        _let_a_helping_look_verify, "I12", (), {"STAFF_ACTIONS": ("face",), "VERDICTS": ("face",)}
    ),
    "a step raises": Known(_raise, "exception"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_bug_is_found_with_a_seed_that_shows_it_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KNOWN[name]
    known.put_in(monkeypatch)
    for what, done in known.people.items():
        monkeypatch.setattr(crowd, what, done)
    found = next(_found(known), None)
    assert found is not None
    assert found in soak(1, found.seed, known.faults).broken


def _found(known: Known) -> Iterator[Breach]:
    """Of 6,000 visits, a hundred at a time."""
    for seed in range(16, 76):
        report = soak(100, seed, known.faults)
        yield from (breach for breach in report.broken if breach.rule.startswith(f"{known.rule} "))
