"""Nothing is cut, nothing overlaps, nothing is too small: every question on every panel, in every size and language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from kiosk.visit.form import FormField
from kiosk.visit.policy import TextSize
from tests.support.entries import Panel, asking, kit_for
from tests.support.screens import settle
from ui.entry.address_field import TownField
from ui.entry.arranging import LEAST_KEY_MM
from ui.entry.field import Entry, Field
from ui.entry.head import Line
from ui.entry.keys import Cap
from ui.entry.name_field import NameField
from ui.entry.postcode import places
from ui.entry.signature import SignatureField
from ui.entry.text_field import TextField
from ui.patient.gallery import LANGUAGES
from ui.theme.panel import KEY_MM, PROFILES, TARGET_MM
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.say import Say

SIZES: tuple[TextSize, ...] = get_args(TextSize)
LEAST_LETTER_MM = 3.5  # height of the character square


def towns(kit: Kit) -> Entry:
    return TownField(kit, kit.key("entry.address.which"), places("0295503") * 3)


def converting(kit: Kit) -> Entry:
    field = asking(kit, FormField.INSURER_NAME, "みほんけんこうほけんくみあい")
    assert isinstance(field, TextField)
    field._offer("みほんけんこうほけんくみあい", ("見本健康保険組合", "みほん健康保険組合", "見本"))
    return field


def naming(kit: Kit) -> Entry:
    field = asking(kit, FormField.NAME, reading="サイトウ マサトシ")
    assert isinstance(field, NameField)
    field._asker.forget()
    field._begin(
        ((("family", "サイトウ"), tuple("斎斉齋齊済才西"[place % 7] + "藤" for place in range(40))),)
    )
    return field


def signing(kit: Kit) -> Entry:
    signature = "FillingDeclaration.signature"
    return SignatureField(
        kit, kit.key(f"{signature}.title"), hint=kit.key(f"{signature}.body"), skip="choice.cannot_sign"
    )


def typed(kit: Kit) -> Entry:
    return asking(kit, FormField.ADDRESS, "北海道和賀郡西和賀町" * 9)


ENTRIES: dict[str, Callable[[Kit], Entry]] = {
    **{asked.value: partial(asking, asked=asked) for asked in FormField},
    "birth_date.written": lambda kit: asking(kit, FormField.BIRTH_DATE, "1953-05-14"),
    "address.typed": typed,
    "towns": towns,
    "converting": converting,
    "naming": naming,
    "signing": signing,
}


def place(widget: QWidget, panel: Panel) -> QRect:
    return QRect(widget.mapTo(panel, QPoint(0, 0)), widget.size())


def name_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, Say | Line) else widget.accessibleName()


def faults(panel: Panel) -> Iterator[str]:
    entry, profile = panel.entry, panel.kit.profile
    field = getattr(entry, "field", entry)
    assert isinstance(field, Field)
    if field.places is None or not field.places.fits:
        yield "no arrangement fits"
        return
    targets = entry.targets()
    for target in targets:
        if not target.isVisibleTo(panel):
            yield f"cannot be seen: {name_of(target)}"
        if isinstance(target, Cap) and not target.fits():
            yield f"cut: {name_of(target)}"
        if isinstance(target, BigButton) and (
            target.height_for(target.width()) > target.height() or target.broken_at(target.width())
        ):
            yield f"cut: {name_of(target)}"
        letter = isinstance(target, Cap) and target.kind != "choice"
        least = LEAST_KEY_MM if letter and profile.mm_h < 180 else TARGET_MM
        if profile.mm(min(target.width(), target.height())) < least:
            yield f"too small to touch: {name_of(target)} {profile.mm(min(target.width(), target.height()))}"
    seen = [say for say in (field.title, field.message, field.line()) if say and say.isVisibleTo(panel)]
    for say in seen:
        if say.height_for(say.width()) > say.height() or say.broken_at(say.width()):
            yield f"cut: {name_of(say)}"
    if profile.mm(field.title.px) < LEAST_LETTER_MM or profile.mm(field.message.px) < LEAST_LETTER_MM:
        yield "too small to read"
    widgets = [*seen, *targets]
    frame = QRect(entry.pos(), entry.size())
    yield from (f"outside: {name_of(w)}" for w in widgets if not frame.contains(place(w, panel)))
    for one, other in combinations(widgets, 2):
        inside = one.isAncestorOf(other) or other.isAncestorOf(one)
        if not inside and place(one, panel).intersects(place(other, panel)):
            yield f"overlap: {name_of(one)} and {name_of(other)}"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", list(PROFILES.values()), ids=list(PROFILES))
def test_every_question_fits(profile: object, language: str, size: TextSize) -> None:
    wrong = {}
    for name, make in ENTRIES.items():
        kit = kit_for(profile, language, size)  # type: ignore[arg-type]
        panel = Panel(kit, make(kit))
        if found := list(faults(panel)):
            wrong[name] = found
        panel.entry.close_down()
        panel.close()
        panel.deleteLater()
    settle()
    assert wrong == {}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_room(language: str) -> None:
    """Where a message takes the question's place, the question comes back when there is nothing to say."""
    for profile in PROFILES.values():
        for asked in (FormField.KANA, FormField.BIRTH_DATE, FormField.INSURER_NUMBER):
            kit = kit_for(profile, language)
            panel = Panel(kit, asking(kit, asked))
            field = panel.entry
            assert isinstance(field, Field)
            for text in [field.problem_text(problem) for problem in field.problems]:
                field.say(text, "problem")
                assert list(faults(panel)) == []
                assert field.problem == text.plain
                assert field.message.isVisibleTo(panel)
                field.say_hint()
                assert field.title.isVisibleTo(panel)
            panel.close()
            panel.deleteLater()
    settle()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("name", "key_mm"), [("portrait", 20.0), ("landscape", 20.0), ("small", 13.0)])
