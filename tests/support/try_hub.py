"""``make hub``: a PostgreSQL of one's own with a hub for trials, two kiosks and a console let in, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Final

from kiosk.ledger.hub.installing import Kind, add_terminal, install
from kiosk.ledger.hub.sealing import load_hub_keys, make_hub_key, public_of
from tests.support.postgres import PrivatePostgres

TERMINALS: Final[dict[str, Kind]] = {"A": "kiosk", "B": "kiosk", "R": "console"}
_SETTINGS = """profile = "simulated"
terminal = "{terminal}"
data = "{terminal}-data"

[hub]
host = "{host}"
port = {port}
role = "{kind}"
passfile = "{terminal}.pass"
public_key = "{public_key}"
{key}"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make hub", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/hub"), help="settings, passwords, the key")
    parser.add_argument("--server", type=Path, default=Path(f"/var/tmp/uketsuke-hub-{os.getuid()}"))
    parser.add_argument("--port", type=int, default=54322)
    options = parser.parse_args()
    server: Path = options.server
    if server.exists() and server.is_symlink():
        sys.exit(f"make hub: {server} is a link; remove it")
    postgres = PrivatePostgres(server, durable=True, port=options.port)
    postgres.start()
    try:
        told = prepare(postgres, options.folder)
        print("\n".join(told), flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        postgres.stop()
    print(f"ended; the hub's data stays in {server}")
    return 0


def prepare(postgres: PrivatePostgres, folder: Path) -> list[str]:
    """The hub, and a settings file for each terminal; says what to do with them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = folder / "hub.key"
    public = public_of(load_hub_keys(key)[0]) if key.exists() else make_hub_key(key, os.urandom)
    install(postgres.admin, public.text(), production=False)
    for terminal, kind in TERMINALS.items():
        login = add_terminal(postgres.admin, terminal, kind)
        passfile = folder / f"{terminal}.pass"
        passfile.touch(mode=0o600)
        passfile.write_text(login.passfile_line("*") + "\n")
        (folder / f"{terminal}.toml").write_text(
            _SETTINGS.format(
                terminal=terminal, kind=kind, host=postgres.sockets, port=postgres.port,
                public_key=public.text(), key='key = "hub.key"\n' if kind == "console" else "",
            )
        )  # fmt: skip
    command = f".venv/bin/uketsuke --settings {folder}"
    return [
        f"The hub is there (socket {postgres.sockets}, port {postgres.port}); Ctrl-C ends it. In other windows:",
        f"  {command}/A.toml run          the first kiosk",
        f"  {command}/B.toml run          the second",
        f"  {command}/R.toml hub status   how the hub stands, as the console sees it",
    ]


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
