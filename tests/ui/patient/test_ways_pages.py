"""The other ways: which papers, what is told of them, and what stays behind a touch."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from kiosk.visit.acts import Act
from kiosk.wording.catalogues import catalogue, languages
from tests.support.screens import Screen, settle
from ui.patient.details import DetailsPage
from ui.patient.evidence import EvidencePage
from ui.patient.gallery import examples
from ui.patient.window import Timing
from ui.theme.panel import LANDSCAPE, PORTRAIT, PROFILES, SMALL, PanelProfile
from ui.widgets.button import BigButton

pytestmark = pytest.mark.gui
SCREEN_KEYS = {
    "not_usable", "contacts", "show", "hide", "change", "from_card", "camera_starts", "group.birth_date",
    "group.expiry_year", "group.security_code",
}  # fmt: skip


def words(screen: Screen) -> str:
    labels = screen.window.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisibleTo(screen.window))


def names(screen: Screen) -> list[str]:
    return [target.objectName() for target in screen.window.targets() if target.objectName()]


def on(screen: Screen, profile: PanelProfile) -> None:
    screen.window.close()
    screen.open(profile, timing=Timing(hold=0, reading=0))


def details(screen: Screen) -> DetailsPage:
    assert isinstance(screen.window.page, DetailsPage)
    return screen.window.page


def test_the_screens_own_words_are_said_in_every_language() -> None:
    for tag in languages():
        own = {key for key in catalogue(tag).templates if key.startswith("screen.")}
        assert own == {f"screen.{key}" for key in SCREEN_KEYS}, tag


# ------------------------------------------------------------------------------------------ evidence


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_ways_are_cards_of_one_size_in_the_order_of_the_rule_book(
    screen: Screen, profile: PanelProfile
) -> None:
    on(screen, profile)
    view = screen.show("ChoosingEvidence")
    cards = [button for button in _page_buttons(screen) if button.style_name == "equal"]
    assert [card.objectName() for card in cards] == [f"choice.{o.id}" for o in view.options[:4]]
    assert len({(card.width(), card.height()) for card in cards}) == 1
    assert all(card.picture and card.with_picture for card in cards)


def _page_buttons(screen: Screen) -> list[BigButton]:
    found = [target for target in screen.window.targets() if isinstance(target, BigButton)]
    return [button for button in found if button.objectName().startswith("choice.")]


def test_a_way_that_needs_two_things_says_so_in_its_name(screen: Screen) -> None:
    screen.show("ChoosingEvidence")
    name = screen.target("choice.way_card_notice").accessibleName()
    assert "カードと資格情報のお知らせ" in name
    assert "一緒に" in name


def test_the_code_is_there_for_staff_beside_the_sentence_for_the_patient(screen: Screen) -> None:
    screen.show("ChoosingEvidence")
    assert "no_record" in words(screen)
    assert "保険の登録が見つかりません" in words(screen)


def test_what_cannot_be_used_is_told_with_its_reason_after_a_touch(screen: Screen) -> None:
    screen.show("ChoosingEvidence")
    why = "先生が一緒の学校行事のときだけです"
    assert why not in words(screen)
    screen.touch("details")
    assert why in words(screen)
    assert details(screen).title.text() == "使えないもの"
    assert names(screen) == ["details"]  # nothing of what is hidden can be touched
    screen.clock.pass_ms(400)
    screen.touch("details")
    settle()
    assert why not in words(screen)
    assert details(screen).title.text() == "保険の登録が見つかりません"
    assert "choice.way_certificate" in names(screen)
    assert screen.acts == []


def test_a_refused_paper_is_told_before_the_other_ways(screen: Screen) -> None:
    screen.show("ChoosingEvidence.refused")
    assert "有効期限の過ぎた資格確認書は使えません" in words(screen)


def test_on_the_smallest_panel_the_remedy_gives_way_to_the_cards_and_is_behind_the_touch(
    screen: Screen,
) -> None:
    on(screen, SMALL)
    screen.show("ChoosingEvidence.refused", text_size="extra_large")
    page = screen.window.page
    assert isinstance(page, EvidencePage)
    assert page.condensed
    remedy = page.table_rows()[0][1].plain
    assert remedy not in words(screen)
    assert "資格確認書は使えません" in words(screen)
    screen.touch("details")
    assert remedy in words(screen)


def test_turning_over_shows_every_line_once_and_comes_round(screen: Screen) -> None:
    on(screen, SMALL)
    screen.show("ChoosingEvidence.no_card", text_size="extra_large")
    screen.touch("details")
    page = details(screen)
    wanted = [label.plain for label, _value in page.table_rows()]
    seen = []
    for _ in range(2):
        for _ in range(20):
            assert page.table is not None
            first, count = page.table.shown
            seen += [label.text() for label, _value in page.table.rows[first : first + count]]
            screen.clock.pass_ms(400)
            screen.touch("turn")
            if page.table.shown[0] == 0:
                break
    assert seen == wanted * 2
    screen.clock.pass_ms(400)
    screen.touch("details")
    assert "turn" not in names(screen)


def test_where_there_is_room_for_all_lines_nothing_is_turned_over(screen: Screen) -> None:
    screen.show("ChoosingEvidence")
    screen.touch("details")
    assert details(screen).turn is None


# ------------------------------------------------------------------------------------------- no card


def test_the_picture_is_that_of_the_card_that_was_touched(screen: Screen) -> None:
    pictures = set()
    for name in examples():
        if name.startswith("ExplainingNoCard."):
            screen.show(name)
            picture = details(screen).picture
            assert picture is not None
            image = picture.grab().toImage()  # its bits live no longer than it
            pictures.add(bytes(image.constBits()))
    assert len(pictures) == 5


@pytest.mark.parametrize(("profile", "in_the_open"), [(PORTRAIT, True), (SMALL, False)])
def test_whom_to_ask_is_in_the_open_where_there_is_room(
    screen: Screen, profile: PanelProfile, in_the_open: bool
) -> None:
    on(screen, profile)
    screen.show("ExplainingNoCard.lost")
    assert ("フリーダイヤル" in words(screen)) == in_the_open
    assert ("details" in names(screen)) != in_the_open
    if not in_the_open:
        screen.touch("details")
        assert "フリーダイヤル" in words(screen)


def test_the_way_on_is_the_largest_target(screen: Screen) -> None:
    screen.show("ExplainingNoCard.lost")
    screen.touch("choice.show_ways")
    assert screen.acts == [Act("EvidenceWanted")]


# ------------------------------------------------------------------------------------ shown, paid, waited for


@pytest.mark.parametrize("name", ["ShowingCertificate", "ShowingNotice", "ShowingPortal"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_to_have_ready_is_always_shown_as_a_picture(
    screen: Screen, profile: PanelProfile, name: str
) -> None:
    on(screen, profile)
    screen.show(name)
    picture = details(screen).picture
    assert picture is not None
    assert picture.isVisibleTo(screen.window)


def test_what_a_scanner_read_is_not_in_the_open(screen: Screen) -> None:
    view = screen.show("ShowingCertificate.scanned")
    code = str(view.details[0].value)
    assert code not in words(screen)
    screen.touch("details")
    assert code in words(screen)


def test_whom_to_ask_for_the_money_is_behind_a_touch_on_every_panel(screen: Screen) -> None:
    for profile in (PORTRAIT, LANDSCAPE, SMALL):
        on(screen, profile)
        screen.show("ExplainingSelfPay")
        assert "加入している保険" not in words(screen)
        screen.touch("details")
        assert "加入している保険" in words(screen)


def test_while_staff_are_coming_they_cannot_be_called_again(screen: Screen) -> None:
    screen.show("StaffVerifying.verify_by_staff")
    assert screen.window.frame is not None
    assert not screen.window.frame.footer.staff.isEnabled()
    screen.touch("choice.other_ways")
    assert screen.acts == [Act("EvidenceWanted")]
