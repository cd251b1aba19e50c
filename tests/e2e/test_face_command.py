"""``uketsuke face``: counts and rates, and nothing written."""

from __future__ import annotations

import base64
import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.face.rules import LOWEST_THRESHOLD, Rules
from drivers.face.seeing import look
from tests.support.command import refused, uketsuke
from tests.support.faces import networks
from tests.support.photographs import photograph, photograph_path

_HEAD = "a,b,same,person_a,person_b\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five photographs of three people, and one of nobody."""
    below = tmp_path / "own"
    below.mkdir()
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png"):
        (below / name).write_bytes(photograph_path(name).read_bytes())
    cv2.imwrite(str(below / "wall.png"), np.full((200, 300, 3), 150, np.uint8))
    (below / "broken.jpg").write_bytes(photograph_path("biden.jpg").read_bytes()[:400])
    rows = ["obama.jpg,obama2.jpg,yes,o,o", "obama.jpg,obama3.jpg,yes,o,o", "obama.jpg,biden.jpg,no,o,b"]
    rows += ["obama2.jpg,astronaut.png,no,o,c", "biden.jpg,astronaut.png,no,b,c"]
    rows += ["biden.jpg,wall.png,yes,b,b", "astronaut.png,wall.png,no,c,b"]
    (below / "pairs.csv").write_text(_HEAD + "\n".join(rows) + "\n")
    return below


def test_rates_intervals_and_failures_are_told(folder: Path) -> None:
    done = uketsuke("face", "evaluate", folder, "--pairs", folder / "pairs.csv", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["pictures"] == 6
    enrolled = told["failure_to_enrol"]
    assert (enrolled["errors"], enrolled["of"]) == (1, 6)
    assert told["pairs"] == {"genuine": 2, "impostor": 3, "not_compared": {"genuine": 1, "impostor": 1}}
    first = told["thresholds"][0]
    assert first["threshold"] == LOWEST_THRESHOLD
    assert (first["fnmr"]["errors"], first["fmr"]["errors"]) == (0, 0)
    assert first["fnmr"]["high"] == pytest.approx(0.8419, abs=1e-4)
    assert first["rejected_with_failures"]["errors"] == 1
    assert told["equal_error_rate"] == 0
    assert len(told["det"]) == 51


def test_the_table_says_the_same_and_marks_what_settings_may_not_name(folder: Path) -> None:
    done = uketsuke(
        "face",
        "evaluate",
        folder,
        "--pairs",
        folder / "pairs.csv",
        "--threshold",
        "0.3",
        "--threshold",
        "0.4",
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("6 pictures, 1 without a usable face; 2 pairs of one person, 3 of two")
    assert [line.endswith("below what settings may name") for line in lines[3:5]] == [True, False]


def test_it_writes_nothing_anywhere_and_tells_nothing_of_a_picture(folder: Path) -> None:
    """Under a kernel limit that makes each write to a file fail; and the folder is as it was."""

    def write_no_file() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]}
    done = subprocess.run(
        [sys.executable, "-B", "-m", "ui.cli", *("face", "evaluate", ".", "--pairs", "pairs.csv", "--json")],
        capture_output=True,
        preexec_fn=write_no_file,
        check=False,
        timeout=60,
        cwd=folder,
        env={"TMPDIR": str(folder), "HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]} == before
    template = look(networks(), photograph("obama.jpg"), 0, Rules().gate).template()
    said = done.stdout + done.stderr
    assert len(said) < 20_000
    for canary in (
        template.tobytes()[:12],
        base64.b64encode(template.tobytes()[:12]),
        f"{template[0]:.5f}".encode(),
    ):
        assert canary not in said
    assert b"obama" not in said


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("x,y\n1,2\n", "line 1: it has no column a, b, same"),
        (_HEAD + "obama.jpg,gone.jpg,yes,,\n", "line 2: the file in b is not there"),
        (_HEAD + "broken.jpg,biden.jpg,no,,\n", "line 2: the file in a is no picture"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_in_one_line(folder: Path, listed: str, said: str) -> None:
    (folder / "pairs.csv").write_text(listed)
    assert said in refused(uketsuke("face", "evaluate", folder, "--pairs", folder / "pairs.csv", "--json"))


@pytest.mark.parametrize("threshold", ["nan", "1.5"])
def test_a_threshold_that_is_no_cosine_is_refused(folder: Path, threshold: str) -> None:
    pairs = folder / "pairs.csv"
    assert "threshold" in refused(
        uketsuke("face", "evaluate", folder, "--pairs", pairs, f"--threshold={threshold}")
    )


def test_check_tells_which_networks_are_there_and_what_is_missing(tmp_path: Path) -> None:
    done = uketsuke("face", "check", "--json")
    assert done.returncode == 0, done.stderr
    assert [one["licence"] for one in json.loads(done.stdout)["networks"]] == ["MIT", "Apache-2.0"]
    assert "make setup-camera" in refused(uketsuke("face", "check", "--models", tmp_path))
