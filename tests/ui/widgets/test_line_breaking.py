from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.wording.breaks import phrases
from kiosk.wording.text import Span, Text
from ui.widgets.line_breaking import NEVER_FIRST, Line, Lines, atoms_of, balance, fill

SPANS = st.lists(
    st.builds(
        Span, st.text("漢字かなカナ、。（） ab", min_size=1, max_size=8), st.sampled_from(["", "かんじ"])
    ),
    min_size=1,
    max_size=6,
)
TEXTS = st.builds(lambda spans, lang: Text(tuple(spans), lang), SPANS, st.sampled_from(["ja", "en"]))


def measure(text: str, is_ruby: bool) -> float:
    return len(text) * (5.0 if is_ruby else 10.0)


def plain(lines: Lines) -> str:
    return "".join(run.text for line in lines.lines for run in line.runs)


@given(TEXTS, st.integers(20, 400))
def test_no_character_is_lost_or_moved(text: Text, width: int) -> None:
    atoms = atoms_of(phrases(text), measure)
    assert plain(fill(atoms, width, measure)) == text.plain
    assert plain(balance(atoms, width, measure)) == text.plain


@given(TEXTS, st.integers(40, 400))
def test_no_line_is_wider_than_there_is_room_unless_one_piece_is(text: Text, width: int) -> None:
    widest = max(atom.width for atom in atoms_of(phrases(text), measure))
    lines = fill(atoms_of(phrases(text), measure), width, measure)
    assert lines.broken == (widest > width) or not lines.broken
    if not lines.broken:
        assert lines.width <= width


@given(TEXTS, st.integers(40, 400))
def test_balancing_costs_no_line(text: Text, width: int) -> None:
    atoms = atoms_of(phrases(text), measure)
    filled, balanced = fill(atoms, width, measure), balance(atoms, width, measure)
    assert len(balanced.lines) == len(filled.lines)
    assert balanced.width <= filled.width


@given(TEXTS)
def test_furigana_is_never_parted_from_what_it_stands_over(text: Text) -> None:
    lines = fill(atoms_of(phrases(text), measure), 30, measure)
    shown = [(run.text, run.ruby) for line in lines.lines for run in line.runs if run.ruby]
    assert shown == [(span.text, span.ruby) for span in text.spans if span.ruby]


def test_japanese_breaks_between_phrases_not_inside_words() -> None:
    text = Text((Span("マイナンバーカードを置いてください"),), "ja")
    lines = balance(atoms_of(phrases(text), measure), 110, measure)
    assert ["".join(run.text for run in line.runs) for line in lines.lines] == [
        "マイナンバーカードを",
        "置いてください",
    ]


def test_a_piece_that_is_too_wide_is_cut_and_said_to_be() -> None:
    text = Text((Span("ああああああ。"),), "ja")
    lines = fill(atoms_of(phrases(text), measure), 30, measure)
    assert lines.broken
    assert all(line.runs[0].text[0] not in NEVER_FIRST for line in lines.lines)


def test_a_space_at_the_end_of_a_line_takes_no_room() -> None:
    text = Text((Span("aaa bbb"),), "en")
    first: Line = fill(atoms_of(phrases(text), measure), 30, measure).lines[0]
    assert first.width == 30
