"""Where digits are confirmed or mended nothing is cut and nothing overlaps: every panel, language and size. These pages
stand behind another, so that the gallery does not have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from drivers.interface import CardFront
from tests.support.screens import settle
from tests.ui.patient.test_goldens import compare
from tests.ui.patient.test_overflow import faults
from ui.patient.front import Confirming, FrontPage, Typing
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.gallery_pictures import dressed, photograph, still_window
from ui.patient.window import PatientWindow
from ui.theme.panel import PROFILES
from ui.widgets.dots import NumberFields

pytestmark = pytest.mark.gui
READ = CardFront("550217", "2035", "2285")  # invented


@pytest.fixture(scope="module", params=list(PROFILES.values()), ids=list(PROFILES))
def window(request: pytest.FixtureRequest) -> Iterator[PatientWindow]:
    request.getfixturevalue("qapp")
    opened = still_window(request.param)
    opened.show()
    yield opened
    opened.close()
    opened.deleteLater()
    settle()


def confirming(window: PatientWindow, language: str, size: str) -> FrontPage:
    window.show_view(dressed(examples()["Welcome"], language, size, "standard"))  # type: ignore[arg-type]
    window.show_view(dressed(examples()["ReadingCardFront.camera"], language, size, "standard"))  # type: ignore[arg-type]
    page = window.page
    assert isinstance(page, FrontPage)
    page.front_told(READ)
    assert isinstance(page.inner, Confirming)
    return page


def wrong(window: PatientWindow, page: FrontPage) -> list[str]:
    settle()
    found = faults(window)
    for fields in page.inner.findChildren(NumberFields):
        if fields.height_for(fields.width()) > fields.height() or fields.broken_at(fields.width()):
            found.append("the digits are cut")
    targets: list[QWidget] = [*page.targets()]
    return found if targets else [*found, "nothing to touch"]


@pytest.mark.parametrize("size", ["medium", "extra_large"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_to_confirm_and_to_mend_fit(window: PatientWindow, language: str, size: str) -> None:
    page = confirming(window, language, size)
    assert wrong(window, page) == []
    page._touched(next(one.act for one in page.inner.view.options if one.id == "front_mend"))
    assert isinstance(page.inner, Typing)
    assert wrong(window, page) == []


@pytest.mark.parametrize(
    ("language", "size", "contrast"), [("ja", "medium", "standard"), ("ja-easy", "extra_large", "high")]
)
def test_digits_to_confirm_look_as_they_were_approved(
    window: PatientWindow, request: pytest.FixtureRequest, language: str, size: str, contrast: str
) -> None:
    window.show_view(dressed(examples()["Welcome"], language, size, contrast))  # type: ignore[arg-type]
    window.show_view(dressed(examples()["ReadingCardFront.camera"], language, size, contrast))  # type: ignore[arg-type]
    page = window.page
    assert isinstance(page, FrontPage)
    page.front_told(READ)
    settle()
    name = f"front_confirm-{window.profile.name}-{language}-{size}-{contrast}"
    compare(photograph(window), name, request)
