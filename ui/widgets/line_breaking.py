"""Breaks a sentence with furigana into lines, between the pieces that ``kiosk.wording.breaks`` keeps whole.

Everything is measured by a function that is passed in, so that this needs no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kiosk.wording.text import Span

NEVER_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〕〉》ー々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}’”％%"
)
NEVER_LAST = frozenset("（［｛「『【〔〈《([{‘“")
Measure = Callable[[str, bool], float]  # text, is it furigana


class Run(NamedTuple):
    """Characters that stay together with the furigana above them. ``width`` is the wider of the two."""

    text: str
    ruby: str
    width: float


class Atom(NamedTuple):
    """What no line may cut. ``trailing``: width of the space at its end, which vanishes at the end of a line."""

    runs: tuple[Run, ...]
    width: float
    trailing: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    runs: tuple[Run, ...]
    width: float


@dataclass(frozen=True, slots=True)
class Lines:
    """``broken``: a word or phrase was wider than the line and had to be cut."""

    lines: tuple[Line, ...]
    broken: bool

    @property
    def width(self) -> float:
        return max((line.width for line in self.lines), default=0.0)


def atoms_of(pieces: Sequence[Sequence[Span]], measure: Measure) -> tuple[Atom, ...]:
    """The pieces of a sentence with their widths."""
    return tuple(_atom([_run(span.text, span.ruby, measure) for span in piece], measure) for piece in pieces)


def _run(text: str, ruby: str, measure: Measure) -> Run:
    return Run(text, ruby, max(measure(text, False), measure(ruby, True) if ruby else 0.0))


def _atom(runs: Sequence[Run], measure: Measure) -> Atom:
    last = runs[-1].text
    space = last[len(last.rstrip(" ")) :]
    return Atom(tuple(runs), sum(run.width for run in runs), measure(space, False) if space else 0.0)


def fill(atoms: Sequence[Atom], width: float, measure: Measure) -> Lines:
    """As many atoms to a line as fit, from the first to the last."""
    lines: list[Line] = []
    current: list[Atom] = []
    used = 0.0
    broken = False

    def close() -> None:
        nonlocal used
        if current:
            lines.append(Line(tuple(r for a in current for r in a.runs), used - current[-1].trailing))
            current.clear()
            used = 0.0

    for atom in atoms:
        if current and used + atom.width - atom.trailing > width:
            close()
        if atom.width - atom.trailing > width:
            broken = True
            for part in _letters(atom, measure):
                if current and used + part.width > width:
                    close()
                current.append(part)
                used += part.width
            continue
        current.append(atom)
        used += atom.width
    close()
    return Lines(tuple(lines), broken)


def _letters(atom: Atom, measure: Measure) -> list[Atom]:
    """A too wide atom cut into the smallest pieces that the rules of Japanese lines allow."""
    parts: list[Atom] = []
    for run in atom.runs:
        if run.ruby:
            parts.append(Atom((run,), run.width))
            continue
        piece = ""
        for sign in run.text:
            if piece and sign not in NEVER_FIRST and piece[-1] not in NEVER_LAST:
                parts.append(_atom([_run(piece, "", measure)], measure))
                piece = ""
            piece += sign
        if piece:
            parts.append(_atom([_run(piece, "", measure)], measure))
    return parts


def balance(atoms: Sequence[Atom], width: float, measure: Measure) -> Lines:
    """As few lines as ``fill`` needs, but of like length: no single word is left on the last line."""
    first = fill(atoms, width, measure)
    count = len(first.lines)
    if count < 2 or first.broken:
        return first
    low, high = max(atom.width - atom.trailing for atom in atoms), width
    best = first
    while high - low > 2.0:
        middle = (low + high) / 2
        tried = fill(atoms, middle, measure)
        if len(tried.lines) <= count:
            best, high = tried, middle
        else:
            low = middle
    return best
