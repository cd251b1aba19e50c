"""What is freed is overwritten at once. In processes of their own: it cannot be taken back."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

_LOOK = dedent("""
    import ctypes, sys
    from drivers.confined.freed import overwrite_freed
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    if sys.argv[1] == "overwritten":
        assert overwrite_freed() and overwrite_freed()
    size = int(sys.argv[2])
    piece, wall = libc.malloc(size), libc.malloc(64)  # the wall keeps the piece from being given back to the system
    ctypes.memset(piece, 0x5A, size)
    libc.free(piece)
    left = ctypes.string_at(piece, size)
    print(left.count(0x5A) > size // 2)
""")


@pytest.mark.skipif(sys.platform != "linux", reason="the GNU C library's")
@pytest.mark.parametrize("size", [2_000, 5_000, 60_000])
@pytest.mark.parametrize("how", ["overwritten", "left"])
def test_what_is_freed_is_overwritten_where_that_was_asked_for(how: str, size: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOOK, how, str(size)], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == str(how == "left")
