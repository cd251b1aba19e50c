"""What a terminal needs, checked: each thing is ok, worth a warning, or a fault, with the remedy. Nothing is changed,
and of the network only whether hub and receivers are there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from ui.diagnosis import cameras, delivery, devices, faces, machine, records, services, shared
from ui.diagnosis.finding import Finding, Verdict, advised
from ui.settings import Settings

__all__ = ["BUDGET_S", "CHECKS", "Check", "Finding", "Verdict", "diagnose"]

Check = Callable[[Settings], Iterator[Finding]]
BUDGET_S = 1.8
"""All checks run at once; one that takes longer is told as hanging."""

CHECKS: tuple[tuple[str, Check], ...] = (
    ("reader", devices.reader),
    ("eligibility", services.eligibility),
    ("certificates", services.certificates),
    ("clock", machine.clock),
    ("scanner", devices.scanner),
    ("camera", cameras.camera),
    ("face", faces.face),
    ("front", faces.front),
    ("printer", devices.printer),
    ("sound", devices.sound),
    ("voice", devices.voice),
    ("fonts", machine.fonts),
    ("disk", machine.disk),
    ("ledger", records.ledger),
    ("hub", shared.hub),
    ("handoff", delivery.handoff),
    ("versions", machine.versions),
)


def diagnose(settings: Settings, checks: tuple[tuple[str, Check], ...] = CHECKS) -> tuple[Finding, ...]:
    """Every finding, in the order of the checks. Never raises: a check that fails is itself a finding."""
    until = time.monotonic() + BUDGET_S
    running = [_Running(subject, check, settings) for subject, check in checks]
    return tuple(finding for one in running for finding in one.result(until))


class _Running(threading.Thread):
    """One check on a thread of its own: a network folder that hangs must not take the others along."""

    def __init__(self, subject: str, check: Check, settings: Settings) -> None:
        super().__init__(name=f"diagnose-{subject}", daemon=True)
        self._subject = subject
        self._check = check
        self._settings = settings
        self._found: tuple[Finding, ...] | None = None
        self.start()

    def run(self) -> None:
        try:
            self._found = tuple(self._check(self._settings))
        except Exception as error:
            # The type alone: a message could hold what is on a card or in a file.
            detail = f"the check itself failed ({type(error).__name__})"
            self._found = (advised(self._subject, "fault", detail, "check_failed"),)

    def result(self, until: float) -> tuple[Finding, ...]:
        self.join(max(0.0, until - time.monotonic()))
        if self._found is not None:
            return self._found
        return (advised(self._subject, "fault", f"no result within {BUDGET_S:g} s", "check_hangs"),)
