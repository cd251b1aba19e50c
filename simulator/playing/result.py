"""What came of a scenario: noted while it is played, told as one value, held against what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kiosk.coverage.ages import age_on
from kiosk.visit.effects import AnyEffect, Ask
from kiosk.visit.events import AnyEvent, CardOpened
from kiosk.visit.states import Abandoned, Confirmed, ReadingCard, Visit, WaitingForStaff
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


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a scenario; of several visits in one scenario the last. ``reasons``: all that were shown or told,
    in order; ``reason`` is the one for which staff were called last. ``ended``: why it was abandoned. ``questions``:
    how often what was sent to the national system. ``trace``: the same whatever reader was used. ``failed``:
    expectations that did not hold."""

    scenario: str
    seed: int
    outcome: str
    evidence: str | None
    reason: str | None
    reasons: tuple[str, ...]
    offered: tuple[str, ...]
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
        self.reason: str | None = None
        self.offered: tuple[str, ...] = ()
        self.name_shown: str | None = None
        self.time_warnings = 0
        self.ended: str | None = None
        self._outcome: str | None = None
        self._birth: date | None = None

    def step(self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]) -> None:
        state = type(after.state).__name__
        self.trace.append((type(event).__name__, state, tuple(type(effect).__name__ for effect in effects)))
        if state != self.states[-1]:
            self.states.append(state)
        for effect in effects:
            if isinstance(effect, Ask):
                self.consents = {item.value: choice.value for item, choice in effect.consents}
        if isinstance(event, CardOpened) and event.birth_date:
            self._birth = date.fromisoformat(event.birth_date)
        self.time_warnings += after.warned and not before.warned
        self._outcome = after.outcome or (before.outcome if not after.id else None) or self._outcome
        self._note_state(after)

    def _note_state(self, visit: Visit) -> None:
        told: list[str] = [visit.reason] if visit.reason is not None else []
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
        if view.state == "WaitingForStaff" or view.variant.startswith("problem."):
            self.offered = tuple(option.id for option in view.options)
        if view.state == "Confirmed":
            self.name_shown = dict(view.title.slots).get("name")
        if self.languages[-1:] != [view.language]:
            self.languages.append(view.language)

    @property
    def outcome(self) -> str:
        left_waiting = "handed_to_staff" if self.states[-1] == "WaitingForStaff" else "abandoned"
        return self._outcome or left_waiting

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(notice.value for notice in self.confirmed.notices) if self.confirmed else ()

    @property
    def coverage(self) -> dict[str, str] | None:
        """The elements of the coverage that was shown, as received."""
        visit = self.confirmed
        if visit is None or visit.answer is None:
            return None
        coverages = visit.answer.in_force(visit.entered.day) or visit.answer.results
        first: dict[str, Any] = msgspec.to_builtins(coverages[0]) if coverages else {}
        return {name: str(first[name]) for name in _COVERAGE if first.get(name)}

    @property
    def ratio(self) -> int | None:
        """The patient's share in tenths, if the answer states it."""
        visit = self.confirmed
        if visit is None or visit.answer is None or self._birth is None:
            return None
        day = visit.entered.day
        if age_on(self._birth, day) < 0:
            return None
        coverages = visit.answer.in_force(day)
        return coverages[0].share_tenths(day, self._birth) if coverages else None


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


def _differences(expect: Expect, result: Result) -> list[str]:
    seen: dict[str, Any] = {name: getattr(result, name) for name in expect.__struct_fields__}
    seen["documents"] = tuple(Path(path).stem for path in result.documents)
    if expect.coverage is not None and result.coverage is not None:
        seen["coverage"] = {name: result.coverage.get(name) for name in expect.coverage}
    return [
        f"{name}: expected {wanted!r}, saw {seen[name]!r}"
        for name in expect.__struct_fields__
        if (wanted := getattr(expect, name)) is not None and wanted != seen[name]
    ]
