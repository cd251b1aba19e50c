"""What becomes of a certified reader's result: it moves the visit at the screen, waits for the page to be free for a
moment, or is for staff."""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from kiosk.evidence.reasons import Reason
from kiosk.ledger import Ledger, LedgerError
from kiosk.reception.unclaimed import FAILED, REPEATED, Unclaimed, note, same_result, taken_today
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import FaceResultArrived
from kiosk.visit.flow.certified import takes
from kiosk.visit.moment import Moment
from kiosk.visit.states import Abandoned, Confirmed, Finished, TakeCard, Visit

WAITS_MS = 60_000
"""How long a result waits for the page of the patient before to end. After that nobody may be looking any more."""
_ENDING = (Confirmed, TakeCard, Finished, Abandoned)
_log = structlog.get_logger(__name__)


class Results:
    """Belongs to the visit thread."""

    def __init__(self, ledger: Ledger, unclaimed: Unclaimed, at: Moment, *, simulated: bool) -> None:
        self._ledger = ledger
        self._unclaimed = unclaimed
        self._simulated = simulated
        self._taken = taken_today(ledger, at)
        self._waiting: list[FaceResultArrived] = []

    def sort(self, visit: Visit, event: FaceResultArrived) -> bool:
        """Whether this result moves ``visit`` now, for the caller to let it. Any other one is seen to here."""
        if event.result.id in self._taken:
            return False
        self._taken.add(event.result.id)
        if takes(visit, event):
            return True
        if not event.result.tells_of_a_person:
            self._note_failure(visit, event)
        elif self._is_repeated(visit, event):
            self._keep(REPEATED, event, visit.id)
        elif isinstance(visit.state, _ENDING) and event.recent and event.result.desk:
            self._waiting.append(event)
        else:
            self._unclaimed.open(visit, event)
        return False

    def due(self, visit: Visit, at: Moment) -> FaceResultArrived | None:
        """The result whose turn it is now that the page is free. Those that have waited too long are for staff."""
        late = [one for one in self._waiting if at.mono - one.at.mono > WAITS_MS]
        self._waiting = [one for one in self._waiting if one not in late]
        for one in late:
            self._unclaimed.open(visit, one)
        if not self._waiting or isinstance(visit.state, _ENDING):
            return None
        event = self._waiting.pop(0)
        now = replace(event, at=at)
        if takes(visit, now):
            return now
        self._unclaimed.open(visit, event)
        return None

    def _is_repeated(self, visit: Visit, event: FaceResultArrived) -> bool:
        here = [visit.answer] if visit.answer is not None and visit.certified is not None else []
        here += [one.answer for one in self._unclaimed if one.answer is not None]
        here += [one.result.answer for one in self._waiting]
        return any(same_result(answer, event.result.answer) for answer in here)

    def _note_failure(self, visit: Visit, event: FaceResultArrived) -> None:
        """Somebody tries at the reader, which tells them itself. Staff are told what no public source explains."""
        self._keep(FAILED, event, "")
        if event.result.error is None:
            self._unclaimed.alert(AlertStaff(Reason.SERVICE_ERROR), visit)

    def _keep(self, kind: str, event: FaceResultArrived, visit: str) -> None:
        try:
            self._ledger.append([note(kind, event, visit, simulated=self._simulated)])
        except LedgerError as error:  # it belongs to nobody: what is lost is the note alone
            _log.error("ledger.refused", error=type(error).__name__, on=kind)
