"""Lines break between 文節, and what is painted for that never reaches a name, a voice or a document."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.wording.breaks import BREAK, JOINER, joined, phrases
from kiosk.wording.catalogues import catalogue, for_staff, languages
from kiosk.wording.text import Span, Text, parse
from tests.support.sentences import said

SPANS = st.lists(
    st.builds(
        Span,
        st.text(
            st.sampled_from("受付資格確認書をしてください、。「」（）ーっ A1-{}｛"), min_size=1, max_size=8
        ),
        st.sampled_from(["", "", "よみ"]),
    ),
    max_size=8,
)


def sentence(source: str, lang: str = "ja") -> Text:
    return Text(parse(source).filled({}, lang), lang)


def cut(text: Text) -> list[str]:
    return ["".join(span.text for span in piece) for piece in phrases(text)]


def test_japanese_breaks_between_phrases_and_not_inside_words() -> None:
    assert cut(sentence("マイナンバーカードを置いてください")) == ["マイナンバーカードを", "置いてください"]


def test_painted_text_forbids_breaks_inside_a_phrase_and_offers_one_between() -> None:
    assert joined(sentence("確認を待つ")) == f"確{JOINER}認{JOINER}を{BREAK}待{JOINER}つ"


def test_words_written_apart_break_at_their_spaces_only() -> None:
    assert cut(sentence("カードを ｛動｜うご｝かさないで、｛待｜ま｝って ください。")) == [
        "カードを ", "動かさないで、", "待って ", "ください。",
    ]  # fmt: skip


def test_a_break_stands_after_a_space_without_another_mark() -> None:
    assert joined(sentence("受付番号 A23")) == f"受{JOINER}付{JOINER}番{JOINER}号 A23"


def test_other_languages_break_at_spaces_and_keep_japanese_words_whole() -> None:
    text = sentence("Show a 資格確認書 (certificate).", "en")
    assert cut(text) == ["Show ", "a ", "資格確認書 ", "(certificate)."]
    assert joined(text) == f"Show a 資{JOINER}格{JOINER}確{JOINER}認{JOINER}書 (certificate)."


def test_a_ruby_base_that_the_segmenter_would_divide_stays_whole() -> None:
    assert "（限度" in cut(sentence("あなたの上限（限度額）までにする"))
    with_furigana = sentence("あなたの上限（｛限度額｜げんどがく｝）までにする")
    assert "（限度額）までに" in cut(with_furigana)
    assert Span("限度額", "げんどがく") in [span for piece in phrases(with_furigana) for span in piece]


@given(SPANS, st.sampled_from(["ja", "en"]))
def test_nothing_is_lost_and_no_base_is_divided(spans: list[Span], lang: str) -> None:
    text = Text(tuple(spans), lang)
    pieces = phrases(text)
    assert "".join(cut(text)) == text.plain
    assert joined(text).replace(JOINER, "").replace(BREAK, "") == text.plain
    assert [s for p in pieces for s in p if s.ruby] == [s for s in spans if s.ruby]
    assert all(piece for piece in pieces)


@given(SPANS)
def test_no_line_can_begin_with_a_closing_mark_or_end_with_an_opening_one(spans: list[Span]) -> None:
    found = cut(Text(tuple(spans), "ja"))
    assert [piece for piece in found[1:] if piece[0] in "、。」）ーっ"] == []
    assert [piece for piece in found[:-1] if piece[-1] in "「（"] == []


@pytest.mark.parametrize("tag", languages())
def test_no_piece_of_a_patients_sentence_is_too_long_for_a_narrow_page(tag: str) -> None:
    for key in catalogue(tag).templates:
        if not for_staff(key):
            for piece in cut(said(tag, key)):
                assert len(piece) <= 18, (key, piece)


def test_nothing_invisible_is_in_what_is_named_spoken_or_printed() -> None:
    for tag in languages():
        for key in catalogue(tag).templates:
            text = said(tag, key)
            assert JOINER not in text.plain + text.reading
            assert BREAK not in text.plain + text.reading


def test_the_segmenter_is_loaded_only_when_a_line_is_broken() -> None:
    code = (
        "import sys, kiosk.wording.breaks as b; from kiosk.wording.catalogues import catalogue\n"
        "t = catalogue('ja').sentence('Welcome.title'); assert 'budoux' not in sys.modules\n"
        "b.phrases(t); assert 'budoux' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
