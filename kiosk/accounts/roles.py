"""Who may do what at the desk: a table and nothing else. README.md shows it; ``python -m kiosk.accounts.roles``
prints it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """``RECEPTION`` receives patients; ``LEAD`` also answers for the day; ``ADMINISTRATOR`` keeps the machine and the
    accounts and sees no patient; ``AUDITOR`` reads what was done and sees no patient."""

    RECEPTION = "reception"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What a desk does. None shows a PIN, an individual number or a face: nobody may, so there is nothing to permit."""

    # a visit
    SEE_BOARD = "see_board"
    OPEN_VISIT = "open_visit"
    ACCEPT_EVIDENCE = "accept_evidence"
    REFUSE_EVIDENCE = "refuse_evidence"
    SEND_TO_EVIDENCE = "send_to_evidence"
    RESUME = "resume"
    CLOSE_VISIT = "close_visit"
    VISUAL_VERIFICATION = "visual_verification"
    CHOOSE_COVERAGE = "choose_coverage"
    TAKE_OVER = "take_over"
    ATTACH_SCAN = "attach_scan"
    NOTE = "note"
    REPRINT = "reprint"
    VOID = "void"
    CORRECT_NAME_DISPLAY = "correct_name_display"
    # the facility's patients, and the day
    IMPORT_PATIENTS = "import_patients"
    SEE_REPORT = "see_report"
    EXPORT_REPORT = "export_report"
    # what waits
    RETRY_RECHECK = "retry_recheck"
    DROP_RECHECK = "drop_recheck"
    RETRY_HANDOFF = "retry_handoff"
    # the machine
    SEE_HEALTH = "see_health"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_ACCOUNTS = "manage_accounts"
    BREAK_GLASS = "break_glass"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORT = "audit_export"
    PURGE = "purge"
    BACKUP = "backup"


_DESK: Final = frozenset({Role.RECEPTION, Role.LEAD})
_LEAD: Final = frozenset({Role.LEAD})
_MACHINE: Final = frozenset({Role.ADMINISTRATOR})
_AUDIT: Final = frozenset({Role.AUDITOR})

_PERMITTED: Final[dict[Action, frozenset[Role]]] = {
    Action.SEE_BOARD: _DESK,
    Action.OPEN_VISIT: _DESK,
    Action.ACCEPT_EVIDENCE: _DESK,
    Action.REFUSE_EVIDENCE: _DESK,
    Action.SEND_TO_EVIDENCE: _DESK,
    Action.RESUME: _DESK,
    Action.CLOSE_VISIT: _DESK,
    Action.VISUAL_VERIFICATION: _DESK,
    Action.CHOOSE_COVERAGE: _DESK,
    Action.TAKE_OVER: _DESK,
    Action.ATTACH_SCAN: _DESK,
    Action.NOTE: _DESK,
    Action.REPRINT: _DESK,
    Action.VOID: _LEAD,
    Action.CORRECT_NAME_DISPLAY: _DESK,
    Action.IMPORT_PATIENTS: _LEAD | _MACHINE,
    Action.SEE_REPORT: _LEAD,
    Action.EXPORT_REPORT: _LEAD,
    Action.RETRY_RECHECK: _DESK | _MACHINE,
    Action.DROP_RECHECK: _LEAD,
    Action.RETRY_HANDOFF: _DESK | _MACHINE,
    Action.SEE_HEALTH: _DESK | _MACHINE | _AUDIT,
    Action.CHANGE_SETTINGS: _MACHINE,
    Action.MANAGE_ACCOUNTS: _MACHINE,
    Action.BREAK_GLASS: _DESK,
    Action.AUDIT_READ: _AUDIT,
    Action.AUDIT_EXPORT: _AUDIT,
    Action.PURGE: _MACHINE,
    Action.BACKUP: _MACHINE,
}

SHOWS_PERSONAL_DATA: Final = frozenset({
    Action.OPEN_VISIT,
    Action.REPRINT,
    Action.SEE_REPORT,
    Action.EXPORT_REPORT,
})  # fmt: skip
"""A patient's data is before somebody's eyes then: each time is an audit event."""

NEVER_BROKEN: Final = frozenset({
    Action.MANAGE_ACCOUNTS,
    Action.BREAK_GLASS,
    Action.EXPORT_REPORT,
    Action.AUDIT_READ,
    Action.AUDIT_EXPORT,
    Action.PURGE,
    Action.BACKUP,
})  # fmt: skip
"""No emergency needs these at once, and what they do would outlast it: new accounts, data that leaves the house or is
erased, the audit itself."""


def permits(role: Role, action: Action) -> bool:
    return role in _PERMITTED[action]


def can_break(role: Role, action: Action) -> bool:
    """Whether break-glass can give this action to somebody of that role, who lacks it."""
    return permits(role, Action.BREAK_GLASS) and action not in NEVER_BROKEN and not permits(role, action)


def matrix() -> str:
    """The whole table in Markdown: ``yes``, ``glass`` (by break-glass only) or nothing."""
    lines = [f"| action | {' | '.join(Role)} |", "|---" * (1 + len(Role)) + "|"]
    lines += [f"| `{action}` | {' | '.join(_cell(role, action) for role in Role)} |" for action in Action]
    return "\n".join(lines)


def _cell(role: Role, action: Action) -> str:
    if permits(role, action):
        return "yes"
    return "glass" if can_break(role, action) else ""


if __name__ == "__main__":
    print(matrix())
