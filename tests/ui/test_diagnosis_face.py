"""What ``uketsuke diagnose`` and the health page say of the face check: whose word it is, and what it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from drivers.face.weights import listed
from kiosk.wording.catalogues import catalogue
from tests.ui.staff.test_health_page import page
from ui.cli import main
from ui.diagnosis import devices, faces
from ui.diagnosis.finding import Finding
from ui.settings import Camera, Face, Screen, Settings
from ui.staff.health import Health
from ui.staff.words import LANGUAGES, Language

NOWHERE = Face(models=Path("/nonexistent"))
WEBCAM = Camera(kind="webcam")


def face(**parts: object) -> Finding:
    (found,) = faces.face(Settings(**parts))  # type: ignore[arg-type]
    return found


def front(**parts: object) -> Finding:
    (found,) = faces.front(Settings(**parts))  # type: ignore[arg-type]
    return found


def test_without_a_camera_nothing_is_claimed_and_nothing_lacks() -> None:
    assert (face(camera=Camera(kind="none")).verdict, face(camera=Camera(kind="none")).advice) == ("ok", "")
    assert front(camera=Camera(kind="none")).verdict == "ok"


@pytest.mark.parametrize("authority", ["simulator", "aid"])
def test_whose_word_it_is_stands_beside_what_it_is_not(authority: str) -> None:
    found = face(face=Face(authority=authority))  # type: ignore[arg-type]
    assert f"authority {authority}" in found.detail
    assert found.advice == "face_limits"
    assert "30107-3" in found.remedy


def test_files_that_lack_are_a_fault_of_the_face_and_none_of_the_front() -> None:
    lacking = face(camera=WEBCAM, face=NOWHERE)
    assert (lacking.verdict, lacking.advice) == ("fault", "face_files")
    typed = front(camera=WEBCAM, face=NOWHERE)
    assert (typed.verdict, typed.advice) == ("warning", "front_files")
    assert "typed" in typed.detail


def test_other_bytes_than_the_listed_ones_are_a_fault(tmp_path: Path) -> None:
    for one in listed():
        (tmp_path / one.name).write_bytes(bytes(one.bytes))
    assert face(camera=WEBCAM, face=Face(models=tmp_path)).verdict == "fault"


def test_a_library_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.diagnosis.faces.missing_library", lambda: "cv2")
    found = face(camera=WEBCAM)
    assert (found.verdict, found.advice) == ("fault", "face_files")
    assert "cv2" in found.detail


def test_a_front_that_nobody_wants_read_lacks_nothing() -> None:
    assert front(camera=WEBCAM, face=Face(read_front=False)).verdict == "ok"


def test_the_command_has_both_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'data = "{tmp_path}"\n', encoding="utf-8")
    main(["--settings", str(file), "diagnose", "--json"])
    found = {one["subject"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["face"]["verdict"] == found["front"]["verdict"] == "ok"


@pytest.mark.gui
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_administrator_reads_in_plain_words_what_the_face_check_is_not(
    qtbot: QtBot, language: Language
) -> None:
    shown = page(qtbot, language)
    shown.show_health(Health((face(),), (), ""))
    assert not shown.face_limits.isHidden()
    told = shown.face_limits.plain
    assert "ISO/IEC 30107-3" in told
    assert catalogue(language).sentence("desk.advice.face_limits").plain in told
    shown.show_health(Health((face(camera=Camera(kind="none")),), (), ""))
    assert shown.face_limits.isHidden()


def test_a_voice_that_lacks_is_worth_a_warning_beside_a_real_camera_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert [one.advice for one in devices.voice(Settings(camera=WEBCAM))] == ["voice_programs"]
    assert [one.verdict for one in devices.voice(Settings())] == ["ok"]
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert [one.verdict for one in devices.voice(Settings(camera=WEBCAM))] == ["ok"]
    silent = Settings(camera=WEBCAM, screen=Screen(spoken_hints=False))
    assert [one.detail for one in devices.voice(silent)] == ["nothing is to be said aloud"]
