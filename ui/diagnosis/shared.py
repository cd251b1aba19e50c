"""The hub that several terminals share: is it there, and does it have what stands here?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, get_args

from kiosk.ledger import LedgerError
from kiosk.ledger.keys import Home, load_keys
from kiosk.ledger.schema import connect as open_ledger_file
from ui.composing.hub import endpoint_of
from ui.diagnosis.finding import Advice, Finding, Verdict, advised, fault, ok
from ui.diagnosis.network import reached
from ui.settings import Settings, SettingsError

if TYPE_CHECKING:
    from kiosk.ledger.hub.endpoint import Connection, Endpoint

_SUBJECT = "hub"


def hub(settings: Settings) -> Iterator[Finding]:
    if not settings.hub.host:
        yield ok(_SUBJECT, "none: this machine's ledger stands alone")
        return
    try:
        endpoint = endpoint_of(settings)
    except SettingsError as error:
        yield advised(_SUBJECT, "fault", str(error), "hub_settings")
        return
    try:
        yield from _asked(settings, endpoint)
    except LedgerError as error:
        yield _told(error, settings)


def _asked(settings: Settings, endpoint: Endpoint) -> Iterator[Finding]:
    """Raises ``LedgerError``."""
    from kiosk.ledger.hub.endpoint import NEEDED, connect, greet
    from kiosk.ledger.hub.errors import HubAway, HubKeyDiffers, NotThisTerminal

    if not endpoint.local and not reached(endpoint.host, endpoint.port):
        raise HubAway
    with closing(connect(endpoint, "uketsuke diagnose")) as line:
        hello = greet(line)
        if hello.terminal != settings.terminal:
            raise NotThisTerminal(hello.terminal)
        if hello.public_key != settings.hub.public_key:
            raise HubKeyDiffers
        newer = "" if hello.newest == NEEDED else f" (this program knows {NEEDED})"
        yield ok(_SUBJECT, f"{settings.hub.host} answers: hub {hello.instance}, schema {hello.newest}{newer}")
        if settings.hub.role == "console":
            yield from _everybody(line)
        else:
            yield from _own(settings, line)


def _own(settings: Settings, line: Connection) -> Iterator[Finding]:
    """A kiosk's login sees nothing but its own chains."""
    from kiosk.ledger.hub.reaching import reach

    home = Home(settings.ledger_folder)
    if not home.database.exists():
        yield ok(_SUBJECT, "nothing to send yet")
        return
    with closing(open_ledger_file(home.database, load_keys(home).database, write=False)) as file:
        found = reach(line, file, settings.terminal)
    last = (
        f"the newest there is of {found.last[:16].replace('T', ' ')} UTC"
        if found.last
        else "nothing is there"
    )
    for chain in found.forked:
        yield advised(_SUBJECT, "fault", f"chain {chain}: the hub has another history", "hub_fork")
    if found.behind:
        detail = f"{found.behind} events are not in the hub; {last}"
        yield advised(_SUBJECT, "warning", detail, "hub_behind")
    elif not found.forked:
        yield ok(_SUBJECT, f"every event is in the hub; {last}" if found.last else "nothing to send yet")


def _everybody(line: Connection) -> Iterator[Finding]:
    """What a console sees of all terminals."""
    from kiosk.ledger.hub.status import status

    found = status(line)
    for one in found.chains:
        if one.troubles:
            kinds = ", ".join(f"{trouble.kind} at {trouble.seq}" for trouble in one.troubles)
            yield advised(_SUBJECT, "fault", f"chain {one.chain}: {kinds}", "hub_fork")
        if one.missing:
            detail = f"chain {one.chain}: {one.missing} events are not in the hub"
            yield advised(_SUBJECT, "warning", detail, "hub_behind")
    if not any(one.troubles or one.missing for one in found.chains):
        count = len(found.chains)
        yield ok(_SUBJECT, f"of {count} chain{'' if count == 1 else 's'} nothing is missing")


def _told(error: LedgerError, settings: Settings) -> Finding:
    """A kiosk goes on without its hub; a console's ledger stands there."""
    away = error.code == "hub_away"
    verdict: Verdict = "warning" if away and settings.hub.role == "kiosk" else "fault"
    detail = f"{settings.hub.host}: {error}"
    known: dict[str, Advice] = {code: code for code in get_args(Advice)}
    advice = known.get(error.code)
    return (
        fault(_SUBJECT, detail, error.remedy)
        if advice is None
        else advised(_SUBJECT, verdict, detail, advice)
    )
