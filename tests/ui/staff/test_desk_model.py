"""Between the screen and the desk: nothing of what the ledger does ends the desk's thread, and what waits is done for
whoever wanted it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from kiosk.accounts.passwords import Password
from kiosk.accounts.roles import Action, Role
from kiosk.ledger.errors import LedgerBusy
from tests.support.consoles import OverDay
from ui.cli.staff_pictures import WORD as PICTURES_WORD
from ui.cli.staff_pictures import hire
from ui.staff.lane import Trouble, nothing, outcome_of
from ui.staff.model import DeskModel

pytestmark = pytest.mark.gui
Key = Qt.Key


class Waiting:
    """A lane that is busy: what it is to do waits until ``go_on``."""

    def __init__(self) -> None:
        self._jobs: list[Callable[[], object]] = []

    def do(self, job: Callable[[], Any], then: Callable[[Any], object] = nothing) -> None:
        self._jobs.append(lambda: then(outcome_of(job)))

    def go_on(self) -> None:
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            job()

    def close(self) -> None:
        self._jobs.clear()


def test_a_page_that_cannot_be_told_is_told_as_soon_as_the_ledger_can_be_read(
    lead: OverDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The news could still be read, and a moment later the ledger was away."""
    row = lead.open("ShowingNotice")
    desk, model = lead.scene.desk, lead.scene.model
    troubles: list[Trouble | None] = []
    model.shown.connect(lambda shown: troubles.append(shown.trouble))

    def away(_visit: str) -> None:
        raise LedgerBusy

    desk.notebook.add_note(row.visit, "電話をかけた", "lead")
    with monkeypatch.context() as patch:
        patch.setattr(desk, "make_detail", away)
        model.tick()
        assert troubles.pop() == Trouble("ledger", "busy")
        assert not lead.reads("電話をかけた")
    model.tick()
    assert troubles.pop() is None
    assert lead.reads("電話をかけた")


def test_what_waits_is_done_for_whoever_wanted_it_or_not_at_all(lead: OverDay) -> None:
    """The network hangs, somebody goes away, and somebody else sits down."""
    row = lead.open("ShowingNotice")
    model, guard, desk = lead.scene.model, lead.scene.guard, lead.scene.desk
    lane = Waiting()
    hire(lead.scene.means, "hanako", "花子", Role.LEAD)
    busy = DeskModel(desk, guard, lead.scene.day.world.now)
    busy.start(lane)
    told: list[str] = []
    busy.told.connect(lambda one: told.append(one.what))

    def note(deeds: Any, who: str) -> Any:
        return deeds.notebook.add_note(row.visit, f"by {who}", who)

    def notes() -> list[str]:
        records = desk._ledger.entries(row.visit)
        return [one.actor for one in records if one.type in ("StaffNoted", "VisitLookedAt")]

    before = notes()
    busy.act("note", Action.NOTE, row.visit, note)
    busy.open(row.visit)
    lead.press(Key.Key_L, control=True)
    guard.sign_in("hanako", Password(PICTURES_WORD))
    lane.go_on()
    assert notes() == before
    assert told == ["denied", "denied"]
    busy.act("note", Action.NOTE, row.visit, note)
    lane.go_on()
    assert notes() == [*before, "staff:hanako"]
    model.tick()
