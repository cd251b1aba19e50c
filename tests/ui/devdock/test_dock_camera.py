"""The dock's camera: who stands there, in which light, with which intent, and whether its cable is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from drivers.interface import FaceDoubt, FaceHint
from kiosk.visit.states import MatchingFace
from simulator.face.stage import Stage
from simulator.people import load
from simulator.playing.cast import number_b
from simulator.playing.player import play
from simulator.scenarios import load_file
from simulator.scenarios.scenario import CameraPart
from tests.support.kiosks import Visitor, opened, simulated, touch
from ui.devdock.camera import CameraSection
from ui.patient.camera import CameraPage
from ui.patient.front import Confirming, FrontPage
from ui.settings import Camera, Face

pytestmark = pytest.mark.gui


@pytest.fixture
def visitor(tmp_path: Path, qtbot: QtBot) -> Iterator[Visitor]:
    with opened(simulated(tmp_path, face=Face(read_front=False)), qtbot) as visitor:
        yield visitor


def section(visitor: Visitor) -> CameraSection:
    found = visitor.dock.findChild(CameraSection)
    assert isinstance(found, CameraSection)
    return found


def stage(visitor: Visitor) -> Stage:
    simulated = visitor.kiosk.terminal.simulated
    assert simulated is not None
    assert simulated.stage is not None
    return simulated.stage


def pick(box: QComboBox, text: str) -> None:
    place = box.findText(text)
    assert place >= 0, [box.itemText(one) for one in range(box.count())]
    box.setCurrentIndex(place)


def to_the_mirror(visitor: Visitor, persona: str = "yamada") -> CameraPage:
    visitor.choose(persona)
    visitor.sees("ChoosingVerification")
    visitor.touch("face")
    visitor.sees("ReadingCardFront.typed")
    page = visitor.kiosk.window.page
    assert isinstance(page, FrontPage)
    for digit in number_b(load(persona), visitor.kiosk.terminal.world.now().day):
        page.digit(int(digit))
    visitor.until(lambda: isinstance(page.inner, Confirming))
    visitor.touch("front_right")
    visitor.sees("MatchingFace")
    mirror = visitor.kiosk.window.page
    assert isinstance(mirror, CameraPage)
    return mirror


CHOICES = (
    ("light", "dark light", CameraPart(light="dark")),
    ("amiss", "mask", CameraPart(mask=True)),
    ("amiss", "second person", CameraPart(alone=False)),
    ("amiss", "does not stand still", CameraPart(still=False)),
    ("amiss", "lens covered", CameraPart(covered=True)),
    ("spoof", "flat print", CameraPart(spoof="flat_print")),
    ("spoof", "replayed film", CameraPart(spoof="replayed_film")),
    ("who", "forty", CameraPart(who="forty")),
    ("who", "nobody", CameraPart(who="nobody")),
)


def test_what_is_chosen_stands_before_the_camera(visitor: Visitor) -> None:
    assert stage(visitor).part == CameraPart()
    for name, text, part in CHOICES:
        box = getattr(section(visitor), name)
        pick(box, text)
        assert stage(visitor).part == part
        box.setCurrentIndex(0)
        assert stage(visitor).part == CameraPart()


def test_who_is_stubborn_does_nothing_that_is_asked(visitor: Visitor) -> None:
    section(visitor).stubborn.setChecked(True)
    assert stage(visitor).part == CameraPart(does_as_told=False, turns=False)


def test_a_mask_is_asked_for_to_be_lowered_and_then_the_face_is_taken(visitor: Visitor) -> None:
    pick(section(visitor).amiss, "mask")
    page = to_the_mirror(visitor)
    hint = page.hint
    assert hint is not None
    visitor.until(lambda: hint.hint == FaceHint.MASK)
    visitor.sees("AskingConsent")


def test_a_print_is_doubted_and_another_try_is_offered(visitor: Visitor) -> None:
    pick(section(visitor).spoof, "flat print")
    to_the_mirror(visitor)
    visitor.sees("MatchingFace.again")
    check = visitor.kiosk.terminal.reception.visit.face_check
    assert check is not None
    assert check.doubt is FaceDoubt.FLAT


def test_a_pulled_cable_is_noticed_and_the_look_goes_on_when_it_is_put_back(visitor: Visitor) -> None:
    pick(section(visitor).who, "nobody")
    to_the_mirror(visitor)
    touch(section(visitor).unplugged)
    visitor.sees("MatchingFace.camera_gone")
    pick(section(visitor).who, "the holder")
    touch(section(visitor).unplugged)
    visitor.sees("AskingConsent")


def test_where_the_terminal_has_no_camera_the_dock_has_none(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path, camera=Camera(kind="none")), qtbot) as visitor:
        assert section(visitor).isHidden()


def matching(visitor: Visitor) -> bool:
    """Whether the photograph is there, and the face is looked at."""
    state = visitor.kiosk.terminal.reception.visit.state
    return isinstance(state, MatchingFace) and state.step == "matching"


def save(visitor: Visitor, folder: Path) -> str:
    visitor.dock._folder = folder
    visitor.dock.name.setText("recorded")
    visitor.press("save")
    return visitor.dock.saved.text()


def test_a_visit_by_face_is_recorded_and_plays_the_same(visitor: Visitor, tmp_path: Path) -> None:
    pick(section(visitor).amiss, "mask")
    to_the_mirror(visitor)
    visitor.sees("AskingConsent")
    visitor.touch("consent_all")
    visitor.sees("Confirmed")
    visitor.touch("next")
    visitor.sees("TakeCard.finished")
    visitor.press("remove")
    visitor.sees("Finished")
    assert save(visitor, tmp_path).endswith("plays the same")
    scenario = load_file(tmp_path / "recorded.toml")
    assert scenario.camera == CameraPart(mask=True)
    result = play(scenario)
    assert (result.failed, result.outcome) == ((), "confirmed")


def test_a_try_that_failed_is_recorded(visitor: Visitor, tmp_path: Path) -> None:
    pick(section(visitor).spoof, "flat print")
    to_the_mirror(visitor)
    visitor.sees("MatchingFace.again")
    visitor.press("remove")
    visitor.until(lambda: visitor.page.startswith("Abandoned"))
    assert save(visitor, tmp_path).endswith("plays the same")
    assert play(load_file(tmp_path / "recorded.toml")).failed == ()


def test_what_a_scenario_cannot_say_of_the_camera_is_told(visitor: Visitor) -> None:
    pick(section(visitor).who, "nobody")
    to_the_mirror(visitor)
    visitor.until(lambda: matching(visitor))
    touch(section(visitor).unplugged)
    visitor.sees("MatchingFace.camera_gone")
    pick(section(visitor).who, "forty")
    doubts = {"the camera's cable", "others before the camera in mid-visit"}
    visitor.until(lambda: set(visitor.dock.bench.recorder.doubts) == doubts)
