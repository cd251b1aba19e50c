"""How long a ticket takes: ``python -m kiosk.documents.bench``. Printed, never asserted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from kiosk.documents.fonts import fonts_dir
from kiosk.documents.ticket import Paper, Ticket, ticket_pdf
from kiosk.wording.catalogues import languages

_START = datetime(2026, 2, 10, tzinfo=UTC)


def bench(renders: int = 100) -> dict[str, float]:
    """Milliseconds: the first ticket of the process, the warm median of each kind, and as a floor a bare typst
    document of one word with the same fonts. Every ticket differs, so that nothing comes from a cache of results."""
    taken = {"first": _timed(partial(_ticket, "ja", "receipt", 0))}
    papers: tuple[Paper, ...] = ("receipt", "a6")
    for paper in papers:
        for tag in languages():
            taken[f"{tag} {paper}"] = _median(renders, partial(_ticket, tag, paper))
    taken["bare typst"] = _median(renders, _bare())
    return taken


def _ticket(tag: str, paper: Paper, index: int) -> bytes:
    at = _START + timedelta(minutes=index)
    return ticket_pdf(
        Ticket(number=f"A{index}", facility="あおぞら内科", issued_at=at, language=tag, paper=paper)
    )


def _bare() -> Callable[[int], object]:
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_dir())]
    )
    compiler = typst.Compiler(font_paths=fonts)
    return lambda index: compiler.compile(
        input=f'#set text(font: "BIZ UDPGothic")\nA{index}'.encode(), format="pdf", pdf_standards=["a-2b"]
    )


def _median(renders: int, work: Callable[[int], object]) -> float:
    work(renders)
    return statistics.median(_timed(partial(work, index)) for index in range(renders))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    for name, milliseconds in bench().items():
        print(f"{name:16} {milliseconds:7.1f} ms")
