"""Plays named sounds by ALSA's ``aplay``, or not at all. A kiosk without a loudspeaker is a whole kiosk."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading

from drivers.speech.chimes import CHIMES, chime

_log = logging.getLogger(__name__)

TIMEOUT_S = 5.0


class Silent:
    """A speaker for places that want none."""

    def play(self, sound: str) -> None:
        """Does nothing."""


class AplayPlayer:
    """Plays on a thread of its own and returns at once. A sound that comes while another plays is left out: two at
    once would say nothing. What fails is logged the first time and never told."""

    def __init__(self, command: str = "aplay", *, timeout_s: float = TIMEOUT_S) -> None:
        self._program = shutil.which(command)
        self._timeout = timeout_s
        self._playing = threading.Lock()
        self._warned = False

    @property
    def available(self) -> bool:
        """Whether there is a player program; a sound device may still be missing."""
        return self._program is not None

    def play(self, sound: str) -> None:
        """Plays "ok", "take_card" or "attention". An unknown name is a bug and raises ``KeyError``."""
        if sound not in CHIMES:
            raise KeyError(sound)
        if self._program is None or not self._playing.acquire(blocking=False):
            return
        threading.Thread(target=self._run, args=(self._program, sound), name="sound", daemon=True).start()

    def wait(self, timeout: float) -> bool:
        """Waits for the end of the sound that plays; False where it goes on."""
        if not self._playing.acquire(timeout=timeout):
            return False
        self._playing.release()
        return True

    def _run(self, program: str, sound: str) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program without foreign arguments
                [program, "-q", "-"],
                input=chime(sound),
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
            problem = "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()[:200]
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = type(error).__name__
        finally:
            self._playing.release()
        if problem and not self._warned:
            self._warned = True
            _log.warning("no sound: %s", problem)
