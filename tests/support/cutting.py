"""A network that breaks where a test says so: a proxy before a server's socket."""

from __future__ import annotations

import socket
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, Self

Way = Literal["there", "back"]


class Cut(NamedTuple):
    """After so many bytes on their way there (to the server) or back, the connection breaks in both directions.
    What was let through arrives."""

    way: Way
    after: int


class Network:
    """Between `listen` and `target`, each the path of a socket or (host, port). Each new connection takes the next of
    `cuts`; without one it lives until `cut` or `away`. Bytes that wait anywhere when it is cut are lost."""

    def __init__(
        self, listen: Path | tuple[str, int], target: Path | tuple[str, int], cuts: tuple[Cut, ...] = ()
    ) -> None:
        self.cuts = deque(cuts)
        self.connections = 0
        self._target = target
        self._away = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = _socket(listen)
        self._listener.bind(_address(listen))
        self._listener.listen(256)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Every connection breaks now; new ones are let through."""
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def away(self, away: bool) -> None:
        """While away, nothing gets through, and new connections break at once."""
        with self._lock:
            self._away = away
        if away:
            self.cut()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.away(True)
        for thread in list(self._threads):
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                cut = self.cuts.popleft() if self.cuts else None
                away = self._away
            server = _socket(self._target)
            try:
                if away:
                    raise OSError
                server.connect(_address(self._target))
            except OSError:
                client.close()
                server.close()
                continue
            self._join(client, server, cut)

    def _join(self, client: socket.socket, server: socket.socket, cut: Cut | None) -> None:
        with self._lock:
            self._open |= {client, server}
            self._threads = [thread for thread in self._threads if thread.is_alive()]
        left = {"there": 1 << 62, "back": 1 << 62} | ({cut.way: cut.after} if cut else {})
        ended = threading.Semaphore(0)
        for source, sink, way in ((client, server, "there"), (server, client, "back")):
            thread = threading.Thread(target=self._pass, args=(source, sink, left[way], ended), daemon=True)
            self._threads.append(thread)
            thread.start()
        thread = threading.Thread(target=self._end, args=(client, server, ended), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pass(
        self, source: socket.socket, sink: socket.socket, left: int, ended: threading.Semaphore
    ) -> None:
        with suppress(OSError):
            while left > 0 and (data := source.recv(65536)):
                sink.sendall(data[:left])
                left -= len(data)
        ended.release()

    def _end(self, client: socket.socket, server: socket.socket, ended: threading.Semaphore) -> None:
        """One way's end is the end of both."""
        ended.acquire()
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        ended.acquire()
        with self._lock:
            self._open -= {client, server}
        client.close()
        server.close()


def _socket(address: Path | tuple[str, int]) -> socket.socket:
    one = socket.socket(socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET)
    if not isinstance(address, Path):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return one


def _address(address: Path | tuple[str, int]) -> str | tuple[str, int]:
    return str(address) if isinstance(address, Path) else address
