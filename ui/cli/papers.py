"""``uketsuke papers``: what was printed for a visit, found again, shown, and printed once more."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ui.cli.ledgers import login, own_ledger
from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.ledger.kept_papers import KeptPaper

KINDS = ("declaration", "blank_declaration", "claim_note", "refund_slip")


def add(name: str, commands: Any) -> None:
    parser = commands.add_parser(name, help="list, show or reprint the papers that are kept with visits")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="which papers are kept, without their content")
    _common(listing)
    listing.set_defaults(act=list_papers)
    show = verbs.add_parser("show", help="write one to a PDF file")
    _common(show)
    _one(show)
    show.add_argument("to", type=Path, metavar="FILE.pdf")
    show.set_defaults(act=show_paper)
    reprint = verbs.add_parser("print", help="print one again, on the settings' printer")
    _common(reprint)
    _one(reprint)
    reprint.set_defaults(act=print_paper)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ledger", type=Path, metavar="DIR", help="else the settings' ledger")
    parser.add_argument("--visit", metavar="ID")
    parser.add_argument("--number", default="", metavar="A012", help="reception number; with --day")
    parser.add_argument("--day", type=_day, metavar="DATE")
    parser.add_argument("--json", action="store_true")


def _one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", required=True, choices=KINDS)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-24") from None


def list_papers(options: argparse.Namespace) -> int:
    from kiosk.ledger.kept_papers import papers

    with closing(own_ledger(options, "papers")) as ledger:
        found = list(papers(ledger, visit=options.visit, number=options.number, day=options.day))
    rows = [
        {
            "visit": one.visit,
            "at": one.at,
            "kind": one.kind or None,
            "number": one.paper.number if one.paper is not None else None,
            "erased": one.paper is None,
        }
        for one in found
    ]
    if options.json:
        print(msgspec.json.encode(rows).decode())
    else:
        lines = [
            f"{one['at']}  {one['number'] or '-':6} {one['kind'] or 'erased':18} {one['visit']}"
            for one in rows
        ]
        print("\n".join(lines) or "none")
    return 0


def show_paper(options: argparse.Namespace) -> int:
    from kiosk.storage.files import PRIVATE_FILE, write_whole

    with _taken_out(options, "shown") as paper:
        content = _content(paper)
        try:
            write_whole(options.to, content, PRIVATE_FILE)
        except OSError as error:
            raise Problem(f"{options.to}: cannot be written ({error.strerror})") from None
    print(f"{paper.kind} in {options.to}")
    return 0


def print_paper(options: argparse.Namespace) -> int:
    from ui.composing.devices import printer_of
    from ui.settings import load_settings

    own = load_settings(options.settings).papers
    queue = own.staff_printer if options.kind == "claim_note" else own.printer
    printer = printer_of(queue, own.folder)
    if printer is None:
        raise Problem("no printer for it in the settings: name one under [papers], or use papers show")
    with _taken_out(options, "printed") as paper:
        failure = printer.print_pdf(f"{paper.kind}-again", _content(paper))
        if failure is not None:
            raise Problem(f"the printer did not take it: {failure.detail}")
    print(f"{paper.kind} handed to the printer")
    return 0


def _content(paper: KeptPaper) -> bytes:
    assert paper.paper is not None
    return paper.paper.content


@contextmanager
def _taken_out(options: argparse.Namespace, how: str) -> Iterator[KeptPaper]:
    """The last such paper of the visit. That it was taken out is noted before anything of it is seen."""
    from kiosk.ledger.kept_papers import note_taken_out, papers

    if options.visit is None and not (options.number and options.day):
        raise Problem("which visit? give --visit, or --number with --day")
    with closing(own_ledger(options, "papers")) as ledger:
        every = list(papers(ledger, visit=options.visit, number=options.number, day=options.day))
        found = [one for one in every if one.kind == options.kind]
        if not found:
            erased = any(one.paper is None for one in every)
            why = "what was kept is erased" if erased else f"no {options.kind} is kept"
            raise Problem(f"{why} for this visit")
        if len({one.visit for one in found}) > 1:
            raise Problem("several visits have that number: give --visit")
        note_taken_out(ledger, found[-1], f"staff:{login()}", how=how, new_id=uuid.uuid4().hex)
        yield found[-1]
