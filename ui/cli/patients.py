"""``uketsuke patients``: the facility's own patients. Prints counts and places, never what stands there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.coverage.certificate_life import japanese_date
from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.patients.findings import Finding
    from kiosk.patients.interface import ImportReport, PatientFile

SHOWN = 20
"""Places that are told one a line; ``--json`` has them all."""


def add(name: str, commands: Any) -> None:
    parser = commands.add_parser(name, help="import, count or purge the facility's own patients")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    take = verbs.add_parser("import", help="all patients of a CSV file, or none")
    _common(take)
    take.add_argument("file", type=Path, metavar="FILE.csv")
    take.add_argument("--dry-run", action="store_true", help="look at the file and keep nothing")
    take.set_defaults(act=import_patients)
    count = verbs.add_parser("count", help="how many patients are on file")
    _common(count)
    count.set_defaults(act=count_patients)
    purge = verbs.add_parser("purge", help="erase who has not been seen since a day")
    _common(purge)
    purge.add_argument("--before", required=True, type=_day, metavar="DATE")
    purge.set_defaults(act=purge_patients)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings file (TOML)"
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="else the settings' patient file")
    parser.add_argument("--json", action="store_true")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-24") from None


def import_patients(options: argparse.Namespace) -> int:
    from kiosk.patients.errors import CsvRefused

    with _opened(options, make=True) as patients:
        try:
            report = patients.import_csv(options.file, dry_run=options.dry_run)
        except CsvRefused as error:
            raise _refusal(options, error.problems) from None
    if options.json:
        _print_json(msgspec.to_builtins(report) | {"warnings": _as_json(report.warnings)})
    else:
        print("\n".join(_lines(report)))
    return 0


def _lines(report: ImportReport) -> Iterator[str]:
    said = "would be taken; nothing was kept" if report.dry_run else "taken"
    yield f"{report.new} new, {report.changed} changed, {report.same} unchanged patients {said}"
    if report.columns_not_taken:
        yield f"columns not taken: {', '.join(map(str, report.columns_not_taken))}"
    yield from (f"{found.text}. {found.remedy}" for found in report.warnings[:SHOWN])
    if report.warned > SHOWN:
        yield f"{report.warned} warnings in all"


def _refusal(options: argparse.Namespace, problems: Sequence[Finding]) -> Problem:
    """Tells where and why nothing was taken, each with its remedy; what is returned is the last line."""
    if options.json:
        _print_json({"problems": _as_json(problems)})
    for found in problems[1:SHOWN]:
        print(f"{found.text}. {found.remedy}", file=sys.stderr)
    more = f" ({len(problems)} problems)" if len(problems) > 1 else ""
    return Problem(f"{options.file}: nothing was taken{more}: {problems[0].text}. {problems[0].remedy}")


def count_patients(options: argparse.Namespace) -> int:
    with _opened(options) as patients:
        number = patients.count()
    if options.json:
        _print_json({"patients": number})
    else:
        print(f"{number} patients on file")
    return 0


def purge_patients(options: argparse.Namespace) -> int:
    today = japanese_date(datetime.now(UTC))
    if options.before > today:
        raise Problem(f"--before {options.before}: give today or an earlier day")
    with _opened(options) as patients:
        erased = patients.purge(options.before)
    if options.json:
        _print_json({"erased": erased, "before": options.before})
    else:
        print(f"{erased} patients erased who have not been seen since {options.before}")
    return 0


@contextmanager
def _opened(options: argparse.Namespace, *, make: bool = False) -> Iterator[PatientFile]:
    """The patient file. Where there is none, only an import makes one, and a dry run does not."""
    from kiosk.patients.memory import MemoryPatientFile
    from kiosk.patients.schema import DATABASE
    from kiosk.patients.sqlite import SqlitePatientFile
    from ui.settings import load_settings

    folder: Path = options.folder or load_settings(options.settings).patients_folder
    there = (folder / DATABASE).exists()
    if not there and not make:
        raise Problem(f"no patient file in {folder}; import one")
    only_look = not there and options.dry_run
    with closing(MemoryPatientFile() if only_look else SqlitePatientFile(folder)) as patients:
        yield patients


def _as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(found) | {"remedy": found.remedy} for found in findings]


def _print_json(value: object) -> None:
    print(msgspec.json.encode(value).decode())
