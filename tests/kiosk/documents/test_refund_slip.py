"""The refund slip: what to do with a full payment, for any insurer, with nothing about the person."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.documents.refund_slip import Paper, RefundSlip, SlipContact, refund_slip_pdf
from kiosk.wording.catalogues import UnknownLanguage, catalogue, languages
from tests.support.papers import needs_poppler, page_sizes, squeezed, text_of

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)  # 10 February 8:05 in Tokyo
PAPERS: dict[Paper, tuple[int, int]] = {"a5": (148, 210), "a6": (105, 148)}
KEYS = ("title", "today", "keep", "where", "name", "back", "ask", "not_a_receipt")
CONTACTS = (
    SlipContact(name="協会けんぽマイナンバー専用ダイヤル", phone="0570-015-369", hours="平日 8:30-17:15"),
    SlipContact(name="マイナンバー総合フリーダイヤル", phone="0120-95-0178", hours="平日 9:30-20:00"),
)


def slip(**changes: Any) -> bytes:
    fields = {"number": "A23", "facility": "あおぞら内科クリニック", "issued_at": AT, "contacts": CONTACTS}
    return refund_slip_pdf(RefundSlip(**{**fields, **changes}))


@needs_poppler
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("tag", languages())
def test_every_sentence_can_be_copied_from_the_slip(tag: str, paper: Paper) -> None:
    text = squeezed(text_of(slip(language=tag, paper=paper), as_laid_out=True))
    for language in {tag, "ja"} if tag == "en" else {tag}:
        for key in KEYS:
            for line in re.split(r"[ 、。]", catalogue(language).sentence(f"refund.{key}").plain):
                assert squeezed(line) in text, (key, line)
    for told in ("A23", "あおぞら内科クリニック", "0570-015-369", "平日8:30-17:15", "0120-95-0178"):
        assert told in text


@needs_poppler
def test_the_day_is_that_of_tokyo_in_both_calendars() -> None:
    assert "令和8年2月10日（2026年）" in text_of(slip())
    assert "10 February 2026 (令和8年)" in text_of(slip(language="en"), as_laid_out=True)


@needs_poppler
def test_nothing_is_on_the_slip_but_what_it_was_given() -> None:
    text = squeezed(text_of(slip()))
    known = ["A23", "あおぞら内科クリニック", "令和8年2月10日（2026年）", "受付番号", *"12345"]
    known += [getattr(contact, field) for contact in CONTACTS for field in contact.__struct_fields__]
    known += [catalogue("ja").sentence(f"refund.{key}").plain for key in KEYS]
    for told in sorted(known, key=len, reverse=True):
        assert squeezed(told) in text
        text = text.replace(squeezed(told), "", 1)
    assert text == ""


@needs_poppler
def test_a_line_that_the_caller_does_not_give_is_not_on_it() -> None:
    text = text_of(slip(contacts=CONTACTS[1:]))
    assert "0570" not in text
    assert "0120-95-0178" in text
    alone = text_of(slip(contacts=()))
    assert not re.search("0570|0120|お問い合わせ先", alone)


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("today", ("全額", "10割")),
        ("keep", ("領収書", "保管")),
        ("where", ("お勤め先を通して", "加入している保険")),
        ("name", ("「療養費」", "「家族療養費」")),
        ("back", ("ご自身の負担分を除いた", "あとで請求すると")),
    ],
)
def test_what_the_sources_say_is_said(key: str, facts: tuple[str, ...]) -> None:
    said = catalogue("ja").sentence(f"refund.{key}").plain
    assert all(fact in said for fact in facts)


def test_no_insurer_is_named_and_no_paper_demanded_that_the_sources_do_not_name() -> None:
    for tag in languages():
        for key in KEYS:
            said = catalogue(tag).sentence(f"refund.{key}").plain
            assert not re.search("協会けんぽ|健保|共済|国保|明細|診断書|Kenpo|statement", said), (tag, key)


@pytest.mark.parametrize("simulated", [False, True])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize(
    "facility", ["", "医療法人社団 青空会 " + "あおぞら総合内科小児科皮膚科" * 4, "A" * 120, "𠮷\ue000" * 60]
)
def test_a_slip_is_one_page_of_its_paper_whatever_the_facility_is_called(
    facility: str, tag: str, paper: Paper, simulated: bool
) -> None:
    pdf = slip(facility=facility, language=tag, paper=paper, simulated=simulated)
    assert page_sizes(pdf) == [PAPERS[paper]]


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=120), st.text(max_size=12), st.sampled_from(sorted(PAPERS)), st.sampled_from(languages())
)
def test_any_text_stands_on_one_page(facility: str, number: str, paper: Paper, tag: str) -> None:
    assert page_sizes(slip(facility=facility, number=number, paper=paper, language=tag)) == [PAPERS[paper]]


@needs_poppler
def test_more_contacts_than_a_page_holds_are_all_printed() -> None:
    many = tuple(
        SlipContact(name=f"窓口{index}", phone=f"03-0000-{index:04}", hours="平日") for index in range(60)
    )
    pdf = slip(contacts=many, paper="a6")
    text = text_of(pdf)
    assert len(page_sizes(pdf)) > 1
    assert all(contact.phone in text for contact in many)


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_a_simulated_slip_says_so_and_a_real_one_does_not(tag: str) -> None:
    mark = squeezed(catalogue(tag).sentence("ticket.simulated").plain)
    assert mark in squeezed(text_of(slip(language=tag, simulated=True), as_laid_out=True))
    assert mark not in squeezed(text_of(slip(language=tag), as_laid_out=True))


@pytest.mark.parametrize("tag", languages())
def test_the_file_is_pdf_a_2a_in_the_patients_language(tag: str) -> None:
    pdf = slip(language=tag)
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pdf)
    assert re.search(rb"<rdf:li>" + catalogue(tag).about.lang.encode() + rb"</rdf:li>", pdf)
    assert b"A23" not in pdf


def test_equal_slips_give_equal_bytes() -> None:
    assert slip() == slip()
    assert slip() != slip(number="A24")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        slip(language="xx")
