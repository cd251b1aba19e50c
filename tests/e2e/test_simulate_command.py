"""``uketsuke simulate`` and ``uketsuke soak`` as others rely on them: exit codes, JSON, one line for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios import everything
from tests.support.command import refused, uketsuke

pytestmark = pytest.mark.e2e

FIELDS: dict[str, type | tuple[type, ...]] = {
    "scenario": str,
    "seed": int,
    "outcome": str,
    "evidence": (str, type(None)),
    "reason": (str, type(None)),
    "offered": list,
    "states": list,
    "consents": dict,
    "coverage": (dict, type(None)),
    "partial_contribution_ratio": (int, type(None)),
    "documents": list,
    "ledger": dict,
    "apdus": int,
    "timings": dict,
    "invariants": dict,
}
"""What every result carries, whatever else comes to it."""
OUTCOMES = {"confirmed", "accepted_by_evidence", "declared", "self_pay", "handed_to_staff", "abandoned"}


def results(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_the_main_scenario_plays_and_says_so_in_json() -> None:
    done = uketsuke("simulate", "main", "--json")
    assert done.returncode == 0, done.stderr
    (result,) = results(done.stdout)
    for name, kind in FIELDS.items():
        assert isinstance(result[name], kind), name
    assert result["outcome"] == "confirmed"
    assert result["ledger"] == {"events": 13, "verified": True}
    assert result["invariants"]["broken"] == []
    assert result["invariants"]["checked"] > 0
    assert "trace" not in result


def test_all_scenarios_play_and_every_outcome_is_one_that_is_told() -> None:
    done = uketsuke("simulate", "--all", "--json")
    assert done.returncode == 0, done.stderr
    played = results(done.stdout)
    assert [result["scenario"] for result in played] == [scenario.id for scenario in everything()]
    assert {result["outcome"] for result in played} == OUTCOMES


def test_seed_and_trace_are_taken_up() -> None:
    (result,) = results(uketsuke("simulate", "main", "--json", "--trace", "--seed", "5").stdout)
    assert result["seed"] == 5
    assert [step[0] for step in result["trace"]][:2] == ["ReaderChanged", "CardInserted"]


def test_without_json_it_is_for_people_to_read() -> None:
    done = uketsuke("simulate", "main")
    assert done.returncode == 0
    assert json.loads(done.stdout)["scenario"] == "main"
    assert len(done.stdout.splitlines()) > 20


def test_an_expectation_that_does_not_hold_is_exit_1_with_what_was_seen(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\n[expect]\noutcome = "abandoned"\n', encoding="utf-8")
    done = uketsuke("simulate", file, "main", "--json")
    assert done.returncode == 1
    assert "mine: outcome: expected 'abandoned', saw 'confirmed'" in done.stderr
    assert [result["scenario"] for result in results(done.stdout)] == ["mine", "main"]


def test_a_kept_ledger_takes_several_runs_and_verifies(tmp_path: Path) -> None:
    runs = [
        uketsuke("simulate", "main", "pin_wrong_once", "--ledger", tmp_path / "ledger", "--json")
        for _ in range(2)
    ]
    assert [done.returncode for done in runs] == [0, 0], runs[1].stderr
    done = runs[1]
    assert [result["ledger"]["verified"] for result in results(done.stdout)] == [True, True]
    assert results(done.stdout)[-1]["documents"] == ["ticket-A004"]


def test_the_system_behind_https_makes_no_difference() -> None:
    over, direct = (
        results(uketsuke("simulate", "main", "--json", "--trace", *more).stdout)[0]
        for more in (("--national", "https"), ())
    )
    for result in (over, direct):
        del result["timings"]
    assert over == direct


def test_shots_are_pictures_documents_and_the_visit(tmp_path: Path) -> None:
    done = uketsuke("simulate", "main", "--shots", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "visit.json").read_text())["outcome"] == "confirmed"
    assert (tmp_path / "ticket-A001.pdf").read_bytes().startswith(b"%PDF")
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert pictures[0].startswith("01-Welcome")
    assert any("Confirmed" in name for name in pictures)


def test_shots_show_the_other_ways_too_and_their_papers_are_real(tmp_path: Path) -> None:
    done = uketsuke("simulate", "answer_no_record", "--shots", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    (result,) = results(done.stdout)
    papers = {Path(path).stem: Path(path).read_bytes() for path in result["documents"]}
    assert set(papers) == {"claim_note-A001", "declaration-A001", "ticket-A001"}
    assert all(content.startswith(b"%PDF") for content in papers.values())
    shown = {path.stem.partition("-")[2] for path in tmp_path.glob("*.png")}
    pages = {"source", "key", "unlock.pin", "field", "summary", "signature"}
    assert {"ChoosingEvidence", *(f"FillingDeclaration-{page}" for page in pages)} <= shown


def test_the_list_names_every_scenario() -> None:
    listed = uketsuke("simulate", "--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == [scenario.id for scenario in everything()]


BAD = {
    "nothing to play": ((), "name a scenario file"),
    "no such scenario": (("mian",), "did you mean main"),
    "no such file": (("nowhere.toml",), "nowhere.toml: no such file"),
    "unknown argument": (("main", "--colour"), "--colour"),
    "unknown reader": (("main", "--reader", "crystal"), "crystal"),
    "seed that is no number": (("main", "--seed", "x"), "x"),
}
BAD_FILES = {
    "not TOML": ("title = ", "not TOML"),
    "no such persona": ('title = "x"\n[patient]\npersona = "nobody"', "nobody"),
    "no such field": ('title = "x"\n[card]\ncolour = "red"', "colour"),
    "act without its argument": ('title = "x"\n[[do]]\nact = "LanguageChosen"', "language"),
    "page that is never reached": (
        'title = "x"\n[[do]]\nact = "GoOn"\nargs = { until = "OfferingRegistration" }',
        "never",
    ),
    "time that is no number": (
        'title = "x"\n[[do]]\nact = "TimePassed"\nargs = { seconds = "long" }',
        "seconds",
    ),
    "swap without a persona": ('title = "x"\n[[do]]\nact = "CardSwapped"', "persona"),
}


@pytest.mark.parametrize(("arguments", "named"), BAD.values(), ids=BAD)
def test_what_cannot_be_played_is_told_in_one_line(arguments: tuple[str, ...], named: str) -> None:
    done = uketsuke("simulate", *arguments)
    assert named in refused(done)
    assert done.stdout == ""


@pytest.mark.parametrize(("content", "named"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_played_is_told_in_one_line(content: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content, encoding="utf-8")
    done = uketsuke("simulate", file)
    assert named in refused(done)
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_soak_says_what_it_played_and_is_silent_about_meant_trouble() -> None:
    done = uketsuke("soak", "--visits", "150", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert set(report) == {"visits", "steps", "faults", "outcomes", "visits_per_second", "broken"}
    assert (report["visits"], report["broken"]) == (150, [])
    assert sum(report["outcomes"].values()) == 150


def test_a_soak_plays_chosen_faults_and_real_apdus() -> None:
    without = json.loads(uketsuke("soak", "--visits", "20", "--faults", "none", "--json").stdout)
    assert without["faults"] == 0
    done = uketsuke("soak", "--visits", "20", "--faults", "apdu_short,reader_away", "--apdus", "--json")
    assert json.loads(done.stdout)["faults"] > 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--visits", "0"), "at least 1"),
        (("--faults", "bad_luck"), "bad_luck"),
        (("--visits", "many"), "many"),
    ],
)
def test_a_soak_that_cannot_be_is_told_in_one_line(arguments: tuple[str, ...], named: str) -> None:
    assert named in refused(uketsuke("soak", *arguments))
