"""The list of one's own pairs: what is wrong with it is told with its line, before anything is compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drivers.face.evaluating import THRESHOLDS, PairsError, evaluate, read_pairs, report
from tests.support.faces import networks
from tests.support.photographs import photograph_path

_HEAD = "a,b,same,person_a,person_b\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "own"
    below.mkdir()
    for name in ("obama.jpg", "biden.jpg"):
        (below / name).write_bytes(photograph_path(name).read_bytes())
    (below / "notes.txt").write_text("no picture")
    (below / "broken.jpg").write_bytes(photograph_path("biden.jpg").read_bytes()[:400])
    return below


def listed_as(folder: Path, text: str) -> Path:
    (folder / "pairs.csv").write_text(text)
    return folder / "pairs.csv"


_ONE = "obama.jpg,biden.jpg,no,o,b\n"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("", "line 1: it has no column a, b, same"),
        ("x,y\n1,2\n", "line 1: it has no column a, b, same"),
        ("a,b,Same\n1,2,yes\n", "line 1: it has no column same"),
        ("a,b,same,a\n1,2,yes,3\n", "line 1: it has a column twice"),
        (_HEAD, "lists no pairs"),
        (_HEAD + _ONE + "obama.jpg,biden.jpg,perhaps,,\n", "line 3: same is neither yes nor no"),
        (_HEAD + "../secret.jpg,biden.jpg,no,,\n", "line 2: a names no file below the folder"),
        (_HEAD + "biden.jpg,/etc/passwd,no,,\n", "line 2: b names no file below the folder"),
        (_HEAD + "biden.jpg,outside.jpg,no,,\n", "line 2: b names no file below the folder"),
        (_HEAD + ",biden.jpg,no,,\n", "line 2: a names no file below the folder"),
        (_HEAD + _ONE + "obama.jpg,gone.jpg,yes,,\n", "line 3: the file in b is not there"),
        (_HEAD + "\n\n" + _ONE + "obama.jpg,gone.jpg,yes,,\n", "line 5: the file in b is not there"),
        (_HEAD + "obama.jpg,.,yes,,\n", "line 2: the file in b cannot be read"),
        (_HEAD + _ONE + "notes.txt,biden.jpg,no,,\n", "line 3: the file in a is no picture"),
        (_HEAD + _ONE + _ONE, "line 3: the same two pictures as in line 2"),
        (_HEAD + _ONE + "biden.jpg,obama.jpg,no,,\n", "line 3: the same two pictures as in line 2"),
        (_HEAD + "obama.jpg,./obama.jpg,yes,,\n", "line 2: a and b are one picture"),
        (_HEAD + "obama.jpg,biden.jpg,yes,o,b\n", "line 2: same contradicts person_a and person_b"),
        (_HEAD + "obama.jpg,biden.jpg,no\n", "line 2: more or fewer columns than line 1"),
        (_HEAD + "obama.jpg,biden.jpg,no,o,b,x\n", "line 2: more or fewer columns than line 1"),
        (_HEAD + '"obama.jpg,biden.jpg,no,o,b\n', "pairs.csv is no CSV"),
        (_HEAD + "\udcff,biden.jpg,no,o,b\n", "pairs.csv is no CSV"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_in_one_line_with_its_number(
    folder: Path, listed: str, said: str
) -> None:
    (folder / "outside.jpg").symlink_to(photograph_path("biden.jpg"))
    (folder / "pairs.csv").write_bytes(listed.encode("utf-8", "surrogateescape"))
    with pytest.raises(PairsError) as problem:
        read_pairs(folder / "pairs.csv", folder)
    told = f"{problem.value} {problem.value.remedy}"
    assert said in told
    assert problem.value.remedy
    assert not {"obama", "biden", "secret", "passwd"} & set(re.findall("[a-z]+", told))  # names of people


@pytest.mark.parametrize(
    ("place", "pairs", "said"),
    [
        ("nowhere", "pairs.csv", "nowhere is no folder"),
        ("notes.txt", "pairs.csv", "notes.txt is no folder"),
        (".", "others.csv", "others.csv is not there"),
    ],
)
def test_a_folder_or_list_that_is_not_there_is_told(folder: Path, place: str, pairs: str, said: str) -> None:
    with pytest.raises(PairsError, match=said):
        read_pairs(folder / pairs, folder / place)


def test_columns_may_stand_in_any_order_and_lines_may_be_empty(folder: Path) -> None:
    listed = listed_as(folder, "same,note,b,a\n\n1,x,obama.jpg,biden.jpg\n\n")
    (pair,) = read_pairs(listed, folder)
    assert (pair.line, pair.a.name, pair.b.name, pair.same) == (3, "biden.jpg", "obama.jpg", True)
    assert pair.people is None


def test_what_only_begins_as_a_picture_is_told_with_its_line(folder: Path) -> None:
    pairs = read_pairs(listed_as(folder, _HEAD + _ONE + "broken.jpg,obama.jpg,no,,\n"), folder)
    with pytest.raises(PairsError, match="line 3: the file in a is no picture"):
        evaluate(networks(), pairs)


def test_a_threshold_that_is_no_cosine_is_refused(folder: Path) -> None:
    evaluation = evaluate(networks(), read_pairs(listed_as(folder, _HEAD + _ONE), folder))
    assert [one["fmr"]["of"] for one in report(evaluation)["thresholds"]] == [1] * len(THRESHOLDS)
    for threshold in (float("nan"), 1.01, -2.0):
        with pytest.raises(PairsError, match="no cosine"):
            report(evaluation, [threshold])
