"""A hospital's hub as its administrator makes it, by ``uketsuke hub``, in a database of its own."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.support.hubs import server
from ui.cli import main


class Site:
    """A hub made by the command, in a database of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.database = f"site_{folder.name.replace('-', '_')}".lower()
        self._capsys = capsys
        self.postgres = server()
        self.key = folder / "hub.key"
        self.common = ["--admin", self.postgres.admin, "--database", self.database]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def made(self, *more: str) -> str:
        """The public key."""
        code, out, _ = self.run(
            "hub", "init", *self.common, "--key", str(self.key), "--json", *(more or ("--trial",))
        )
        assert code == 0
        return str(msgspec.json.decode(out)["public_key"])

    def settings(self, terminal: str, role: str, public: str, more: str = "") -> Path:
        passfile = self.folder / f"{terminal}.pass"
        code, _, _ = self.run(
            "hub", "add-terminal", terminal, *self.common, "--kind", role, "--passfile", str(passfile)
        )
        assert code == 0
        path = self.folder / f"{terminal}.toml"
        path.write_text(
            f'data = "{self.folder}/{terminal}"\nterminal = "{terminal}"\n[hub]\nhost = "{self.postgres.sockets}"\n'
            f'port = {self.postgres.port}\ndatabase = "{self.database}"\nrole = "{role}"\npassfile = "{passfile}"\n'
            f'public_key = "{public}"\n{more}'
        )
        return path
