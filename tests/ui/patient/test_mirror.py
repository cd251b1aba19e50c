"""The patient's mirror: live on the screen, in no photograph of it, and gone when the page is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QAccessible, QImage
from pytestqt.qtbot import QtBot

from drivers.interface import FaceHint, Frame
from kiosk.wording.catalogues import catalogue
from tests.support.screens import settle
from ui.patient.camera import CameraPage
from ui.patient.eyes import Eyes
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.page import LONG_MS
from ui.patient.window import PatientWindow, Timing
from ui.theme.panel import PROFILES
from ui.widgets.kit import Settings

pytestmark = pytest.mark.gui
SIZE = (64, 36)
CANARY = (13, 201, 97)  # red, green, blue: no colour of the theme


class Camera:
    """Its left half, as a camera sees it, has the canary's colour; the right half is black."""

    def __init__(self) -> None:
        self.number = 0
        self.asked = 0
        self.plugged = True
        self.given: weakref.ref[bytearray] | None = None

    def picture(self) -> Frame | None:
        self.asked += 1
        if not self.plugged:
            return None
        self.number += 1
        across, down = SIZE
        red, green, blue = CANARY
        pixels = bytearray((bytes((blue, green, red)) * (across // 2) + bytes(across // 2 * 3)) * down)
        holder = _Held(pixels)
        self.given = weakref.ref(holder)
        return Frame(self.number, memoryview(holder).cast("B", (down, across, 3)))


class _Held(bytearray):
    """A bytearray that can be watched dying."""

    __slots__ = ("__weakref__",)


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture(params=[False, True], ids=["motion", "reduced motion"])
def window(qapp: object, camera: Camera, request: pytest.FixtureRequest) -> Iterator[PatientWindow]:
    del qapp
    made = PatientWindow(
        PROFILES["landscape"], catalogue, lambda _act: None, lambda _digits: "", languages=LANGUAGES,
        settings=Settings(reduced_motion=request.param), clock=lambda: 0,
        timing=Timing(hold=0, reading=0, double_touch=0), eyes=Eyes(face=camera.picture),
    )  # fmt: skip
    made.show()
    yield made
    made.close()
    made.deleteLater()
    settle()


def show(window: PatientWindow, name: str = "MatchingFace") -> CameraPage:
    window.show_view(examples()[name])
    assert isinstance(window.page, CameraPage)
    return window.page


def painted(window: PatientWindow, qtbot: QtBot) -> CameraPage:
    page = show(window)
    mirror = page.mirror
    assert mirror is not None
    qtbot.waitUntil(lambda: mirror.painted > 1, timeout=5_000)
    return page


def on_screen(window: PatientWindow) -> QImage:
    """What the window's own memory holds, which the screen shows."""
    image = window.backingStore().paintDevice()
    assert isinstance(image, QImage)
    return image.copy()


def has_canary(image: QImage) -> bool:
    seen = image.convertToFormat(QImage.Format.Format_RGB888)
    for y in range(0, seen.height(), 7):
        for x in range(0, seen.width(), 7):
            pixel = seen.pixelColor(x, y)
            if (pixel.red(), pixel.green(), pixel.blue()) == CANARY:
                return True
    return False


def test_the_mirror_shows_the_camera_and_left_as_left(window: PatientWindow, qtbot: QtBot) -> None:
    page = painted(window, qtbot)
    assert page.mirror is not None
    corner = page.mirror.mapTo(window, page.mirror.rect().center())
    image = on_screen(window)
    assert has_canary(image)
    right, left = image.pixelColor(corner.x() + 60, corner.y()), image.pixelColor(corner.x() - 60, corner.y())
    assert (right.red(), right.green(), right.blue()) == CANARY
    assert (left.red(), left.green(), left.blue()) == (0, 0, 0)


def test_no_photograph_of_the_window_has_the_face(
    window: PatientWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = painted(window, qtbot)
    assert page.mirror is not None
    assert has_canary(on_screen(window))
    rendered = QImage(window.size(), QImage.Format.Format_RGB32)
    window.render(rendered)
    for number, image in enumerate((window.grab().toImage(), page.mirror.grab().toImage(), rendered)):
        assert not has_canary(image), number
        file = tmp_path / f"{number}.png"
        assert image.save(str(file))
        assert not has_canary(QImage(str(file)))
    assert has_canary(on_screen(window))


def test_it_asks_for_at_least_24_pictures_a_second_and_only_while_it_is_seen(
    window: PatientWindow, camera: Camera, qtbot: QtBot
) -> None:
    assert camera.asked == 0
    page = painted(window, qtbot)
    assert page.mirror is not None
    assert page.mirror._asking.interval() <= 1000 / 24
    window._toggle_panel("display")
    asked = camera.asked
    qtbot.wait(150)
    assert camera.asked == asked
    assert not page.mirror.holds_picture
    window.close_panel()
    qtbot.waitUntil(lambda: camera.asked > asked, timeout=5_000)
    window.show_view(examples()["Welcome"])
    asked = camera.asked
    qtbot.wait(150)
    assert camera.asked == asked


def test_the_picture_is_gone_from_memory_and_screen_when_the_page_is_left(
    window: PatientWindow, camera: Camera, qtbot: QtBot
) -> None:
    painted(window, qtbot)
    window.show_view(examples()["Welcome"])
    settle()
    gc.collect()
    assert camera.given is not None
    assert camera.given() is None
    assert not has_canary(on_screen(window))


def test_another_hint_changes_the_words_in_place(window: PatientWindow, qtbot: QtBot) -> None:
    page = painted(window, qtbot)
    said = []
    for hint in FaceHint:
        view = examples()["MatchingFace.mask"]
        body = tuple(
            replace(one, key=f"face_hint.{hint}") if one.key.startswith("face_hint") else one
            for one in view.body
        )
        window.show_view(replace(view, hint=hint.value, body=body))
        assert window.page is page
        assert page.hint is not None
        assert page.mirror is not None
        told = QAccessible.queryAccessibleInterface(page.hint)
        assert told.text(QAccessible.Text.Name) == page.hint.text() != ""
        said.append(page.hint.text())
        assert page.mirror._side == {"turn_left": "left", "turn_right": "right"}.get(hint, "")
    assert len(set(said)) == len(FaceHint)


def test_another_step_is_another_page(window: PatientWindow, qtbot: QtBot) -> None:
    page = painted(window, qtbot)
    window.show_view(examples()["MatchingFace.again.no_turn"])
    assert window.page is not page
    assert isinstance(window.page, CameraPage)
    assert window.page.mirror is None


def test_without_a_picture_one_is_drawn(window: PatientWindow, camera: Camera, qtbot: QtBot) -> None:
    page = painted(window, qtbot)
    mirror = page.mirror
    assert mirror is not None
    camera.plugged = False
    qtbot.waitUntil(lambda: not mirror.holds_picture, timeout=5_000)
    settle()
    assert not has_canary(on_screen(window))


def test_help_is_offered_in_time_and_nobody_is_told_to_wait(window: PatientWindow, qtbot: QtBot) -> None:
    window.show_view(replace(examples()["MatchingFace"], since=50 - LONG_MS))
    page = window.page
    assert isinstance(page, CameraPage)
    assert page.patience is None
    with qtbot.waitSignal(page.help_due, timeout=5_000):
        pass
    assert window.frame is not None
    assert window.frame.footer.staff.chosen


def test_the_pin_is_one_touch_away_wherever_it_can_work() -> None:
    for name, view in examples().items():
        if name.startswith("MatchingFace") and name != "MatchingFace.opening":
            assert any(option.id == "pin_instead" for option in view.options), name
