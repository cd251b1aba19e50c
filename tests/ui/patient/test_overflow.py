"""Nothing is cut, nothing overlaps, nothing is too small: every page in every language, size, panel and contrast."""

from __future__ import annotations

from collections.abc import Iterator
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
from ui.patient.confirmed import ConfirmedPage
from ui.patient.field import EntryPage
from ui.patient.gallery import LANGUAGES, examples, reason_view
from ui.patient.gallery_pictures import dressed, still_window
from ui.patient.page import BasePage
from ui.patient.window import PatientWindow
from ui.theme.panel import KEY_MM, PROFILES, TARGET_MM, Sizes
from ui.widgets.button import BigButton
from ui.widgets.keypad import Key
from ui.widgets.say import Say
from ui.widgets.target import Target

SIZES: tuple[TextSize, ...] = get_args(TextSize)
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
LEAST_CAPITAL_MM = 2.7  # of any sentence on the smallest panel in the smallest size
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
    page = window.panel or window.page
    assert page is not None
    if isinstance(page, BasePage) and not page.arranged_as()[1]:
        found.append("no arrangement fits")
    if window.warning is None:
        inside = [widget for widget in (*says, *targets) if page.isAncestorOf(widget)]
        found += [
            f"overlap: {name_of(one)} and {name_of(other)}"
            for one, other in combinations(inside, 2)
            if place(one, window).intersects(place(other, window))
        ]
        frame = QRect(page.pos(), page.size())
        found += [f"under the frame: {name_of(w)}" for w in inside if not frame.contains(place(w, window))]
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


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits(window: PatientWindow, language: str, size: TextSize, contrast: Contrast) -> None:
    wrong = {}
    for name, view in examples().items():
        window.show_view(dressed(view, language, size, contrast))
        if found := faults(window):
            wrong[name] = found
    settle()
    assert wrong == {}


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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_panels_warning_and_details_fit(window: PatientWindow, language: str, size: TextSize) -> None:
    wrong = {}
    window.show_view(dressed(examples()["Confirmed"], language, size, "standard"))
    assert isinstance(window.page, ConfirmedPage)
    assert window.page.toggle is not None
    window.page.toggle.touched.emit()
    wrong["details"] = faults(window) + (
        [] if window.page.arranged and window.page.arranged.fits else ["no fit"]
    )
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_larger_setting_never_gives_smaller_letters(window: PatientWindow, language: str) -> None:
    for name, view in examples().items():
        ems = []
        for size in SIZES:
            window.show_view(dressed(view, language, size, "standard"))
            assert window.page is not None
            ems.append(Sizes(window.profile, size).em("body", window.page.arranged_as()[0]))
        settle()
        assert all(small <= large + 1 for small, large in pairwise(ems)), (name, ems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_medium_text_shrinks_hardly_anywhere(window: PatientWindow, language: str) -> None:
    for name, view in examples().items():
        window.show_view(dressed(view, language, "medium", "standard"))
        assert window.page is not None
        if not isinstance(window.page, EntryPage):  # there letters give way to keys: see tests/ui/entry
            assert window.page.arranged_as()[0] >= 0.9, name
    settle()
