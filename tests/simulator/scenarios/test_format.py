"""A scenario file that cannot be played is told with its name and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenarios import ScenarioError, everything, load, load_file

BAD = {
    "no title": ("", "title"),
    "not TOML": ("title = ", "not TOML"),
    "unknown table": ('title = "x"\n[weather]\nrain = true', "weather"),
    "unknown field": ('title = "x"\n[visit]\ncolour = "red"', "colour"),
    "unknown expectation": ('title = "x"\n[expect]\noutcom = "confirmed"', "outcom"),
    "unknown reason": ('title = "x"\n[expect]\nreason = "bad_luck"', "bad_luck"),
    "unknown capability": ('title = "x"\n[visit]\ncapabilities = ["telepathy"]', "telepathy"),
    "unknown paper": ('title = "x"\n[patient]\nhas = ["passport"]', "passport"),
    "unknown switch": ('title = "x"\n[visit.switches]\nlenient = true', "lenient"),
    "unknown manner of staff": ('title = "x"\n[visit]\nstaff = "shrug"', "shrug"),
    "unknown field of a form": ('title = "x"\n[expect]\ndeclared = { hobby = "go" }', "hobby"),
    "unknown answer": ('title = "x"\n[national]\nanswer = "perhaps"', "perhaps"),
    "unknown fault of the link": ('title = "x"\n[[faults]]\nat = "apdu 3"\nkind = "melt"', "melt"),
    "fault at no APDU": ('title = "x"\n[[faults]]\nat = "apdu x"\nkind = "die"', "at"),
    "fault at no page": ('title = "x"\n[[faults]]\nat = "Lobby"\nkind = "card_removed"', "Lobby"),
    "fault of the link at a page": ('title = "x"\n[[faults]]\nat = "Welcome"\nkind = "die"', "die"),
    "unknown act": ('title = "x"\n[[do]]\nact = "Shout"', "Shout"),
    "act that no person can do": ('title = "x"\n[[do]]\nact = "CardOpened"', "CardOpened"),
    "act that is not of staff": ('title = "x"\n[[do]]\nby = "staff"\nact = "StaffCalled"', "StaffCalled"),
}


@pytest.mark.parametrize(("content", "named"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, content: str, named: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_file(file)
    assert "mine" in str(refused.value)
    assert named in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_file(file)


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.toml: no such file"):
        load_file(tmp_path / "mine.toml")


def test_an_unknown_name_is_told_with_those_that_are_near() -> None:
    with pytest.raises(ScenarioError, match="did you mean main"):
        load("mian")
    with pytest.raises(ScenarioError, match="--list"):
        load("xyzzy")


def test_a_shipped_scenario_is_known_by_its_files_name() -> None:
    assert load("main").id == "main"
    assert {scenario.id for scenario in everything()} >= {"main", "family_of_two"}
