"""What goes wrong at a page: at the very moment it is first shown, before anything that it asked for has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from drivers.interface import Failure, Fault
from kiosk.visit.events import FrontFailed, StaffCalled
from kiosk.visit.views import VisitView
from simulator.playing.actor import Actor, is_page
from simulator.playing.before_camera import BeforeCamera
from simulator.playing.frail import FrailFile, FrailPapers
from simulator.playing.full_disk import FillableLedger
from simulator.playing.readers import Bench
from simulator.playing.stage import JAM, PaperTray, Stage
from simulator.scenarios.scenario import PageFault

_SECOND = 1000


@dataclass(frozen=True)
class Mishaps:
    """Lets each fault happen once."""

    bench: Bench
    stage: Stage
    actor: Actor
    ledger: FillableLedger
    tray: PaperTray
    papers: FrailPapers
    patients: FrailFile
    face: BeforeCamera

    def plan(self, faults: Iterable[PageFault]) -> None:
        pending = list(faults)

        def shown(view: VisitView) -> None:
            for fault in [fault for fault in pending if is_page(view, fault.at)]:
                pending.remove(fault)
                self._happen(fault)

        if pending:
            self.stage.when_shown(shown)

    def _happen(self, fault: PageFault) -> None:
        match fault.kind:
            case "reader_away" | "service_killed":
                self.bench.set_away(True)
                self._mend(fault, lambda: self.bench.set_away(False))
            case "card_removed":
                self.actor.take_card()
            case "card_swapped":
                self.actor.swap_card(fault.persona)
            case "staff_called":
                self.stage.post(StaffCalled)
            case "ledger_full":
                self.ledger.full = True
                self._mend(fault, self._make_room)
            case "printer_jammed":
                self.tray.jammed = JAM
            case "paper_not_made":
                self.papers.broken = True
            case "camera_gone":
                self.face.spoil(Fault.CAMERA_GONE)
                self._mend(fault, self.face.mend)
            case "files_wrong":
                self.face.spoil(Fault.MODEL_WRONG)
            case "front_unseen":
                self.stage.post(FrontFailed, failure=Failure.of(Fault.CAMERA_GONE, "simulated"))
            case "file_unreadable":
                self.patients.broken = True

    def _mend(self, fault: PageFault, mend: Callable[[], None]) -> None:
        if fault.seconds >= 0:
            self.stage.after(round(fault.seconds * _SECOND), mend)

    def _make_room(self) -> None:
        self.ledger.full = False
