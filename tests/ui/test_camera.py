"""The camera for faces: in the settings, in the composition, and what ``uketsuke diagnose`` finds of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.camera.devices import CameraDevice
from drivers.camera.oddities import Oddity
from drivers.camera.opencv import WatchedOpenCvCamera
from drivers.camera.report import CameraReport
from simulator.camera import Scene, SimulatedFaceCamera, drawn
from ui.cli import main
from ui.composing.camera import face_camera
from ui.composing.simulated import Simulated
from ui.diagnosis import cameras
from ui.diagnosis.finding import Finding
from ui.settings import Camera, Settings, SettingsError, read_settings
from ui.settings.checking import contradictions

WEBCAM = CameraDevice(0, "HD Webcam")
GOOD = CameraReport(asked=(1280, 720), got=(1280, 720), rate=30.0, first_ms=600, exposes=True)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[CameraDevice]:
    connected: list[CameraDevice] = []
    monkeypatch.setattr("ui.diagnosis.cameras.devices.cameras", lambda: tuple(connected))
    monkeypatch.setattr("ui.diagnosis.cameras.os.access", lambda _path, _mode: True)
    return connected


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


# ----------------------------------------------------------------------------- settings and composition


def test_without_a_word_a_production_terminal_has_no_camera_for_faces() -> None:
    assert Settings(profile="production").camera_kind == "none"
    assert face_camera(Settings(profile="production"), None) is None


def test_without_a_word_a_simulated_kiosk_has_a_drawn_one() -> None:
    assert Settings().camera_kind == "simulated"
    assert face_camera(Settings(camera=Camera(kind="none")), Simulated()) is None


def test_the_settings_name_the_camera_and_the_size_of_its_pictures(tmp_path: Path) -> None:
    text = '[camera]\nkind = "webcam"\nname = "C920"\nwidth = 640\nheight = 480\n'
    wanted = read(tmp_path, text)
    assert wanted.camera == Camera(kind="webcam", name="C920", width=640, height=480)
    camera = face_camera(wanted, None)
    assert isinstance(camera, WatchedOpenCvCamera)
    assert (camera.ring.width, camera.ring.height) == (640, 480)
    camera.discard()


@pytest.mark.parametrize("wrong", ["width = 100", "height = 5000", "name = -1", 'kind = "usb"', "size = 3"])
def test_a_wrong_word_about_the_camera_names_its_place(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match="camera"):
        read(tmp_path, f"[camera]\n{wrong}\n")


def test_a_simulated_camera_is_for_simulated_kiosks_alone() -> None:
    simulated = Simulated()
    wanted = Settings(camera=Camera(kind="simulated", width=320, height=240))
    camera = face_camera(wanted, simulated)
    assert camera is simulated.face_camera
    assert camera is not None
    camera.discard()
    with pytest.raises(SettingsError, match=r"camera\.kind"):
        face_camera(wanted, None)
    production = Settings(profile="production", camera=Camera(kind="simulated"))
    assert any(one.startswith("camera.kind: a production terminal") for one in contradictions(production))


# ------------------------------------------------------------------------------------------- diagnosis


def found(kind: str) -> list[Finding]:
    return list(cameras.camera(Settings(camera=Camera(kind=kind))))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["none", "simulated"])
def test_where_no_device_is_needed_all_is_well(kind: str) -> None:
    assert [(one.subject, one.verdict) for one in found(kind)] == [("camera", "ok")]


def test_a_camera_is_looked_for_without_loading_opencv(
    there: list[CameraDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    assert [(one.verdict, one.advice) for one in found("webcam")] == [("fault", "camera_absent")]
    there.append(WEBCAM)
    assert [(one.verdict, one.detail) for one in found("webcam")] == [("ok", "HD Webcam (/dev/video0)")]
    assert "cv2" not in sys.modules


@pytest.mark.parametrize(
    "device", [CameraDevice(0, "OBS Virtual Camera"), CameraDevice(0, "Webcam", hardware=False)]
)
def test_a_program_that_poses_as_a_camera_is_worth_a_warning(
    there: list[CameraDevice], device: CameraDevice
) -> None:
    there.append(device)
    assert [(one.verdict, one.advice) for one in found("webcam")] == [("warning", "camera_virtual")]


@pytest.mark.parametrize(
    ("report", "advice"),
    [
        (GOOD, []),
        (replace(GOOD, got=(640, 480)), ["camera_small"]),
        (replace(GOOD, rate=14.9), ["camera_slow"]),
        (replace(GOOD, odd=frozenset({Oddity.BLACK})), ["camera_black"]),
        (replace(GOOD, odd=frozenset({Oddity.BLINDED})), ["camera_blinded"]),
        (replace(GOOD, odd=frozenset({Oddity.TOO_REGULAR})), ["camera_virtual"]),
        (replace(GOOD, odd=frozenset({Oddity.FROZEN})), ["camera_virtual"]),
        (replace(GOOD, exposes=False), ["camera_exposure"]),
        (replace(GOOD, exposes=None), []),
    ],
    ids=["good", "small", "slow", "black", "blinded", "regular", "frozen", "exposure", "not told"],
)
def test_what_the_camera_tells_of_itself_has_its_remedy(report: CameraReport, advice: list[str]) -> None:
    told = list(cameras.seen_of(report))
    assert [one.advice for one in told if one.verdict != "ok"] == advice
    assert all(one.remedy for one in told if one.verdict != "ok")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "LOOK_S", 1.0)
    monkeypatch.setattr(cameras, "FIRST_S", 0.3)


@pytest.mark.parametrize(
    ("scene", "advice"), [(Scene(who=drawn("yamada")), ""), (Scene(covered=True), "camera_black")]
)
@pytest.mark.usefixtures("quick")
def test_looking_opens_the_camera_for_a_moment_and_tells_what_it_sees(scene: Scene, advice: str) -> None:
    camera = SimulatedFaceCamera(scene, size=(320, 240), by_itself=True)
    told = list(cameras.look(camera))
    assert {one.advice for one in told} - {"camera_slow"} <= {"", advice}
    assert not advice or advice in {one.advice for one in told}
    assert "320 × 240" in told[0].detail
    assert camera.ring.latest() is None, "it is closed, and no picture kept"
    camera.discard()


@pytest.mark.usefixtures("quick")
def test_a_camera_that_gives_nothing_is_a_fault_and_is_not_waited_for_for_long() -> None:
    for trouble in ("unplug", "hang"):
        camera = SimulatedFaceCamera(size=(320, 240))
        getattr(camera, trouble)()
        assert [(one.verdict, one.advice) for one in cameras.look(camera)] == [("fault", "camera_silent")]
        camera.discard()


def test_the_command_looks_when_it_is_asked_to(
    tmp_path: Path,
    there: list[CameraDevice],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made: list[SimulatedFaceCamera] = []

    def camera(_settings: Settings, _simulated: None) -> SimulatedFaceCamera:
        made.append(SimulatedFaceCamera(size=(320, 240)))
        made[0].unplug()
        return made[0]

    there.append(WEBCAM)
    monkeypatch.setattr("ui.composing.camera.face_camera", camera)
    file = tmp_path / "settings.toml"
    file.write_text(f'data = "{tmp_path}"\n[camera]\nkind = "webcam"\n', encoding="utf-8")
    main(["--settings", str(file), "diagnose"])
    assert "unplugged" not in capsys.readouterr().out
    assert not made
    main(["--settings", str(file), "diagnose", "--look"])
    assert "simulated camera: unplugged" in capsys.readouterr().out
