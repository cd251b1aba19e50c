"""What the settings' [hub] means: the way in, the thread that ships to it, a console's ledger in it. Loads psycopg."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.keys import Home, ensure_keys
from kiosk.storage.keyfile import CREDENTIALS
from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.ledger.hub.endpoint import Endpoint
    from kiosk.ledger.hub.ledger import HubLedger
    from kiosk.ledger.hub.shipper import Shipper, Standing

PASSFILE = "hub.pass"
_NO_PSYCOPG = "psycopg is not installed (requirements/hub.txt)"


def endpoint_of(settings: Settings) -> Endpoint:
    """Raises ``SettingsError`` where the settings name no hub, or psycopg is not there."""
    hub, tls = settings.hub, settings.hub.tls
    if not hub.host:
        raise settings.wrong("hub.host", "the settings name no hub")
    try:
        from kiosk.ledger.hub.endpoint import Endpoint
    except ImportError:
        raise settings.wrong("hub", _NO_PSYCOPG) from None
    return Endpoint(
        host=hub.host,
        port=hub.port,
        database=hub.database,
        user=hub.user or f"uketsuke_{hub.role}_{settings.terminal}",
        passfile=hub.passfile or _credential(),
        authorities=tls.authorities if tls else None,
        certificate=tls.certificate if tls else None,
        key=tls.key if tls else None,
    )


def _credential() -> Path | None:
    folder = os.environ.get(CREDENTIALS)
    path = Path(folder) / PASSFILE if folder else None
    return path if path is not None and path.exists() else None


def shipper_of(
    settings: Settings, ledger: SqliteLedger, changed: Callable[[Standing], None] = lambda _standing: None
) -> Shipper | None:
    """Who sends this terminal's ledger to the hub, not yet running; None without a hub, and for a console, whose
    ledger stands there already. To be closed before the ledger. Raises ``SettingsError``."""
    if not settings.hub.host or settings.hub.role != "kiosk":
        return None
    endpoint = endpoint_of(settings)
    from kiosk.ledger.hub.sealing import BoxKey
    from kiosk.ledger.hub.shipper import Shipper

    return Shipper(ledger, endpoint, BoxKey.parse(settings.hub.public_key), changed=changed)


def open_hub_ledger(settings: Settings, process: str = "console") -> HubLedger:
    """This console's ledger in the hub. Its signing key lies in the ledger's folder. Raises ``SettingsError`` and
    ``LedgerError``."""
    endpoint = endpoint_of(settings)
    from kiosk.ledger.hub.ledger import HubLedger
    from kiosk.ledger.hub.sealing import load_hub_keys

    if settings.hub.key is None:
        raise settings.wrong("hub.key", "only a console reads the hub; it needs the consoles' key file")
    folder = settings.checkpoints_folder
    options = Options(
        terminal=settings.terminal,
        process=process,
        checkpoints=folder if folder.is_dir() else None,
        refuse_simulated=settings.profile == "production",
    )
    keys = ensure_keys(Home(settings.ledger_folder))
    return HubLedger(endpoint, options, keys=keys, hub_keys=load_hub_keys(settings.hub.key))
