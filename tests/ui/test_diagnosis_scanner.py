"""What ``uketsuke diagnose`` finds of a scanner, without opening one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.camera.devices import CameraDevice
from ui.diagnosis import Finding, cameras, devices
from ui.settings import Scanner, Settings

WEBCAM, C920 = CameraDevice(0, "Integrated Webcam"), CameraDevice(2, "HD Pro Webcam C920")


def found(kind: Any, camera: int | str = "") -> list[Finding]:
    return list(devices.scanner(Settings(scanner=Scanner(kind=kind, camera=camera))))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[CameraDevice]:
    connected: list[CameraDevice] = []
    monkeypatch.setattr("ui.diagnosis.cameras.devices.cameras", lambda: tuple(connected))
    monkeypatch.setattr("ui.diagnosis.cameras.os.access", lambda _path, _mode: True)
    return connected


@pytest.mark.parametrize("kind", ["none", "simulated"])
def test_what_needs_no_device_is_fine(kind: str) -> None:
    assert [one.verdict for one in found(kind)] == ["ok"]


@pytest.mark.parametrize(
    ("wanted", "connected", "verdict", "said"),
    [
        ("", [], "fault", "no camera found"),
        ("", [WEBCAM], "ok", "Integrated Webcam (/dev/video0)"),
        ("", [WEBCAM, C920], "warning", "Integrated Webcam is used"),
        ("c920", [WEBCAM, C920], "ok", "HD Pro Webcam C920 (/dev/video2)"),
        (2, [WEBCAM, C920], "ok", "HD Pro Webcam C920 (/dev/video2)"),
        (1, [WEBCAM], "fault", "no camera is called 1; there: 0 Integrated Webcam"),
        ("C270", [WEBCAM], "fault", "no camera is called 'C270'"),
    ],
)
def test_the_camera_that_the_settings_name_is_looked_for(
    there: list[CameraDevice], wanted: int | str, connected: list[CameraDevice], verdict: str, said: str
) -> None:
    there += connected
    (finding,) = found("camera", wanted)
    assert finding.verdict == verdict
    assert said in finding.detail
    assert bool(finding.remedy) is (verdict != "ok")


def test_a_camera_that_this_user_may_not_open_is_a_fault(
    there: list[CameraDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.append(WEBCAM)
    monkeypatch.setattr("ui.diagnosis.cameras.os.access", lambda _path, _mode: False)
    (finding,) = found("camera")
    assert (finding.verdict, "group video" in finding.remedy) == ("fault", True)


def test_without_opencv_the_remedy_installs_it(
    there: list[CameraDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.append(WEBCAM)
    monkeypatch.setattr(cameras, "find_spec", lambda _name: None)
    first, second = found("camera")
    assert (first.verdict, second.verdict) == ("fault", "ok")
    lock = first.remedy.split()[-1]
    assert (Path(__file__).parents[2] / lock).is_file()


def test_looking_for_a_camera_loads_no_opencv(
    there: list[CameraDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    there.append(WEBCAM)
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    found("camera")
    assert "cv2" not in sys.modules


def test_scanners_that_type_are_told_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "KEYBOARDS", tmp_path)
    (finding,) = found("keyboard")
    assert (finding.verdict, "Enter" in finding.remedy) == ("warning", True)
    (tmp_path / "usb-Honeywell_Scanner-event-kbd").touch()
    (tmp_path / "usb-Mouse-event-mouse").touch()
    (finding,) = found("keyboard")
    assert (finding.verdict, finding.detail) == (
        "ok",
        "one of these types the codes: usb-Honeywell_Scanner",
    )
