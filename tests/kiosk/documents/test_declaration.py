"""The form of the declaration: every item on it, empty where nothing was said, one page whatever is written."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import cycle
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.coverage.exchange_codes import Sex
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.documents.declaration import Cause, Declaration, Writer, cause_of, declaration_pdf
from kiosk.documents.signature import Strokes
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import InsuranceKind
from kiosk.wording.catalogues import UnknownLanguage, catalogue, languages
from kiosk.wording.glyphs import can_show, safe_text
from tests.support.papers import needs_poppler, page_sizes, squeezed, text_of, with_streams

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)
A4 = (210, 297)
ITEMS = (
    "フリガナ", "氏名", "生年月日", "性別", "住所", "連絡先", "加入医療保険種別", "保険者等名称", "事業所名",
    "一部負担金の割合", "記入者", "署名",
)  # fmt: skip
FULL: dict[str, Any] = {
    "facility": "あおぞら内科クリニック",
    "reception_number": "A23",
    "visit_date": date(2026, 2, 10),
    "name": "見本　花子",
    "kana": "ミホン　ハナコ",
    "birth_date": date(1953, 5, 14),
    "sex": Sex.FEMALE,
    "address": "架空県模型市見本町１丁目２番３号",
    "contact": "090-0000-0000",
    "insurance_kind": InsuranceKind.EMPLOYEES,
    "insurer_name": "架空運輸健康保険組合",
    "workplace": "架空運輸株式会社",
    "partial_contribution_ratio": 3,
    "cause": Cause.OTHER,
    "cause_note": "停電ののち復旧待ち",
    "writer": Writer.COMPANION,
    "companion_name": "見本　一郎",
    "companion_relation": "長男",
    "signature": Strokes((((0.0, 0.0), (20.0, 10.0), (40.0, 0.0)),)),
}
# What fits into its box at the smallest size, in every language: longer texts go to the annex.
ROOM = {
    "facility": 60, "reception_number": 12, "name": 120, "kana": 60, "address": 120, "contact": 80,
    "insurer_name": 80, "workplace": 80, "cause_note": 60, "companion_name": 24, "companion_relation": 20,
}  # fmt: skip


def form(**changes: Any) -> bytes:
    return declaration_pdf(Declaration(**{**FULL, **changes}), made_at=AT)


def blank(**fields: Any) -> bytes:
    return declaration_pdf(Declaration(**fields), made_at=AT)


def chosen(pdf: bytes) -> list[str]:
    """What stands behind each tick, up to the next word or comma."""
    return re.findall(r"✓\s*([^\s、]+)", text_of(pdf))


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_everything_that_was_said_stands_on_the_form(tag: str) -> None:
    text = squeezed(text_of(form(language=tag)))
    for key in ROOM:
        assert squeezed(FULL[key]) in text, key
    assert "昭和28年5月14日（1953年）" in text
    assert "受診日令和8年2月10日（2026年）" in text


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_the_items_of_the_notice_and_what_it_explains_stand_on_it_in_the_patients_words(tag: str) -> None:
    pdf = blank(language=tag)
    text = squeezed(text_of(pdf) + text_of(pdf, as_laid_out=True))
    for item in ("被保険者資格申立書", "マイナンバーカードの券面情報", "保険者等に関する事項", *ITEMS):
        assert item in text
    for language in {tag, "ja"} if tag == "en" else {tag}:
        words = catalogue(language)
        for key in ("explain.purpose", "explain.share", "explain.tell", "own_layout", "statement"):
            for line in re.split(r"[ 、。]", words.sentence(f"declaration.{key}").plain):
                assert squeezed(line) in text, (key, line)


@needs_poppler
def test_the_form_says_whose_layout_it_is_and_that_the_number_is_not_wanted() -> None:
    text = squeezed(text_of(blank()))
    assert "当施設の様式" in text
    assert "保発0710第1号" in text
    assert "この施設が独自に並べた用紙" in text
    assert "マイナンバー（12けたの番号）は、どこにも書かないでください" in text


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_the_blank_form_is_ticked_nowhere_and_leaves_every_item_to_the_pen(tag: str) -> None:
    text = squeezed(text_of(blank(language=tag)))
    assert "✓" not in text
    assert "大正・昭和・平成・令和年月日（西暦年）" in text
    assert "令和年月日" in text
    assert "御中" in text
    screen = squeezed(catalogue(tag).sentence("declaration.signed_on_screen").plain)
    assert screen not in text


@needs_poppler
@pytest.mark.parametrize(
    "left_out", [field for field in FULL if field not in ("facility", "reception_number")]
)
def test_any_item_may_be_left_out(left_out: str) -> None:
    fields = {key: value for key, value in FULL.items() if key != left_out}
    pdf = declaration_pdf(Declaration(**fields), made_at=AT)
    assert page_sizes(pdf) == [A4]
    if left_out in ROOM:
        assert squeezed(FULL[left_out]) not in squeezed(text_of(pdf))


@needs_poppler
@pytest.mark.parametrize(("kind", "cause"), list(zip(cycle(InsuranceKind), Cause, strict=False)))
def test_one_box_is_ticked_for_each_answer(kind: InsuranceKind, cause: Cause) -> None:
    words = catalogue("ja")
    assert chosen(form(insurance_kind=kind, cause=cause, writer=Writer.PATIENT, sex=Sex.MALE)) == [
        "男",
        words.sentence(f"declaration.kind.{kind}").plain,
        "3割",
        words.sentence(f"declaration.cause.{cause}").plain.partition("、")[0],
        "本人",
    ]


@needs_poppler
def test_a_sex_that_is_not_set_ticks_nothing() -> None:
    assert "男" not in chosen(form(sex=Sex.NOT_SET))
    assert "女" not in chosen(form(sex=Sex.NOT_SET))


@pytest.mark.parametrize("ratio", [1, 2, 3])
@needs_poppler
def test_the_share_is_ticked_in_tenths_and_in_the_patients_language(ratio: int) -> None:
    assert f"{ratio}割" in chosen(form(partial_contribution_ratio=ratio))
    assert f"{ratio}0%" in chosen(form(partial_contribution_ratio=ratio, language="en"))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_the_rule_book_has_its_box(reason: Reason) -> None:
    assert cause_of(reason) in Cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (Reason.INVALID, Cause.NO_RECORD),
        (Reason.NO_RECORD, Cause.NO_RECORD),
        (Reason.READER_FAULT, Cause.EQUIPMENT),
        (Reason.CERTIFICATE_EXPIRED, Cause.CARD),
        (Reason.NETWORK_FAULT, Cause.LINE),
        (Reason.NO_CARD, Cause.LOST),
        (Reason.PIN_LOCKED, Cause.VERIFICATION),
        (Reason.NEEDS_ASSISTANCE, Cause.ASSISTANCE),
        (Reason.PUBLIC_ASSISTANCE, Cause.OTHER),
    ],
)
def test_the_causes_of_the_notice_are_told_apart(reason: Reason, cause: Cause) -> None:
    assert cause_of(reason) is cause


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_a_character_that_no_font_holds_is_a_geta_with_the_kana_and_a_note(tag: str) -> None:
    note = squeezed(catalogue(tag).sentence("note.unshown").plain)
    pdf = form(name="\ue000田　花子", kana="ワタナベダ　ハナコ", language=tag)
    text = squeezed(text_of(pdf, as_laid_out=True))
    assert "〓田花子" in text
    assert "ワタナベダハナコ" in text
    assert note in text
    assert note not in squeezed(text_of(form(language=tag), as_laid_out=True))


@needs_poppler
@pytest.mark.parametrize("name", ["髙﨑　𠮷子", "DELA CRUZ　MARIA", "NGUYỄN THỊ ÁNH", "김민수", "Zoë Müller"])
def test_a_name_that_can_be_shown_stands_as_it_was_written(name: str) -> None:
    assert squeezed(safe_text(name).text) in squeezed(text_of(form(name=name)))


def test_every_character_that_can_be_shown_can_be_set_beside_any_other() -> None:
    """One of each 16, in runs that change the font at every turn, and every mark over letters of both fonts."""
    shown = [chr(point) for point in range(0x20, 0x30000, 16) if can_show(chr(point))]
    marks = [
        mark
        for mark in map(chr, range(0x300, 0x3100))
        if unicodedata.category(mark) == "Mn" and can_show(mark)
    ]
    assert len(shown) > 1000
    assert marks
    text = "".join(shown) + "".join(letter + mark for letter in "Aẩ漢あ𠮷" for mark in marks)
    assert len(page_sizes(form(address=text, name=text[:100]))) > 1


@settings(max_examples=30, deadline=None)
@given(st.fixed_dictionaries({field: st.text(max_size=room) for field, room in ROOM.items()}),
       st.sampled_from(languages()), st.booleans())  # fmt: skip
def test_any_text_of_a_likely_length_stands_on_one_page(
    texts: dict[str, str], tag: str, simulated: bool
) -> None:
    if any(map(holds_individual_number, texts.values())):
        return
    assert page_sizes(form(**texts, language=tag, simulated=simulated)) == [A4]


@pytest.mark.parametrize("simulated", [False, True])
@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("character", ["あ", "W", "𠮷", "\ue000", "〓 ", "ｱ", "é", "。", "W "])
def test_the_largest_texts_that_have_room_stand_on_one_page(
    character: str, tag: str, simulated: bool
) -> None:
    texts = {field: (character * room)[:room] for field, room in ROOM.items()}
    assert page_sizes(form(**texts, language=tag, simulated=simulated)) == [A4]


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_a_text_that_no_box_holds_stands_whole_behind_the_form(tag: str) -> None:
    long = "".join(f"架空{index}番地" for index in range(400))
    pdf = form(address=long, language=tag)
    text = squeezed(text_of(pdf))
    assert page_sizes(pdf)[0] == A4
    assert len(page_sizes(pdf)) == 2
    assert "別紙のとおり" in text
    assert "被保険者資格申立書別紙住所" + long in text


@needs_poppler
def test_a_word_without_end_stays_inside_its_box() -> None:
    text = text_of(form(insurer_name="A" * 120, workplace="W" * 100))
    assert "A" * 120 in squeezed(text)
    assert max(len(line) for line in text.splitlines() if set(line) == {"A"}) < 120
    assert "\u200b" not in text


@pytest.mark.parametrize("tag", languages())
def test_the_file_is_tagged_pdf_a_2a_in_japanese_and_tells_nothing_of_the_person(tag: str) -> None:
    pdf = form(language=tag, name="ALEXANDRA", address="ALEXANDRA", companion_name="ALEXANDRA")
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pdf)
    assert re.search(rb"<rdf:li>ja</rdf:li>", pdf)
    assert b"ALEXANDRA" not in pdf
    plain = with_streams(pdf)
    assert b"/StructTreeRoot" in plain
    assert b"/Table" in plain


def test_equal_declarations_give_equal_bytes_and_others_do_not() -> None:
    assert form() == form()
    assert form() != form(name="見本　太郎")


def test_a_declaration_survives_being_kept() -> None:
    declaration = Declaration(**FULL)
    assert msgspec.json.decode(msgspec.json.encode(declaration), type=Declaration) == declaration


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        blank(language="xx")


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_the_form_of_a_simulated_run_says_so_and_a_real_one_does_not(tag: str) -> None:
    mark = squeezed(catalogue(tag).sentence("ticket.simulated").plain)
    assert mark in squeezed(text_of(form(language=tag, simulated=True), as_laid_out=True))
    assert mark not in squeezed(text_of(form(language=tag), as_laid_out=True))
