"""``uketsuke simulate``: plays scenario files and prints one JSON object for each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.ledger import Ledger
    from kiosk.reception.hands import PaperMaker
    from kiosk.visit.views import VisitView
    from simulator.playing.player import Making
    from simulator.playing.readers import Bench
    from simulator.playing.result import Result
    from simulator.playing.world import VirtualWorld
    from simulator.scenarios import Scenario


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help="play scenario files", description="Exit code 0 only if every expectation holds."
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="scenario file, or the name of a shipped one"
    )
    parser.add_argument("--all", action="store_true", help="play every shipped scenario")
    parser.add_argument("--list", action="store_true", help="list the shipped scenarios")
    parser.add_argument("--reader", choices=("inprocess", "pcsc", "nfc"), default="inprocess")
    parser.add_argument(
        "--national", choices=("direct", "https"), default="direct", help="how the system is asked"
    )
    parser.add_argument("--ledger", type=Path, metavar="DIR", help="keep an encrypted ledger there")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--shots", type=Path, metavar="DIR", help="a picture of every page, and the documents"
    )
    parser.add_argument("--panel", choices=("portrait", "landscape", "small"), default="portrait")
    parser.add_argument("--json", action="store_true", help="JSON only (one object a line)")
    parser.add_argument("--trace", action="store_true", help="include the event trace")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    from simulator.scenarios import everything, load, load_file

    if options.list:
        for scenario in everything():
            print(f"{scenario.id:32} {scenario.title}")
        return 0
    _demand(options.reader)
    wanted = [load_file(Path(f)) if f.endswith(".toml") else load(f) for f in options.files]
    if options.all:
        wanted += everything()
    if not wanted:
        raise Problem("simulate: name a scenario file, or use --all or --list")
    held = True
    for scenario in wanted:
        result = play_one(scenario, options)
        held = held and not result.failed
        print(_line(result, options))
        for problem in result.failed:
            print(f"uketsuke: {scenario.id}: {problem}", file=sys.stderr)
    return 0 if held else 1


def play_one(scenario: Scenario, options: argparse.Namespace) -> Result:
    from simulator.playing.player import play

    shots: Path | None = options.shots
    if shots is None:
        return play(scenario, _making(options, scenario), seed=options.seed)
    from ui.shots import Camera

    folder = shots / scenario.id if len(options.files) != 1 or options.all else shots
    with Camera(folder, options.panel, day=scenario.visit.date) as camera:
        result = play(scenario, _making(options, scenario, camera.take, folder), seed=options.seed)
    (folder / "visit.json").write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2))
    return result


def _line(result: Result, options: argparse.Namespace) -> str:
    fields = msgspec.to_builtins(result)
    if not options.trace:
        del fields["trace"]
    encoded = msgspec.json.encode(fields)
    return (encoded if options.json else msgspec.json.format(encoded, indent=2)).decode()


def _making(
    options: argparse.Namespace,
    scenario: Scenario,
    show: Callable[[VisitView], None] = lambda _view: None,
    documents: Path | None = None,
) -> Making:
    from simulator.playing import player

    making = replace(player.FAST, show=show, documents=documents)
    if options.reader != "inprocess":
        making = replace(making, bench=_pcsc_bench if options.reader == "pcsc" else _nfc_bench)
    if options.national == "https":
        making = replace(making, service=_https_service)
    if options.ledger is not None:
        making = replace(making, ledger=_sqlite_ledger(options.ledger))
    if documents is not None:
        making = replace(making, ticket=_tickets(scenario), papers=_papers)
    return making


def _tickets(scenario: Scenario) -> Callable[[str, str], bytes]:
    from simulator.playing.world import VirtualWorld
    from ui.composing.papers import ticket_maker
    from ui.settings import Settings

    return ticket_maker(Settings(), VirtualWorld(scenario.visit.date).utc)


def _papers(world: VirtualWorld) -> PaperMaker:
    from kiosk.evidence.loading import book
    from kiosk.reception.papers import Papers
    from ui.settings import Settings

    settings = Settings()
    return Papers(
        settings.facility.name,
        book(),
        world.utc,
        lambda: world.now().day,
        paper=settings.papers.slip,
        simulated=True,
    )


def _demand(reader: str) -> None:
    """Raises ``Problem`` where what that reader needs is not installed."""
    if reader == "nfc":
        _demand_nfc()
    elif reader == "pcsc":
        _demand_pcsc()


def _demand_nfc() -> None:
    from drivers.nfc.library import load

    try:
        load()
    except ImportError as error:
        raise Problem(f"--reader nfc needs nfcpy ({error.name}): make setup-nfc") from None


def _demand_pcsc() -> None:
    from simulator.links.private_pcscd import missing

    if lacking := missing():
        raise Problem(f"--reader pcsc needs {lacking}: install the packages pcscd and vsmartcard-vpcd")
    if "PCSCLITE_CSOCK_NAME" in os.environ:
        raise Problem(
            "--reader pcsc starts a pcscd of its own: unset PCSCLITE_CSOCK_NAME, which names another"
        )


def _pcsc_bench(_scenario: Scenario, _world: VirtualWorld) -> Bench:
    from simulator.links.private_pcscd import session_pcscd
    from simulator.playing.pcsc import PcscBench

    return PcscBench(session_pcscd())


def _nfc_bench(_scenario: Scenario, _world: VirtualWorld) -> Bench:
    from simulator.playing.nfc import NfcBench

    return NfcBench()


def _https_service(system: Any, faults: Any, world: VirtualWorld) -> Any:
    from kiosk.eligibility.simulated_system import SimulatedSystemService
    from simulator.national.service import serve

    served = serve(system, faults)

    class Served(SimulatedSystemService):
        def close(self) -> None:
            super().close()
            served.close()

    return Served(served.base_url, served.tls, world.services)


def _sqlite_ledger(folder: Path) -> Callable[[Scenario, VirtualWorld], Ledger]:
    def make(scenario: Scenario, world: VirtualWorld) -> Ledger:
        from kiosk.ledger import SqliteLedger
        from simulator.playing.player import ledger_options

        return SqliteLedger(folder, ledger_options(scenario, world))

    return make
