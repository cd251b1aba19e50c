"""How the console looks: legible, nothing cut, everything named, no colour alone, the same in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.desk.row import Light
from kiosk.ledger.errors import LedgerFull
from tests.support.consoles import OverDay, over_day
from tests.support.screens import settle
from ui.cli.staff_pictures import SCREENS
from ui.staff.lights import colour_of, soft_of
from ui.staff.parts import Told
from ui.staff.style import LEAST_BODY_PX, LEAST_SMALL_PX, Sizes
from ui.staff.words import LANGUAGES, Language
from ui.theme.palette import PALETTES, TEXT_CONTRAST, Palette, contrast

pytestmark = pytest.mark.gui
Key = Qt.Key
W = TypeVar("W", bound=QWidget)


def pages(lead: OverDay) -> Iterator[str]:
    """Every page, one after the other."""
    yield "board"
    for state in ("ShowingNotice", "WaitingForStaff", "ShowingCertificate"):
        lead.open(state)
        lead.press(Key.Key_R, control=True)
        yield state
        lead.press(Key.Key_Escape)
    for key in (Key.Key_K, Key.Key_H, Key.Key_D, Key.Key_O, Key.Key_B):
        lead.press(key, control=True)
        yield lead.page
        lead.press(Key.Key_Escape)
    lead.press(Key.Key_L, control=True)
    yield "locked"


def seen(lead: OverDay, kind: type[W]) -> list[W]:
    return [one for one in lead.window.findChildren(kind) if one.isVisibleTo(lead.window)]


# ------------------------------------------------------------------------------------------------ colours


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_light_is_legible_on_every_ground_it_stands_on(palette: Palette) -> None:
    for light in Light:
        colour = colour_of(light, palette)
        for ground in (palette.page, palette.accent_soft, soft_of(light, palette)):
            assert contrast(colour, ground) >= TEXT_CONTRAST, (light, ground)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_words_are_legible_on_selected_and_calling_lines_and_in_the_bars(palette: Palette) -> None:
    for ink in (palette.ink, palette.ink_soft, palette.accent, palette.danger):
        for ground in (palette.page, palette.accent_soft, palette.danger_soft):
            assert contrast(ink, ground) >= TEXT_CONTRAST, (ink, ground)


def test_each_light_has_a_shape_of_its_own() -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    from ui.staff.lights import paint
    from ui.theme.palette import STANDARD

    def drawn(light: Light) -> bytes:
        """Without its colour."""
        image = QImage(40, 40, QImage.Format.Format_Grayscale8)
        image.fill(255)
        with QPainter(image) as painter:
            paint(painter, light, QRectF(0, 0, 40, 40), STANDARD)
        return bytes(image.constBits()).translate(bytes(255 * (shade > 160) for shade in range(256)))

    shapes = {light: drawn(light) for light in Light}
    assert len(set(shapes.values())) == len(Light)


# -------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("px_per_mm", [2.5, 3.78, 5.6, 10.0])
@pytest.mark.parametrize("across", [0, 1024, 1366, 1920, 3840])
def test_letters_are_never_too_small_and_grow_with_the_room(px_per_mm: float, across: int) -> None:
    sizes = Sizes(px_per_mm, across=across)
    assert sizes.body >= max(LEAST_BODY_PX, round(3.3 * px_per_mm))
    assert LEAST_SMALL_PX <= sizes.small <= sizes.body
    assert sizes.body <= max(LEAST_BODY_PX, round(4.4 * px_per_mm))
    assert Sizes(px_per_mm, "large", across).body > sizes.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_cut_on_any_page(qtbot: QtBot, screen: str, language: Language) -> None:
    with over_day(qtbot, screen=screen, language=language) as lead:
        lead.enter_as_lead()
        for page in pages(lead):
            settle()
            assert (lead.window.width(), lead.window.height()) == SCREENS[screen][:2], page
            for button in seen(lead, QPushButton):
                assert button.sizeHint().width() <= button.width() + 1, (page, button.text())
                assert button.sizeHint().height() <= button.height() + 1, (page, button.text())
            for told in seen(lead, Told):
                assert told.heightForWidth(told.width()) <= told.height(), (page, told.text())


# -------------------------------------------------------------------------------------------------- names


def test_everything_that_takes_a_key_or_a_touch_has_a_name(lead: OverDay) -> None:
    named: tuple[type[QWidget], ...] = (QPushButton, QLineEdit, QPlainTextEdit, QAbstractItemView)
    for page in pages(lead):
        for kind in named:
            for widget in seen(lead, kind):
                if isinstance(widget, QHeaderView):  # of a table that has one
                    continue
                said = widget.accessibleName() or getattr(widget, "text", str)()
                assert said.strip(), (page, widget.objectName(), type(widget).__name__)


def test_every_button_tells_its_key(lead: OverDay) -> None:
    """Nothing needs a mouse."""
    tabs = {f"filter_{one}" for one in ("needs", "going_on", "recheck", "done", "all")}
    for page in pages(lead):
        for button in seen(lead, QPushButton):
            if button.objectName() not in tabs:
                assert button.text().split("  ")[0] in KEYS, (page, button.text())


KEYS = {*(f"F{number}" for number in range(1, 11)), "Enter", "Esc", "Ctrl+2", "Ctrl+Enter"}


# --------------------------------------------------------------------------------------- while it is running


def test_language_colours_and_size_change_with_a_key_and_the_visit_stays_open(lead: OverDay) -> None:
    row = lead.open("ShowingNotice")
    lead.press(Key.Key_J, control=True)
    assert lead.page == "detail_page"
    assert lead.window.views.detail.visit == row.visit
    assert lead.reads("The patient sees")
    assert not lead.reads("患者の画面")
    light = lead.window.styleSheet()
    lead.press(Key.Key_I, control=True)
    assert PALETTES["high"].page in lead.window.styleSheet()
    assert lead.window.styleSheet() != light
    small = lead.window._look.sizes.body
    lead.press(Key.Key_Plus, control=True)
    assert lead.window._look.sizes.body > small
    lead.press(Key.Key_J, control=True)
    assert lead.reads("患者の画面")


def test_whoever_is_locked_out_can_read_it_in_their_language(lead: OverDay) -> None:
    lead.press(Key.Key_L, control=True)
    lead.press(Key.Key_J, control=True)
    assert lead.page == "sign_in_page"
    assert lead.reads("Unlock: 鈴木")


def test_a_ledger_that_cannot_be_read_is_told_with_its_remedy_and_the_board_stays(
    lead: OverDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> Callable[[], None]:
        raise LedgerFull

    with monkeypatch.context() as patch:
        patch.setattr(lead.scene.desk, "poll", full)
        lead.scene.model.tick()
        assert lead.reads("ディスクがいっぱいです")
        assert lead.reads("09:34 現在")
        assert len(lead.window.views.board.table.board.rows) == 17
    lead.scene.model.tick()
    assert not lead.reads("ディスクがいっぱいです")


def test_what_the_ledger_cannot_record_is_not_done_and_nothing_is_shown(
    lead: OverDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise LedgerFull

    monkeypatch.setattr(lead.scene.desk._ledger, "append", full)
    lead.press(Key.Key_F1)
    assert lead.page == "board_page"
    assert [told.what for told in lead.told] == ["trouble"]
    assert "ディスクがいっぱい" in lead.message


def test_a_window_of_another_width_gets_letters_of_another_size(lead: OverDay) -> None:
    before = lead.window._look.sizes.body
    lead.window.resize(1920, 1080)
    lead.until(lambda: lead.window._look.sizes.body > before)
    assert lead.page == "board_page"
    assert len(lead.window.views.board.table.board.rows) == 17
