"""What a process cannot do any more once it is confined."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is proven here is Linux's")


def said_by(program: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", dedent(program), *arguments],
        capture_output=True, text=True, check=True, timeout=30, cwd=folder,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return done.stdout


def test_each_thing_that_could_keep_something_is_closed(tmp_path: Path) -> None:
    told = said_by(
        """
        import ctypes, os, resource, signal
        from drivers.confined.confine import confine
        out = os.dup(1)
        confine(os.getppid())
        prctl, died = ctypes.CDLL(None).prctl, ctypes.c_int()
        prctl(2, ctypes.byref(died), 0, 0, 0)
        said = {
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "file": resource.getrlimit(resource.RLIMIT_FSIZE),
            "dumpable": prctl(3, 0, 0, 0, 0),
            "gains": prctl(39, 0, 0, 0, 0),
            "dies by": died.value,
        }
        print("lost")
        os.system("echo lost")
        os.write(out, repr(said).encode())
        """,
        tmp_path,
    )
    assert told == repr({"core": (0, 0), "file": (0, 0), "dumpable": 0, "gains": 1, "dies by": 9})


def test_no_file_can_be_written_and_in_the_end_none_opened_while_open_ones_serve_on(tmp_path: Path) -> None:
    told = said_by(
        """
        import os, select
        from drivers.confined.confine import confine, open_no_more
        out, (read, write) = os.dup(1), os.pipe()
        confine(os.getppid())
        said = []
        def kept():
            with open("kept", "wb", buffering=0) as file:
                file.write(b"x")
        def opened():
            open_no_more()
            open("/etc/hostname")
        for attempt in (kept, opened):
            try:
                attempt()
                said.append("done")
            except OSError as error:
                said.append(error.errno)
        os.write(write, b"on")
        polling = select.poll()
        polling.register(read)
        said += [len(polling.poll(1000)), os.read(read, 9)]
        os.write(out, repr(said).encode())
        """,
        tmp_path,
    )
    assert told == repr([27, 24, 1, b"on"])  # EFBIG, EMFILE
    assert (tmp_path / "kept").stat().st_size == 0


def test_a_child_whose_parent_has_gone_already_ends_at_once(tmp_path: Path) -> None:
    told = said_by(
        """
        import os
        from drivers.confined.confine import confine
        out = os.dup(1)
        confine(os.getppid() + 1)
        os.write(out, b"alive")
        """,
        tmp_path,
    )
    assert told == ""


@pytest.mark.parametrize("which", ["setrlimit", "prctl"])
def test_where_the_kernel_refuses_the_child_is_told_and_goes_no_further(tmp_path: Path, which: str) -> None:
    told = said_by(
        """
        import ctypes, os, resource, sys
        from drivers.confined import confine
        def refuse(*_):
            raise OSError("no")
        class Library:
            prctl = staticmethod(lambda *_: -1)
        if sys.argv[1] == "setrlimit":
            resource.setrlimit = refuse
        else:
            ctypes.CDLL = lambda *_, **__: Library
        try:
            confine.confine(os.getppid())
        except confine.NotConfined as refused:
            print(str(refused).split()[0])
        """,
        tmp_path,
        which,
    )
    assert told.strip() == which
