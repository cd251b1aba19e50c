"""Choosing the kanji of a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.visit.form import FormField, Problem
from kiosk.wording.glyphs import GETA
from tests.support.entries import Asked, question
from ui.entry import name_field
from ui.entry.candidates import MOST_ENTRIES
from ui.entry.name_field import NameField
from ui.theme.panel import SMALL
from ui.widgets.kit import Kit

Ask = Callable[..., Asked]


def hint(asked: Asked) -> str:
    assert isinstance(asked.entry, NameField)
    return asked.entry.message.text()


def test_family_name_then_given_name(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="サイトウ ハナコ")
    asked.wait_for("齋藤")
    assert "「サイトウ」" in hint(asked)
    asked.touch("齋藤")
    assert "「ハナコ」" in hint(asked)
    assert asked.answers == []
    asked.touch("花子")
    assert asked.answers == ["齋藤 花子"]


def test_each_part_can_stay_in_kana(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="さいとう はなこ")
    asked.wait_for("斎藤")
    asked.touch("斎藤", "かなのまま")
    assert asked.answers == ["斎藤 ハナコ"]


def test_a_name_that_the_dictionary_does_not_know_has_its_kana(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="グエン ヴァン")
    asked.wait_for("ぐえん")
    assert asked.names() == ["ぐえん", "かなのまま", "わからない"]
    asked.touch("かなのまま", "かなのまま")
    assert asked.answers == ["グエン ヴァン"]


def test_a_choice_can_be_taken_back(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="サイトウ ハナコ")
    asked.wait_for("斎藤")
    assert not asked.entry.step_back()
    asked.touch("斎藤")
    assert asked.entry.step_back()
    asked.touch("斉藤", "華子")
    assert asked.answers == ["斉藤 華子"]


def test_many_candidates_are_turned_page_by_page(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="サトウ ヒロシ", profile=SMALL)
    asked.wait_for("佐藤")
    asked.touch("佐藤")
    first = asked.names()
    assert "かなのまま" in first
    assert not asked.target("前へ").isEnabled()
    seen = set(first)
    pages = 1
    while asked.target("もっと見る").isEnabled():
        asked.touch("もっと見る")
        assert "かなのまま" in asked.names()
        seen |= set(asked.names())
        pages += 1
        assert pages <= MOST_ENTRIES
    assert pages > 2
    assert len(seen) > 60
    asked.touch("前へ")
    assert asked.target("もっと見る").isEnabled()


def test_a_known_name_can_be_kept(ask: Ask) -> None:
    asked = ask(FormField.NAME, "齊藤 英子", reading="サイトウ ハナコ")
    asked.wait_for("斎藤")
    asked.next()
    assert asked.answers == ["齊藤 英子"]


def test_what_no_font_holds_is_shown_as_a_mark_and_kept_as_it_is(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = "\U0003134f田"
    monkeypatch.setattr(name_field, "names", lambda _reading, _part: (rare,))
    asked = ask(FormField.NAME, reading="ナゾ")
    asked.wait_for(f"{GETA}田")
    asked.touch(f"{GETA}田")
    assert asked.answers == [rare]


def test_a_name_that_cannot_be_taken_is_chosen_anew(ask: Ask) -> None:
    def strict(kit: Kit) -> NameField:
        def check(value: str) -> str | Problem:
            return value if value == "斉藤 花子" else Problem.TOO_LONG

        return NameField(
            kit, question(kit, FormField.NAME), check, reading="サイトウ ハナコ", problems=(Problem.TOO_LONG,)
        )

    asked = ask(strict)
    asked.wait_for("斉藤")
    asked.touch("斉藤", "華子")
    assert asked.answers == []
    assert asked.entry.problem
    asked.touch("花子")
    assert asked.answers == ["斉藤 花子"]


def test_a_page_that_is_left_before_the_dictionary_answers_is_left_alone(ask: Ask) -> None:
    asked = ask(FormField.NAME, reading="サイトウ ハナコ")
    asked.entry.close_down()
    assert isinstance(asked.entry, NameField)
    assert asked.entry.ready
    assert asked.names() == ["かなのまま", "わからない"]


def test_without_a_reading_the_name_is_typed(ask: Ask) -> None:
    asked = ask(FormField.NAME)
    asked.touch("や", "ま", "た", "濁点", "漢字にする")
    asked.wait_for("山田")
    asked.touch("山田", "choice.next")
    assert asked.answers == ["山田"]
