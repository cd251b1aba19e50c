"""Codes on papers, from the scanner to the visit: only while a paper is asked for, and only what may be shown."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from drivers.interface import CodeScanner, Failure, ScannedCode
from kiosk.coverage.scanned import shown
from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView

PAGES = frozenset({"ShowingCertificate"})
_log = structlog.get_logger(__name__)


class CodesOnPapers:
    """``show`` is called with each page, on the screen's thread; ``send`` is called on the scanner's.

    What holds an individual number ends here: it becomes no event, so no record of it is made.
    """

    def __init__(self, scanner: CodeScanner, send: Callable[[Act], None]) -> None:
        self._scanner = scanner
        self._send = send
        self._watching = False

    def show(self, view: VisitView) -> None:
        wanted = view.state in PAGES
        if wanted is self._watching:
            return
        self._watching = wanted
        if wanted:
            self._scanner.watch(self._read)
        else:
            self._scanner.rest()

    def close(self) -> None:
        self._scanner.close()

    def _read(self, found: ScannedCode | Failure) -> None:
        if isinstance(found, Failure):
            _log.warning("scanner.failed", fault=str(found.fault), detail=found.detail)
            return
        scanned = shown(found.text)
        if scanned.refused is not None:
            _log.warning("scanner.refused", why=str(scanned.refused), format=found.format)
            return
        self._send(Act("CodeScanned", (("text", "\n".join(scanned.lines)),)))
