"""A ring of pictures in anonymous memory: one process writes, others look, and nothing reaches a disk.

Layout (native byte order): a head of 8-byte words, then ``slots`` blocks of pixels, each begun at a page. Words 0 to 5:
magic, layout, greatest width, greatest height, slots, number of the newest picture. Then five words for each slot:
sequence, number, arrival, width, height. A sequence is odd while its slot is written (Lamport's rule of one writer and
many readers, known as a sequence lock): a reader whose slot changed under it throws away what it read.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from array import array
from threading import Lock

from drivers.interface import Frame

MOST_PIXELS = 3840 * 2160
LEAST_SLOTS = 2
MOST_SLOTS = 16

_MAGIC = int.from_bytes(b"UKFRAMES", "big")
_LAYOUT = 1
_MAGIC_AT, _LAYOUT_AT, _WIDTH_AT, _HEIGHT_AT, _SLOTS_AT, _NEWEST_AT = range(6)
_SLOT_AT, _SLOT_WORDS = 8, 5
_SEQUENCE, _NUMBER, _ARRIVAL, _ACROSS, _DOWN = range(_SLOT_WORDS)
_TRIES = 16  # each needs a writer that comes round the whole ring while one picture is copied


class RingWrong(Exception):
    """What the descriptor leads to is no ring of this layout."""


class FrameRing:
    """``create`` makes one; ``attach`` looks at one that another process made, and cannot change it.

    ``latest`` gives a **copy**, in memory of its own that goes back to the kernel (not into the heap) with the last
    reference: it never changes under its holder, however late he looks. A view into the ring would be overwritten
    after ``slots`` - 1 further pictures. Any thread may call; only the process that created it writes.
    """

    def __init__(self, memory: mmap.mmap, fd: int, *, writable: bool) -> None:
        self._memory, self._fd, self._writable = memory, fd, writable
        self._words = memoryview(memory)[: len(memory) // 8 * 8].cast("Q")
        self.width, self.height = self._words[_WIDTH_AT], self._words[_HEIGHT_AT]
        self.slots = self._words[_SLOTS_AT]
        self._room = _paged(self.width * self.height * 3)
        self._begin = _paged(8 * (_SLOT_AT + _SLOT_WORDS * self.slots))
        self._using = Lock()  # of this process; other processes have the sequence alone
        self._barrier = Lock()

    @classmethod
    def create(cls, width: int, height: int, slots: int = 4) -> FrameRing:
        """For pictures of at most this many pixels across and down. Raises ``ValueError`` for a size or number that is
        none, ``OSError`` where memory is short."""
        if width < 1 or height < 1 or width * height > MOST_PIXELS:
            raise ValueError(f"no room for pictures of {width} × {height}")
        if not LEAST_SLOTS <= slots <= MOST_SLOTS:
            raise ValueError(f"{LEAST_SLOTS} to {MOST_SLOTS} slots")
        size = _paged(8 * (_SLOT_AT + _SLOT_WORDS * slots)) + slots * _paged(width * height * 3)
        made = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(made, size)
            # Nobody who has the descriptor can cut it short under a reader, which would be killed by SIGBUS.
            fcntl.fcntl(made, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
            memory = mmap.mmap(made, size)
            _keep_out_of_dumps(memory)
            with memoryview(memory) as view, view.cast("Q") as words:
                words[: _SLOTS_AT + 1] = array("Q", (_MAGIC, _LAYOUT, width, height, slots))
            readable = os.open(f"/proc/self/fd/{made}", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.close(made)
        return cls(memory, readable, writable=True)

    @classmethod
    def attach(cls, fd: int) -> FrameRing:
        """Looks at the ring behind a descriptor, which stays the caller's. Raises ``RingWrong``, ``OSError``."""
        size = os.fstat(fd).st_size
        if size < mmap.PAGESIZE:
            raise RingWrong("too short")
        memory = mmap.mmap(fd, size, access=mmap.ACCESS_READ)
        _keep_out_of_dumps(memory)
        with memoryview(memory) as view, view[: 8 * _SLOT_AT].cast("Q") as words:
            magic, layout, width, height, slots = words[: _SLOTS_AT + 1]
        fits = (
            magic == _MAGIC
            and layout == _LAYOUT
            and 0 < width * height <= MOST_PIXELS
            and LEAST_SLOTS <= slots <= MOST_SLOTS
            and size == _paged(8 * (_SLOT_AT + _SLOT_WORDS * slots)) + slots * _paged(width * height * 3)
        )
        if not fits:
            memory.close()
            raise RingWrong("of another layout")
        return cls(memory, os.dup(fd), writable=False)

    @property
    def fd(self) -> int:
        """To be passed on to a child (``pass_fds``): it can only be read through. Open until ``close``."""
        return self._fd

    def write(self, pixels: memoryview, at_ms: int) -> int:
        """Puts in a picture of height × width × 3 bytes that arrived at this monotonic millisecond; its number,
        counted from 1. Raises ``ValueError`` for another shape, one too large, a ring that is closed or only
        attached."""
        if not self._writable:
            raise ValueError("an attached ring is for reading")
        down, across, room = _measured(pixels)
        if across > self.width or down > self.height:
            raise ValueError(f"{across} × {down} is more than {self.width} × {self.height}")
        with self._using:
            if self._fd < 0:
                raise ValueError("the ring is closed")
            number = self._words[_NEWEST_AT] + 1
            slot = self._word(number)
            self._words[slot + _SEQUENCE] += 1
            self._fence()
            begin = self._place(number)
            self._memory[begin : begin + room] = pixels.cast("B") if pixels.c_contiguous else pixels.tobytes()
            self._words[slot + _NUMBER] = number
            self._words[slot + _ARRIVAL] = at_ms
            self._words[slot + _ACROSS], self._words[slot + _DOWN] = across, down
            self._fence()
            self._words[slot + _SEQUENCE] += 1
            self._fence()
            self._words[_NEWEST_AT] = number
        return number

    def latest(self) -> Frame | None:
        """A copy of the newest whole picture; None before the first, after ``wipe`` and ``close``, and where the writer
        overtook every try. Never waits for another process."""
        with self._using:
            for _ in range(_TRIES if self._fd >= 0 else 0):
                newest = self._words[_NEWEST_AT]
                if not newest:
                    return None
                before = self._words[self._word(newest) + _SEQUENCE]
                self._fence()
                copied = self._copied(newest)
                self._fence()
                if before % 2 == 0 and self._words[self._word(newest) + _SEQUENCE] == before:
                    return copied
        return None

    def _copied(self, newest: int) -> Frame | None:
        """What its slot holds now; None where that can be no picture."""
        slot = self._word(newest)
        number, at_ms, across, down = self._words[slot + _NUMBER : slot + _SLOT_WORDS]
        if not number or not 0 < across <= self.width or not 0 < down <= self.height:
            return None
        room, begin = across * down * 3, self._place(newest)
        copy = mmap.mmap(-1, room)
        _keep_out_of_dumps(copy)
        with memoryview(self._memory) as ring:
            copy[:] = ring[begin : begin + room]
        return Frame(number, memoryview(copy).cast("B", (down, across, 3)).toreadonly(), at_ms)

    def wipe(self) -> None:
        """Overwrites every picture with zeroes; there is none until the next ``write``, whose number goes on."""
        if not self._writable:
            raise ValueError("an attached ring is for reading")
        with self._using:
            if self._fd >= 0:
                self._wipe()

    def _wipe(self) -> None:
        for slot in range(self.slots):
            at = _SLOT_AT + slot * _SLOT_WORDS
            self._words[at + _SEQUENCE] += 1
            self._fence()
            self._words[at + _NUMBER] = 0
            begin = self._begin + slot * self._room
            self._memory[begin : begin + self._room] = bytes(self._room)
            self._fence()
            self._words[at + _SEQUENCE] += 1

    def close(self) -> None:
        """Wipes where it may, and lets go of memory and descriptor. Idempotent. Copies that were given stay."""
        with self._using:
            if self._fd < 0:
                return
            if self._writable:
                self._wipe()
            os.close(self._fd)
            self._fd = -1
            self._words.release()
            self._memory.close()

    def _word(self, number: int) -> int:
        return _SLOT_AT + number % self.slots * _SLOT_WORDS

    def _place(self, number: int) -> int:
        return self._begin + number % self.slots * self._room

    def _fence(self) -> None:
        """What was written before is seen before what is written after, on processors that would turn it round: taking
        and giving back a lock is the one barrier that Python has."""
        with self._barrier:
            pass


def _paged(size: int) -> int:
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE


def _measured(pixels: memoryview) -> tuple[int, int, int]:
    shape = pixels.shape or ()
    if len(shape) != 3 or pixels.format != "B" or shape[2] != 3 or not pixels.nbytes:
        raise ValueError("a picture is height × width × 3 bytes")
    return shape[0], shape[1], pixels.nbytes


def _keep_out_of_dumps(memory: mmap.mmap) -> None:
    memory.madvise(mmap.MADV_DONTDUMP)
