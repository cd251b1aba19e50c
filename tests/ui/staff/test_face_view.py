"""What the camera says of a person, as staff see it: live, by whose word, and never a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from drivers.interface import Authority, FaceDoubt, FaceHint
from kiosk.accounts.roles import Role
from kiosk.desk.board import Filter
from kiosk.desk.detail import Detail
from kiosk.desk.row import Row
from kiosk.evidence.reasons import Reason
from kiosk.visit.acts import Act
from kiosk.visit.situation import FaceStep, FaceTold
from simulator.people import load
from simulator.playing.cast import number_b
from simulator.playing.stage import Stage
from tests.support.consoles import OverDay, over_day
from tests.support.screens import settle
from ui.cli.simulated_day import DAY, Came
from ui.staff.deeds import Deed
from ui.staff.face import SAME_FROM, STEPS, FaceView, said
from ui.staff.words import LANGUAGES, Words

pytestmark = pytest.mark.gui
Key = Qt.Key
AFTER_A_MATCH = Came("09:32", "face_aid_confirms", "C", until="ShowingNotice", face="aid")
AFTER_A_DOUBT = Came("09:32", "face_aid_doubts", "C", until="ShowingNotice", face="aid")
WITHOUT = Came("09:32", "notice_at_seventy_two", "C", until="ShowingNotice")
A_TICK = 200  # milliseconds of the kiosk's time between two looks of the console


def opened(qtbot: QtBot, *came: Came, role: Role = Role.LEAD) -> Iterator[OverDay]:
    with over_day(qtbot, came=came, role=role) as keyboard:
        keyboard.enter_as_lead()
        keyboard.open("ShowingNotice")
        yield keyboard


@pytest.fixture
def matched(qtbot: QtBot) -> Iterator[OverDay]:
    """Before a visit whose face was compared once, and matched."""
    yield from opened(qtbot, AFTER_A_MATCH)


@pytest.fixture
def doubted(qtbot: QtBot) -> Iterator[OverDay]:
    yield from opened(qtbot, AFTER_A_DOUBT)


@pytest.fixture
def without(qtbot: QtBot) -> Iterator[OverDay]:
    yield from opened(qtbot, WITHOUT)


def view(lead: OverDay) -> FaceView:
    found = lead.window.findChild(FaceView, "face_view")
    assert isinstance(found, FaceView)
    return found


def facts(lead: OverDay) -> list[str]:
    return list(view(lead)._lines)


def stage_of(lead: OverDay) -> Stage:
    return lead.scene.day._terminals["C"].stage


def row_of(lead: OverDay) -> Row:
    return lead.scene.desk.rows(Filter.ALL)[0]


def gives_number(lead: OverDay) -> None:
    stage = stage_of(lead)
    slot = stage.secrets.put(bytearray(number_b(load("pin_locked"), DAY), "ascii"))
    stage.act(Act("PinEntered", (("slot", slot),)))


def watched(lead: OverDay) -> list[str]:
    """What stands there, each change once, from tick to tick until the look is over."""
    seen: list[str] = []
    for _ in range(60):
        lead.scene.model.tick()
        settle()
        now = view(lead).now.plain
        if not seen or seen[-1] != now:
            seen.append(now)
        if row_of(lead).state != "MatchingFace":
            return seen
        stage_of(lead).wait(A_TICK)
    raise AssertionError(seen)


# ------------------------------------------------------------------------------------------ the look


def test_the_result_stands_there_with_steps_challenge_photograph_and_authority(matched: OverDay) -> None:
    face = view(matched)
    assert face.now.plain == "カードの写真と同じ人と見えます"
    assert face.likeness.step == STEPS
    assert face.likeness.accessibleName() == "似ている度合い：5段階の5（4から同じ人）"
    assert facts(matched)[1:] == [
        "顔の向きの確認：合格", "カードの写真：発行者の署名は正しい", "照合した回数：1（3回まで）",
    ]  # fmt: skip
    assert face.authority.plain == "判定：この端末のカメラ（補助）。参考です。本人確認にはなりません"


def test_staff_ask_with_one_key_and_see_every_hint_while_it_is_told(matched: OverDay) -> None:
    assert view(matched).ask.isVisible()
    matched.press(Key.Key_E, control=True)
    matched.kiosk_answers()
    assert [told.what for told in matched.told] == ["sent", "accepted"]
    assert stage_of(matched).view.state == "ReadingCardFront"
    assert view(matched).now.plain == "カードの番号を待っています"
    assert not view(matched).ask.isVisible(), "one look at a time"
    gives_number(matched)
    seen = watched(matched)
    assert [one.removeprefix("顔を照合中（案内中：").removesuffix("）") for one in seen] == [
        "そのまま動かずにお待ちください", "ゆっくり左を向いてください", "正面を向いてください",
        "カードの写真と同じ人と見えます",
    ]  # fmt: skip
    assert facts(matched)[-1] == "照合した回数：2（3回まで）"
    assert stage_of(matched).view.state == "ShowingNotice"


def test_a_face_accepts_nothing_by_itself(matched: OverDay) -> None:
    assert row_of(matched).outcome is None
    assert stage_of(matched).visit.verified is None


def test_who_is_not_taken_for_the_same_is_not_suggested_to_be_accepted(doubted: OverDay) -> None:
    assert view(doubted).now.plain == "同じ人と認められません：カードの写真と別の人に見えます"
    assert view(doubted).likeness.step is not None
    assert view(doubted).likeness.step < SAME_FROM  # type: ignore[operator]
    assert "目で見くらべて" in doubted.window.views.detail.hint.text()
    bar = doubted.window.views.detail.bar
    assert [button.property("main") for button in bar._buttons if button.property("main")] == []
    assert bar._buttons[0].isEnabled(), "a person may see what a camera does not"


def test_after_three_tries_it_cannot_be_asked_for_again(doubted: OverDay) -> None:
    assert not view(doubted).ask.isVisible()
    doubted.press(Key.Key_E, control=True)
    assert doubted.message == "いまは顔の照合を頼めません"
    assert doubted.told == []


def test_where_no_face_is_looked_at_nothing_of_it_is_seen(without: OverDay) -> None:
    assert not view(without).isVisible()
    without.press(Key.Key_E, control=True)
    assert without.message == "いまは顔の照合を頼めません"


def test_the_story_tells_hints_result_and_authority_and_no_pin_where_there_was_none(matched: OverDay) -> None:
    for text in (
        "カメラの前の案内が変わった：ゆっくり左を向いてください",
        "顔の照合の結果：カードの写真と同じ人と見えます・この端末のカメラ（補助）",
        "照合番号Bを入力",
    ):
        assert matched.reads(text), text
    assert not matched.reads("暗証番号を入力")


def test_nothing_of_the_visit_stays_when_the_page_is_left(matched: OverDay) -> None:
    matched.press(Key.Key_Escape)
    matched.sees("board_page")
    settle()
    face = view(matched)
    assert (face.now.plain, face.authority.plain, face.likeness.step, facts(matched)) == ("", "", None, [])


def test_the_look_is_among_the_other_actions_too(matched: OverDay) -> None:
    matched.press(Key.Key_F9)
    matched.asked()
    assert matched.reads("顔の照合を頼む")


# ------------------------------------------------------------------------------------------- in words


def told(lead: OverDay, **face: object) -> Detail:
    detail = lead.window.views.detail._detail
    assert detail is not None
    values: dict[str, object] = {"authority": "aid", "purpose": "aid"} | face
    return replace(detail, face=FaceTold(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_has_words_of_its_own_and_says_which_authority_it_has(
    matched: OverDay, language: str
) -> None:
    words = Words(language)  # type: ignore[arg-type]
    by = set()
    for authority in get_args(Authority):
        for purpose in ("verify", "aid"):
            found = said(told(matched, authority=authority, purpose=purpose, likeness=5), words)
            assert found is not None
            by.add(found.authority)
    assert len(by) == 2 * len(get_args(Authority))
    doubts = {said(told(matched, doubt=doubt, likeness=1), words).now for doubt in FaceDoubt}  # type: ignore[union-attr]
    assert len(doubts) == len(FaceDoubt)
    failed = said(told(matched, problem=Reason.FACE_CAMERA), words)
    assert failed is not None
    assert failed.says == "bad"


def test_a_look_that_was_left_is_not_shown_as_going_on(matched: OverDay) -> None:
    words = Words("ja")
    left = said(told(matched, step="matching", hint=FaceHint.MASK), words)
    assert left is not None
    assert left.now == "照合は行われませんでした", "the page is another one by now"
    detail = told(matched, step="matching", hint=FaceHint.MASK)
    there = replace(detail, row=replace(detail.row, state="MatchingFace"))
    going_on = said(there, words)
    assert going_on is not None
    assert going_on.now == "顔を照合中（案内中：マスクを下げてください）"
    for step in get_args(FaceStep):
        if step:
            now = said(replace(there, face=replace(there.face, step=step, hint=None)), words)  # type: ignore[type-var]
            assert now is not None
            assert now.now


def test_a_photograph_that_nobody_signed_is_told(matched: OverDay) -> None:
    found = said(told(matched, likeness=4, turned=None), Words("ja"))
    assert found is not None
    assert "顔の向きの確認：行っていません" in found.facts
    assert "カードの写真：発行者の署名は確かめていません" in found.facts


def test_the_key_is_on_the_page_of_keys() -> None:
    from ui.staff.keys_page import DETAIL

    assert ("Ctrl+E", f"desk.do.{Deed.FACE}") in DETAIL
