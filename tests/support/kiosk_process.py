"""A whole kiosk in a process of its own, without a screen: ``python -m tests.support.kiosk_process SETTINGS``.

Told by lines on its standard input (``touch OPTION``, ``place PERSONA``, ``front PERSONA``: the number on the front of
their card, ``remove``, ``quit``) and tells every page on its standard output, one JSON object a line: ``state``,
``variant``, ``options``.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from simulator.people import load
from simulator.playing.cast import card_of, number_b
from ui import logs
from ui.compose import Terminal, build
from ui.settings import read_settings


class Kiosk:
    def __init__(self, settings: Path) -> None:
        self._lock = threading.Lock()
        self._view: VisitView | None = None
        parsed = read_settings(settings)
        logs.configure(parsed)
        self.terminal: Terminal = build(parsed, self._show)

    def _show(self, view: VisitView) -> None:
        with self._lock:
            self._view = view
            page = {"state": view.state, "variant": view.variant, "options": [one.id for one in view.options]}
            print(json.dumps(page), flush=True)

    def obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "touch":
                assert self._view is not None
                acts = [one.act for one in self._view.options if one.id == rest]
                self.terminal.inbox.send(acts[0])
            case "place":
                simulated = self.terminal.simulated
                assert simulated is not None
                assert simulated.reader is not None
                card = card_of(load(rest), _today())
                assert card is not None
                if simulated.stage is not None:
                    simulated.stage.holder = rest
                simulated.reader.insert(card)
            case "front":
                digits = bytearray(number_b(load(rest), _today()), "ascii")
                self.terminal.inbox.send(Act("PinEntered", (("slot", self.terminal.secrets.put(digits)),)))
            case "remove":
                simulated = self.terminal.simulated
                assert simulated is not None
                assert simulated.reader is not None
                simulated.reader.remove()
            case _:
                raise ValueError(line)


def _today() -> date:
    return (datetime.now(UTC) + timedelta(hours=9)).date()


def main() -> int:
    kiosk = Kiosk(Path(sys.argv[1]))
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        kiosk.obey(line.strip())
    kiosk.terminal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
