"""What a command cannot do, as one line for the person who typed it."""

from __future__ import annotations

import sys


class Problem(Exception):
    """Ends a command with exit code 2. The text names the thing and the remedy."""


# Errors that already say what is wrong and what to do; only those of modules that were loaded can have happened.
_TYPED = (
    ("ui.settings", "SettingsError"),
    ("kiosk.ledger.errors", "LedgerError"),
    ("kiosk.patients.errors", "PatientFileError"),
    ("kiosk.accounts.errors", "AccountFileError"),
    ("simulator.people.loading", "PersonaError"),
    ("simulator.scenarios.scenario", "ScenarioError"),
    ("simulator.links.vpcd", "VpcdUnavailable"),
    ("kiosk.visit.acts", "UnknownAct"),
    ("drivers.card.certificates", "AnchorError"),
    ("drivers.face.evaluating", "PairsError"),
)


def known_problems() -> tuple[type[Exception], ...]:
    """What a command may meet and must not show as a traceback: the typed errors, and files that cannot be used."""
    typed = (getattr(sys.modules[module], name) for module, name in _TYPED if module in sys.modules)
    return (*typed, OSError)


def explain(error: Exception) -> str:
    """One line: what is wrong, and the remedy where the error has one."""
    remedy = getattr(error, "remedy", "")
    return f"{error}. {remedy}" if remedy and remedy not in str(error) else str(error)
