"""請求メモ, for staff: how a visit with a declaration is claimed, as far as the notices tell. Pure but for the PDF.

In Japanese only, in the words of the claim. Sources, and what they leave open: README.md.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.coverage import insurer
from kiosk.coverage.individual_number import refuse_individual_numbers
from kiosk.coverage.insurer import InsurerNumber
from kiosk.documents.days import japanese_day
from kiosk.documents.declaration import Declaration
from kiosk.documents.render import render
from kiosk.documents.sentences import pieces
from kiosk.visit.form import InsuranceKind
from kiosk.wording.glyphs import safe_text
from kiosk.wording.text import Span, Text

UNKNOWN_INSURER = "77777777"
UNKNOWN_INSURER_ALTERNATIVE = "77777779"
"""The same with a check digit that is right, for a receipt computer that tests it."""
_RETIRED_NATIONAL = "67"


class ClaimWay(StrEnum):
    """The ways of the notice, in the order in which the first possible one is taken."""

    CURRENT = "current"
    FORMER = "former"
    UNKNOWN = "unknown"


class Payer(StrEnum):
    """Who examines and pays the claim. ``EITHER``: the facility decides."""

    FUND = "fund"  # 社会保険診療報酬支払基金
    FEDERATION = "federation"  # 国民健康保険団体連合会
    EITHER = "either"


class Remark(StrEnum):
    """What of the declaration goes into 摘要欄."""

    ADDRESS = "address"
    WORKPLACE = "workplace"
    CONTACT = "contact"
    INSURER_NAME = "insurer_name"


class Doubt(StrEnum):
    """What staff have to find out or decide themselves."""

    CURRENT_UNUSABLE = "current_unusable"
    FORMER_UNUSABLE = "former_unusable"
    DIGITS_NOT_KNOWN = "digits_not_known"
    PAYER_NOT_KNOWN = "payer_not_known"
    NOTHING_TO_REMARK = "nothing_to_remark"
    FORMER_REMARK_NOT_KNOWN = "former_remark_not_known"
    CURRENT_MAY_COME = "current_may_come"


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a qualification, as typed or received. ``insured_card_symbol`` may be empty, as it is for the
    late elderly. Raises ``IndividualNumberRefused``; the repr shows no values."""

    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""

    def __post_init__(self) -> None:
        refuse_individual_numbers(self)

    def __repr__(self) -> str:
        return "<Numbers>"


