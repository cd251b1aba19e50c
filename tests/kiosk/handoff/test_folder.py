"""Into a folder: whole or not at all, over nobody's file, and the same after a crash."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kiosk.handoff.carrier import Later, Refused, Taken
from kiosk.handoff.folder import TEMPORARY, FolderCarrier
from kiosk.handoff.parcel import Parcel
from tests.support.handoff import NOW

PARCEL = Parcel("a.xml", "application/xml", b"<a/>")


def test_a_file_appears_under_its_name_and_nothing_else(tmp_path: Path) -> None:
    assert FolderCarrier(tmp_path).deliver(PARCEL, "k", NOW) == Taken()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.xml": b"<a/>"}


def test_the_same_again_is_taken_already(tmp_path: Path) -> None:
    carrier = FolderCarrier(tmp_path)
    carrier.deliver(PARCEL, "k", NOW)
    before = (tmp_path / "a.xml").stat().st_mtime_ns
    assert carrier.deliver(PARCEL, "k", NOW) == Taken()
    assert (tmp_path / "a.xml").stat().st_mtime_ns == before


@pytest.mark.parametrize("there", [b"<b/>", b"longer than ours", b""])
def test_another_file_of_that_name_is_never_overwritten(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "a.xml").write_bytes(there)
    assert FolderCarrier(tmp_path).deliver(PARCEL, "k", NOW) == Refused("name_taken")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]
    assert (tmp_path / "a.xml").read_bytes() == there


def test_a_link_or_folder_of_that_name_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"<a/>")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xml").symlink_to(elsewhere)
    assert FolderCarrier(folder).deliver(PARCEL, "k", NOW) == Refused("name_taken")


def test_a_share_that_is_not_mounted_is_waited_for_and_not_made(tmp_path: Path) -> None:
    carrier = FolderCarrier(tmp_path / "gone")
    assert carrier.deliver(PARCEL, "k", NOW) == Later("no_folder")
    assert not (tmp_path / "gone").exists()
    (tmp_path / "gone").mkdir()
    assert carrier.deliver(PARCEL, "k", NOW) == Taken()


def test_half_a_file_of_an_attempt_that_was_cut_off_is_replaced(tmp_path: Path) -> None:
    (tmp_path / f"a.xml{TEMPORARY}").write_bytes(b"<")
    assert FolderCarrier(tmp_path).deliver(PARCEL, "k", NOW) == Taken()
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_what_nobody_came_back_to_is_swept_away_once_it_is_old(tmp_path: Path) -> None:
    old, young = tmp_path / f"old.xml{TEMPORARY}", tmp_path / f"young.xml{TEMPORARY}"
    for path, age in ((old, 7200), (young, 60)):
        path.write_bytes(b"<")
        os.utime(path, (NOW.timestamp() - age,) * 2)
    (tmp_path / "another.tmp").write_bytes(b"not ours")
    FolderCarrier(tmp_path).deliver(PARCEL, "k", NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xml", "another.tmp", young.name]


def test_where_there_are_no_links_the_name_is_looked_at_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: object, target: Path) -> None:
        if target.name == "b.xml":
            target.write_bytes(b"came meanwhile")
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    carrier = FolderCarrier(tmp_path)
    assert carrier.deliver(PARCEL, "k", NOW) == Taken()
    other = Parcel("b.xml", "application/xml", b"<b/>")
    assert carrier.deliver(other, "k", NOW) == Later("name_taken")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.xml": b"<a/>", "b.xml": b"came meanwhile",
    }  # fmt: skip


@pytest.mark.parametrize(("code", "problem"), [(errno.ENOSPC, "folder_enospc"), (errno.EIO, "folder_eio")])
def test_a_full_or_broken_disk_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, problem: str
) -> None:
    def broken(_source: object, _target: object) -> None:
        raise OSError(code, "broken")

    monkeypatch.setattr(os, "link", broken)
    assert FolderCarrier(tmp_path).deliver(PARCEL, "k", NOW) == Later(problem)
    assert list(tmp_path.iterdir()) == []
