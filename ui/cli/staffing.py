"""``uketsuke staff``: the console of the reception desk."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ui.cli.problem import Problem


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help="the staff console",
        description="Opens on the ledger of this machine's kiosk. The first start asks for an administrator.",
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings file (TOML)"
    )
    parser.add_argument("--windowed", action="store_true", help="not as large as the screen")
    parser.add_argument(
        "--shots",
        type=Path,
        metavar="DIR",
        help="pictures of board and visits of a simulated day, without a display",
    )
    parser.add_argument("--screen", choices=("1366x768", "1920x1080"), help="of --shots: that one alone")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    if options.shots is not None:
        if settings.profile == "production":
            raise Problem("staff: --shots plays simulated people; a production terminal has none")
        return _photograph(options.shots, options.screen)
    from ui.cli.running import demand_display, has_display

    if not has_display():
        raise Problem(
            "staff: no display; start it in a Wayland or X session, or see pictures with --shots DIR"
        )
    demand_display("staff")
    return _open(settings, options)


def _photograph(folder: Path, screen: str | None) -> int:
    from ui.cli.staff_pictures import photograph

    try:
        taken = photograph(folder, *([screen] if screen else []))
    except OSError as error:
        raise Problem(f"{folder}: cannot be written ({type(error).__name__})") from None
    print(f"{len(taken)} pictures of a simulated day in {folder}/")
    return 0


def _open(settings: Any, options: argparse.Namespace) -> int:
    from kiosk.documents.fonts import FontsMissing
    from ui.console_app import run_console

    try:
        return run_console(settings, windowed=options.windowed)
    except FontsMissing as error:
        raise Problem(f"fonts: {error}. {error.remedy}") from None
