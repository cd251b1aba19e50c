"""``uketsuke hub``: make the hub of several terminals, let them in, see how it stands."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ui.cli.ledgers import add_span, affected_in
from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.ledger.hub.endpoint import Connection
    from kiosk.ledger.hub.reading import Payloads
    from kiosk.ledger.hub.status import ChainStanding, HubStatus

_ADMIN = "dbname=postgres"


def add(_name: str, commands: Any) -> None:
    parser = commands.add_parser("hub", help="the PostgreSQL that several terminals share")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    init = verbs.add_parser("init", help="make the hub, or bring it to this version")
    _as_admin(init)
    init.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the consoles' key; made if not there"
    )
    kind = init.add_mutually_exclusive_group(required=True)
    kind.add_argument("--production", action="store_true", help="refuses simulated events for ever")
    kind.add_argument("--trial", dest="production", action="store_false", help="takes simulated events")
    init.add_argument(
        "--keep-years", type=_years, default=3, metavar="N", help="no terminal can erase younger data"
    )
    init.set_defaults(act=initialise)
    add_one = verbs.add_parser("add-terminal", help="a login for one terminal; again: a new password")
    _as_admin(add_one)
    add_one.add_argument("terminal", help="as in its settings")
    add_one.add_argument("--kind", choices=("kiosk", "console"), default="kiosk")
    how = add_one.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--passfile", type=Path, metavar="FILE", help="where to write its password, for you to carry over"
    )
    how.add_argument(
        "--certificate", action="store_true", help="no password: it logs in with a client certificate"
    )
    add_one.add_argument(
        "--host", default="*", help="the hub's name as the terminal knows it, for the password file"
    )
    add_one.set_defaults(act=add_terminal)
    status = verbs.add_parser(
        "status", help="what is missing, what was refused, who is silent; exit 1 if anything"
    )
    status.add_argument("--json", action="store_true")
    status.set_defaults(act=show_status)
    verify = verbs.add_parser("verify", help="verify every chain in the hub; exit 0 whole, 1 broken")
    verify.add_argument("--checkpoints", type=Path, metavar="DIR", help="else those in the hub")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(act=verify_all)
    affected = verbs.add_parser("affected", help="visits touched in a time span, at any terminal")
    affected.add_argument("--json", action="store_true")
    add_span(affected)
    affected.set_defaults(act=show_affected)
    restored = verbs.add_parser(
        "restored", help="after the database was put back from a copy: new console chains"
    )
    _as_admin(restored)
    restored.set_defaults(act=after_restore)


def _as_admin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--admin", default=_ADMIN, metavar="CONNINFO",
        help="the administrator's connection, as for psql; else by libpq's variables",
    )  # fmt: skip
    parser.add_argument("--database", default="uketsuke", metavar="NAME")
    parser.add_argument("--json", action="store_true")


def _years(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("1 to 100")
    return int(text)


def _say(options: argparse.Namespace, value: Any, text: str) -> None:
    print(msgspec.json.encode(value).decode() if options.json else text)


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Problem("psycopg is not installed (requirements/hub.txt)") from None


def initialise(options: argparse.Namespace) -> int:
    _require_psycopg()
    from kiosk.ledger.hub.installing import install
    from kiosk.ledger.hub.sealing import load_hub_keys, make_hub_key, public_of

    there = options.key.exists()
    public = public_of(load_hub_keys(options.key)[0]) if there else make_hub_key(options.key, os.urandom)
    applied = install(
        options.admin, public.text(),
        production=options.production, keep_years=options.keep_years, database=options.database,
    )  # fmt: skip
    made = ", ".join(applied) or "nothing new"
    told = {"public_key": public.text(), "applied": applied, "key": str(options.key)}
    _say(options, told, f'{made}\nconsoles\' key: {options.key}\npublic_key = "{public.text()}"')
    return 0


def add_terminal(options: argparse.Namespace) -> int:
    _require_psycopg()
    from kiosk.ledger.hub.installing import add_terminal as add_login
    from kiosk.storage.files import PRIVATE_FILE, write_new

    if options.passfile is not None and options.passfile.exists():
        raise Problem(f"--passfile {options.passfile}: is there already; name another file or remove it")
    login = add_login(
        options.admin,
        options.terminal,
        options.kind,
        certificate=options.certificate,
        database=options.database,
    )
    if options.passfile is not None:
        line = f"{login.passfile_line(options.host, None, options.database)}\n"
        write_new(options.passfile, line.encode(), PRIVATE_FILE)
    where = "certificate" if options.certificate else str(options.passfile)
    _say(options, {"role": login.role, "passfile": where}, f"{login.role}: {where}")
    return 0


def show_status(options: argparse.Namespace) -> int:
    from ui.composing.hub import endpoint_of
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    endpoint = endpoint_of(settings)
    from kiosk.ledger.hub.endpoint import connect, greet

    with closing(connect(endpoint, "uketsuke status")) as hub:
        hello = greet(hub)
        if hello.kind == "kiosk":  # it may read nothing of this
            fits = hello.public_key == settings.hub.public_key
            key = (
                ""
                if fits
                else f"\nhub.public_key of the settings is another one; it should be {hello.public_key}"
            )
            _say(options, hello, f"hub {hello.instance}: lets in {hello.terminal} as a kiosk{key}")
            return 0 if fits else 1
        from kiosk.ledger.hub.status import status

        found = status(hub)
    _say(options, found, "\n".join(_lines(found)))
    return 0 if found.well else 1


def _lines(found: HubStatus) -> list[str]:
    kind = "production" if found.production else "for trials"
    return [
        f'hub {found.instance}, {kind}, {found.position} links; public_key = "{found.public_key}"',
        *(line for one in found.chains for line in _chain_lines(one)),
        *(f"{name}: let in, never seen" for name in found.silent),
    ]


def _chain_lines(one: ChainStanding) -> list[str]:
    seen = f"{one.seen:%Y-%m-%d %H:%M:%S %Z}" if one.seen else "never"
    state = "running" if one.running else f"last heard of {seen}"
    lines = [f"{one.chain}: {one.head} links, {one.head - one.covered} after the last checkpoint, {state}"]
    if one.missing:
        lines.append(f"  {one.missing} links are not here yet")
    lines += [f"  {times} links moved nothing: {why}" for why, times in one.unheeded.items()]
    lines += [
        f"  {trouble.kind} at link {trouble.seq}, since {trouble.since:%Y-%m-%d %H:%M:%S %Z}, {trouble.times} times"
        for trouble in one.troubles
    ]
    return lines


@contextmanager
def _read(options: argparse.Namespace, application: str) -> Iterator[tuple[Connection, Payloads | None]]:
    """The hub of the settings; payloads where they name the consoles' key."""
    from ui.composing.hub import endpoint_of
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    endpoint = endpoint_of(settings)
    from kiosk.ledger.hub.endpoint import connect
    from kiosk.ledger.hub.reading import Payloads
    from kiosk.ledger.hub.sealing import Opener, load_hub_keys

    payloads = None if settings.hub.key is None else Payloads(Opener(load_hub_keys(settings.hub.key)))
    with closing(connect(endpoint, application)) as hub:
        yield hub, payloads


