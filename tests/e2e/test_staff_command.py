"""``uketsuke staff``, as it is typed where nobody could see a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import refused, uketsuke

pytestmark = pytest.mark.e2e


def test_without_a_display_one_line_says_what_to_do() -> None:
    line = refused(uketsuke("staff"))
    assert "no display" in line
    assert "--shots" in line


def test_without_a_display_board_and_visits_of_a_simulated_day_are_photographed(tmp_path: Path) -> None:
    done = uketsuke("staff", "--shots", tmp_path / "shots", "--screen", "1366x768")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "shots").glob("*.png"))
    assert f"{len(names)} pictures" in done.stdout
    for wanted in (
        "board",
        "sign-in",
        "visit-1-ShowingNotice",
        "visit-3-ShowingCertificate",
        "report",
        "health",
    ):
        for language in ("ja", "en"):
            assert f"{wanted}-1366x768-{language}.png" in names


def test_a_production_terminal_plays_nobody(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(
        'profile = "production"\n[reader]\nkind = "pcsc"\n[eligibility]\nkind = "none"\n[card]\nanchors = "anchors"\n',
        encoding="utf-8",
    )
    assert "simulated" in refused(uketsuke("staff", "--settings", settings, "--shots", tmp_path))
