"""Neither the face nor 照合番号B makes any difference that can be observed, whatever comes of the face check.

The same visit twice, with everything personal that is not asked for exchanged: another photograph on the chip, of
another length, another person before the camera, other digits on the card's front.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.face.rules import Rules
from simulator.scenarios import load
from simulator.scenarios.scenario import Do, Expect
from tests.support.canaries import decrypted
from tests.support.faces import A_CARD, A_LIVE, B_LIVE, C_LIVE, Seen, person, printed
from tests.support.onlooker import OWN, Observed, hand_over, observe, plain, visible_rows
from tests.support.other_people import carrying, drawn, drawn_anew, other_people
from tests.support.real_matching import stands_there

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]

SCENARIOS = (
    "face", "face_only_card_verified", "face_of_another", "face_mask_kept_on", "face_number_wrong_once",
    "face_number_last_try_wrong", "face_number_locked", "face_front_by_camera", "face_camera_gone_at_photo",
    "face_card_swapped", "face_authorised", "face_aid_confirms", "face_aid_doubts", "face_without_photo",
    "face_spoof_flat_print", "face_spoof_bent_print", "face_spoof_phone_still", "face_spoof_replayed_film_that_turns",
    "face_spoof_swapped_person", "face_spoof_injected_frames",
)  # fmt: skip


def alike(one: Observed, other: Observed, folders: tuple[Path, Path]) -> None:
    assert plain(one.result, folders[0]) == plain(other.result, folders[1])
    assert one.views == other.views
    assert one.log == other.log
    assert one.files == other.files
    assert visible_rows(one) == visible_rows(other)
    assert hand_over(folders[0]) == hand_over(folders[1])


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_another_face_and_another_number_make_no_difference(scenario_id: str, tmp_path: Path) -> None:
    scenario, folders = load(scenario_id), (tmp_path / "one", tmp_path / "other")
    assert len(drawn("yamada")) != len(drawn_anew("yamada"))
    one = observe(scenario, folders[0])
    with other_people(drawn_anew, others_number=True):
        other = observe(scenario, folders[1])
    alike(one, other, folders)


@pytest.mark.parametrize("scenario_id", ["face", "face_number_wrong_once"])
def test_how_long_the_photograph_is_shows_in_the_number_of_commands_alone(
    scenario_id: str, tmp_path: Path
) -> None:
    """And that number is the simulator's own: no kiosk counts them anywhere."""
    scenario, folders = load(scenario_id), (tmp_path / "one", tmp_path / "other")
    one = observe(scenario, folders[0])
    with other_people(carrying(A_CARD), others_number=False):
        other = observe(scenario, folders[1])
    assert one.result.apdus > other.result.apdus
    one.result = replace(one.result, apdus=other.result.apdus)
    alike(one, other, folders)


def test_a_difference_would_be_seen(tmp_path: Path) -> None:
    """The comparison is not blind: another verdict is another visit."""
    one = observe(load("face_of_another"), tmp_path / "one")
    other = observe(load("face_spoof_bent_print"), tmp_path / "other")
    assert one.views != other.views
    assert visible_rows(one) != visible_rows(other)


# -------------------------------------------------------------------------- real networks, a real process


def flat(name: str) -> Seen:
    return lambda degrees, _number: printed(name, degrees)


@pytest.mark.parametrize(
    ("scenario_id", "rules", "pairs"),
    [
        ("face", Rules(turns=1), ((person(A_LIVE), A_CARD), (person(B_LIVE), B_LIVE))),
        ("face_of_another", Rules(), ((person(C_LIVE), A_CARD), (person(A_LIVE), C_LIVE))),
        (
            "face_spoof_flat_print",
            Rules(turns=1, turn_within=600),
            ((flat(A_CARD), A_CARD), (flat(C_LIVE), C_LIVE)),
        ),
    ],
    ids=["the holder", "somebody else", "a print"],
)
def test_real_faces_with_the_same_verdict_make_no_difference(
    scenario_id: str, rules: Rules, pairs: tuple[tuple[Seen, str], ...], tmp_path: Path
) -> None:
    """Two people, each with the card of one, before a camera; their own processes look at them."""
    scenario = load(scenario_id)
    if scenario_id != "face":  # refused once is enough
        steps = (Do(act="GoOn", args={"until": "MatchingFace.again"}), Do(act="StaffCalled"))
        scenario = replace(scenario, do=steps, expect=Expect(outcome="handed_to_staff"))
    # What real eyes hint is not the script's.
    scenario = replace(scenario, expect=Expect(outcome=scenario.expect.outcome))
    folders, seen = (tmp_path / "one", tmp_path / "other"), []
    for (stands, owner), folder, others in zip(pairs, folders, (False, True), strict=True):
        with other_people(carrying(owner), others_number=others), stands_there(stands, rules) as cameras:
            seen.append(observe(scenario, folder))
        assert [len(one.pids) for one in cameras] == [1]
    assert seen[0].result.face is not None
    assert seen[0].result.face.hints
    seen[0].result = replace(seen[0].result, apdus=seen[1].result.apdus)
    alike(seen[0], seen[1], folders)


# ------------------------------------------------------------------------------------------- the command


def commanded(world: str, folder: Path, *arguments: str) -> tuple[str, str]:
    """Standard output and error, without the times, where it was and how full the disk is."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.exchanged_command", world, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = (timeless(text).replace(str(folder), "here") for text in (done.stdout, done.stderr))
    output, errors = (re.sub(r"[0-9.]+ GiB", "some GiB", text) for text in said)
    return output, errors


def timeless(text: str) -> str:
    text = re.sub(r'"real_s": ?[0-9.]+', '"real_s":0', text)
    return re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", "then", text)


def test_the_command_says_writes_and_diagnoses_the_same(tmp_path: Path) -> None:
    """Standard output with the trace, standard error, ledger and diagnosis; and nothing else is left anywhere."""
    told, rows, diagnoses = [], [], []
    for world in ("own", "other"):
        folder = tmp_path / world
        folder.mkdir()
        (folder / "settings.toml").write_text('data = "data"\n')
        kept = ("--ledger", "data/ledger", "--json", "--trace")
        told.append(commanded(world, folder, "simulate", "face_number_wrong_once", *kept))
        rows.append([row for row in decrypted(folder / "data" / "ledger") if row[0] not in OWN])
        diagnoses.append(commanded(world, folder, "--settings", "settings.toml", "diagnose", "--json"))
        assert {path.name for path in folder.iterdir()} == {"data", "settings.toml"}
    assert told[0] == told[1]
    assert rows[0] == rows[1]
    assert diagnoses[0] == diagnoses[1]