def show_affected(options: argparse.Namespace) -> int:
    with _read(options, "uketsuke affected") as (hub, payloads):
        from kiosk.ledger.hub.reading import snapshot

        with snapshot(hub, payloads) as source:
            visits, text = affected_in(source, options, payloads=payloads is not None)
    _say(options, visits, text)
    return 0


def verify_all(options: argparse.Namespace) -> int:
    with _read(options, "uketsuke verify") as (hub, payloads):
        from kiosk.ledger.hub.audit import told_keys, verify_hub
        from kiosk.ledger.hub.reading import snapshot

        keys = told_keys(hub)
        with snapshot(hub, payloads) as source:
            report = verify_hub(source, keys, options.checkpoints, payloads=payloads is not None)
    lines = [f"hub: {report.verdict}"]
    lines += [
        f"{chain.chain}: {chain.checked} links checked, {chain.uncovered} after the last checkpoint"
        for chain in report.chains
    ]
    lines += [f"{found.problem} in {found.chain} at {found.seq}: {found.detail}" for found in report.findings]
    _say(options, report, "\n".join(lines))
    return report.exit_code


def after_restore(options: argparse.Namespace) -> int:
    _require_psycopg()
    from kiosk.ledger.hub.installing import rename_instance

    name = rename_instance(options.admin, database=options.database)
    _say(
        options,
        {"instance": name},
        f"hub {name}: consoles begin new chains; terminals send again what is missing",
    )
    return 0
