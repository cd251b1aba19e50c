"""Card fronts, rendered in several fonts, tilts and lights: read right, wrongly, or not read; and what it takes."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date

import psutil

from drivers.confined.files import models_dir
from drivers.front import looking
from drivers.front.child import _NOT_WORTH_READING
from drivers.front.fields import Never, dateless, read
from drivers.front.networks import Networks, Pixels
from drivers.front.reader import ProcessFrontReader
from drivers.front.weights import Weights, load
from drivers.interface import CardFront, Failure, FrontHint
from simulator.camera.faces import SimulatedFaceCamera
from simulator.camera.fronts import FACES, Face, back, front, in_hands, scene, shiny
from simulator.camera.portraits import drawn
from simulator.camera.scenes import Scene, shot
from simulator.camera.seeing import Sight
from simulator.people import Persona
from tests.bench.rows import Detail, Row, at_most, row
from tests.support.fronts import TODAY, bgr, front_of, pixels, somebody

_MIB = 1 << 20
_PEOPLE = tuple(
    somebody(name, code, born)
    for name, code, born in (
        ("yamada", "6842", date(1981, 12, 31)),
        ("hundred", "1095", date(1926, 11, 18)),
        ("pupil", "3717", date(2016, 10, 8)),
        ("forty", "0028", date(1988, 7, 23)),
        ("seventy_two", "5596", date(2020, 2, 24)),
    )
)
"""Born in four eras; with digits that are easily taken for one another."""


@dataclass(frozen=True)
class Condition:
    sight: Sight
    shine: bool = False
    in_hands: bool = False


CONDITIONS = {
    "level": Condition(Sight(noise=12)),
    "tilt_8": Condition(Sight(noise=12, tilt=8)),
    "tilt_-15": Condition(Sight(noise=12, tilt=-15)),
    "tilt_25": Condition(Sight(noise=12, tilt=25, near=0.55)),
    "leaning": Condition(Sight(noise=12, lean=0.15, near=0.7)),
    "on_its_head": Condition(Sight(noise=12, tilt=180)),
    "dim": Condition(Sight(noise=25, light=0.4)),
    "dark": Condition(Sight(noise=30, light=0.15)),
    "glaring": Condition(Sight(noise=12, light=1.5)),
    "reflection": Condition(Sight(noise=12), shine=True),
    "soft": Condition(Sight(noise=12, blur=1.5)),
    "blurred": Condition(Sight(noise=12, blur=3)),
    "far": Condition(Sight(noise=12, near=0.35)),
    "farther": Condition(Sight(noise=12, near=0.25)),
    "close": Condition(Sight(noise=12, near=0.95)),
    "in_hands": Condition(Sight(), in_hands=True),
}


@dataclass(frozen=True)
class _Seen:
    """``said``: right, wrong, or why it was not read. ``fields``: how many of three were wrong."""

    said: str
    fields: int
    finding_ms: float
    reading_ms: float


def rows(quick: bool) -> list[Row]:
    process = _process()  # before this one has networks of its own, as a kiosk has none
    weights = load(models_dir())
    assert isinstance(weights, Weights), weights
    networks = Networks(weights.finding, weights.reading)
    faces, people = (FACES[:1], _PEOPLE[:1]) if quick else (FACES, _PEOPLE)
    found: list[Row] = []
    everything: list[_Seen] = []
    for name in list(CONDITIONS)[: 2 if quick else None]:
        seen = {face: [_look(networks, name, face, who) for who in people] for face in faces}
        found.append(_condition(name, seen))
        everything += [one for several in seen.values() for one in several]
    return [*found, *_all(everything), _backs(networks, people), *process]


def _condition(name: str, seen: dict[Face, list[_Seen]]) -> Row:
    """Right, wrong and refused of each font, as 4/0/0."""
    several = [one for some in seen.values() for one in some]
    told: dict[str, Detail] = {
        face: f"{_count(some, 'right')}/{_count(some, 'wrong')}/{len(some) - _count(some, 'right', 'wrong')}"
        for face, some in seen.items()
    }
    hints = Counter(one.said for one in several if one.said not in ("right", "wrong"))
    return row(
        f"fronts.{name}", f"fronts read right, {name.replace('_', ' ')}", _count(several, "right"), "",
        floor=len(several), floor_what="of so many pictures; below: right/wrong/refused by font, and why refused",
        also={**told, **{f"why_{hint}": number for hint, number in hints.items()}},
    )  # fmt: skip


def _all(seen: list[_Seen]) -> list[Row]:
    wrong = sum(one.fields for one in seen)
    return [
        row(
            "fronts.wrong", "fields that were read wrongly, all conditions", wrong, "", target=at_most(0.0),
            fields=3 * len(seen), right=3 * _count(seen, "right"),
        ),
        row(
            "fronts.picture", "one picture: finding and reading its lines",
            statistics.median(one.finding_ms + one.reading_ms for one in seen),
            finding=statistics.median(one.finding_ms for one in seen),
            reading=statistics.median(one.reading_ms for one in seen if one.reading_ms > 0),
        ),
    ]  # fmt: skip


def _look(networks: Networks, name: str, face: Face, persona: Persona) -> _Seen:
    """One picture alone; the reader wants two that agree."""
    condition, card = CONDITIONS[name], front(persona, TODAY, face=face)
    if condition.in_hands:
        return _judged(
            networks, bgr(in_hands(card, shot(Scene(who=drawn("several"), near=0.9)))), front_of(persona)
        )
    return _judged(
        networks, pixels(shiny(card) if condition.shine else card, condition.sight), front_of(persona)
    )


def _judged(networks: Networks, picture: Pixels, right: CardFront) -> _Seen:
    began = time.perf_counter()
    found = networks.find(picture)
    hint = looking.hint(picture, found)
    finding = (time.perf_counter() - began) * 1000
    if hint in _NOT_WORTH_READING:
        return _Seen(hint, 0, finding, 0.0)
    lines = networks.read(picture, found)
    reading = (time.perf_counter() - began) * 1000 - finding
    if dateless(lines):
        lines = networks.read(picture, found, upside_down=True)
    said = read(lines, TODAY)
    if not isinstance(said, CardFront):
        return _Seen((said.value if isinstance(said, Never) else hint), 0, finding, reading)
    pairs = zip(_fields(said), _fields(right), strict=True)
    wrong = sum(one != other for one, other in pairs)
    return _Seen("wrong" if wrong else "right", wrong, finding, reading)


def _fields(front: CardFront) -> tuple[str, str, str]:
    return front.birth, front.expiry_year, front.security_code


def _count(seen: list[_Seen], *said: str) -> int:
    return sum(one.said in said for one in seen)


def _backs(networks: Networks, people: tuple[Persona, ...]) -> Row:
    sights = (
        Sight(noise=12),
        Sight(noise=12, tilt=12),
        Sight(noise=25, light=0.4),
        Sight(noise=12, near=0.4),
    )
    seen = [
        _judged(networks, pixels(back(persona), sight), front_of(persona))
        for persona in people
        for sight in sights
    ]
    return row(
        "fronts.backs_read", "backs of cards of which anything was read", _count(seen, "right", "wrong"), "",
        target=at_most(0.0), pictures=len(seen), noticed_as_other_side=_count(seen, Never.OTHER_SIDE.value),
    )  # fmt: skip


def _process() -> list[Row]:
    """The real process before a simulated camera: when it first tells a front, and what is left when it is gone."""
    here = psutil.Process()
    persona = somebody()
    camera = SimulatedFaceCamera(scene(front(persona, TODAY)), rate=5, by_itself=True)
    reader = ProcessFrontReader(camera, lambda: TODAY)
    told, done = [], threading.Event()

    def listen(one: FrontHint | CardFront | Failure) -> None:
        told.append(one)
        if not isinstance(one, FrontHint):
            done.set()

    before, began = here.memory_info().rss, time.perf_counter()
    reader.watch(listen)
    assert done.wait(60), told
    seconds = time.perf_counter() - began
    assert reader._reading is not None
    assert reader._reading.pid is not None
    child = psutil.Process(reader._reading.pid)
    used, during = child.memory_info().rss, here.memory_info().rss
    reader.rest()
    after, gone = here.memory_info().rss, not psutil.pid_exists(child.pid)
    reader.close()
    camera.discard()
    assert told[-1] == front_of(persona), told
    return [
        row("fronts.first", "camera opened and process started → front told", seconds, "s", target=at_most(8.0)),
        row(
            "fronts.memory", "memory of the process that reads", used / _MIB, "MiB", target=at_most(700.0),
            kiosk_before=before / _MIB, kiosk_meanwhile=during / _MIB, kiosk_after=after / _MIB,
            process_gone_after=str(gone).lower(),
        ),
    ]  # fmt: skip
