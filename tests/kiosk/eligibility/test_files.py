"""Files in folders that others write into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.eligibility.folders import files
from kiosk.eligibility.folders.files import Copy, Mark, Trouble


def test_a_file_appears_under_its_name_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = os.replace, []

    def watched(source: Path, target: Path) -> None:
        seen.append((source.read_bytes(), target.exists()))
        real(source, target)

    monkeypatch.setattr(os, "replace", watched)
    files.write_new(tmp_path, "req.xml", b"whole")
    assert seen == [(b"whole", False)]
    assert [path.name for path in tmp_path.iterdir()] == ["req.xml"]
    assert (tmp_path / "req.xml").read_bytes() == b"whole"


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_failed_write_leaves_nothing_and_a_refused_fsync_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(os, call, fail)
    if call == "replace":
        with pytest.raises(OSError, match="no"):
            files.write_new(tmp_path, "req.xml", b"data")
        assert list(tmp_path.iterdir()) == []
    else:
        files.write_new(tmp_path, "req.xml", b"data")
        assert (tmp_path / "req.xml").exists()


def test_a_file_that_changes_between_look_and_copy_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "res.xml"
    path.write_bytes(b"first")
    mark = files.look(path)
    assert isinstance(mark, Mark)
    taken = files.take(path, mark, 100)
    assert taken == Copy(mark, b"first")
    path.write_bytes(b"second!")
    assert files.take(path, mark, 100) is None
    assert files.take(tmp_path / "gone", mark, 100) is None
    assert files.take(path, Mark(101, 0), 100) is Trouble.TOO_LARGE


def test_a_link_put_in_place_after_the_look_is_not_followed(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "res.xml"
    target.write_bytes(b"other")
    path.write_bytes(b"12345")
    mark = files.look(path)
    assert isinstance(mark, Mark)
    path.unlink()
    path.symlink_to(target)
    assert files.take(path, mark, 100) is None


def test_counting_stops_at_its_limit_and_removing_is_idempotent(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / str(number)).touch()
    assert files.count(tmp_path, 100) == 5
    assert files.count(tmp_path, 3) == 3
    assert files.remove(tmp_path / "0")
    assert files.remove(tmp_path / "0")
    assert not files.remove(tmp_path)  # a folder is no file of ours


def test_a_copy_shows_nothing_in_a_repr() -> None:
    assert "personal" not in repr(Copy(Mark(1, 1), b"personal"))
