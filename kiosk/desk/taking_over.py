"""Visits whose terminal is gone: taken over by this console, and settled here, since no page can move any more.

Whether a program runs is told by the lock that it holds while it does. Who restarts finds its interrupted visits itself
and closes them; what it does not find, because it does not come back, is for a person to take over. Two consoles that
take the same visit write the same ``epoch``: the ledger lets the first one, and the other is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.desk.case import Case
from kiosk.desk.notes import LookedUp, Note, SettledAtDesk, TakenOver, note_entry
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.world import Owners, World
from kiosk.evidence.model import Way
from kiosk.ledger import Entry, Ledger
from kiosk.ledger.errors import NotOwner
from kiosk.visit.flow.evidence import DECLARED
from kiosk.visit.states import Outcome

TAKEN = "WaitingForStaff"
"""The state of a visit that was taken over: a person has it."""


class TakingOver:
    """Raises ``LedgerError`` as the ledger does, but for what others did first."""

    def __init__(self, ledger: Ledger, world: World, owners: Owners) -> None:
        self._ledger = ledger
        self._world = world
        self._owners = owners

    def is_mine(self, case: Case) -> bool:
        return case.chain == self._ledger.chain

    def gone(self, cases: Iterable[Case]) -> set[str]:
        """The chains whose visits stand still because their program does not run; each is asked about once. Of a
        program on another machine this ledger knows nothing: who took a visit over there, has it."""
        owners = {case.chain for case in cases if case.open and not (case.elsewhere or self.is_mine(case))}
        return {chain for chain in owners if not self._owners.is_running(chain)}

    def take(self, case: Case, who: str) -> Done | Refusal:
        if not case.open:
            return Refusal(Why.MOVED_ON)
        if case.elsewhere or self.is_mine(case):
            return Refusal(Why.TAKEN_ALREADY)
        if self._owners.is_running(case.chain):
            return Refusal(Why.OWNER_RUNS)
        note = TakenOver(owner=case.chain, state=case.state)
        return self._move(self._entry(note, case, who, TAKEN, case.epoch + 1))

    def settle(
        self,
        case: Case,
        outcome: Outcome,
        who: str,
        *,
        evidence: Way | None = None,
        why: str = "",
        looked_up: LookedUp = "",
    ) -> Done | Refusal:
        """Ends a visit that was taken over; one with a result gets its reception number."""
        if not (self.is_mine(case) and case.open):
            return Refusal(Why.MOVED_ON)
        note = SettledAtDesk(outcome=outcome, evidence=evidence, why=why, looked_up=looked_up)
        state = "Abandoned" if outcome == "abandoned" else "Finished"
        entry = self._entry(note, case, who, state, case.epoch)
        return self._move(entry, numbered=outcome not in ("abandoned", "handed_to_staff"))

    def _entry(self, note: Note, case: Case, who: str, state: str, epoch: int) -> Entry:
        return note_entry(
            note, case.visit, self._world.new_id(), self._world.now(),
            actor=f"staff:{who}", simulated=case.simulated, state=state, owner_epoch=epoch,
        )  # fmt: skip

    def _move(self, entry: Entry, *, numbered: bool = False) -> Done | Refusal:
        try:
            self._ledger.append([entry], take_number=self._world.now().day if numbered else None)
        except NotOwner:
            return Refusal(Why.TAKEN_ALREADY)
        return Done(entry.id)


def outcome_of(way: Way) -> Outcome:
    """As the visit itself settles it."""
    if way is Way.SELF_PAY:
        return "self_pay"
    return "declared" if way in DECLARED else "accepted_by_evidence"
