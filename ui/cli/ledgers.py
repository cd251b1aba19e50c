"""``uketsuke audit``, ``purge``, ``backup``, ``restore``: the ledger."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.coverage.certificate_life import JAPAN
from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.ledger import SqliteLedger
    from kiosk.ledger.affected import Affected
    from kiosk.ledger.hub.ledger import HubLedger
    from kiosk.ledger.interface import Snapshot
    from kiosk.storage.companion import Companion


def add(name: str, commands: Any) -> None:
    _PARSERS[name](commands)


def _add_audit(commands: Any) -> None:
    parser = commands.add_parser("audit", help="verify, export or search the ledger")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="exit 0 whole, 1 broken, 2 cannot be read")
    _common(verify)
    verify.add_argument("--key", type=Path, metavar="FILE", help="the auditor's own copy of the public key")
    verify.add_argument("--checkpoints", type=Path, metavar="DIR")
    verify.add_argument("--from", dest="first", type=int, default=1, metavar="SEQ")
    verify.add_argument("--export", type=Path, metavar="FILE", help="verify an exported file instead")
    verify.set_defaults(act=audit_verify)
    export = verbs.add_parser("export", help="what happened, as JSON lines without personal data")
    _common(export)
    export.add_argument("to", type=Path, metavar="FILE")
    export.add_argument("--with-personal-data", action="store_true")
    export.set_defaults(act=audit_export)
    affected = verbs.add_parser("affected", help="visits touched in a time span")
    _common(affected)
    add_span(affected)
    affected.set_defaults(act=audit_affected)


def add_span(parser: argparse.ArgumentParser) -> None:
    """What ``affected_in`` asks for."""
    parser.add_argument("--since", required=True, type=_day, metavar="DATE")
    parser.add_argument("--until", type=_day, metavar="DATE")
    parser.add_argument("--terminal", metavar="LETTER")
    parser.add_argument("--staff", metavar="NAME", help="only what this member of staff did or looked at")


def _add_purge(commands: Any) -> None:
    parser = commands.add_parser("purge", help="erase the personal data of visits that ended before a day")
    _common(parser)
    parser.add_argument("--before", required=True, type=_day, metavar="DATE")
    parser.set_defaults(act=purge)


def _add_backup(commands: Any) -> None:
    parser = commands.add_parser(
        "backup", help="copy ledger, patients, accounts and outbox with their keys into one sealed file"
    )
    _common(parser)
    parser.add_argument("to", type=Path, metavar="FILE")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="else it is asked for")
    parser.set_defaults(act=make_backup)


def _add_restore(commands: Any) -> None:
    parser = commands.add_parser("restore", help="bring a backup back")
    _common(parser)
    parser.add_argument("source", type=Path, metavar="FILE")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
    parser.add_argument(
        "--replace", action="store_true", help="also where something is already; it is moved aside"
    )
    parser.set_defaults(act=restore_backup)


_PARSERS = {"audit": _add_audit, "purge": _add_purge, "backup": _add_backup, "restore": _add_restore}


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ledger", type=Path, metavar="DIR", help="else the settings' ledger")
    parser.add_argument("--json", action="store_true")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-24") from None


def _folder(options: argparse.Namespace) -> Path:
    from ui.settings import load_settings

    folder: Path = options.ledger or load_settings(options.settings).ledger_folder
    if not folder.is_dir():
        raise Problem(f"no ledger in {folder}")
    return folder


def own_ledger(options: argparse.Namespace, process: str) -> SqliteLedger:
    """The ledger of the command line's folder, else the settings', to be written to: in a chain of this very terminal,
    since a hub takes no other one's from it."""
    from kiosk.ledger import Options, SqliteLedger
    from ui.settings import load_settings

    return SqliteLedger(
        _folder(options), Options(terminal=load_settings(options.settings).terminal, process=process)
    )


def login() -> str:
    """Who is logged in on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _say(options: argparse.Namespace, value: Any, text: str) -> None:
    print(msgspec.json.encode(value).decode() if options.json else text)


def audit_verify(options: argparse.Namespace) -> int:
    from kiosk.ledger.audit import verify_folder
    from kiosk.ledger.export import verify_export
    from kiosk.ledger.note import VerifyKey

    key = None
    if options.key is not None:
        try:
            key = VerifyKey.parse(options.key.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise Problem(f"--key {options.key}: not a public key ({error})") from None
    if options.export is None:
        settings_folder = _checkpoints(options)
        report = verify_folder(_folder(options), key, settings_folder, first=options.first)
    elif key is None:
        raise Problem("audit verify --export needs --key: the public key of the ledger")
    else:
        report = verify_export(options.export, key, options.checkpoints)
    lines = [f"ledger: {report.verdict}"]
    lines += [
        f"{chain.chain}: {chain.checked} links checked, {chain.uncovered} after the last checkpoint"
        for chain in report.chains
    ]
    lines += [f"{found.problem} in {found.chain} at {found.seq}: {found.detail}" for found in report.findings]
    if report.remedy:
        lines.append(report.remedy)
    _say(options, report, "\n".join(lines))
    return report.exit_code


def _checkpoints(options: argparse.Namespace) -> Path | None:
    """The folder named on the command line, else the settings' where that ledger is meant and it is there."""
    from ui.settings import load_settings

    if options.checkpoints is not None or options.ledger is not None:
        return options.checkpoints  # type: ignore[no-any-return]
    folder = load_settings(options.settings).checkpoints_folder
    return folder if folder.is_dir() else None


