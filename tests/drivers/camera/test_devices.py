"""Which cameras there are, which is meant, and which are programs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drivers.camera.capture import find
from drivers.camera.devices import CameraDevice, cameras, choose


def listed(folder: Path, *nodes: tuple[int, str, str | None]) -> Path:
    for node, name, index in nodes:
        here = folder / f"video{node}"
        here.mkdir()
        (here / "name").write_text(f"{name}\n", encoding="utf-8")
        if index is not None:
            (here / "index").write_text(f"{index}\n", encoding="ascii")
    return folder


def test_cameras_are_listed_by_number_without_their_nodes_for_other_data(tmp_path: Path) -> None:
    folder = listed(tmp_path, (10, "B", None), (2, "A", "0"), (3, "A", "1"))
    (folder / "videofoo").mkdir()
    assert cameras(folder) == (CameraDevice(2, "A"), CameraDevice(10, "B"))
    assert cameras(folder / "nowhere") == ()
    assert str(CameraDevice(2, "A").path) == "/dev/video2"


def test_a_camera_is_chosen_by_number_or_by_part_of_its_name() -> None:
    there = (CameraDevice(0, "Integrated Webcam"), CameraDevice(2, "HD Pro Webcam C920"))
    assert choose("", there) == there[0]
    assert choose("c920", there) == there[1]
    assert choose(2, there) == there[1]
    assert choose(1, there) is None
    assert choose("C270", there) is None
    assert choose("", ()) is None


def test_where_the_kernel_lists_no_cameras_the_number_is_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert (find(3), find("")) == (CameraDevice(3, ""), CameraDevice(0, ""))


def test_what_no_bus_carries_or_is_called_so_is_a_virtual_camera(tmp_path: Path) -> None:
    for place in ("pci0000:00/usb1/1-1/video4linux/video0", "virtual/video4linux/video1"):
        real = tmp_path / "devices" / place
        real.mkdir(parents=True)
        (real / "name").write_text("Webcam\n", encoding="utf-8")
    listed = tmp_path / "class"
    listed.mkdir()
    (listed / "video0").symlink_to(tmp_path / "devices/pci0000:00/usb1/1-1/video4linux/video0")
    (listed / "video1").symlink_to(tmp_path / "devices/virtual/video4linux/video1")
    assert [one.virtual for one in cameras(listed)] == [False, True]
    assert CameraDevice(0, "OBS Virtual Camera").virtual
    assert not CameraDevice(0, "HD Pro Webcam C920").virtual


def test_where_any_camera_will_do_hardware_comes_first() -> None:
    there = (CameraDevice(0, "Dummy video device (0x0000)"), CameraDevice(4, "Webcam"))
    assert choose("", there) == there[1]
    assert choose("dummy", there) == there[0]
    assert choose(0, there) == there[0]
