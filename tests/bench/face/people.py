"""Genuine and impostor comparisons. Few people: it shows that all is put together rightly, not how well faces are told
apart; drivers/face/README.md has what was measured on more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drivers.face.evaluating import THRESHOLDS
from drivers.face.networks import Template, likeness, mean
from drivers.face.rates import Comparison, Scores
from drivers.face.rules import THRESHOLD
from drivers.face.seeing import improved
from tests.bench.rows import Row, at_least, row
from tests.support.faces import EVERY_NAME, card_of, head, networks
from tests.support.heads import MASKS, POOR, SHOT, Head, Shot
from tests.support.photographs import PEOPLE, Pixels, photograph

_PERSON = {name: who for who, names in PEOPLE.items() for name in names}
_FRAMES = 5
_WORN = MASKS["blue"]

Live = Callable[[str], Template]


def rows(quick: bool) -> list[Row]:
    frames = 1 if quick else _FRAMES
    kinds: dict[str, tuple[str, Live]] = {
        "originals": ("photographs as they are", lambda name: _template(photograph(name))),
        "ok": ("usual light, one picture", lambda name: _live(head(name), SHOT, 1)),
        "ok5": ("usual light, mean of five", lambda name: _live(head(name), SHOT, frames)),
        "poor": ("poor light, one picture", lambda name: _live(head(name), POOR, 1)),
        "poor5": ("poor light, mean of five", lambda name: _live(head(name), POOR, frames)),
        "better5": (
            "poor light, five, less noise",
            lambda name: _live(head(name), POOR, frames, better=True),
        ),
        "mask5": (
            "with a mask, mean of five",
            lambda name: _live(head(name), replace(SHOT, cloth=_WORN), frames),
        ),
    }
    return [_row(kind, what, live) for kind, (what, live) in kinds.items()]


def _row(kind: str, what: str, live: Live) -> Row:
    """The distance between the least like picture of one person and the most like of two."""
    cards = {
        name: _template(photograph(name)) if kind == "originals" else card_of(name) for name in EVERY_NAME
    }
    seen = {name: live(name) for name in EVERY_NAME}
    comparisons = [
        Comparison(likeness(seen[one], cards[other]), _PERSON[one] == _PERSON[other])
        for one in EVERY_NAME
        for other in EVERY_NAME
        if one != other
    ]
    scores = Scores(comparisons)
    errors = {f"at {threshold:g}": _errors(scores, threshold) for threshold in THRESHOLDS[:4]}
    return row(
        f"people.{kind}", what, float(scores.genuine[0] - scores.impostor[-1]), "cosine",
        target=at_least(0.2), genuine=len(scores.genuine), impostor=len(scores.impostor),
        lowest_genuine=float(scores.genuine[0]), highest_impostor=float(scores.impostor[-1]), also=errors,
        note=f"lowest genuine less highest impostor; the threshold is {THRESHOLD:g}",
    )  # fmt: skip


def _errors(scores: Scores, threshold: float) -> str:
    missed, taken = scores.false_non_match(threshold).errors, scores.false_match(threshold).errors
    return f"{missed} missed, {taken} taken"


def _live(one: Head, shot: Shot, frames: int, *, better: bool = False) -> Template:
    return mean(_template(one.shot(replace(shot, seed=seed)), better=better) for seed in range(frames))


def _template(picture: Pixels, *, better: bool = False) -> Template:
    aligned = networks().aligned(picture, networks().faces(picture)[0])
    return networks().template(improved(aligned) if better else aligned)