def audit_export(options: argparse.Namespace) -> int:
    from kiosk.ledger.export import export
    from kiosk.ledger.interface import stamp

    if options.with_personal_data:
        _note_export(options)
    with _opened(options) as (source, keys):
        created = stamp(datetime.now(UTC))
        end = export(
            source, options.to, keys.verify_key, created=created, payloads=options.with_personal_data
        )
    _say(options, end, f"{end.links} entries and {end.checkpoints} checkpoints in {options.to}")
    return 0


def _note_export(options: argparse.Namespace) -> None:
    """Who takes all patients' data away stands in the ledger before anything is written."""
    from kiosk.ledger import Entry, stamp
    from kiosk.reception.world import SystemWorld

    world = SystemWorld()
    now = world.now()
    note = Entry(
        visit="", id=world.new_id(), type="PersonalDataExported", at=stamp(now.utc), mono_ms=now.mono,
        actor=f"staff:{login()}", state="",
    )  # fmt: skip
    with closing(own_ledger(options, "export")) as ledger:
        ledger.append([note])


def audit_affected(options: argparse.Namespace) -> int:
    with _opened(options) as (source, _keys):
        visits, text = affected_in(source, options)
    _say(options, visits, text)
    return 0


def affected_in(
    source: Snapshot, options: argparse.Namespace, *, payloads: bool = True
) -> tuple[list[Affected], str]:
    """The visits, and a line for each."""
    from kiosk.ledger.affected import affected

    since = _midnight(options.since)
    until = _midnight((options.until or datetime.now(JAPAN).date()) + timedelta(days=1))
    visits = affected(source, since, until, terminal=options.terminal, staff=options.staff, payloads=payloads)
    lines = [f"{one.first}  {one.visit}  {' '.join(sorted(one.numbers))}" for one in visits]
    return visits, "\n".join(lines) or "none"


def purge(options: argparse.Namespace) -> int:
    if options.before > datetime.now(JAPAN).date():
        raise Problem(
            f"--before {options.before}: only days that are over can be purged; give today or an earlier day"
        )
    with closing(_purged_ledger(options)) as ledger:
        done = ledger.purge(options.before, "staff:command")
    clean = "" if done.files_clean else "; a reader held old pages, run it again"
    _say(options, done, f"{done.erased} payloads erased of visits that ended before {done.before}{clean}")
    return 0


def _purged_ledger(options: argparse.Namespace) -> SqliteLedger | HubLedger:
    """Of a console at the hub that is the hub's, of all terminals."""
    from ui.composing.recheck import at_the_hub
    from ui.settings import load_settings

    if options.ledger is None and at_the_hub(settings := load_settings(options.settings)):
        from ui.composing.hub import open_hub_ledger

        return open_hub_ledger(settings, "purge")
    return own_ledger(options, "purge")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JAPAN)


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[tuple[Any, Any]]:
    """A read-only view of the ledger, and its keys."""
    from kiosk.ledger.keys import Home, load_keys
    from kiosk.ledger.reader import snapshot

    home = Home(_folder(options))
    keys = load_keys(home)
    with snapshot(home.database, keys.database) as source:
        yield source, keys


def make_backup(options: argparse.Namespace) -> int:
    from kiosk.ledger.backup import backup

    if not options.to.absolute().parent.is_dir():
        raise Problem(f"no folder {options.to.absolute().parent} to put the backup in")
    folder, companions = _folder(options), _companions(options)
    manifest = backup(folder, options.to, _passphrase(options, again=True), companions=companions)
    holds = manifest.holds
    _say(options, {"file": str(options.to), "holds": holds}, f"backup of {', '.join(holds)} in {options.to}")
    return 0


def restore_backup(options: argparse.Namespace) -> int:
    from kiosk.ledger.backup import restore
    from ui.settings import load_settings

    if not options.source.is_file():
        raise Problem(f"no backup file {options.source}")
    folder = options.ledger or load_settings(options.settings).ledger_folder
    companions = _companions(options)
    manifest = restore(
        options.source, folder, _passphrase(options), companions=companions, replace=options.replace
    )
    folders = {one.name: str(one.place.folder) for one in companions if one.name in manifest.holds}
    lines = [f"restored to {folder}", *(f"{name}: {place}" for name, place in folders.items())]
    _say(options, {"folder": str(folder), "folders": folders}, "\n".join(lines))
    return 0


def _companions(options: argparse.Namespace) -> tuple[Companion, ...]:
    """What goes with the settings' ledger; a ledger that was named by its folder goes alone."""
    from ui.composing.files import companions_of
    from ui.settings import load_settings

    return () if options.ledger is not None else companions_of(load_settings(options.settings))


def _passphrase(options: argparse.Namespace, *, again: bool = False) -> str:
    if options.passphrase_file is not None:
        try:
            text = options.passphrase_file.read_text(encoding="utf-8").strip("\n")
        except OSError as error:
            raise Problem(f"{options.passphrase_file}: cannot be read ({type(error).__name__})") from None
    elif sys.stdin.isatty():
        text = getpass.getpass("Passphrase: ")
        if again and getpass.getpass("Once more: ") != text:
            raise Problem("the two passphrases differ")
    else:
        text = os.environ.get("UKETSUKE_PASSPHRASE", "")
    if not text:
        raise Problem("no passphrase: use --passphrase-file, or type one at a terminal")
    return str(text)
