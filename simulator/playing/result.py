"""What came of a scenario: noted while it is played, told as one value, held against what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kiosk.coverage.ages import age_on
from kiosk.coverage.qualification import Answer
from kiosk.visit.effects import AnyEffect, Ask
from kiosk.visit.events import AnyEvent, CardOpened, EvidenceChosen, FaceHinted, FaceResultArrived
from kiosk.visit.flow.evidence import decision_of, offers
from kiosk.visit.form import FormField
from kiosk.visit.states import (
    Abandoned,
    ChoosingEvidence,
    Confirmed,
    FaceCheck,
    PaperCheck,
    ReadingCard,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.views import VisitView
from simulator.scenarios.scenario import Expect

Trace = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Per step: event, state, effects."""

_COVERAGE = (
    "insurer_number", "insurer_name", "insured_card_symbol", "insured_identification_number",
    "insured_branch_number", "qualification_date",
)  # fmt: skip


class LedgerResult(msgspec.Struct, frozen=True):
    events: int
    verified: bool


class InvariantResult(msgspec.Struct, frozen=True):
    checked: int
    broken: tuple[str, ...]


class FaceNote(msgspec.Struct, frozen=True):
    """What a face check of a visit came to. ``attempts``: judged; ``doubt``, ``problem``: "" for none; ``hints``: all
    that were given, in order. ``likeness``: in steps; -1 where nothing was judged."""

    authority: str
    purpose: str
    attempts: int
    confirmed: bool
    doubt: str
    likeness: int
    turned: bool | None
    genuine: bool
    problem: str
    hints: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a scenario; of several visits in one scenario the last. ``evidence``: the way that was accepted,
    ``card`` where the card's look-up confirmed. ``reasons``: all that were shown or told, in order; ``reason`` is the
    last for which the patient was led on or staff were called. ``offered``: all ways, when they were shown last;
    ``ways``: those that were taken.
    ``partial_contribution_ratio``: as the answer states it, else as it was declared, printed or fits the age; none for
    a full payment. ``look_up``: what came of asking with the numbers of a paper or of the file: ``agrees``,
    ``differs``, or why there was no answer. ``declared``: the answers of a declaration, ``copied`` those from the card.
    ``certified``: by what means a certified reader knew who it is, where one did. ``ended``: why it was abandoned.
    ``questions``: how often what was sent to the national system. ``face``: what the camera said. ``trace``: the same
    whatever reader was used. ``failed``: expectations that did not hold."""

    scenario: str
    seed: int
    outcome: str
    evidence: str | None
    reason: str | None
    reasons: tuple[str, ...]
    offered: tuple[str, ...]
    ways: tuple[str, ...]
    states: tuple[str, ...]
    ended: str | None
    consents: dict[str, str]
    coverage: dict[str, str] | None
    partial_contribution_ratio: int | None
    name_shown: str | None
    notices: tuple[str, ...]
    alerts: tuple[str, ...]
    questions: dict[str, int]
    time_warnings: int
    languages: tuple[str, ...]
    documents: tuple[str, ...]
    pin_tries_left: int | None
    text_tries_left: int | None
    look_up: str | None
    number_b_tries_left: int | None
    face: FaceNote | None
    declared: dict[str, str] | None
    copied: tuple[str, ...]
    certified: str | None
    ledger: LedgerResult
    apdus: int
    timings: dict[str, float]
    invariants: InvariantResult
    failed: tuple[str, ...] = ()
    trace: Trace = ()


class Notes:
    """Remembers what a result needs and the visit forgets at its end. ``step`` and ``page`` are told everything."""

    def __init__(self) -> None:
        self.trace: list[tuple[str, str, tuple[str, ...]]] = []
        self.states: list[str] = ["Welcome"]
        self.languages: list[str] = []
        self.reasons: list[str] = []
        self.consents: dict[str, str] = {}
        self.confirmed: Visit | None = None
        self.settled: Visit | None = None
        self.reason: str | None = None
        self.offered: tuple[str, ...] = ()
        self.ways: list[str] = []
        self.name_shown: str | None = None
        self.time_warnings = 0
        self.ended: str | None = None
        self._outcome: str | None = None
        self._birth: date | None = None
        self._check: PaperCheck | None = None
        self.certified: str | None = None
        self._face: FaceCheck | None = None
        self._hints: list[str] = []

    def step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        if after.id and after.id != before.id:
            self.confirmed = self.settled = self._birth = self._check = self._face = None
            self._hints.clear()
        state = type(after.state).__name__
        self.trace.append((type(event).__name__, state, tuple(type(effect).__name__ for effect in effects)))
        if state != self.states[-1]:
            self.states.append(state)
        for effect in effects:
            if isinstance(effect, Ask):
                self.consents = {item.value: choice.value for item, choice in effect.consents}
        if isinstance(event, FaceResultArrived) and after.certified is not None:
            self.certified = after.certified.method.value
            self.consents = {item.value: choice.value for item, choice in after.consents}
        if isinstance(event, CardOpened) and event.birth_date:
            self._birth = date.fromisoformat(event.birth_date)
        if after.face_check is not None:
            self._face = after.face_check
        if isinstance(event, FaceHinted) and after is not before:
            self._hints.append(event.hint.value)
        self.time_warnings += after.warned and not before.warned
        self._outcome = after.outcome or (before.outcome if not after.id else None) or self._outcome
        if after.evidence is not None and before.evidence is None:
            self.settled = after
        if after.fallback is not None and after.fallback.check is not None:
            self._check = after.fallback.check
        if isinstance(event, EvidenceChosen):
            self.ways.append(event.way.value)
        if isinstance(after.state, ChoosingEvidence):
            self.offered = tuple(offer.way.value for offer in offers(after))
        self._note_state(after)

    def _note_state(self, visit: Visit) -> None:
        told: list[str] = [visit.reason] if visit.reason is not None else []
        if visit.fallback is not None:
            self.reason = visit.fallback.reason.value
        match visit.state:
            case Confirmed():
                self.confirmed = visit
                told += visit.notices
            case WaitingForStaff(reason=reason) if reason is not None:
                self.reason = reason.value
            case ReadingCard(problem=problem) if problem is not None:
                told.append(problem)
            case Abandoned(why=why):
                self.ended = why
            case _:
                pass
        self.reasons += [reason for reason in dict.fromkeys(map(str, told)) if reason not in self.reasons]

    def page(self, view: VisitView) -> None:
        if view.state == "Confirmed":
            self.name_shown = dict(view.title.slots).get("name")
        if self.languages[-1:] != [view.language]:
            self.languages.append(view.language)

    @property
    def outcome(self) -> str:
        left_waiting = "handed_to_staff" if self.states[-1] == "WaitingForStaff" else "abandoned"
        return self._outcome or left_waiting

    @property
    def evidence(self) -> str | None:
        if self.settled is not None and self.settled.evidence is not None:
            return self.settled.evidence.value
        return "card" if self.confirmed is not None else None

    @property
    def look_up(self) -> str | None:
        check = self._check
        if check is None or self.confirmed is not None:
            return None
        if check.answer is not None:
            return "agrees" if check.agrees else "differs"
        return check.failed.value if check.failed is not None else "unanswered"

    @property
    def face(self) -> FaceNote | None:
        check = self._face
        if check is None:
            return None
        return FaceNote(
            authority=check.authority,
            purpose=check.purpose,
            attempts=check.attempts,
            confirmed=check.confirmed,
            doubt=check.doubt.value if check.doubt is not None else "",
            likeness=-1 if check.likeness is None else check.likeness,
            turned=check.turned,
            genuine=check.genuine,
            problem=check.problem.value if check.problem is not None else "",
            hints=tuple(self._hints),
        )

    @property
    def declared(self) -> dict[str, str] | None:
        """The answers of a declaration that was handed in, "" for わからない."""
        visit = self.settled
        if visit is None or visit.outcome != "declared" or visit.fallback is None:
            return None
        return {field.value: answer for field, answer in visit.fallback.form.answers}

    @property
    def copied(self) -> tuple[str, ...]:
        form = (
            self.settled.fallback.form if self.declared and self.settled and self.settled.fallback else None
        )
        return tuple(field.value for field, _ in form.answers if field in form.from_card) if form else ()

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(notice.value for notice in self.confirmed.notices) if self.confirmed else ()

    @property
    def coverage(self) -> dict[str, str] | None:
        """The elements of the coverage that was shown, as received."""
        answered = self._answered()
        if answered is None:
            return None
        answer, day = answered
        coverages = answer.in_force(day) or answer.results
        first: dict[str, Any] = msgspec.to_builtins(coverages[0]) if coverages else {}
        return {name: str(first[name]) for name in _COVERAGE if first.get(name)}

    @property
    def ratio(self) -> int | None:
        """The patient's share in tenths."""
        stated = self._stated()
        return stated if stated is not None or self.settled is None else _share_of(self.settled)

    def _stated(self) -> int | None:
        answered = self._answered()
        if answered is None:
            return None
        answer, day = answered
        coverages = answer.in_force(day)
        born = self._birth or (coverages[0].birth_date if coverages else None)
        if born is None or age_on(born, day) < 0:
            return None
        return coverages[0].share_tenths(day, born) if coverages else None

    def _answered(self) -> tuple[Answer, date] | None:
        """The answer by which somebody was received: the card's, or that which agrees with the paper."""
        if self.confirmed is not None and self.confirmed.answer is not None:
            return self.confirmed.answer, self.confirmed.entered.day
        road = self.settled.fallback if self.settled is not None else None
        if self.settled is None or road is None or road.check is None or not road.check.agrees:
            return None
        return (road.check.answer, self.settled.entered.day) if road.check.answer is not None else None