class ClaimNote(msgspec.Struct, frozen=True, kw_only=True):
    """``insurer_number`` is what goes into that field; ``numbers`` is None where they are unknown: then it is "7" in
    every place, how many is not known here. ``remarks`` holds the texts as written, in the order of ``Remark``, and
    is empty unless the way is ``UNKNOWN``. The repr shows no values."""

    way: ClaimWay
    payer: Payer
    insurer_number: str
    numbers: Numbers | None = None
    remarks: tuple[tuple[Remark, str], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    reception_number: str = ""
    visit_date: date | None = None

    def __repr__(self) -> str:
        return f"<ClaimNote: {self.way}, {self.payer}>"

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """(label, value) of what is to be entered."""
        return (
            ("請求のしかた", _WAYS[self.way]),
            ("保険者番号", self.insurer_number),
            *_number_rows(self.numbers),
            ("請求先", _PAYERS[self.payer]),
        )

    @property
    def remark_rows(self) -> tuple[tuple[str, str], ...]:
        """(label, value) of 摘要欄; what the patient left out is not among them."""
        return tuple((_REMARKS[remark], text) for remark, text in self.remarks)

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole note as plain lines, for a screen that makes its own check of what it can show."""
        remarks = [f"摘要欄　{label}：{text}" for label, text in self.remark_rows]
        return (
            *(f"{label}：{value}" for label, value in self.rows),
            *remarks,
            *(f"※{sentence_of(doubt)}" for doubt in self.doubts),
        )


_WAYS = {
    ClaimWay.CURRENT: "① 現在の記号・番号で請求",
    ClaimWay.FORMER: "② 以前の資格の記号・番号で請求",
    ClaimWay.UNKNOWN: "③ 記号・番号「不詳」のまま請求",
}
_PAYERS = {
    Payer.FUND: "社会保険診療報酬支払基金",
    Payer.FEDERATION: "国民健康保険団体連合会（国保連）",
    Payer.EITHER: "支払基金または国保連（施設の判断）",
}
_REMARKS = {
    Remark.ADDRESS: "住所",
    Remark.WORKPLACE: "事業所名",
    Remark.CONTACT: "連絡先",
    Remark.INSURER_NAME: "保険者等名称",
}
_DOUBTS = {
    Doubt.CURRENT_UNUSABLE: "現在の番号は、足りないか、保険者番号の検証番号が合わないため、使っていません。",
    Doubt.FORMER_UNUSABLE: "以前の番号は、足りないか、保険者番号の検証番号が合わないため、使っていません。",
    Doubt.DIGITS_NOT_KNOWN: "記号・番号に「7」を何桁入れるかは、公表資料で確認できていません。"
    "レセプトコンピュータの説明書か、請求先で確かめてください。",
    Doubt.PAYER_NOT_KNOWN: "保険の種別がわかりません。患者に聞いて確かめ、"
    "それでもわからなければ、施設の判断で支払基金か国保連を選びます。",
    Doubt.NOTHING_TO_REMARK: "申立書に住所・事業所名・連絡先がありません。摘要欄に書けるよう、患者に確かめてください。",
    Doubt.FORMER_REMARK_NOT_KNOWN: "以前の資格で請求するときの摘要欄の書き方は、公表資料で確認できていません。"
    "請求先で確かめてください。",
    Doubt.CURRENT_MAY_COME: "請求までに現在の記号・番号がわかったら、①で請求します。",
}


def sentence_of(doubt: Doubt) -> str:
    return _DOUBTS[doubt]


def claim_note(
    declaration: Declaration, *, current: Numbers | None = None, former: Numbers | None = None
) -> ClaimNote:
    """The note for a visit: by the current numbers if they are known by now, else by former ones, else as unknown.

    Numbers count only whole, with an insurer number whose check digit is right: one that could not be claimed with is
    passed over, and the note says so.
    """
    doubts: list[Doubt] = []
    for way, numbers, unusable in (
        (ClaimWay.CURRENT, current, Doubt.CURRENT_UNUSABLE),
        (ClaimWay.FORMER, former, Doubt.FORMER_UNUSABLE),
    ):
        number = _usable(numbers)
        if numbers is not None and number is not None:
            if way is ClaimWay.FORMER:
                doubts += [Doubt.FORMER_REMARK_NOT_KNOWN, Doubt.CURRENT_MAY_COME]
            return ClaimNote(
                way=way,
                payer=_payer_of_number(number),
                insurer_number=number.digits,
                numbers=numbers,
                doubts=tuple(doubts),
                reception_number=declaration.reception_number,
                visit_date=declaration.visit_date,
            )
        doubts += [unusable] if numbers is not None else []
    return _unknown(declaration, doubts)


def claim_note_pdf(
    note: ClaimNote, *, made_at: datetime, simulated: bool = False, fonts: Path | None = None
) -> bytes:
    """The note on A5, on as many pages as it needs. Raises as ``render``."""
    data = {
        "number": safe_text(note.reception_number).text,
        "day": japanese_day(note.visit_date),
        "rows": _shown(note.rows),
        "remarks": _shown(note.remark_rows),
        "doubts": [_sentence(sentence_of(doubt)) for doubt in note.doubts],
        "simulated": simulated,
    }
    return render("claim_note", data, "ja", made_at=made_at, fonts=fonts)


def _unknown(declaration: Declaration, doubts: list[Doubt]) -> ClaimNote:
    payer = _payer_of_kind(declaration.insurance_kind)
    remarks = tuple((remark, text) for remark in Remark if (text := getattr(declaration, remark).strip()))
    doubts = [*doubts, Doubt.DIGITS_NOT_KNOWN]
    if payer is Payer.EITHER:
        doubts.append(Doubt.PAYER_NOT_KNOWN)
    if not {remark for remark, _ in remarks} - {Remark.INSURER_NAME}:
        doubts.append(Doubt.NOTHING_TO_REMARK)
    doubts.append(Doubt.CURRENT_MAY_COME)
    return ClaimNote(
        way=ClaimWay.UNKNOWN,
        payer=payer,
        insurer_number=UNKNOWN_INSURER,
        remarks=remarks,
        doubts=tuple(doubts),
        reception_number=declaration.reception_number,
        visit_date=declaration.visit_date,
    )


def _usable(numbers: Numbers | None) -> InsurerNumber | None:
    if numbers is None or not numbers.insured_identification_number.strip():
        return None
    number = insurer.parse(numbers.insurer_number)
    placeholder = isinstance(number, InsurerNumber) and number.digits == UNKNOWN_INSURER_ALTERNATIVE
    return number if isinstance(number, InsurerNumber) and not placeholder else None


def _payer_of_number(number: InsurerNumber) -> Payer:
    national = number.national_health_insurance or number.late_elderly or number.law_code == _RETIRED_NATIONAL
    return Payer.FEDERATION if national else Payer.FUND


def _payer_of_kind(kind: InsuranceKind | None) -> Payer:
    match kind:
        case InsuranceKind.EMPLOYEES:
            return Payer.FUND
        case InsuranceKind.NATIONAL | InsuranceKind.LATE_ELDERLY:
            return Payer.FEDERATION
        case InsuranceKind.UNKNOWN | None:
            return Payer.EITHER


def _number_rows(numbers: Numbers | None) -> tuple[tuple[str, str], ...]:
    if numbers is None:
        return (
            ("受け付けないとき", f"保険者番号 {UNKNOWN_INSURER_ALTERNATIVE}"),
            ("記号・番号", "「7」を必要な桁数"),
        )
    return (
        ("記号", numbers.insured_card_symbol or "（なし）"),
        ("番号", numbers.insured_identification_number),
        ("枝番", numbers.insured_branch_number or "（なし）"),
    )


def _shown(rows: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(label, safe_text(value).text) for label, value in rows]


def _sentence(words: str) -> object:
    return pieces(Text((Span(words),), "ja"))
