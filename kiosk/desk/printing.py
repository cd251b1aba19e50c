"""Papers of a visit, taken out again: shown or printed once more. Each time is recorded before."""

from __future__ import annotations

import msgspec

from drivers.interface import Printer
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.world import World
from kiosk.ledger import Entry, Ledger, Moment, stamp
from kiosk.ledger.kept_papers import KeptPaper, note_taken_out, papers

FOR_STAFF = frozenset({"claim_note"})


class PaperDesk:
    """``forms`` prints what patients take or sign, ``staff`` what is not for them. Raises ``LedgerError``."""

    def __init__(
        self, ledger: Ledger, world: World, forms: Printer | None = None, staff: Printer | None = None
    ) -> None:
        self._ledger = ledger
        self._world = world
        self._forms = forms
        self._staff = staff

    def open_paper(self, visit: str, paper: str, who: str) -> bytes | Refusal:
        """The PDF as it was printed."""
        found = self._find(visit, paper)
        if isinstance(found, Refusal):
            return found
        self._note(found, who, "shown")
        assert found.paper is not None
        return found.paper.content

    def reprint(self, visit: str, paper: str, who: str) -> Done | Refusal:
        """Hands it to the printer; returns when the printer has taken it."""
        found = self._find(visit, paper)
        if isinstance(found, Refusal):
            return found
        printer = self._staff if found.kind in FOR_STAFF else self._forms
        if printer is None:
            return Refusal(Why.NO_PRINTER)
        noted = self._note(found, who, "printed")
        assert found.paper is not None
        failure = printer.print_pdf(f"{found.kind}-again", found.paper.content)
        if failure is not None:
            self._failed(found, failure.detail)
            return Refusal(Why.PRINTER_FAILED, failure.detail)
        return Done(noted)

    def _find(self, visit: str, paper: str) -> KeptPaper | Refusal:
        found = next((one for one in papers(self._ledger, visit=visit) if one.id == paper), None)
        if found is None:
            return Refusal(Why.UNKNOWN_ENTRY)
        return found if found.paper is not None else Refusal(Why.ERASED)

    def _note(self, paper: KeptPaper, who: str, how: str) -> str:
        id_ = self._world.new_id()
        note_taken_out(self._ledger, paper, f"staff:{who}", how=how, new_id=id_, clock=self._clock)
        return id_

    def _failed(self, paper: KeptPaper, detail: str) -> None:
        """As the reception notes it: the visit's paper is still lacking."""
        now = self._clock()
        entry = Entry(
            visit=paper.visit, id=self._world.new_id(), type="PaperPrinted", at=stamp(now.wall), mono_ms=now.mono_ms,
            actor="system", state="", simulated=paper.simulated, ref=paper.id,
            payload=msgspec.json.encode({"kind": paper.kind, "ok": False, "detail": detail}),
        )  # fmt: skip
        self._ledger.append([entry])

    def _clock(self) -> Moment:
        now = self._world.now()
        return Moment(now.utc, now.mono)
