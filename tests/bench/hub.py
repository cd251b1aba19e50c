"""``make bench-hub``: many terminals on one PostgreSQL that is killed again and again. Prints the table and writes
``out/bench-hub.json``. The exit code is 1 only where something was lost or doubled, or it could not run."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
import structlog

from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.endpoint import connect
from kiosk.ledger.hub.status import status
from tests.bench.harness import Report
from tests.bench.hub_world import Outage, Plan, World
from tests.bench.machine import commit, now, this_machine
from tests.bench.rows import Row, at_most, row
from tests.bench.table import HEAD, table
from tests.bench.timing import percentile

SETTLED_S: Final = 3.0
"""So long after an outage what was written belongs to it: terminals come back one after another."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    plan = Plan(
        terminals=options.terminals, visits_per_s=options.rate, seconds=options.minutes * 60,
        kills=options.kills, cuts=options.cuts, seed=options.seed,
    )  # fmt: skip
    machine = this_machine()
    print(f"{machine.cpu}, {machine.cores} cores, load {machine.load_before:g}; {plan}\n{HEAD}", flush=True)
    with tempfile.TemporaryDirectory(prefix="uk-bench-") as folder:
        os.chmod(folder, 0o711)
        found = measure(Path(folder), plan)
    report = Report(at=now(), commit=commit(), quick=False, machine=machine, rows=found, broken={})
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    print(table(f"{plan.terminals} terminals on one hub", found))
    missed = [one.id for one in found if one.met is False]
    print(f"\n{len(found)} rows in {options.out}; missed: {', '.join(missed) or 'none'}")
    return 1 if any(one.value for one in found if one.id in ("hub.lost", "hub.doubled", "hub.wrong")) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hub", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--terminals", type=int, default=100)
    parser.add_argument("--rate", type=float, default=3.0, help="visits a second, all terminals together")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/bench-hub.json"))
    return parser.parse_args(arguments)


def measure(folder: Path, plan: Plan) -> list[Row]:
    world = World(folder, plan)
    try:
        world.run()
        return [*_integrity(world), *_delays(world)]
    finally:
        world.close()


def _integrity(world: World) -> list[Row]:
    """Every terminal's file against the hub, link by link."""
    lost = doubled = wrong = links = 0
    hub = world.hub
    for terminal in world.terminals:
        ledger = terminal.ledger
        ours = [(one.seq, one.hash) for one in ledger.links_after(ledger.chain, 0, 1_000_000)]
        there = hub.sql("SELECT seq, hash FROM link WHERE chain = %s ORDER BY seq", (ledger.chain,))
        links += len(ours)
        lost += len(set(ours) - set(there))
        wrong += len(set(there) - set(ours))
    ids = Counter(
        name for (name,) in hub.sql("SELECT core::jsonb ->> 'id' FROM link WHERE type <> 'RequestReceived'")
    )
    doubled = sum(times - 1 for times in ids.values()) + world.seen_twice
    lost += len(world.written.keys() - ids.keys()) + len(world.written.keys() - world.seen.keys())
    brought = Counter(
        name for (name,) in hub.sql("SELECT core::jsonb ->> 'id' FROM link WHERE type = 'RequestReceived'")
    )
    doubled += sum(times - 1 for times in brought.values())
    ((visits,),) = hub.sql("SELECT count(*) FROM visit")
    ((unanswered,),) = hub.sql("SELECT count(*) FROM request WHERE answer IS NULL")
    wins = hub.sql("SELECT count(*) FILTER (WHERE accepted) FROM request GROUP BY visit")
    wrong += sum(1 for (count,) in wins if count != 1) + unanswered + (visits != world.visits)
    console = world.consoles[0]
    with connect(console._endpoint, "bench") as connection:
        keys, standing = told_keys(connection), status(connection)
    with console.snapshot() as source:
        verdict = verify_hub(source, keys).verdict
    killed = sum(one.kind == "kill" for one in world.outages)
    return [
        row(
            "hub.lost", "links lost", lost, "links", target=at_most(0),
            visits=visits, links=links, turned_away=world.turned_away, server_killed=killed,
            network_cut=len(world.outages) - killed,
        ),
        row("hub.doubled", "links or requests doubled", doubled, "links", target=at_most(0)),
        row(
            "hub.wrong", "visits, answers or chains that are not as they should be",
            wrong + (verdict != "ok") + (not standing.well), "", target=at_most(0),
            verified=verdict, requests=len(brought), unanswered=unanswered, unsure=world.unknown,
        ),
    ]  # fmt: skip


def _delays(world: World) -> list[Row]:
    delays = {name: world.seen[name] - at for name, at in world.written.items() if name in world.seen}
    calm = [name for name in delays if not _disturbed(world.written[name], world.outages)]
    steady, all_ = [delays[name] for name in calm], list(delays.values())
    first = [delays[name] for name in calm if name in world.first_of]
    catching_up = [_caught_up(one, world, delays) for one in world.outages if one.kind == "kill"]
    return [
        row(
            "hub.console_p99", "terminal's disk → console, p99, hub there", percentile(steady, 0.99), "s",
            target=at_most(1.0), p50=median(steady), longest=max(steady), events=len(steady),
            new_visits_p99=percentile(first, 0.99),
            note=f"all but what was written while an outage lasted, or within {SETTLED_S:g} s after it",
        ),
        row(
            "hub.console_p99_all", "the same, outages and all", percentile(all_, 0.99), "s",
            p50=median(all_), longest=max(all_), events=len(all_), console_was_told_away=world.console_away,
        ),
        row(
            "hub.catch_up", "server back → console has all, p99", percentile(catching_up or [0.0], 0.99), "s",
            p50=median(catching_up or [0.0]), times=len(catching_up),
        ),
        row(
            "hub.request_answered", "console's request → answer seen, p50", median(world.answered_in or [0.0]), "s",
            p99=percentile(world.answered_in or [0.0], 0.99), requests=len(world.answered_in),
        ),
        row(
            "hub.local_append_p99", "terminal's own append, p99, whatever the hub does",
            percentile(world.local_append, 0.99) * 1000, p50=median(world.local_append) * 1000,
            longest=max(world.local_append) * 1000,
        ),
    ]  # fmt: skip


def _disturbed(at: float, outages: Sequence[Outage]) -> bool:
    return any(one.begin <= at <= one.end + SETTLED_S for one in outages)


def _caught_up(outage: Outage, world: World, delays: dict[str, float]) -> float:
    """From the server's return until the last link of its absence was on the console."""
    seen = [world.seen[name] for name in delays if outage.begin - 1 <= world.written[name] <= outage.end]
    return max(0.0, max(seen, default=outage.end) - outage.end)


if __name__ == "__main__":
    sys.exit(main())
