"""``uketsuke decide`` as others call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.evidence.reasons import Reason
from ui.cli import main

pytestmark = pytest.mark.e2e
KEYS = ["reason", "date", "retriable", "patient", "staff", "remedy", "contacts", "offered", "refused"]


def decide(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["decide", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def ids(entries: list[dict[str, str]]) -> list[str]:
    return [entry["id"] for entry in entries]


def test_the_answer_is_one_json_object_with_the_agreed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    told = decide(capsys, "--reason", "certificate_expired", "--date", "2026-11-24", "--has", "card,notice")
    assert list(told) == KEYS
    assert told["reason"] == "certificate_expired"
    assert told["date"] == "2026-11-24"
    assert told["retriable"] is False
    assert set(told["patient"]) >= {"ja", "ja-easy", "en"}
    assert all(told["patient"].values())
    assert "市区町村の窓口" in told["remedy"]
    assert ids(told["offered"]) == ["card_notice", "card_declaration", "self_pay"]
    assert all(set(offer) == {"id", "rule", "source"} for offer in told["offered"])
    assert {"id", "name", "phone", "hours", "languages"} == set(told["contacts"][0])


def test_refused_says_of_each_thing_held_why_it_is_not_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    told = decide(capsys, "--reason", "no_card", "--date", "2026-08-01", "--has", "notice,portal,legacy_card")
    assert ids(told["refused"]) == ["notice", "portal", "legacy_card"]
    assert all(set(one) == {"id", "why", "rule", "source"} for one in told["refused"])
    assert "だけでは" in told["refused"][0]["why"]
    assert ids(told["offered"]) == ["declaration_emergency", "self_pay"]


@pytest.mark.parametrize(
    ("date", "offered"),
    [
        ("2025-12-01", "legacy_card"),
        ("R7.12.1", "legacy_card"),
        ("2025-12-02", "legacy_tolerance"),
        ("2026-07-31", "legacy_tolerance"),
        ("2026-08-01", "declaration_emergency"),
    ],
)
def test_the_old_card_by_its_days(capsys: pytest.CaptureFixture[str], date: str, offered: str) -> None:
    told = decide(capsys, "--reason", "no_card", "--date", date, "--has", "legacy_card")
    assert ids(told["offered"])[0] == offered


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_answers(capsys: pytest.CaptureFixture[str], reason: Reason) -> None:
    told = decide(capsys, "--reason", reason, "--date", "2026-11-24", "--known", "--companion", "--age", "71")
    assert ids(told["offered"])[-1] == "self_pay"
    assert told["staff"]
    assert told["remedy"]


def test_first_and_known_differ(capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--reason", "network_fault", "--date", "2026-11-24", "--has", "card")
    first, known = decide(capsys, *common), decide(capsys, *common, "--known")
    changed = decide(capsys, *common, "--known", "--changed")
    assert ids(first["offered"]) == ["retry", "recheck_later", "card_declaration", "self_pay"]
    assert ids(known["offered"]) == ["retry", "recheck_later", "known_data", "self_pay"]
    assert ids(changed["offered"]) == ids(first["offered"])


def test_circumstances_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--date", "2026-01-05", "--json")
    offline = decide(capsys, "--reason", "reader_fault", "--has", "legacy_card", "--offline", *common)
    assert offline["refused"][0]["rule"] == "old_card_without_look_up"
    late = decide(
        capsys, "--reason", "no_card", "--has", "certificate", "--certificate-until", "R7.12.31", *common
    )
    assert late["refused"][0]["rule"] == "certificate_past_date"
    left = decide(capsys, "--reason", "no_card", "--has", "certificate", "--left", *common)
    assert left["refused"][0]["rule"] == "certificate_of_ended_membership"
    trip = decide(capsys, "--reason", "no_card", "--has", "portal_pdf", "--school-trip", *common)
    assert ids(trip["offered"])[0] == "school_trip_copy"
    moved = decide(capsys, "--reason", "certificate_revoked", "--cause", "moved_again", *common)
    assert "申請してください" in moved["remedy"]
    lines = decide(capsys, "--reason", "invalid", "--insurer", "出版健康保険組合", *common)["contacts"]
    assert "03-3292-5005" in [line["phone"] for line in lines]


def test_people_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--reason", "invalid", "--date", "2026-11-24", "--birth", "S31.5.2"]) == 0
    said = capsys.readouterr().out
    for part in (
        "Offered, in this order",
        "1 certificate",
        "Not accepted",
        "legacy_card",
        "2/10 preselected",
    ):
        assert part in said


def test_the_whole_table_has_every_reason_for_new_and_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--table", "--date", "2026-11-24"]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == [f"| {reason}" for reason in Reason for _ in range(2)]
    assert main(["decide", "--table", "--date", "2026-11-24", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["reason"], one["known"]) for one in told] == [(r, k) for r in Reason for k in (False, True)]


def test_without_a_date_it_is_today(capsys: pytest.CaptureFixture[str]) -> None:
    told = decide(capsys, "--reason", "no_card")
    assert len(told["date"]) == len("2026-11-24")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("", "--reason is missing"),
        ("--reason broken", "'broken'"),
        ("--reason no_card --date 2026-02-30", "2026-02-30"),
        ("--reason no_card --date yesterday", "yesterday"),
        ("--reason no_card --age -1", "'-1'"),
        ("--reason no_card --age 151", "151"),
        ("--reason no_card --age 3 --birth 2020-01-01", "age and birth date"),
        ("--reason no_card --date 2026-01-01 --birth 2026-01-02", "2026-01-02"),
        ("--reason no_card --has passport", "'passport'"),
        ("--reason no_card --has none,card", "'none'"),
        ("--reason no_card --has card,,notice", "''"),
        ("--reason no_card --certificate-until soon", "soon"),
        ("--reason no_card --cause moved_again", "moved_again"),
        ("--table --date never", "never"),
        (
            "--reason no_card --settings /nowhere/settings.toml",
            "/nowhere/settings.toml: no such settings file",
        ),
        ("--reason", "expected one argument"),
    ],
)
def test_bad_arguments_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: str, named: str
) -> None:
    try:
        code = main(["decide", *arguments.split()])
    except SystemExit as stopped:  # argparse's own way out
        code = int(stopped.code or 0)
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert named in said.err


STRICT = """
[rules.paper_with_unregistered_card]
on = false
because = "院内規程 第3条"
[rules.known_data_without_card]
on = true
because = "往診の患者が多い"
[[contacts]]
name = "見本健保 適用課"
phone = "03-0000-0000"
insurer = "見本健康保険組合"
hours = "平日 9:00〜17:00"
"""


@pytest.fixture
def strict(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(STRICT, encoding="utf-8")
    return path


def test_the_settings_switches_change_the_answer_and_are_told_with_their_reasons(
    capsys: pytest.CaptureFixture[str], strict: Path
) -> None:
    common = ("--reason", "not_registered", "--date", "2026-11-24", "--has", "card,notice")
    shipped = decide(capsys, *common)
    here = decide(capsys, *common, "--settings", str(strict))
    assert "card_notice" in ids(shipped["offered"])
    assert "card_notice" not in ids(here["offered"])
    assert [one["rule"] for one in here["refused"]] == ["notice_switched_off"]
    assert list(shipped) == KEYS
    assert list(here) == [*KEYS, "switched"]
    assert here["switched"] == [
        {"switch": "paper_with_unregistered_card", "on": False, "because": "院内規程 第3条"},
        {"switch": "known_data_without_card", "on": True, "because": "往診の患者が多い"},
    ]
    without = ("--reason", "no_card", "--date", "2026-11-24", "--has", "none", "--known")
    assert "known_data" not in ids(decide(capsys, *without)["offered"])
    assert "known_data" in ids(decide(capsys, *without, "--settings", str(strict))["offered"])


def test_the_settings_may_stand_before_the_command_too(
    capsys: pytest.CaptureFixture[str], strict: Path
) -> None:
    assert main(["--settings", str(strict), "decide", "--reason", "no_card", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["switched"]) == 2


def test_only_settings_that_were_named_count(
    capsys: pytest.CaptureFixture[str], strict: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UKETSUKE_SETTINGS", str(strict))
    told = decide(capsys, "--reason", "not_registered", "--date", "2026-11-24", "--has", "card,notice")
    assert "card_notice" in ids(told["offered"])
    assert "switched" not in told


def test_a_facilitys_own_line_is_told_in_its_own_words(
    capsys: pytest.CaptureFixture[str], strict: Path
) -> None:
    common = ("--reason", "invalid", "--insurer", "見本健康保険組合", "--settings", str(strict))
    assert decide(capsys, *common)["contacts"][-1] == {
        "id": "own_1",
        "name": "見本健保 適用課",
        "phone": "03-0000-0000",
        "hours": "平日 9:00〜17:00",
        "languages": [],
    }
    assert main(["decide", *common]) == 0
    said = capsys.readouterr().out
    assert "見本健保 適用課 03-0000-0000 平日 9:00〜17:00" in said
    assert "Turned by this facility" in said
    assert "院内規程 第3条" in said


def test_where_the_kiosk_reads_directly_no_look_at_the_face_is_offered(
    capsys: pytest.CaptureFixture[str], strict: Path, tmp_path: Path
) -> None:
    common = ("--reason", "pin_locked", "--date", "2026-11-24", "--has", "card")
    looks = {"verify_by_face", "verify_by_staff"}
    assert not looks & set(ids(decide(capsys, *common, "--settings", str(strict))["offered"]))
    certified = tmp_path / "certified.toml"
    certified.write_text(
        '[facility]\nmedical_institution_code = "1310000000"\n[eligibility]\nkind = "oqs_folder"\n'
        'request_folder = "req"\nanswer_folder = "res"\nface_folder = "face"\n',
        encoding="utf-8",
    )
    assert looks <= set(ids(decide(capsys, *common, "--settings", str(certified))["offered"]))


def test_the_table_is_that_of_the_facility(capsys: pytest.CaptureFixture[str], strict: Path) -> None:
    assert main(["decide", "--table", "--json", "--settings", str(strict)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(len(one["switched"]) == 2 for one in told)
    assert not any("card_notice" in ids(one["offered"]) for one in told if one["reason"] == "not_registered")


def test_the_command_answers_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "decide", "--reason", "no_card", "--date", "2026-11-24", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(done.stdout)["reason"] == "no_card"
    assert done.stderr == ""
