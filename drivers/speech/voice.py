"""Says sentences by Debian's ``espeak-ng`` and ALSA's ``aplay``, or not at all: what is said always stands on the
screen, too. Its Japanese knows no kanji: it is given kana."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading

_log = logging.getLogger(__name__)

VOICES = {"ja": "ja", "en": "en"}
WORDS_A_MINUTE = {"ja": "140", "en": "150"}  # somewhat slower than it speaks by itself
LONGEST_S = 15.0


class EspeakVoice:
    """One sentence at a time, on threads of its own; every method returns at once. A sentence that comes while another
    is said waits for its end, and only the newest one waits. What fails is logged once and never told."""

    def __init__(self, engine: str = "espeak-ng", player: str = "aplay") -> None:
        self._engine, self._player = shutil.which(engine), shutil.which(player)
        self._lock = threading.Lock()
        self._waiting: tuple[str, str] | None = None
        self._speaking = False
        self._running: list[subprocess.Popen[bytes]] = []
        self._closed = self._warned = False

    @property
    def available(self) -> bool:
        """Whether both programs are there; a sound device may still be missing."""
        return self._engine is not None and self._player is not None

    def say(self, text: str, language: str, *, at_once: bool = False) -> None:
        """``at_once``: what is being said is cut off. A language without a voice is silence."""
        if not self.available or language not in VOICES or not text:
            return
        with self._lock:
            if self._closed:
                return
            self._waiting = (text, language)
            if at_once:
                self._kill()
            if not self._speaking:
                self._speaking = True
                threading.Thread(target=self._speak, name="voice", daemon=True).start()

    def hush(self) -> None:
        """Nothing more of what was asked for is said."""
        with self._lock:
            self._waiting = None
            self._kill()

    def close(self) -> None:
        """For good. Idempotent."""
        self.hush()
        with self._lock:
            self._closed = True

    def _speak(self) -> None:
        while True:
            with self._lock:
                wanted, self._waiting = self._waiting, None
                if wanted is None:
                    self._speaking = False
                    return
                try:
                    self._begin(wanted[1])
                except OSError as error:
                    self._warn(type(error).__name__)
                    continue
                engine, player = self._running
            self._finish(engine, player, wanted[0])

    def _begin(self, language: str) -> None:
        assert self._engine is not None
        assert self._player is not None
        how = ["-v", VOICES[language], "-s", WORDS_A_MINUTE[language], "--stdin", "--stdout"]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        engine = subprocess.Popen([self._engine, *how], stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603 - fixed programs
        self._running = [engine]
        player = subprocess.Popen([self._player, "-q", "-"], stdin=engine.stdout, stderr=nowhere)  # noqa: S603
        self._running = [engine, player]

    def _finish(self, engine: subprocess.Popen[bytes], player: subprocess.Popen[bytes], text: str) -> None:
        """Returns when it was said or cut off."""
        assert engine.stdout is not None
        engine.stdout.close()  # the player has it
        engine.stdout = None
        try:
            engine.communicate(text.encode(), timeout=LONGEST_S)
            code = player.wait(LONGEST_S)
            if code > 0:
                self._warn(f"player ended with {code}")
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            self._warn(type(error).__name__)
        finally:
            with self._lock:
                self._kill()
                self._running = []
            for process in (engine, player):
                process.wait()

    def _kill(self) -> None:
        for process in self._running:
            process.kill()

    def _warn(self, problem: str) -> None:
        if not self._warned:
            self._warned = True
            _log.warning("no voice: %s", problem)
