"""Declaration, claim note and refund slip as PDFs, warm, and typst alone on the same template and data."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

from kiosk.coverage.exchange_codes import Sex
from kiosk.documents import render
from kiosk.documents.claim_note import claim_note, claim_note_pdf
from kiosk.documents.declaration import Cause, Declaration, Writer, declaration_pdf
from kiosk.documents.fonts import fonts_dir
from kiosk.documents.refund_slip import RefundSlip, refund_slip_pdf
from kiosk.documents.signature import Strokes
from kiosk.visit.form import InsuranceKind
from kiosk.wording.catalogues import languages
from tests.bench.rows import Detail, Row, at_most, row
from tests.bench.timing import medians, milliseconds

Maker = Callable[[str, str], bytes]
"""(language, reception number) → PDF."""

_AT = datetime(2026, 2, 10, tzinfo=UTC)
_FACILITY, _NUMBER = "あおぞら内科", "A4711"
_SIGNATURE = Strokes(tuple(tuple((x + i / 2, 8 + 7 * math.sin(i / 4)) for i in range(60)) for x in (0, 35)))


def rows(quick: bool) -> list[Row]:
    first: dict[str, Detail] = {"first_of_the_process": milliseconds(lambda: _declaration("ja", "A0"))}
    rounds = 2 if quick else 60
    return [
        _row("declaration", "filled declaration as PDF, A4, warm", _declaration, rounds, first),
        _row("claim_note", "claim note as PDF, A5, warm", _claim_note, rounds, {}, only="ja"),
        _row("refund_slip", "refund slip as PDF, A5, warm", _refund_slip, rounds, {}),
    ]  # fmt: skip


def _row(name: str, what: str, make: Maker, rounds: int, also: dict[str, Detail], only: str = "") -> Row:
    ours, bare = medians(rounds, _series(make, "ja"), _bare(make))
    for tag in languages():
        if tag != "ja" and not only:
            also[tag.replace("-", "_")] = medians(max(1, rounds // 5), _series(make, tag))[0]
    return row(
        f"form.{name}", what, ours,
        floor=bare, floor_what="bare typst: the same template and data, every one different",
        target=at_most(60.0), also=also,
    )  # fmt: skip


def _declaration(tag: str, number: str) -> bytes:
    return declaration_pdf(_declared(tag, number), made_at=_AT)


def _claim_note(tag: str, number: str) -> bytes:
    return claim_note_pdf(claim_note(_declared(tag, number)), made_at=_AT)


def _refund_slip(tag: str, number: str) -> bytes:
    return refund_slip_pdf(RefundSlip(number=number, facility=_FACILITY, issued_at=_AT, language=tag))


def _declared(tag: str, number: str) -> Declaration:
    return Declaration(
        facility=_FACILITY,
        reception_number=number,
        visit_date=date(2026, 2, 10),
        language=tag,
        name="見本　花子",
        kana="ミホン　ハナコ",
        birth_date=date(1953, 5, 14),
        sex=Sex.FEMALE,
        address=f"架空県模型市見本町１丁目２番３号　架空ハイツ{number}号",
        contact="090-0000-0000",
        insurance_kind=InsuranceKind.EMPLOYEES,
        insurer_name="架空運輸健康保険組合",
        workplace="架空運輸株式会社",
        partial_contribution_ratio=2,
        cause=Cause.NO_RECORD,
        writer=Writer.PATIENT,
        signature=_SIGNATURE,
    )


def _series(make: Maker, tag: str) -> Callable[[], bytes]:
    """Every paper differs, so that nothing comes from a cache of results."""
    numbers = count(1)
    return lambda: make(tag, f"A{next(numbers)}")


def _bare(make: Maker) -> Callable[[], object]:
    """A compiler of one's own, given what ours was given: only the number changes."""
    import typst

    given = _given(make)
    source, data = given["input"], given["sys_inputs"]["data"]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_dir())]
    )
    compiler = typst.Compiler(root=str(Path(source).parent), font_paths=fonts, ignore_system_fonts=True)
    numbers = count(1)
    return lambda: compiler.compile(
        **{**given, "sys_inputs": {"data": data.replace(_NUMBER, f"B{next(numbers)}")}}
    )


def _given(make: Maker) -> dict[str, Any]:
    """What the wrapper hands to typst."""
    compiler = Mock()
    compiler.compile.return_value = b""
    with patch.object(render, "_compiler", return_value=compiler):
        make("ja", _NUMBER)
    given: dict[str, Any] = compiler.compile.call_args.kwargs
    return given