def _share_of(visit: Visit) -> int | None:
    """As it was declared or printed, else what fits the age (rule book: share)."""
    road = visit.fallback
    if visit.outcome == "self_pay" or road is None:
        return None
    told = road.form.get(FormField.RATIO) if visit.outcome == "declared" else road.paper.get(FormField.RATIO)
    if told:
        return int(told)
    share = decision_of(visit).share
    return share.tenths if share is not None else None


def held_against(expect: Expect, result: Result, asked: Sequence[str]) -> tuple[str, ...]:
    """Every expectation that does not hold, with what was seen instead; and what must never be. ``asked``: the ids of
    all questions that were sent."""
    problems = list(_differences(expect, result))
    problems += [f"invariant {rule}" for rule in result.invariants.broken]
    if not result.ledger.verified:
        problems.append("the ledger does not verify")
    problems += [
        f"question {one} was sent twice" for one in sorted({id_ for id_ in asked if asked.count(id_) > 1})
    ]
    return tuple(problems)


def _as_toml(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _differences(expect: Expect, result: Result) -> list[str]:
    seen: dict[str, Any] = {name: getattr(result, name) for name in expect.__struct_fields__}
    seen["documents"] = tuple(Path(path).stem for path in result.documents)
    for named in ("coverage", "declared"):
        wanted, found = getattr(expect, named), getattr(result, named)
        if wanted is not None and found is not None:
            seen[named] = {name: found.get(name) for name in wanted}
    if expect.face is not None and result.face is not None:
        told = msgspec.to_builtins(result.face)
        seen["face"] = {name: _as_toml(told.get(name)) for name in expect.face}
    return [
        f"{name}: expected {wanted!r}, saw {seen[name]!r}"
        for name in expect.__struct_fields__
        if (wanted := getattr(expect, name)) is not None and wanted != seen[name]
    ]
