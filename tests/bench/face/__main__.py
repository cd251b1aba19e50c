"""``python -m tests.bench.face``: prints the tables and writes ``out/bench-face.json``.

As in ``tests.bench``, a target that is missed is shown and never asserted; the exit code is 1 only where a group could
not run. Each group runs in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from tests.bench.machine import Machine, commit, now, this_machine
from tests.bench.rows import Row
from tests.bench.table import HEAD, table

GROUPS: Final = {
    "people": "who is taken for whom, live against card (rendered from 5 photographs of 3 people)",
    "stages": "one picture, stage by stage",
    "running": "the process: decisions, the screen's picture, memory",
    "fronts": "rendered card fronts: read right, wrongly, or not at all",
    "attacks": "rendered attacks: how many of how many attempts were accepted",
}
"""Each is a module of this package with ``rows(quick)``."""

SCHEMA: Final = 1
_LONGEST_S = 1_800
_ROOT = Path(__file__).parents[3]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = SCHEMA
    at: str
    commit: str
    quick: bool
    machine: Machine
    rows: list[Row]
    broken: dict[str, str]


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.inside:
        found: list[Row] = import_module(f"tests.bench.face.{options.inside}").rows(options.quick)
        options.out.write_bytes(msgspec.json.encode(found))
        return 0
    machine = this_machine()
    print(
        f"{machine.cpu}, {machine.cores} cores, Python {machine.python}, load {machine.load_before:g}\n{HEAD}"
    )
    rows: list[Row] = []
    broken: dict[str, str] = {}
    for group in options.only or GROUPS:
        told = _apart(group, quick=options.quick)
        if isinstance(told, str):
            broken[group] = told
            print(f"── {GROUPS[group]}\n  could not run: {told}", flush=True)
            continue
        rows += told
        print(table(GROUPS[group], told), flush=True)
    report = Report(at=now(), commit=commit(), quick=options.quick, machine=machine, rows=rows, broken=broken)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    missed = [row.id for row in rows if row.met is False]
    print(f"\n{len(rows)} rows in {options.out}; missed: {', '.join(missed) or 'none'}")
    return 1 if broken else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.face", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS)
    )
    parser.add_argument("--quick", action="store_true", help="shows that it runs, measures nothing")
    parser.add_argument("--out", type=Path, default=Path("out/bench-face.json"))
    parser.add_argument("--inside", choices=list(GROUPS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _apart(group: str, *, quick: bool) -> list[Row] | str:
    """A group's rows, or why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "rows.json")
        command = [sys.executable, "-m", "tests.bench.face", "--inside", group, "--out", str(answer)]
        try:
            done = subprocess.run(
                [*command, *(["--quick"] if quick else [])],
                cwd=_ROOT, capture_output=True, text=True, timeout=_LONGEST_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"not done after {_LONGEST_S} s"
        if done.returncode or not answer.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            return said[-1] if said else f"exit code {done.returncode}"
        rows = msgspec.json.decode(answer.read_bytes(), type=list[Row])
        return [replace(row, met=None) for row in rows] if quick else rows


if __name__ == "__main__":
    sys.exit(main())
