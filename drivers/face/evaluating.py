"""The same comparison over a folder of one's own pairs: how often it errs there. Reads pictures and writes nothing.

The list is a CSV with a head: ``a`` and ``b`` are files below the folder, ``same`` is yes or no. With two more columns,
``person_a`` and ``person_b`` (any names), the intervals also tell what a few difficult people do to them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from drivers.face.networks import Networks, Template, likeness
from drivers.face.rates import Comparison, Rate, Scores, by_people, rate
from drivers.face.rules import LOWEST_THRESHOLD, THRESHOLD

SCHEMA = 1
THRESHOLDS = (LOWEST_THRESHOLD, 0.38, THRESHOLD, 0.42, 0.45, 0.50, 0.55, 0.60)
MOST_BYTES = 32 * 1024 * 1024

_COLUMNS = ("a", "b", "same")
_YES, _NO = frozenset({"yes", "y", "true", "1", "same"}), frozenset({"no", "n", "false", "0", "other"})
_KINDS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF", b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51")
"""JPEG, PNG, BMP, WebP, JPEG 2000: what OpenCV decodes in memory. For others it writes temporary files."""
_LONGEST_START = 12


class PairsError(Exception):
    """The list or the folder cannot be used. ``remedy`` says what to change."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Pair:
    line: int
    a: Path = field(repr=False)
    b: Path = field(repr=False)
    same: bool = False
    people: tuple[str, str] | None = field(default=None, repr=False)


def read_pairs(listed: Path, folder: Path) -> list[Pair]:
    """All pairs, once everything that can be wrong with a list was looked for: nothing is compared before. Raises
    ``PairsError``, which names the line."""
    if not folder.is_dir():
        raise PairsError(f"{folder.name or folder} is no folder", "Name the folder that the pictures are in.")
    pairs: list[Pair] = []
    seen: dict[frozenset[Path], int] = {}
    try:
        with listed.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_head(listed.name, reader.fieldnames or ())
            for row in reader:
                pair = _pair(reader.line_num, row, folder)
                both = frozenset((pair.a, pair.b))
                if both in seen:
                    raise PairsError(
                        f"line {pair.line}: the same two pictures as in line {seen[both]}",
                        "List each pair once: a second time makes the rates look surer than they are.",
                    )
                seen[both] = pair.line
                pairs.append(pair)
    except FileNotFoundError:
        raise PairsError(f"{listed.name} is not there", "Name the list of pairs with --pairs.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise PairsError(
            f"{listed.name} is no CSV: {type(error).__name__}", "Save it as CSV in UTF-8."
        ) from None
    if not pairs:
        raise PairsError(f"{listed.name} lists no pairs", "Add a line for each pair.")
    return pairs


def _check_head(name: str, columns: Sequence[str]) -> None:
    missing = [one for one in _COLUMNS if one not in columns]
    if missing or len(set(columns)) < len(columns):
        wrong = f"has no column {', '.join(missing)}" if missing else "has a column twice"
        raise PairsError(f"{name}, line 1: it {wrong}", "Its first line is a,b,same[,person_a,person_b].")


def _pair(line: int, row: dict[str, str | None], folder: Path) -> Pair:
    if None in row or None in row.values():
        raise PairsError(
            f"line {line}: more or fewer columns than line 1", "Put names with a comma between quotes."
        )
    said = (row["same"] or "").strip().lower()
    if said not in _YES | _NO:
        raise PairsError(f"line {line}: same is neither yes nor no", "Write yes or no there.")
    same = said in _YES
    a, b = (_picture(folder, (row[column] or "").strip(), line, column) for column in ("a", "b"))
    if a == b:
        raise PairsError(f"line {line}: a and b are one picture", "Compare two pictures of a person.")
    people = ((row.get("person_a") or "").strip(), (row.get("person_b") or "").strip())
    if all(people) and (people[0] == people[1]) is not same:
        raise PairsError(
            f"line {line}: same contradicts person_a and person_b", "Correct the one or the other."
        )
    return Pair(line, a, b, same, people if all(people) else None)


def _picture(folder: Path, name: str, line: int, column: str) -> Path:
    """The file in this column. What it is is only looked at as far as its first bytes."""
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder.resolve()):
        raise PairsError(
            f"line {line}: {column} names no file below the folder", "Name files below the folder."
        )
    try:
        with path.open("rb") as file:
            start = file.read(_LONGEST_START)
    except OSError as error:
        how = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise PairsError(
            f"line {line}: the file in {column} {how}", "Correct its name, or leave the line out."
        ) from None
    if not start.startswith(_KINDS):
        raise _no_picture(line, column)
    return path


