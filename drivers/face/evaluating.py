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


class PairsError(Exception):
    """The list or the folder cannot be used. ``remedy`` says what to change."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Pair:
    row: int
    a: Path = field(repr=False)
    b: Path = field(repr=False)
    same: bool = False
    people: tuple[str, str] | None = field(default=None, repr=False)


def read_pairs(listed: Path, folder: Path) -> list[Pair]:
    """Raises ``PairsError``."""
    try:
        with listed.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise PairsError(
                    f"{listed.name} has no column {', '.join(missing)}",
                    "Its first line is a,b,same[,person_a,person_b].",
                )
            pairs = [_pair(number, row, folder) for number, row in enumerate(reader, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise PairsError(
            f"{listed.name} is no CSV: {type(error).__name__}", "Save it as CSV in UTF-8."
        ) from None
    if not pairs:
        raise PairsError(f"{listed.name} lists no pairs", "Add a line for each pair.")
    return pairs


def _pair(number: int, row: dict[str, str | None], folder: Path) -> Pair:
    said = (row["same"] or "").strip().lower()
    if said not in _YES | _NO:
        raise PairsError(f"line {number}: same is neither yes nor no", "Write yes or no there.")
    people = ((row.get("person_a") or "").strip(), (row.get("person_b") or "").strip())
    files = [_below(folder, (row[column] or "").strip(), number) for column in ("a", "b")]
    return Pair(number, files[0], files[1], said in _YES, people if all(people) else None)


def _below(folder: Path, name: str, number: int) -> Path:
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder.resolve()):
        raise PairsError(
            f"line {number}: a file is missing or outside the folder", "Name files below the folder."
        )
    return path


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a picture gave no template: failure to enrol."""

    why: str


def template_of(networks: Networks, path: Path) -> Template | Failed:
    """Of the largest face in a picture."""
    import cv2

    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Failed("missing" if isinstance(error, FileNotFoundError) else "unreadable")
    if len(content) > MOST_BYTES or not content.startswith(_KINDS):
        return Failed("no picture")
    try:
        decoded: Any = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        decoded = None
    if decoded is None:
        return Failed("no picture")
    picture = np.asarray(decoded, np.uint8)
    faces = networks.faces(picture)
    return networks.template(networks.aligned(picture, faces[0])) if faces else Failed("no face")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``failures``: how many pictures gave no template, by reason; ``pictures``: of how many."""

    comparisons: Sequence[Comparison] = field(repr=False)
    pictures: int
    failures: dict[str, int]
    lost_genuine: int
    lost_impostor: int


def evaluate(networks: Networks, pairs: Iterable[Pair]) -> Evaluation:
    """Each picture is read once; templates are gone when this returns."""
    known: dict[Path, Template | Failed] = {}
    comparisons: list[Comparison] = []
    lost = {True: 0, False: 0}
    for pair in pairs:
        for path in (pair.a, pair.b):
            if path not in known:
                known[path] = template_of(networks, path)
        one, other = known[pair.a], known[pair.b]
        if isinstance(one, Failed) or isinstance(other, Failed):
            lost[pair.same] += 1
        else:
            comparisons.append(Comparison(likeness(one, other), pair.same, pair.people))
    failures: dict[str, int] = {}
    for found in known.values():
        if isinstance(found, Failed):
            failures[found.why] = failures.get(found.why, 0) + 1
    return Evaluation(comparisons, len(known), dict(sorted(failures.items())), lost[True], lost[False])


def report(evaluation: Evaluation, thresholds: Sequence[float] = THRESHOLDS) -> dict[str, Any]:
    """What ``--json`` prints: counts and rates, nothing of a single picture."""
    comparisons = evaluation.comparisons
    scores = Scores(comparisons)
    failed = sum(evaluation.failures.values())
    return {
        "schema": SCHEMA,
        "pictures": evaluation.pictures,
        "failure_to_enrol": _shown(rate(failed, evaluation.pictures)) | {"why": evaluation.failures},
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
