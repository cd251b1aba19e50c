"""What a process frees is overwritten, for one that must live on after it has held what must not stay.

Python cannot wipe what it copies, nor can anybody wipe what libraries keep for themselves: a card's answer in the PC/SC
binding, a camera's picture in its decoder. They free it, and there it would lie until something else needs the place.
"""

from __future__ import annotations

import ctypes
import sys

_M_PERTURB = -6  # malloc.h of the GNU C library
_PATTERN = 0xCC


def overwrite_freed() -> bool:
    """From now on, for as long as this process lives: what goes back to the C library's heap is overwritten at that
    moment. False where the C library has no such setting (others than GNU's). Idempotent.

    Not overwritten: pieces of up to 512 bytes, which Python keeps for its own next object, and up to seven pieces of
    each size up to 1 kB, which the C library keeps for the thread's next one.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_PERTURB, _PATTERN))
