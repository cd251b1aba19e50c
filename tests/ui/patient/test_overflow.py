"""Nothing is cut, nothing overlaps, nothing is too small: every page in every language, size, panel and contrast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from typing import get_args

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from kiosk.evidence.reasons import Reason
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.states import Deadline
from tests.support.screens import settle
from ui.entry.arranging import LEAST_KEY_MM
from ui.entry.keys import Cap
from ui.patient.details import DetailsPage
from ui.patient.field import EntryPage
from ui.patient.gallery import LANGUAGES, examples, reason_view, ways_view
from ui.patient.gallery_pictures import dressed, still_window
from ui.patient.page import BasePage
from ui.patient.window import PatientWindow
from ui.theme.panel import KEY_MM, PROFILES, TARGET_MM, Sizes
from ui.widgets.button import BigButton
from ui.widgets.keypad import Key
from ui.widgets.rows import PlainRow, Row, TouchRow
from ui.widgets.say import Say
from ui.widgets.target import Target

SIZES: tuple[TextSize, ...] = get_args(TextSize)
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
LEAST_CAPITAL_MM = 2.7  # of any sentence on the smallest panel in the smallest size
DETAILED = ("ChoosingEvidence", "ExplainingNoCard.", "ExplainingSelfPay", "ShowingCertificate.scanned")
CAPITAL = 0.76  # of the character square, in our font


@pytest.fixture(scope="module", params=list(PROFILES.values()), ids=list(PROFILES))
def window(request: pytest.FixtureRequest) -> Iterator[PatientWindow]:
    request.getfixturevalue("qapp")
    opened = still_window(request.param)
    opened.show()
    yield opened
    opened.close()
    opened.deleteLater()
    settle()


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def faults(window: PatientWindow) -> list[str]:
    """Everything that is wrong with what the window shows now."""
    says = [say for say in window.findChildren(Say) if say.isVisibleTo(window)]
    targets = window.targets()
    found = [fault for say in says for fault in faults_of_sentence(say, window)]
    found += [fault for target in targets for fault in faults_of_target(target, window)]
    rows: list[Row] = [*window.findChildren(TouchRow), *window.findChildren(PlainRow)]
    found += [fault for row in rows if row.isVisibleTo(window) for fault in faults_of_row(row, window)]
    page = window.panel or window.page
    assert page is not None
    if isinstance(page, BasePage) and not page.arranged_as()[1]:
        found.append("no arrangement fits")
    if window.warning is None:
        inside = [(w, place(w, window)) for w in (*says, *targets) if page.isAncestorOf(w)]
        found += [
            f"overlap: {name_of(one)} and {name_of(other)}"
            for (one, here), (other, there) in combinations(inside, 2)
            if here.intersects(there)
        ]
        frame = QRect(page.pos(), page.size())
        found += [
            f"under the frame: {name_of(widget)}" for widget, here in inside if not frame.contains(here)
        ]
    if (window.width(), window.height()) != (window.profile.px_w, window.profile.px_h):
        found.append("the window is not as large as the panel")
    return found


def name_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, Say) else widget.accessibleName()


def faults_of_sentence(say: Say, window: PatientWindow) -> Iterator[str]:
    if say.height_for(say.width()) > say.height() or say.broken_at(say.width()):
        yield f"cut: {say.text()}"
    if window.profile.mm(say.px * CAPITAL) < LEAST_CAPITAL_MM:
        yield f"too small to read: {say.text()}"
    if not window.rect().contains(place(say, window)):
        yield f"outside: {say.text()}"


def faults_of_row(row: Row, window: PatientWindow) -> Iterator[str]:
    if row.face.height(row.columns) > row.height() or row.face.broken(row.columns):
        yield f"cut: {row.accessibleName()}"
    if window.profile.mm(min(row.face.px, row.face.note_px) * CAPITAL) < LEAST_CAPITAL_MM:
        yield f"too small to read: {row.accessibleName()}"


def faults_of_target(target: Target, window: PatientWindow) -> Iterator[str]:
    name = target.accessibleName()
    width, height = target.width(), target.height()
    if isinstance(target, Key | Cap) and not target.fits():
        yield f"cut: {name}"
    if isinstance(target, BigButton) and (target.height_for(width) > height or target.broken_at(width)):
        yield f"cut: {name}"
    least = KEY_MM if isinstance(target, Key) else LEAST_KEY_MM if isinstance(target, Cap) else TARGET_MM
    if window.profile.mm(min(width, height)) < least:
        yield f"too small to touch: {name}"
    if not window.rect().contains(place(target, window)):
        yield f"outside: {name}"


@dataclass(frozen=True)
class Drawn:
    """How a page turned out. ``em``: of its body, in pixels."""

    faults: list[str]
    em: int
    scale: float
    has_keys: bool


@pytest.fixture(scope="module")
def drawn(window: PatientWindow) -> Callable[[str], dict[tuple[str, TextSize], Drawn]]:
    """Every page of a language in every size, drawn once for all tests."""

    @cache
    def draw(language: str) -> dict[tuple[str, TextSize], Drawn]:
        found = {}
        for size in SIZES:
            for name, view in examples().items():
                window.show_view(dressed(view, language, size, "standard"))
                assert window.page is not None
                scale, _fits = window.page.arranged_as()
                em = Sizes(window.profile, size).em("body", scale)
                found[name, size] = Drawn(faults(window), em, scale, isinstance(window.page, EntryPage))
            settle()
        return found

    return draw


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits(
    drawn: Callable[[str], dict[tuple[str, TextSize], Drawn]], language: str, size: TextSize
) -> None:
    pages = drawn(language)
    assert {name: pages[name, size].faults for name in examples() if pages[name, size].faults} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_larger_setting_never_gives_smaller_letters(
    drawn: Callable[[str], dict[tuple[str, TextSize], Drawn]], language: str
) -> None:
    for name in examples():
        ems = [drawn(language)[name, size].em for size in SIZES]
        assert all(small <= large + 1 for small, large in pairwise(ems)), (name, ems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_medium_text_shrinks_hardly_anywhere(
    drawn: Callable[[str], dict[tuple[str, TextSize], Drawn]], language: str
) -> None:
    """Beside keys letters give way sooner: see tests/ui/entry."""
    scales = {name: drawn(language)[name, "medium"] for name in examples()}
    assert {name: one.scale for name, one in scales.items() if one.scale < 0.9 and not one.has_keys} == {}


def test_colours_move_nothing(window: PatientWindow) -> None:
    for name, view in examples().items():
        places = []
        for contrast in CONTRASTS:
            window.show_view(dressed(view, "ja", "medium", contrast))
            assert window.page is not None
            inside = window.page.findChildren(QWidget)
            places.append([place(widget, window) for widget in inside if widget.isVisibleTo(window)])
        assert places[0] == places[1], name
        settle()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_staff_fits(window: PatientWindow, language: str, size: TextSize) -> None:
    wrong = {}
    for reason in Reason:
        window.show_view(dressed(reason_view(reason), language, size, "standard"))
        if found := faults(window):
            wrong[reason.value] = found
    settle()
    assert wrong == {}


@pytest.mark.parametrize("size", ["medium", "extra_large"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ways_fit_for_every_reason(window: PatientWindow, language: str, size: TextSize) -> None:
    wrong = {}
    for reason in Reason:
        window.show_view(dressed(ways_view(reason), language, size, "standard"))
        if found := faults(window):
            wrong[reason.value] = found
    settle()
    assert wrong == {}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_panels_warning_and_details_fit(window: PatientWindow, language: str, size: TextSize) -> None:
    wrong = {}
    for name in ("Confirmed", *(name for name in examples() if name.startswith(DETAILED))):
        window.show_view(dressed(examples()[name], language, size, "standard"))
        assert isinstance(window.page, DetailsPage)
        if window.page.toggle is not None and not window.page.toggle.isHidden():
            window.page.toggle.touched.emit()
            wrong[name] = faults(window)
    view = dressed(examples()["Welcome"], language, size, "standard")
    window.show_view(view)
    for panel in ("display", "language"):
        window._open_panel(panel)
        wrong[panel] = faults(window)
    window.close_panel()
    window.show_view(replace(view, warned=True, deadline=Deadline(end=20_000, warn=0)))
    wrong["warning"] = faults(window)
    window.show_view(view)
    settle()
    assert {name: found for name, found in wrong.items() if found} == {}
