"""What declarations, claim notes and refund slips look like, against pictures that a person has looked at.

After a wanted change run ``UPDATE_GOLDENS=1 pytest tests/kiosk/documents/test_declaration_golden.py`` and look.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kiosk.coverage.exchange_codes import Sex
from kiosk.documents.claim_note import Numbers, claim_note, claim_note_pdf
from kiosk.documents.declaration import Cause, Declaration, Writer, declaration_pdf
from kiosk.documents.refund_slip import Paper, RefundSlip, SlipContact, refund_slip_pdf
from kiosk.documents.signature import Strokes
from kiosk.visit.form import InsuranceKind
from kiosk.wording.catalogues import languages
from tests.support.papers import matches_golden, needs_poppler

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)
PAPERS: tuple[Paper, ...] = ("a5", "a6")

pytestmark = needs_poppler


def wave(start: float, points: int = 45) -> tuple[tuple[float, float], ...]:
    return tuple(
        (start + i * 0.55, 8 + 6 * math.sin(i / 3) * math.cos(i / 11 + start)) for i in range(points)
    )


FULL: dict[str, Any] = {
    "facility": "あおぞら内科クリニック",
    "reception_number": "A23",
    "visit_date": date(2026, 2, 10),
    "name": "見本　花子",
    "kana": "ミホン　ハナコ",
    "birth_date": date(1953, 5, 14),
    "sex": Sex.FEMALE,
    "address": "架空県模型市見本町１丁目２番３号　架空ハイツ101",
    "contact": "090-0000-0000（携帯）",
    "insurance_kind": InsuranceKind.EMPLOYEES,
    "insurer_name": "架空運輸健康保険組合",
    "workplace": "架空運輸株式会社",
    "partial_contribution_ratio": 3,
    "cause": Cause.NO_RECORD,
    "writer": Writer.PATIENT,
    "signature": Strokes((wave(0), wave(20), wave(43), ((70.0, 1.0), (70.0, 14.0)), ((74.0, 2.0),))),
}
HARD: dict[str, Any] = {
    "facility": "医療法人社団 青空会 " + "あおぞら総合内科小児科皮膚科" * 4,
    "name": "\ue000田　𠮷子　アレクサンドラ　マリアフェルナンダデロスアンヘレス",
    "address": "架空県模型市大字見本字例示町字仮名地割第１２３番地の４５６" * 4,
    "contact": "somebody.with.a.very.long.address@" + "example" * 6 + ".example.jp",
    "insurer_name": "架空県職員等および模型市ほか十二市町村職員共済組合連合会架空支部" * 2,
    "workplace": "A" * 100,
    "cause": Cause.OTHER,
    "cause_note": "機械の前に列ができていて、時間がかかりそうだったため",
    "writer": Writer.COMPANION,
    "companion_name": "アレクサンドラ　マリアフェルナンダ",
    "companion_relation": "母の姉",
    "simulated": True,
}
GOOD = Numbers(
    insurer_number="06319917",
    insured_card_symbol="９０",
    insured_identification_number="１５５５",
    insured_branch_number="00",
)


@pytest.mark.parametrize("tag", languages())
def test_a_declaration_looks_as_it_did(tag: str) -> None:
    for kind, fields in (("full", FULL), ("blank", {"facility": FULL["facility"]})):
        pdf = declaration_pdf(Declaration(**fields, language=tag), made_at=AT)
        assert matches_golden(pdf, f"declaration-{tag}-{kind}")


@pytest.mark.parametrize("tag", ["ja", "en"])
def test_a_declaration_with_names_as_long_and_rare_as_they_come_looks_as_it_did(tag: str) -> None:
    pdf = declaration_pdf(Declaration(**{**FULL, **HARD}, language=tag), made_at=AT)
    assert matches_golden(pdf, f"declaration-{tag}-hard-simulated")


def test_a_claim_note_looks_as_it_did() -> None:
    unknown = claim_note(Declaration(**{**FULL, "insurance_kind": InsuranceKind.UNKNOWN}))
    assert matches_golden(claim_note_pdf(unknown, made_at=AT), "claim-unknown")
    former = claim_note(Declaration(**FULL), current=Numbers(insurer_number="06319918"), former=GOOD)
    assert matches_golden(claim_note_pdf(former, made_at=AT, simulated=True), "claim-former-simulated")


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("tag", languages())
def test_a_refund_slip_looks_as_it_did(tag: str, paper: Paper) -> None:
    contacts = (
        SlipContact(name="マイナンバー総合フリーダイヤル", phone="0120-95-0178", hours="平日 9:30-20:00"),
    )
    slip = RefundSlip(
        number="A23",
        facility="あおぞら内科クリニック",
        issued_at=AT,
        contacts=contacts,
        language=tag,
        paper=paper,
        simulated=paper == "a6",
    )
    assert matches_golden(
        refund_slip_pdf(slip), f"refund-{tag}-{paper}{'-simulated' if paper == 'a6' else ''}"
    )
