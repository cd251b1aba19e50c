"""``uketsuke diagnose``: what a terminal needs, each with ok, warning or fault, and the remedy."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help="check readers, services, folders, clock, disk …"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 if anything is a fault."""
    from ui.diagnosis import diagnose
    from ui.settings import load_settings

    findings = diagnose(load_settings(options.settings))
    if options.json:
        print(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            remedy = f" → {finding.remedy}" if finding.remedy else ""
            print(f"{finding.verdict:8} {finding.subject:14} {finding.detail}{remedy}")
    return 1 if any(finding.verdict == "fault" for finding in findings) else 0
