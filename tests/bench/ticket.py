"""The reception ticket as a PDF, warm, and typst alone on the same template and data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

from kiosk.documents import render
from kiosk.documents.fonts import fonts_dir
from kiosk.documents.ticket import Paper, Ticket, ticket_pdf
from kiosk.wording.catalogues import languages
from tests.bench.rows import Detail, Row, at_most, row
from tests.bench.timing import medians, milliseconds

_START = datetime(2026, 2, 10, tzinfo=UTC)
_FACILITY, _NUMBER = "あおぞら内科", "A4711"
_PAPERS: tuple[Paper, ...] = ("receipt", "a6")


def rows(quick: bool) -> list[Row]:
    first = milliseconds(lambda: _ticket("ja", "receipt", 0))
    rounds = 2 if quick else 100
    found = []
    for paper in _PAPERS:
        ours, bare = medians(rounds, _series("ja", paper), _bare("ja", paper))
        details: dict[str, Detail] = {"first_of_the_process": first} if paper == "receipt" else {}
        details |= {
            tag.replace("-", "_"): medians(max(1, rounds // 5), _series(tag, paper))[0]
            for tag in languages()
            if tag != "ja"
        }
        found.append(
            row(
                f"ticket.{paper}", f"reception ticket as PDF, warm, {paper}", ours,
                floor=bare, floor_what="bare typst: the same template and data, every one different",
                target=at_most(60.0), also=details,
            )
        )  # fmt: skip
    return found


def _ticket(tag: str, paper: Paper, index: int) -> bytes:
    at = _START + timedelta(minutes=index)
    return ticket_pdf(Ticket(number=f"A{index}", facility=_FACILITY, issued_at=at, language=tag, paper=paper))


def _series(tag: str, paper: Paper) -> Callable[[], bytes]:
    """Every ticket differs, so that nothing comes from a cache of results."""
    numbers = count(1)
    return lambda: _ticket(tag, paper, next(numbers))


def _bare(tag: str, paper: Paper) -> Callable[[], object]:
    """A compiler of one's own, given what ours was given: only the number changes."""
    import typst

    given = _given(tag, paper)
    source, data = given["input"], given["sys_inputs"]["data"]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_dir())]
    )
    compiler = typst.Compiler(root=str(Path(source).parent), font_paths=fonts, ignore_system_fonts=True)
    numbers = count(1)
    return lambda: compiler.compile(
        **{**given, "sys_inputs": {"data": data.replace(_NUMBER, f"B{next(numbers)}")}}
    )


def _given(tag: str, paper: Paper) -> dict[str, Any]:
    """What the ticket's wrapper hands to typst."""
    compiler = Mock()
    compiler.compile.return_value = b""
    with patch.object(render, "_compiler", return_value=compiler):
        ticket_pdf(Ticket(number=_NUMBER, facility=_FACILITY, issued_at=_START, language=tag, paper=paper))
    given: dict[str, Any] = compiler.compile.call_args.kwargs
    return given
