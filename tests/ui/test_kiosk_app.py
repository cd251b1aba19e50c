"""The kiosk as one whole: window, dock, terminal and everything behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.ledger.audit import verify_folder
from kiosk.ledger.keys import Home, load_keys
from kiosk.ledger.reader import snapshot
from tests.support.kiosks import opened, simulated, touch
from tests.support.visits import moment
from ui.kiosk_app import LEAST_SIDE, LEAST_SIDE_OF_SMALL, Way, as_screen, shrunk
from ui.patient.gallery import examples
from ui.patient.gallery_pictures import still_window
from ui.settings import Screen, Settings
from ui.theme.panel import PROFILES
from ui.widgets.dots import PinDots

pytestmark = pytest.mark.gui


# ------------------------------------------------------------------------------------- the main path


@pytest.mark.parametrize("panel", ["portrait", "small"])
def test_the_main_path_is_played_by_touches_alone(tmp_path: Path, qtbot: QtBot, panel: str) -> None:
    with opened(simulated(tmp_path, screen=Screen(panel=panel)), qtbot) as visitor:  # type: ignore[arg-type]
        visitor.choose("yamada")
        visitor.sees("ChoosingVerification")
        visitor.touch("pin")
        visitor.sees("EnteringPin")
        visitor.type_pin("1234")
        visitor.sees("AskingConsent")
        visitor.touch("consent_all")
        visitor.sees("Confirmed")
        visitor.touch("next")
        visitor.sees("TakeCard.finished")
        visitor.press("remove")
        visitor.sees("Finished")
        visitor.until(lambda: (tmp_path / "tickets").exists())
        visitor.until(
            lambda: [p.name for p in (tmp_path / "tickets").glob("*.pdf")] == ["0001-ticket-A001.pdf"]
        )
        assert visitor.kiosk.window.page is not None
        assert visitor.kiosk.window.page.view.number == "A001"
    assert verify_folder(tmp_path / "ledger", None, tmp_path / "checkpoints").verdict == "ok"


def test_the_visit_is_under_a_signed_checkpoint_when_the_kiosk_has_ended(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with opened(simulated(tmp_path), qtbot) as visitor:
        visitor.choose("yamada")
        visitor.sees("ChoosingVerification")
    home = Home(tmp_path / "ledger")
    with snapshot(home.database, load_keys(home).database) as source:
        (head,) = source.heads().values()
    assert [path.name for path in (tmp_path / "checkpoints").rglob("*.note")] == [f"{head.seq:012d}.note"]


def test_a_digit_shows_as_a_dot_and_the_page_forgets_it(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path), qtbot) as visitor:
        visitor.choose("yamada")
        visitor.sees("ChoosingVerification")
        visitor.touch("pin")
        visitor.sees("EnteringPin")
        visitor.type_pin("98")
        page = visitor.kiosk.window.page
        assert page is not None
        dots = page.findChild(PinDots)
        assert dots is not None
        assert "2" in dots.accessibleName()
        assert not {"9", "8", "98"} & set(re.findall(r"\d+", dots.accessibleName()))
        frame = visitor.kiosk.window.frame
        assert frame is not None
        touch(frame.footer.back)
        visitor.sees("ChoosingVerification")


def test_what_the_patient_chooses_reaches_the_visit_and_comes_back_as_a_page(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with opened(simulated(tmp_path), qtbot) as visitor:
        visitor.touch("no_card")
        visitor.sees("ExplainingNoCard")
        visitor.press("handled")
        visitor.until(lambda: visitor.page in ("Finished.staff", "Abandoned.closed_by_staff"))


def test_the_pages_live_by_the_visits_day_and_not_by_the_machines(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(simulated(tmp_path), qtbot) as visitor:
        later = moment(90 * 86_400_000)
        monkeypatch.setattr(visitor.kiosk.terminal.world, "now", lambda: later)
        assert visitor.kiosk.window._today() == later.day


def test_closing_twice_is_harmless(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path), qtbot) as visitor:
        visitor.kiosk.close()
        visitor.kiosk.close()
    with opened(simulated(tmp_path), qtbot) as visitor:  # the ledger was let go
        assert visitor.page == "Welcome"


# ------------------------------------------------------------------------------------ sizes and places


def test_a_panel_that_is_larger_than_the_desktop_is_shrunk_with_everything_on_it() -> None:
    panel = PROFILES["portrait"]
    small = shrunk(panel, 2000, 960)
    assert (small.px_w, small.px_h) == (540, 960)
    assert (small.mm_w, small.mm_h) == (panel.mm_w, panel.mm_h)
    assert small.px_per_mm == pytest.approx(panel.px_per_mm / 2, rel=0.01)
    assert shrunk(panel, 5000, 5000) is panel


@pytest.mark.parametrize("panel", sorted(PROFILES))
def test_every_page_can_be_laid_out_on_the_smallest_panel_that_is_made(
    panel: str, qapp: QApplication
) -> None:
    profile = shrunk(PROFILES[panel], 1, 1)
    assert min(profile.px_w, profile.px_h) == (LEAST_SIDE_OF_SMALL if panel == "small" else LEAST_SIDE)
    window = still_window(profile)
    window.show()
    for name, view in examples().items():
        window.show_view(view)
        qapp.processEvents()
        assert window.page is not None
        assert all(target.width() for target in window.page.targets()), name
    window.close()
    window.deleteLater()


def test_kiosk_and_dock_stand_side_by_side_within_the_desktop(tmp_path: Path, qtbot: QtBot) -> None:
    room = QApplication.primaryScreen().availableGeometry()
    with opened(simulated(tmp_path), qtbot) as visitor:
        window, dock = visitor.kiosk.window, visitor.dock
        assert window.width() + dock.width() <= room.width()
        assert window.height() <= room.height()
        assert dock.x() >= window.x() + window.width()


def test_a_full_screen_takes_the_whole_screen_and_has_no_dock(tmp_path: Path, qtbot: QtBot) -> None:
    settings = simulated(tmp_path, screen=Screen(full_screen=True))
    with opened(settings, qtbot) as visitor:
        qtbot.wait(1)
        assert visitor.kiosk.dock is None
        assert visitor.kiosk.window.geometry() == QApplication.primaryScreen().geometry()


def test_a_screen_of_another_size_keeps_the_millimetres_that_were_measured(qapp: QApplication) -> None:
    screen = QApplication.primaryScreen()
    measured = as_screen(PROFILES["portrait"], measured=True)
    assert (measured.px_w, measured.px_h) == (screen.geometry().width(), screen.geometry().height())
    assert (measured.mm_w, measured.mm_h) == (PROFILES["portrait"].mm_w, PROFILES["portrait"].mm_h)
    told = as_screen(PROFILES["portrait"], measured=False)
    assert told.mm_w == pytest.approx(screen.physicalSize().width(), abs=1)


@pytest.mark.parametrize("size", [QSizeF(0, 0), QSizeF(16, 9), QSizeF(5000, 5000)])
def test_a_screen_that_lies_about_its_millimetres_is_not_believed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, size: QSizeF
) -> None:
    monkeypatch.setattr(QScreen, "physicalSize", lambda _self: size)
    profile = as_screen(PROFILES["portrait"], measured=False)
    assert profile.px_per_mm == pytest.approx(PROFILES["portrait"].px_per_mm)


def test_no_dock_is_opened_where_none_is_wanted(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path), qtbot, Way(dock=False)) as visitor:
        qtbot.wait(1)
        assert visitor.kiosk.dock is None


# -------------------------------------------------------------------------------------- the process


def run(arguments: Sequence[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """``uketsuke`` with a home of its own and no display but what is given."""
    kept = {name: value for name, value in os.environ.items() if name not in _DISPLAYS}
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments],
        env={**kept, "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "UKETSUKE_SETTINGS")


def production_file(folder: Path) -> Path:
    anchors = folder / "anchors"
    anchors.mkdir()
    path = folder / "production.toml"
    path.write_text(
        f'profile = "production"\ndata = "{folder / "data"}"\n[reader]\nkind = "pcsc"\n'
        f'[eligibility]\nkind = "none"\n[card]\nanchors = "{anchors}"\n',
        encoding="utf-8",
    )
    return path


PRODUCTION = """
import sys
from ui.cli import main
assert main(["run", "--settings", sys.argv[1], "--exit-after-first-screen"]) == 0
print(*sorted(name for name in sys.modules if name.split(".")[0] == "simulator" or name.startswith("ui.devdock")))
"""


def test_a_production_kiosk_never_loads_the_simulator(tmp_path: Path) -> None:
    settings = production_file(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION, str(settings)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    milliseconds, loaded = done.stdout.split("\n")[:2]
    assert int(milliseconds) > 0
    assert loaded == ""


GUARDED = """
import ctypes, resource, sys
from pathlib import Path
from ui.kiosk_app import Way, run_kiosk
from ui.settings import Log, Settings

