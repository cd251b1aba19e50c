"""Photographs of a visit: numbered, none twice, always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kiosk.visit.states import Deadline
from simulator.playing.player import FAST, play
from simulator.scenarios import load
from ui.patient.gallery import examples
from ui.shots import Camera
from ui.theme.panel import PROFILES

pytestmark = pytest.mark.gui
VIEWS = examples()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pictures_are_numbered_in_order_and_named_by_page(tmp_path: Path, qapp: QApplication) -> None:
    with Camera(tmp_path / "new" / "folder") as camera:
        for name in ("Welcome", "EnteringPin.wrong", "ReadingCard.problem.card_unreadable"):
            camera.take(VIEWS[name])
    assert names(camera.folder) == [
        "01-Welcome.png", "02-EnteringPin-wrong.png", "03-ReadingCard-problem.card_unreadable.png",
    ]  # fmt: skip
    assert [path.name for path in camera.taken] == names(camera.folder)


def test_a_page_that_looks_as_before_is_not_taken_again(tmp_path: Path, qapp: QApplication) -> None:
    welcome = VIEWS["Welcome"]
    with Camera(tmp_path) as camera:
        camera.take(welcome)
        camera.take(replace(welcome, since=5_000))
        camera.take(VIEWS["LookingUp"])
        camera.take(welcome)
    assert names(tmp_path) == ["01-Welcome.png", "02-LookingUp.png", "03-Welcome.png"]


@pytest.mark.parametrize("panel", sorted(PROFILES))
def test_a_picture_is_as_large_as_the_panel(tmp_path: Path, qapp: QApplication, panel: str) -> None:
    with Camera(tmp_path, panel) as camera:
        camera.take(VIEWS["Welcome"])
    picture = QImage(str(tmp_path / "01-Welcome.png"))
    assert (picture.width(), picture.height()) == (PROFILES[panel].px_w, PROFILES[panel].px_h)


def test_the_same_views_give_the_same_pictures(tmp_path: Path, qapp: QApplication) -> None:
    for folder in ("one", "two"):
        with Camera(tmp_path / folder, "small") as camera:
            for name in ("Welcome", "ReadingCard", "EnteringPin", "TakeCard.finished"):
                camera.take(VIEWS[name])
            qapp.processEvents()
    for name in names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_warning_shows_the_time_that_is_left_when_it_appears(tmp_path: Path, qapp: QApplication) -> None:
    page = replace(VIEWS["AskingConsent"], deadline=Deadline(end=60_000, warn=40_000), since=0)
    with Camera(tmp_path, "small") as camera:
        camera.take(page)
        camera.take(replace(page, warned=True))
        warning = camera._window.warning
        assert warning is not None
        assert warning.seconds() == 20
    assert len(names(tmp_path)) == 2


def test_a_picture_is_of_the_day_of_the_visit(tmp_path: Path, qapp: QApplication) -> None:
    with Camera(tmp_path, day=date(2019, 5, 1)) as camera:
        assert camera._window._today() == date(2019, 5, 1)


def test_old_pictures_go_and_other_files_stay(tmp_path: Path, qapp: QApplication) -> None:
    for name in ("07-Finished.png", "08-TakeCard-finished.png", "photo.png", "1-x.png", "ticket-A001.pdf"):
        (tmp_path / name).write_bytes(b"")
    with Camera(tmp_path) as camera:
        camera.take(VIEWS["Welcome"])
    assert names(tmp_path) == ["01-Welcome.png", "1-x.png", "photo.png", "ticket-A001.pdf"]


def test_a_whole_scenario_can_be_photographed(tmp_path: Path, qapp: QApplication) -> None:
    with Camera(tmp_path, "small") as camera:
        result = play(load("main"), replace(FAST, show=camera.take))
    states = [name[3:].removesuffix(".png").partition("-")[0] for name in names(tmp_path)]
    assert tuple(dict.fromkeys(states)) == result.states


def test_no_display_and_no_event_loop_are_needed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ui.shots import Camera; from ui.patient.gallery import examples\n"
        "with Camera(Path(sys.argv[1])) as camera: camera.take(examples()['Welcome'])\n"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-c", program, str(tmp_path)]
    subprocess.run(command, check=True, env=kept, timeout=60)
    assert names(tmp_path) == ["01-Welcome.png"]
