"""Everything that an onlooker could see of a played visit: pages, logs, files, rows, trace, and what is handed over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from structlog.testing import capture_logs

from kiosk.evidence.loading import book
from kiosk.ledger import SqliteLedger
from kiosk.reception.papers import Papers
from kiosk.visit.views import VisitView
from simulator.national.system import INSTITUTION
from simulator.playing.player import FAST, ledger_options, play
from simulator.playing.result import Result
from simulator.scenarios import Scenario
from tests.support.canaries import decrypted, files_below
from ui.composing.files import open_ledger
from ui.composing.handoff import handoff_of
from ui.composing.papers import ticket_maker
from ui.settings import Facility, Handoff, Receiver, Settings

AT = datetime(2026, 11, 24, tzinfo=UTC)
OWN = ("_sqlite_migrations", "checkpoint")
"""Tables of what each ledger has of its own: when its file was made, and signatures by its own key."""


@dataclass
class Observed:
    """``files``: what was printed and what was handed over, by their paths below the folder."""

    result: Result
    views: list[VisitView] = field(default_factory=list)
    log: list[Any] = field(default_factory=list)
    rows: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def observe(scenario: Scenario, folder: Path) -> Observed:
    """One run, with a ledger, papers and documents in ``folder``. It must come out as the scenario expects."""
    views: list[VisitView] = []
    making = replace(
        FAST,
        ledger=lambda scenario, world: SqliteLedger(folder / "ledger", ledger_options(scenario, world)),
        ticket=ticket_maker(Settings(), lambda: AT),
        papers=lambda world: Papers(
            "見本診療所", book(), lambda: AT, lambda: world.now().day, simulated=True
        ),
        show=views.append,
        documents=folder / "documents",
    )
    with all_logs() as log:
        result = play(scenario, making, seed=3)
    assert result.failed == ()
    return Observed(result, views, log, decrypted(folder / "ledger"), below(folder / "documents"))


def hand_over(folder: Path) -> dict[str, bytes]:
    """What leaves for other systems after a run in ``folder``: a file of each form."""
    into = folder / "handed"
    into.mkdir()
    receivers = (
        Receiver(name="receipt", format="oqs_xml", folder=into, simulated=True),
        Receiver(name="chart", format="fhir", folder=into, simulated=True),
        Receiver(name="table", format="csv", folder=into, encoding="cp932", simulated=True),
        Receiver(name="queue", format="json", folder=into, simulated=True),
    )
    settings = Settings(
        data=folder,
        facility=Facility(medical_institution_code=INSTITUTION),
        handoff=Handoff(receivers=receivers),
    )
    with open_ledger(settings, "console") as ledger:
        courier = handoff_of(settings, ledger, now=lambda: AT)
        assert courier is not None
        with closing(courier):
            courier.run()
    return below(into)


def below(folder: Path) -> dict[str, bytes]:
    """Every file, by its path from there."""
    return {str(path.relative_to(folder)): data for path, data in files_below(folder)}


def plain(result: Result, folder: Path) -> dict[str, Any]:
    """All of a result but how long it took and in which folder it was."""
    fields: dict[str, Any] = msgspec.to_builtins(result)
    del fields["timings"]["real_s"]
    fields["documents"] = [str(Path(path).relative_to(folder)) for path in fields["documents"]]
    return fields


def visible_rows(observed: Observed) -> list[tuple[str, tuple[object, ...]]]:
    """But for what each ledger has of its own."""
    assert {table for table, _row in observed.rows} > set(OWN)
    return [(table, row) for table, row in observed.rows if table not in OWN]


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[tuple[object, ...]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append((record.name, record.levelname, record.getMessage(), record.exc_text))


@contextmanager
def all_logs() -> Iterator[list[Any]]:
    """What loggers of both kinds say, at every level."""
    root, handler = logging.getLogger(), _Everything()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    told: list[Any] = []
    try:
        with capture_logs() as structured:
            yield told
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        told += [sorted(entry.items()) for entry in structured]
        told += handler.told
