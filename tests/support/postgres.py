"""A PostgreSQL of one's own: its own folder, socket and port, an unprivileged user, and an end that touches nothing
that it did not start."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import psycopg

ADMIN = "hub_admin"
_PATIENCE_S = 60
_DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
_HASTY = ("fsync=off", "full_page_writes=off")
_HBA = f"""local all {ADMIN} trust
local all all scram-sha-256
hostssl all +uketsuke_kiosk 127.0.0.1/32 {{method}}
hostssl all all 127.0.0.1/32 scram-sha-256
"""
_IDENT = r"""terminals  "/^Uketsuke simulator (.*)$"  \1
"""


def programs() -> Path:
    """The server's programs: Debian puts them beside no path, one folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    if there is None:
        raise RuntimeError("no PostgreSQL server here: apt-get install postgresql (make setup does it)")
    return Path(there).resolve().parent


def _account() -> dict[str, Any]:
    """initdb and the server refuse root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class PrivatePostgres:
    """`start`, `stop`, `kill` (as a power cut does to the processes) as often as needed, then `remove`.

    durable: fsync as in production; else nothing is flushed. tls: (certificate, key) as PEM files; with it the server
    also listens on 127.0.0.1. certificates: kiosks log in with a client certificate of this authority.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        durable: bool = False,
        tls: tuple[Path, Path] | None = None,
        certificates: Path | None = None,
        port: int = 0,
        settings: Sequence[str] = (),
    ) -> None:
        self._own_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="uk-pg-"))
        self.data = self.folder / "data"
        self.sockets = self.folder / "run"
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = [
            f"port={self.port}", f"unix_socket_directories={self.sockets}", "max_connections=250",
            "shared_buffers=64MB", "logging_collector=off", "log_min_messages=warning",
            "password_encryption=scram-sha-256", "restart_after_crash=on", *(_DURABLE if durable else _HASTY),
            f"listen_addresses={'127.0.0.1' if tls else ''}", *settings,
        ]  # fmt: skip
        self._account = _account()
        if not self.data.exists():
            self._make()
        if tls:
            self._take_certificates(tls, certificates)
        hba = _HBA.format(method="cert map=terminals" if certificates else "scram-sha-256")
        (self.data / "pg_hba.conf").write_text(hba)
        (self.data / "pg_ident.conf").write_text(_IDENT)

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self.data.mkdir(mode=0o700)
        self._give(self.folder, self.sockets, self.data)
        self.folder.chmod(0o711)
        how = ("-U", ADMIN, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        subprocess.run(
            [programs() / "initdb", "-D", self.data, *how],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", **self._account,
        )  # fmt: skip

    def _give(self, *paths: Path) -> None:
        if self._account:
            for path in paths:
                os.chown(path, self._account["user"], self._account["group"])

    def _take_certificates(self, tls: tuple[Path, Path], certificates: Path | None) -> None:
        """The server reads only keys that are its own."""
        files = {"server.crt": tls[0], "server.key": tls[1]} | (
            {"root.crt": certificates} if certificates else {}
        )
        for name, source in files.items():
            shutil.copyfile(source, self.data / name)
            (self.data / name).chmod(0o600)
            self._give(self.data / name)
        self._settings += ["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"]
        if certificates:
            self._settings.append("ssl_ca_file=root.crt")

    # -- running
    @property
    def socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{self.port}"

    @property
    def admin(self) -> str:
        """The administrator's connection string."""
        return f"host={self.sockets} port={self.port} user={ADMIN} dbname=postgres"

    def start(self) -> None:
        arguments = [item for setting in self._settings for item in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [programs() / "postgres", "-D", self.data, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._account,
            )  # fmt: skip
        self._await_ready()

    def _await_ready(self) -> None:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                psycopg.connect(self.admin, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """An orderly end; clients are cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        """kill -9 for the server and every process that it has started."""
        assert self._process is not None
        server = psutil.Process(self._process.pid)
        server.suspend()  # or it would answer the death of one of them
        for process in [*server.children(recursive=True), server]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait(_PATIENCE_S)
        self._process = None
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- for those who look behind the curtain
    def execute(self, statement: str, values: Sequence[Any] = (), database: str = "uketsuke") -> list[Any]:
        """As the administrator."""
        path = "-c search_path=uketsuke,public"
        with psycopg.connect(self.admin, dbname=database, autocommit=True, options=path) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
