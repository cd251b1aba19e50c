"""Runs groups of rows, each in a process of its own, prints them and writes the report."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from tests.bench.machine import Machine, commit, now, this_machine
from tests.bench.rows import Row
from tests.bench.table import HEAD, table

SCHEMA: Final = 1
_ROOT = Path(__file__).parents[2]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``out/bench.json``. ``broken``: groups that did not run, with the last line of what they said."""

    schema: int = SCHEMA
    at: str
    commit: str
    quick: bool
    machine: Machine
    rows: list[Row]
    broken: dict[str, str]


@dataclass(frozen=True)
class Bench:
    """``module`` runs it by ``python -m``; ``groups``: what each measures, by its name; ``rows_of(group, quick)`` is
    called in the group's own process, which may take ``longest_s``."""

    module: str
    about: str
    groups: Mapping[str, str]
    rows_of: Callable[[str, bool], list[Row]]
    out: Path
    longest_s: int

    def main(self, arguments: list[str] | None = None) -> int:
        """The exit code: 1 only where a group could not run."""
        options = self._options(arguments)
        if options.inside:
            options.out.write_bytes(msgspec.json.encode(self.rows_of(options.inside, options.quick)))
            return 0
        machine = this_machine()
        print(
            f"{machine.cpu}, {machine.cores} cores, Python {machine.python}, load {machine.load_before:g}\n{HEAD}"
        )
        rows: list[Row] = []
        broken: dict[str, str] = {}
        for group in options.only or self.groups:
            found = self._apart(group, quick=options.quick)
            if isinstance(found, str):
                broken[group] = found
                print(f"── {self.groups[group]}\n  could not run: {found}", flush=True)
                continue
            rows += found
            print(table(self.groups[group], found), flush=True)
        report = Report(
            at=now(), commit=commit(), quick=options.quick, machine=machine, rows=rows, broken=broken
        )
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        missed = [row.id for row in rows if row.met is False]
        print(f"\n{len(rows)} rows in {options.out}; missed: {', '.join(missed) or 'none'}")
        return 1 if broken else 0

    def _options(self, arguments: list[str] | None) -> argparse.Namespace:
        parser = argparse.ArgumentParser(prog=f"python -m {self.module}", description=self.about)
        parser.add_argument(
            "--only", action="append", choices=list(self.groups), metavar="GROUP", help=", ".join(self.groups)
        )
        parser.add_argument(
            "--quick", action="store_true", help="a few rounds: shows that it runs, measures nothing"
        )
        parser.add_argument("--out", type=Path, default=self.out)
        parser.add_argument("--inside", choices=list(self.groups), help=argparse.SUPPRESS)
        return parser.parse_args(arguments)

    def _apart(self, group: str, *, quick: bool) -> list[Row] | str:
        """A group's rows from a process of its own, or why there are none."""
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder, "rows.json")
            command = [sys.executable, "-m", self.module, "--inside", group, "--out", str(answer)]
            try:
                done = subprocess.run(
                    [*command, *(["--quick"] if quick else [])],
                    cwd=_ROOT, env=_environment(), capture_output=True, text=True, timeout=self.longest_s, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return f"not done after {self.longest_s} s"
            if done.returncode or not answer.exists():
                said = (done.stderr or done.stdout).strip().splitlines()
                return said[-1] if said else f"exit code {done.returncode}"
            rows = msgspec.json.decode(answer.read_bytes(), type=list[Row])
            return [replace(row, met=None) for row in rows] if quick else rows


def _environment() -> dict[str, str]:
    """A group that needs a pcscd starts its own, whatever this process is bound to."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PCSCLITE_")}
