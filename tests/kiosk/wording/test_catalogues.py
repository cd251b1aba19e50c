"""How sentences are found and filled: fallback, slots, version, markup."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from datetime import date

import pytest

from kiosk.wording import catalogues
from kiosk.wording.catalogues import UnknownKey, UnknownLanguage, catalogue, languages, version
from kiosk.wording.text import Span, Text, WordingError, parse


def test_languages_are_offered_japanese_first() -> None:
    assert languages() == ("ja", "ja-easy", "en")


def test_an_unknown_language_and_an_unknown_key_are_named() -> None:
    with pytest.raises(UnknownLanguage, match=r"'xx'.*ja, ja-easy, en"):
        catalogue("xx")
    with pytest.raises(UnknownKey, match=r"'Welcome\.nothing'"):
        catalogue("en").sentence("Welcome.nothing")


def test_a_page_may_ask_for_a_key_that_it_may_lack() -> None:
    assert catalogue("en").find("ChoosingVerification.body") is not None
    assert catalogue("en").find("ChoosingVerification.nothing") is None


def test_staff_sentences_of_easy_japanese_are_the_japanese_ones_without_complaint(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        text = catalogue("ja-easy").sentence("reason.no_card.staff")
    assert text == catalogue("ja").sentence("reason.no_card.staff")
    assert caplog.records == []


def test_a_missing_patient_sentence_falls_back_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    english = catalogue("en")
    lacking = catalogues.Catalogue(english.about, {}, catalogue("ja"))
    with caplog.at_level(logging.WARNING):
        first = lacking.sentence("Welcome.title")
        second = lacking.sentence("Welcome.title")
    assert first == second == catalogue("ja").sentence("Welcome.title")
    assert first.lang == "ja"
    assert [record.getMessage() for record in caplog.records] == [
        "no sentence Welcome.title in en: said in ja"
    ]


def test_views_hand_in_pairs_and_a_day_is_written_in_the_language() -> None:
    pairs = (("day", "2026-05-01"), ("unused", "x"))
    said = {tag: catalogue(tag).sentence("notice.certificate_expiring", pairs) for tag in languages()}
    assert "令和8年5月1日まで" in said["ja"].plain
    assert "2026年 5月 1日まで" in said["ja-easy"].plain
    assert "2026ねん 5がつ ついたちまで" in said["ja-easy"].reading
    assert "on 1 May 2026." in said["en"].plain
    as_date = catalogue("en").sentence("notice.certificate_expiring", {"day": date(2026, 5, 1)})
    assert as_date == said["en"]


def test_a_slot_without_a_value_is_a_bug_and_says_which() -> None:
    with pytest.raises(WordingError, match=r"\{tries\}"):
        catalogue("ja").sentence("EnteringPin.body")


def test_the_version_is_the_same_in_every_process_and_changes_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert re.fullmatch("[0-9a-f]{16}", version())
    elsewhere = subprocess.run(
        [sys.executable, "-c", "from kiosk.wording.catalogues import version; print(version())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == version()
    sources = catalogues._sources
    monkeypatch.setattr(
        catalogues,
        "_sources",
        lambda folder: [
            (k, s + "!" if k == "Welcome.title" and folder.name == "en" else s) for k, s in sources(folder)
        ],
    )
    assert version.__wrapped__() != version()


def test_a_value_is_never_read_as_markup() -> None:
    hostile = "｛山｜やま｝{tries}"
    text = catalogue("ja").sentence("Confirmed.body", {"name": hostile})
    assert text.spans[0] == Span(hostile)


def test_a_text_as_a_value_keeps_its_furigana() -> None:
    year = Text((Span("令和", "れいわ"), Span("8"), Span("年", "ねん")), "ja")
    text = catalogue("ja-easy").sentence("ticket.day", {"day": date(2026, 5, 2), "other_year": year})
    assert text.plain == "2026年 5月 2日（令和8年）"
    assert text.reading == "2026ねん 5がつ ふつか（れいわ8ねん）"


@pytest.mark.parametrize(
    "source", ["｛漢字｜かんじ", "漢字｜かんじ｝", "｛漢字｝", "｛｜かんじ｝", "あと{tries", "{Tries}", "a}"]
)
def test_markup_that_is_not_closed_is_refused(source: str) -> None:
    with pytest.raises(WordingError):
        parse(source)
