"""The command ``uketsuke``. Qt, the simulator and every heavy library are loaded by the command that needs them."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import structlog

from ui.cli.problem import Problem, explain, known_problems

COMMANDS = (
    "run", "staff", "simulate", "soak", "decide", "card", "diagnose", "patients", "accounts", "papers", "audit",
    "purge", "backup", "restore", "hub", "face",
)  # fmt: skip
_MODULES = {
    "run": "ui.cli.running",
    "staff": "ui.cli.staffing",
    "simulate": "ui.cli.simulating",
    "soak": "ui.cli.soaking",
    "decide": "ui.cli.deciding",
    "card": "ui.cli.cards",
    "diagnose": "ui.cli.diagnosing",
    "patients": "ui.cli.patients",
    "accounts": "ui.cli.accounts",
    "papers": "ui.cli.papers",
    "audit": "ui.cli.ledgers",
    "purge": "ui.cli.ledgers",
    "backup": "ui.cli.ledgers",
    "restore": "ui.cli.ledgers",
    "hub": "ui.cli.hub",
    "face": "ui.cli.faces",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 done and the finding is bad, 2 cannot be done as asked (one line says why)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in arguments if not word.startswith("-")), "")
    parser = argparse.ArgumentParser(
        prog="uketsuke", description="Reception kiosk for Japanese medical facilities"
    )
    parser.add_argument("--version", action="version", version=f"uketsuke {version('uketsuke')}")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (TOML)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        if name == command or command not in COMMANDS:
            import_module(_MODULES[name]).add(name, commands)
    options = parser.parse_args(arguments)
    _keep_output_clean()
    try:
        return int(options.act(options))
    except Problem as problem:
        return _complain(str(problem))
    except KeyboardInterrupt:
        return 130
    except known_problems() as error:
        return _complain(explain(error))


def _keep_output_clean() -> None:
    """Standard output belongs to the command's answer; only warnings are logged, and to stderr."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _complain(line: str) -> int:
    print(f"uketsuke: {' '.join(line.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