def first_screen():
    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)

sys.exit(run_kiosk(Settings(data=Path(sys.argv[1]), log=Log(to="file")), Way(dock=False, first_screen=first_screen)))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_kiosk_in_good_order_and_no_core_can_be_dumped(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", GUARDED, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "(0, 0) 0"
        process.send_signal(number)
        _out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    lines = [json.loads(line) for line in (tmp_path / "log" / "kiosk.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines][:1] == ["ledger.open"]
    assert verify_folder(tmp_path / "ledger", None).verdict == "ok"


EARLY = """
import os, signal, sys
from pathlib import Path
from ui import kiosk_app
from ui.settings import Settings

def opened_too_late(kiosk, really=kiosk_app.Kiosk.open):
    os.kill(os.getpid(), signal.SIGTERM)
    really(kiosk)

kiosk_app.Kiosk.open = opened_too_late
sys.exit(kiosk_app.run_kiosk(Settings(data=Path(sys.argv[1])), kiosk_app.Way(dock=False)))
"""


def test_a_signal_that_comes_while_the_kiosk_is_still_starting_ends_it_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY, str(tmp_path)],
        capture_output=True,
        timeout=30,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0


def test_without_a_display_the_main_scenario_is_left_in_pictures(tmp_path: Path) -> None:
    done = run(["run", "--panel", "small"], tmp_path)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    pictures = sorted(path.name for path in out.glob("*.png"))
    assert [name[:2] for name in pictures] == [f"{number:02d}" for number in range(1, len(pictures) + 1)]
    states = [name[3:].removesuffix(".png").partition("-")[0] for name in pictures]
    assert list(dict.fromkeys(states)) == [
        "Welcome", "ReadingCard", "ChoosingVerification", "EnteringPin", "AskingConsent", "LookingUp", "Confirmed",
        "TakeCard", "Finished",
    ]  # fmt: skip
    visit = json.loads((out / "visit.json").read_bytes())
    assert visit["outcome"] == "confirmed"
    assert (out / "ticket-A001.pdf").read_bytes().startswith(b"%PDF")
    assert "confirmed" in done.stdout
    assert "out/" in done.stdout
    again = run(["run", "--panel", "small"], tmp_path)
    assert again.returncode == 0, again.stderr
    assert sorted(path.name for path in out.glob("*.png")) == pictures
    assert len(list(out.glob("ledger-*"))) == 2


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("uketsuke: ")
    return line


def test_production_without_a_display_is_refused_in_one_line(tmp_path: Path) -> None:
    assert "no display" in one_line(run(["run", "--settings", str(production_file(tmp_path))], tmp_path))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sockets of X11 and Wayland")
@pytest.mark.parametrize("display", [{"DISPLAY": ":98765"}, {"WAYLAND_DISPLAY": "wayland-nowhere"}], ids=str)
def test_a_display_at_which_nobody_answers_is_told_in_one_line(
    tmp_path: Path, display: dict[str, str]
) -> None:
    assert "nobody answers" in one_line(run(["run"], tmp_path, **display))


@pytest.mark.parametrize("place", ["before", "after"])
def test_settings_may_stand_before_and_after_the_command(tmp_path: Path, place: str) -> None:
    option = ["--settings", "nowhere.toml"]
    arguments = [*option, "run"] if place == "before" else ["run", *option]
    assert "nowhere.toml: no such settings file" in one_line(run(arguments, tmp_path))


def test_settings_that_turn_out_unusable_are_told_in_one_line(tmp_path: Path) -> None:
    settings = production_file(tmp_path)
    (tmp_path / "anchors").rmdir()
    line = one_line(run(["run", "--settings", str(settings), "--exit-after-first-screen"], tmp_path))
    assert f"{settings}: card.anchors:" in line


def test_a_second_kiosk_on_the_same_ledger_is_told_to_close_the_other(tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'data = "{tmp_path}"\n', encoding="utf-8")
    with opened(Settings(data=tmp_path), qtbot, Way(dock=False)):
        line = one_line(run(["run", "--settings", str(file), "--exit-after-first-screen"], tmp_path))
    assert "already running" in line


def test_missing_fonts_are_told_with_the_remedy(tmp_path: Path) -> None:
    done = run(["run", "--exit-after-first-screen"], tmp_path, UKETSUKE_FONTS=str(tmp_path))
    assert "fonts" in one_line(done)


def test_anchors_that_are_no_issuers_end_the_start(tmp_path: Path) -> None:
    settings = production_file(tmp_path)
    (tmp_path / "anchors" / "broken.crt").write_bytes(b"no certificate")
    line = one_line(run(["run", "--settings", str(settings), "--exit-after-first-screen"], tmp_path))
    assert "broken.crt" in line
