"""What thousands of visits leave behind in memory, where one process serves for weeks.

Fact-level card and an answer that is always the same, so that what grows is the kiosk's own: the simulated national
system and a ledger in memory remember on purpose.
"""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import psutil

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from kiosk.ledger import Ledger, SqliteLedger
from simulator.playing.world import VirtualWorld
from tests.bench.ledger import disk
from tests.bench.rows import Row, Target, at_most, row
from tests.bench.stages import fact_terminal, ledger_options
from tests.support.screens import Screen
from ui.patient.gallery import examples
from ui.patient.window import Timing

_PER = 10_000
_MEMORY_DISK = Path("/dev/shm")


def rows(quick: bool) -> list[Row]:
    return [_reception(20 if quick else 1000, 2 if quick else 6), _screen(1 if quick else 12)]


def _reception(visits: int, parts: int) -> Row:
    place = _MEMORY_DISK if _MEMORY_DISK.is_dir() else disk()
    with tempfile.TemporaryDirectory(dir=place) as folder:

        def ledger(world: VirtualWorld) -> Ledger:
            return SqliteLedger(Path(folder, "ledger"), ledger_options(world))

        with fact_terminal(ledger, same_answer=True) as one:
            sizes = []
            for _ in range(parts):
                for _ in range(visits):
                    one.visit()
                sizes.append(_resident())
    grown = (sizes[-1] - sizes[0]) / ((parts - 1) * visits) * _PER
    return row(
        "memory.growth", f"memory growth in {_PER:,} visits", grown, "MiB",
        target=at_most(1.0), visits=visits * parts, at_first=sizes[0], at_last=sizes[-1],
        note=f"the first {visits} visits fill the caches and are left out",
    )  # fmt: skip


def _screen(rounds: int) -> Row:
    """Objects, which can be counted exactly, where memory of so few pages cannot."""
    application = QApplication.instance() or QApplication([])
    screen = Screen()
    screen.open(timing=Timing(hold=0, reading=0, double_touch=0))
    views = list(examples().values())

    def turn_all() -> tuple[int, int]:
        for view in views:
            screen.clock.pass_ms(1000)
            screen.window.show_view(view)
            QApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        return len(QApplication.allWidgets()), len(gc.get_objects())

    turn_all()
    widgets, objects = turn_all()
    after = widgets, objects
    for _ in range(rounds):
        after = turn_all()
    pages = rounds * len(views)
    screen.window.close()
    del application
    return row(
        "memory.widgets_left", "widgets left behind by page changes", after[0] - widgets, "widgets",
        target=Target("value", "at_most", 0), page_changes=pages, python_objects_left=after[1] - objects,
    )  # fmt: skip


def _resident() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20
