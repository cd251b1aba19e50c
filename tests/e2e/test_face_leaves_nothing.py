"""No picture, photograph, template or 照合番号B in any file, row, page, log, output or error, whatever becomes of the
face check: a visit with the real networks in a process of their own, whose every work may fail with all of it in hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from drivers.face.rules import Rules
from drivers.face.seeing import look
from drivers.interface import FaceVerdict, Failure, Fault
from simulator.playing.cast import cast, number_b
from simulator.scenarios import load
from simulator.scenarios.scenario import Do, Expect, Scenario
from tests.support import canaries, failing_child, marks
from tests.support.canaries import as_bytes, files_below
from tests.support.faces import A_CARD, A_LIVE, C_LIVE, card_of, card_picture, networks, person
from tests.support.onlooker import hand_over, observe
from tests.support.other_people import carrying, other_people
from tests.support.real_matching import stands_there

pytestmark = pytest.mark.e2e

WITHOUT_TURN = Rules(turns=0)
CRASHES = ("abort", "segfault")


@cache
def pieces() -> list[bytes]:
    """Of what was before the camera, of the photograph on the chip, and of what the networks made of both."""
    seen = marks.marked(person(A_LIVE))
    templates = [card_of(A_CARD)] + [
        look(networks(), seen(0, number), 0, WITHOUT_TURN.gate).template() for number in (0, 1)
    ]
    kept = [piece for template in templates for piece in marks.of_template(template.tolist())]
    return [*marks.of_pictures(), *marks.of_photograph(card_picture(A_CARD)), *kept]


def played(scenario: Scenario, live: str, folder: Path, command: Sequence[str] = ()) -> tuple[bytes, object]:
    """Everything that can be seen of the visit, and the last word of its face check."""
    standing = stands_there(marks.marked(person(live)), WITHOUT_TURN, command)
    with other_people(carrying(A_CARD), others_number=False), standing as cameras:
        seen = observe(scenario, folder)
    (camera,) = cameras
    shown = repr((seen.views, seen.log, seen.result, camera.told)).encode()
    return b"\n".join((shown, msgspec.json.encode(seen.result), as_bytes(seen.rows))), camera.told[-1]


def clean(folder: Path, seen: bytes, number: str) -> None:
    hand_over(folder)
    looked_at = {str(path): data for path, data in files_below(folder)}
    assert {Path(name).suffix for name in looked_at} >= {".db", ".pdf", ".xml", ".csv", ".json"}
    for name, data in {"what was seen": seen, **looked_at}.items():
        assert marks.found_in(data, pieces()) == [], name
    assert canaries.found_in(seen, [number]) == []


def going_on_with_the_pin() -> Scenario:
    steps = (
        Do(act="GoOn", args={"until": "MatchingFace"}),
        Do(act="GoOn", args={"until": "ChoosingVerification"}),
        Do(act="PinChosen"),
    )
    return replace(load("face"), do=steps, expect=Expect(outcome="confirmed"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything is written: also what goes to the working folder, or to that for temporary files."""
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


REFUSED_ONCE = (Do(act="GoOn", args={"until": "MatchingFace.again"}), Do(act="PinChosen"))


@pytest.mark.parametrize(
    ("live", "steps"), [(A_LIVE, ()), (C_LIVE, REFUSED_ONCE)], ids=["the holder", "somebody else"]
)
def test_a_visit_leaves_nothing_of_the_face(
    live: str, steps: tuple[Do, ...], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scenario = replace(load("face"), do=steps, expect=Expect(outcome="confirmed"))
    seen, told = played(scenario, live, folder)
    assert isinstance(told, FaceVerdict)
    assert (told.doubt is None) is (live == A_LIVE)
    said = "".join(capfd.readouterr()).encode()
    clean(folder, seen + said, number_b(cast(scenario), scenario.visit.date))


@pytest.mark.parametrize("stage", failing_child.STAGES)
def test_whatever_fails_in_the_process_tells_nothing_of_what_it_held(
    stage: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each failure has picture, photograph or template in its text, prints them, or would leave a core dump."""
    command = (sys.executable, str(Path(failing_child.__file__)), stage)
    scenario = going_on_with_the_pin()
    seen, told = played(scenario, A_LIVE, folder, command)
    assert isinstance(told, Failure)
    assert told.fault is Fault.INTERNAL
    assert told.detail in (("face process: EOFError",) if stage in CRASHES else ("ValueError",))
    assert not list((folder / "here").iterdir())
    said = "".join(capfd.readouterr()).encode()
    clean(folder, seen + said, number_b(cast(scenario), scenario.visit.date))


@pytest.mark.parametrize("form", marks.forms(bytes(marks.PIECE)))
def test_a_piece_would_be_found_in_every_form(form: str) -> None:
    for kind in (
        marks.of_pictures(),
        marks.of_photograph(card_picture(A_CARD)),
        marks.of_template(card_of(A_CARD).tolist()),
    ):
        hidden = b"something else " + marks.forms(kind[1])[form] + b" and more"
        assert f"piece 1 as {form}" in marks.found_in(hidden, kind)


def test_a_template_would_be_found_where_it_is_printed() -> None:
    template = card_of(A_CARD)
    assert marks.found_in(repr(template.tolist()).encode(), marks.of_template(template.tolist()))
