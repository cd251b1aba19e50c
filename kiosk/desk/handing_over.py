"""What staff want done about a delivery: asked of whoever hands over. Never done here.

Where that program owns the visit it is asked by a request, which also reaches another machine. Where it only reads the
same ledger it is asked by a note: nobody but the owner may answer a request.
"""

from __future__ import annotations

import msgspec

from kiosk.desk.case import Case
from kiosk.desk.deliveries import Delivery, Handed
from kiosk.desk.notebook import Notebook
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.world import World
from kiosk.handoff.notes import (
    ACTION_OF,
    HandoffByHand,
    HandoffNotDone,
    HandoffTriedAgain,
    HandoffWanted,
    How,
    Wanted,
)
from kiosk.ledger import Entry, Ledger, stamp
from kiosk.ledger.errors import UnknownVisit

DONE = frozenset({HandoffTriedAgain.__name__, HandoffByHand.__name__})
NOT_DONE = frozenset({HandoffNotDone.__name__})
"""What a courier answers to a note; a request is answered by the ledger's own entries besides."""


class HandingOver:
    """Raises ``LedgerError``."""

    def __init__(self, ledger: Ledger, world: World) -> None:
        self._ledger = ledger
        self._world = world

    def want(self, case: Case, receiver: str, how: How, who: str, why: str = "") -> Done | Refusal:
        """Gives the id that the answer will name. ``why`` is needed for ``by_hand``."""
        delivery = case.delivery(receiver)
        if delivery is None:
            return Refusal(Why.UNKNOWN_ENTRY)
        if not _may_be_wanted(delivery, how):
            return Refusal(Why.HANDED_OVER)
        wrong = Notebook.wrong_text(why) if why or how == "by_hand" else None
        if wrong is not None:
            return wrong
        if delivery.courier == case.chain and not case.elsewhere:
            return self._request(case, delivery, how, who, why.strip())
        return self._note(case, delivery, how, who, why.strip())

    def _request(self, case: Case, delivery: Delivery, how: How, who: str, why: str) -> Done | Refusal:
        wanted = Wanted(receiver=delivery.receiver, key=delivery.key, why=why)
        body = msgspec.json.encode(wanted)
        try:
            return Done(self._ledger.request(case.visit, ACTION_OF[how], body, f"staff:{who}"))
        except UnknownVisit:
            return Refusal(Why.UNKNOWN_VISIT)

    def _note(self, case: Case, delivery: Delivery, how: How, who: str, why: str) -> Done:
        note = HandoffWanted(
            receiver=delivery.receiver, key=delivery.key, revision=delivery.revision, how=how, why=why
        )
        now = self._world.now()
        entry = Entry(
            visit=case.visit, id=self._world.new_id(), type=type(note).__name__, at=stamp(now.utc), mono_ms=now.mono,
            actor=f"staff:{who}", state="", simulated=case.simulated, payload=msgspec.json.encode(note),
        )  # fmt: skip
        self._ledger.append([entry])
        return Done(entry.id)


def _may_be_wanted(delivery: Delivery, how: How) -> bool:
    return delivery.state is Handed.BY_HAND if how == "after_all" else delivery.open
