"""The ledger: keys, database, checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

from kiosk.ledger import LedgerError
from kiosk.ledger.checkpoint import open_checkpoint
from kiosk.ledger.interface import parse_stamp
from kiosk.ledger.keys import Home, Keys, load_keys
from kiosk.ledger.reader import SqliteSnapshot, snapshot
from ui.diagnosis.finding import Advice, Finding, advised, can_write, fault, ok
from ui.settings import Settings

_UNSIGNED_FOR = timedelta(days=1)


def ledger(settings: Settings) -> Iterator[Finding]:
    home = Home(settings.ledger_folder)
    if not home.database.exists():
        yield ok("ledger", f"none yet in {home.folder}: made at the first start")
        return
    if home.folder.stat().st_mode & 0o077:
        yield advised("ledger", "warning", f"{home.folder}: others can look into it", "folder_private")
    try:
        keys = load_keys(home)
        with snapshot(home.database, keys.database) as source:
            yield from _checkpoints(settings, source, keys)
    except LedgerError as error:
        yield _told(error)
    yield from _folder(settings)


def _told(error: LedgerError) -> Finding:
    known: dict[str, Advice] = {code: code for code in get_args(Advice)}
    advice = known.get(f"ledger_{error.code}")
    if advice is None:
        return fault("ledger", str(error), error.remedy)
    return advised("ledger", "fault", str(error), advice)


def _checkpoints(settings: Settings, source: SqliteSnapshot, keys: Keys) -> Iterator[Finding]:
    heads = source.heads()
    entries = sum(head.seq for head in heads.values())
    yield ok("ledger", f"{entries} entries in {settings.ledger_folder}; keys readable by this user alone")
    if not heads:
        return
    newest = max(parse_stamp(head.at) for head in heads.values())
    signed = [open_checkpoint(note, keys.verify_key) for note in source.notes()]
    covered = {checkpoint.chain: checkpoint.seq for checkpoint in signed}
    if all(covered.get(chain, 0) >= head.seq for chain, head in heads.items()):
        yield ok("ledger", "every entry is under a signed checkpoint")
        return
    last = max((parse_stamp(checkpoint.at) for checkpoint in signed), default=None)
    if last is None or newest - last > _UNSIGNED_FOR or datetime.now(UTC) - newest > _UNSIGNED_FOR:
        when = f"the last is of {last:%Y-%m-%d %H:%M} UTC" if last else "there is none"
        detail = f"the newest entries are under no checkpoint; {when}"
        yield advised("ledger", "warning", detail, "ledger_unsigned")
    else:
        yield ok("ledger", f"last checkpoint {last:%Y-%m-%d %H:%M} UTC")


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.checkpoints_folder
    if not folder.is_dir():
        detail = f"checkpoints cannot be delivered: {folder} is not there"
        yield advised("ledger", "warning", detail, "checkpoints_folder")
    elif not can_write(folder):
        detail = f"checkpoints cannot be delivered to {folder}"
        yield advised("ledger", "warning", detail, "folder_rights")
