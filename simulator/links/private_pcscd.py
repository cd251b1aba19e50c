"""A private pcscd with virtual readers, beside whatever runs on the machine.

pcscd finds its socket by systemd's socket activation, so each daemon can have its own. libpcsclite remembers the
socket of its first call for the life of the process: client code either runs in this process against the one daemon
of ``session_pcscd``, or in child processes (``PrivatePcscd.run``), each with the daemon it likes.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from simulator.links.vpcd import VpcdLink

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER = "Private virtual reader"
SLOTS = 2  # the driver opens two ports, one after the other
_DEFAULT_PORT = 35963
_FIRST_PORT, _LAST_PORT = 20000, 30000  # below the ports that the kernel hands out by itself
_START_SECONDS = 20.0
_LISTENING = "0A"

# The socket arrives as standard input and must become descriptor 3 of a process that knows its own number.
_LAUNCH = 'exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec setpriv --pdeathsig KILL "$@"'


def missing() -> str:
    """What the machine lacks for a private pcscd; empty where nothing is missing."""
    absent = [name for name in ("pcscd", "setpriv") if shutil.which(name, path=_path()) is None]
    return ", ".join(absent + ([] if DRIVER.exists() else [str(DRIVER)]))


class PrivatePcscd:
    """One daemon with a virtual reader of two slots. Start it with ``start`` or ``with``."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pcscd-")
        self.socket = Path(self._folder.name, "comm")
        self.log = Path(self._folder.name, "log")
        self.port, self._claim = _claim_ports(SLOTS)
        self._configuration = Path(self._folder.name, "conf")
        self._configuration.mkdir()
        Path(self._configuration, "vpcd").write_text(
            f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{self.port}\n'
            f"LIBPATH {DRIVER}\nCHANNELID {self.port:#x}\n"
        )
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PrivatePcscd:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the daemon and returns when its readers listen for cards. It ends with the thread that calls this."""
        with socket.socket(socket.AF_UNIX) as listener, self.log.open("ab") as log:
            listener.bind(str(self.socket))
            listener.listen(16)
            command = ["pcscd", "--foreground", "--config", str(self._configuration), *_extra_options()]
            self._daemon = subprocess.Popen(  # noqa: S603  our own command
                ["/bin/sh", "-c", _LAUNCH, "pcscd", *command],
                stdin=listener.fileno(),
                stdout=log,
                stderr=log,
                env={**os.environ, "PATH": _path()},
            )
        self._wait_until_listening()

    def kill(self) -> None:
        """Ends the daemon at once. Its clients and cards lose their connections."""
        if self._daemon:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None
        self.socket.unlink(missing_ok=True)

    def restart(self) -> None:
        """Kills it and starts another on the same socket and ports."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """Kills it and removes its files. Idempotent."""
        self.kill()
        self._claim.close()
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """For a client process; to be there before its first PC/SC call."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}

    def link(self, slot: int = 0) -> VpcdLink:
        """A hand for one of the reader's slots."""
        return VpcdLink("127.0.0.1", self.port + slot)

    def run(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Runs a client to its end. It does not raise when the client fails."""
        return subprocess.run(  # noqa: S603  the caller's own command
            command,
            env={**os.environ, **self.environment(), **(environment or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def run_python(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs Python source as a client of its own."""
        return self.run([sys.executable, "-c", program, *arguments])

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _listening() >= {self.port + slot for slot in range(SLOTS)}:
            assert self._daemon is not None
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pcscd did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.005)


@cache
def bind_this_process() -> PrivatePcscd:
    """Names this process's own socket before its PC/SC library looks for one, and for ever. Nothing listens there
    until ``session_pcscd`` is called: until then the service is down."""
    daemon = PrivatePcscd()
    atexit.register(daemon.stop)
    os.environ.update(daemon.environment())
    return daemon


@cache
def session_pcscd() -> PrivatePcscd:
    """The one daemon that client code in this very process can use. Ends with the process."""
    bound = bind_this_process.cache_info().currsize > 0
    if "PCSCLITE_CSOCK_NAME" in os.environ and not bound:
        raise RuntimeError("this process is bound to another pcscd already")
    daemon = bind_this_process()
    daemon.start()
    return daemon


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@cache
def _extra_options() -> tuple[str, ...]:
    """pcscd 2 asks polkit for leave, which a private daemon has no use for."""
    usage = subprocess.run(
        ["pcscd", "--help"],  # noqa: S607  from the path that _path gives
        env={"PATH": _path()},
        capture_output=True,
        text=True,
        check=False,
    )
    return ("--disable-polkit",) if "--disable-polkit" in usage.stdout + usage.stderr else ()


def _listening() -> set[int]:
    """The TCP ports on which something listens on this machine."""
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


def _claim_ports(count: int) -> tuple[int, socket.socket]:
    """The first of some neighbouring ports on which nothing listens, never vpcd's own, and the claim on them.

    Daemons that start at the same moment must not choose the same ports: the driver would lose the race silently
    and the card would land in the other daemon. A name in the kernel's abstract namespace belongs to one of them
    until its process ends.
    """
    taken = _listening() | {_DEFAULT_PORT}
    for first in range(_FIRST_PORT, _LAST_PORT, count):
        if taken.isdisjoint(range(first, first + count)):
            claim = socket.socket(socket.AF_UNIX)
            try:
                claim.bind(f"\0private-pcscd-{first}")
            except OSError:
                claim.close()
                continue
            return first, claim
    raise RuntimeError("no free ports")
