"""What assistive technology is told: everything visible has a name, in reading order, and nothing invisible counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface

from tests.support.screens import Screen, settle
from ui.patient.gallery import LANGUAGES, examples

Role = QAccessible.Role
TOUCHED = frozenset({Role.Button, Role.CheckBox, Role.PushButton})
JOINERS = "\u2060\u200b"


def nodes(node: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    if node.state().invisible:
        return
    yield node
    for index in range(node.childCount()):
        yield from nodes(node.child(index))


def tree(screen: Screen) -> list[tuple[Role, str]]:
    settle()
    root = QAccessible.queryAccessibleInterface(screen.window)
    return [(node.role(), node.text(QAccessible.Text.Name)) for node in nodes(root)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_speaks_or_can_be_touched_has_a_name(screen: Screen, language: str) -> None:
    for name in examples():
        screen.show(name, language=language)
        for role, text in tree(screen):
            if role in TOUCHED or role == Role.StaticText:
                assert text.strip(), f"{name}: {role.name} without a name"
            assert not any(joiner in text for joiner in JOINERS)


def test_every_target_is_known_as_something_to_press(screen: Screen) -> None:
    for name in examples():
        screen.show(name)
        known = [text for role, text in tree(screen) if role in TOUCHED]
        for target in screen.window.targets():
            assert target.accessibleName() in known, name


def test_every_sentence_of_a_page_is_known_in_reading_order(screen: Screen) -> None:
    screen.show("AskingConsent")
    texts = [text for _role, text in tree(screen)]
    order = [
        "見本内科クリニック",
        "表示",
        "診療やお薬などの情報を、医師に見せますか",
        "すべて見せる",
        "見せない",
        "戻る",
        "係員を呼ぶ",
    ]
    places = [texts.index(text) for text in order]
    assert places == sorted(places)


def test_furigana_is_not_read_twice(screen: Screen) -> None:
    screen.show("OutOfService", language="ja-easy")
    assert not any("｛" in text or "しかくかくにんしょ" in text for _role, text in tree(screen))


def test_a_note_belongs_to_the_name_of_its_choice(screen: Screen) -> None:
    screen.show("ChoosingVerification")
    names = [text for role, text in tree(screen) if role in TOUCHED]
    assert any("暗証番号" in name and "あと3回" in name for name in names)


def test_assistive_technology_can_press_a_choice(screen: Screen) -> None:
    screen.show("ChoosingVerification")
    settle()
    target = screen.target("choice.pin")
    interface = QAccessible.queryAccessibleInterface(target)
    assert not interface.state().disabled
    target.click()
    assert [act.name for act in screen.acts] == ["PinChosen"]
