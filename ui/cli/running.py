"""``uketsuke run``: the kiosk; where nobody could see it, the main scenario in pictures."""

from __future__ import annotations

import argparse
import logging
import os
import re
import socket
import sys
import time
from pathlib import Path
from typing import Any

from ui.cli.problem import Problem

SCENARIO = "main"
_X_SOCKET = "/tmp/.X11-unix/X"  # noqa: S108  where every X server listens


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help="start the kiosk",
        description="Without a display the main scenario is played off-screen; its pictures, ticket and visit.json "
        "are left in out/.",
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings file (TOML)"
    )
    parser.add_argument("--panel", choices=("portrait", "landscape", "small"), help="another panel's layout")
    parser.add_argument("--windowed", action="store_true", help="in a window, also in production")
    parser.add_argument("--no-dock", action="store_true", help="without the developer's dock")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--exit-after-first-screen", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    if options.exit_after_first_screen:
        if not has_display():
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return _open(settings, options)
    if has_display():
        demand_display("run")
        return _open(settings, options)
    if settings.profile == "production":
        raise Problem("run: no display; start it in a Wayland or X session, or set DISPLAY")
    return _play(settings, options)


def has_display() -> bool:
    """Whether somebody could see a window. A platform that was asked for by name is taken at its word."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform:
        return platform not in ("offscreen", "minimal")
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demand_display(command: str) -> None:
    """Qt would end the whole process with a page of text. Raises ``Problem`` for a display that is certainly gone."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("DISPLAY", "")
    folder = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"))
    local = re.fullmatch(r":(\d+)(\.\d+)?", x11)
    if wayland and _answers(str(folder / wayland)):  # an absolute path stays what it is
        return
    if x11 and local is None:
        return  # on another machine: Qt will see
    if local is not None and any(_answers(f"{kind}{_X_SOCKET}{local[1]}") for kind in ("\0", "")):
        return
    raise Problem(
        f"{command}: nobody answers at the display {wayland or x11!r}; unset it, or start its session"
    )


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(address)
        except OSError:
            return False
    return True


def _open(settings: Any, options: argparse.Namespace) -> int:
    from kiosk.documents.fonts import FontsMissing
    from kiosk.ledger import LedgerError
    from ui.kiosk_app import Way, run_kiosk, since_process_start

    def first_screen() -> None:
        from PySide6.QtWidgets import QApplication

        print(f"{since_process_start():.0f}")
        QApplication.exit(0)

    way = Way(
        panel=options.panel or "",
        windowed=options.windowed,
        dock=not options.no_dock,
        first_screen=first_screen if options.exit_after_first_screen else lambda: None,
    )
    try:
        return run_kiosk(settings, way)
    except FontsMissing as error:
        raise Problem(f"fonts: {error}. {error.remedy}") from None
    except LedgerError as error:
        raise Problem(f"ledger in {settings.ledger_folder}: {error}. {error.remedy}") from None


def _play(settings: Any, options: argparse.Namespace) -> int:
    """Exit code 0 only if the visit ends confirmed."""
    from simulator.scenarios import load
    from ui import logs
    from ui.cli.simulating import play_one

    logs.configure(settings, logging.WARNING)
    out: Path = options.out
    asked = argparse.Namespace(
        files=[SCENARIO],
        all=False,
        reader="inprocess",
        national="https",
        ledger=_fresh(out),
        seed=0,
        shots=out,
        panel=options.panel or "portrait",
    )
    try:
        result = play_one(load(SCENARIO), asked)
    except OSError as error:
        raise Problem(f"{out}: cannot be written ({type(error).__name__})") from None
    pages = len(list(out.glob("[0-9][0-9]-*.png")))
    print(f"no display: played the scenario {SCENARIO!r} off-screen: {result.outcome}")
    print(
        f"{pages} pages, {', '.join(Path(path).name for path in result.documents)} and visit.json in {out}/"
    )
    print(f"ledger with {result.ledger.events} entries in {asked.ledger}/")
    for problem in result.failed:
        print(f"uketsuke: {problem}", file=sys.stderr)
    return 0 if result.outcome == "confirmed" and not result.failed else 1


def _fresh(out: Path) -> Path:
    """A ledger that nobody has written to."""
    name = time.strftime("ledger-%Y%m%d-%H%M%S")
    tries = (out / (name if not again else f"{name}-{again}") for again in range(100))
    return next(path for path in tries if not path.exists())