def _no_picture(line: int, column: str) -> PairsError:
    return PairsError(
        f"line {line}: the file in {column} is no picture",
        "JPEG, PNG, BMP, WebP and JPEG 2000 up to 32 MB are read.",
    )


class _NotDecoded(Exception):
    """It began as a picture does, and is none."""


def _template_of(networks: Networks, path: Path) -> Template | None:
    """Of the largest face in a picture; None where none is found. Raises ``_NotDecoded``."""
    import cv2

    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _NotDecoded
    try:
        decoded: Any = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        decoded = None
    if decoded is None:
        raise _NotDecoded
    picture = np.asarray(decoded, np.uint8)
    faces = networks.faces(picture)
    return networks.template(networks.aligned(picture, faces[0])) if faces else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``pictures``: how many were looked at; ``faceless``: in how many of them no face was found (failure to enrol).
    ``lost``: pairs that could not be compared therefore."""

    comparisons: Sequence[Comparison] = field(repr=False)
    pictures: int
    faceless: int
    lost_genuine: int
    lost_impostor: int


def evaluate(networks: Networks, pairs: Iterable[Pair]) -> Evaluation:
    """Each picture is read once; templates are gone when this returns. Raises ``PairsError`` for what begins as a
    picture and is none."""
    known: dict[Path, Template | None] = {}
    comparisons: list[Comparison] = []
    lost = {True: 0, False: 0}
    for pair in pairs:
        for column, path in (("a", pair.a), ("b", pair.b)):
            if path not in known:
                try:
                    known[path] = _template_of(networks, path)
                except _NotDecoded:
                    raise _no_picture(pair.line, column) from None
        one, other = known[pair.a], known[pair.b]
        if one is None or other is None:
            lost[pair.same] += 1
        else:
            comparisons.append(Comparison(likeness(one, other), pair.same, pair.people))
    faceless = sum(template is None for template in known.values())
    return Evaluation(comparisons, len(known), faceless, lost[True], lost[False])


def report(evaluation: Evaluation, thresholds: Sequence[float] = THRESHOLDS) -> dict[str, Any]:
    """What ``--json`` prints: counts and rates, nothing of a single picture. Raises ``PairsError`` for thresholds that
    are none."""
    for threshold in thresholds:
        if not -1 <= threshold <= 1:
            raise PairsError(f"a threshold of {threshold:g} is no cosine", "Name one between -1 and 1.")
    comparisons = evaluation.comparisons
    scores = Scores(comparisons)
    return {
        "schema": SCHEMA,
        "pictures": evaluation.pictures,
        "failure_to_enrol": _shown(rate(evaluation.faceless, evaluation.pictures)),
        "pairs": {
            "genuine": len(scores.genuine),
            "impostor": len(scores.impostor),
            "not_compared": {"genuine": evaluation.lost_genuine, "impostor": evaluation.lost_impostor},
        },
        "thresholds": [_at(evaluation, scores, threshold) for threshold in thresholds],
        "equal_error_rate": _rounded(scores.equal_error()),
        "det": [
            {"threshold": at, "fmr": _rounded(fmr), "fnmr": _rounded(fnmr)} for at, fmr, fnmr in scores.det()
        ],
        "intervals": "95 %: Clopper-Pearson over pairs; by_people: 1,000 draws of people",
    }


def _at(evaluation: Evaluation, scores: Scores, threshold: float) -> dict[str, Any]:
    missed, lost = scores.false_non_match(threshold), evaluation.lost_genuine
    people = {
        same: _people(by_people(evaluation.comparisons, threshold, same=same)) for same in (True, False)
    }
    return {
        "threshold": threshold,
        "fnmr": _shown(missed) | people[True],
        "fmr": _shown(scores.false_match(threshold)) | people[False],
        "rejected_with_failures": _shown(rate(missed.errors + lost, missed.count + lost)),
    }


def _people(interval: tuple[float, float] | None) -> dict[str, Any]:
    return {"by_people": None if interval is None else [_rounded(value) for value in interval]}


def _shown(one: Rate) -> dict[str, Any]:
    return {
        "errors": one.errors,
        "of": one.count,
        "rate": _rounded(one.value),
        "low": _rounded(one.low),
        "high": _rounded(one.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