def test_kana_keys_are_as_large_as_the_panel_allows(name: str, key_mm: float) -> None:
    kit = kit_for(PROFILES[name])
    panel = Panel(kit, asking(kit, FormField.KANA))
    sizes = [
        min(target.width(), target.height()) for target in panel.entry.targets() if isinstance(target, Cap)
    ]
    assert kit.profile.mm(min(sizes)) >= key_mm
    panel.close()
    panel.deleteLater()
    settle()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", list(PROFILES))
def test_number_keys_are_never_smaller_than_on_the_keypad(name: str) -> None:
    for asked in (FormField.CONTACT, FormField.INSURER_NUMBER, FormField.BIRTH_DATE):
        kit = kit_for(PROFILES[name], size="extra_large")
        panel = Panel(kit, asking(kit, asked, "1953-05-14" if asked is FormField.BIRTH_DATE else ""))
        caps = [t for t in panel.entry.targets() if isinstance(t, Cap) and t.kind == "letter"]
        assert len(caps) == 10
        assert all(kit.profile.mm(min(cap.width(), cap.height())) >= KEY_MM for cap in caps)
        panel.close()
        panel.deleteLater()
    settle()


@pytest.mark.usefixtures("qapp")
def test_assistive_technology_knows_every_key_by_name_in_reading_order() -> None:
    kit = kit_for()
    panel = Panel(kit, asking(kit, FormField.KANA, "ヤマダ"))
    names = [target.accessibleName() for target in panel.entry.targets()]
    assert all(names)
    assert names[:12] == [*"アカサタナハマヤラワ", "イ", "キ"]
    for target in panel.entry.targets():
        interface = QAccessible.queryAccessibleInterface(target)
        assert interface.role() == QAccessible.Role.Button
        assert interface.text(QAccessible.Text.Name) == target.accessibleName()
    field = panel.entry
    assert isinstance(field, TextField)
    assert field.line().accessibleName() == "入力済み：ヤマダ"
    panel.close()
    panel.deleteLater()
    settle()
