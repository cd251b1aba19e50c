"""``uketsuke soak``: many seeded whole visits with faults, and every rule checked after every step."""

from __future__ import annotations

import argparse
import logging
from typing import Any

import msgspec
import structlog

from ui.cli.problem import Problem


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(name, help="simulate many visits from a seed")
    parser.add_argument("--visits", type=int, default=1_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--faults", default="all", metavar="LIST", help="comma-separated kinds, all or none")
    parser.add_argument(
        "--apdus", action="store_true", help="simulated cards that answer real APDUs (slower)"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    from simulator.playing.soak import FAULTS, soak

    wanted = FAULTS if options.faults == "all" else tuple(f for f in options.faults.split(",") if f != "none")
    if unknown := sorted(set(wanted) - set(FAULTS)):
        raise Problem(f"--faults: {', '.join(unknown)} is unknown; known are {', '.join(FAULTS)}")
    if options.visits < 1:
        raise Problem("--visits: at least 1")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )  # trouble is meant
    report = soak(options.visits, options.seed, wanted, apdus=options.apdus)
    if options.json:
        print(msgspec.json.encode(report).decode())
    else:
        print(
            f"{report.visits} visits, {report.steps} steps, {report.faults} faults, {report.visits_per_second:.0f}/s"
        )
        for outcome, count in sorted(report.outcomes.items()):
            print(f"  {outcome:20} {count}")
        for breach in report.broken:
            print(f"broken with seed {breach.seed}: {breach.rule}")
    return 1 if report.broken else 0
