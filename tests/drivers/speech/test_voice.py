"""A voice says what it is given, one sentence at a time, and is never in anybody's way."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.interface import Voice
from drivers.speech import EspeakVoice
from drivers.speech.voice import VOICES, WORDS_A_MINUTE

PATIENCE_S = 20.0


def program(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


class Room:
    """Where the voice is heard: every sentence that was said to its end, and how it was asked for. While ``busy`` is
    there, the player goes on with what it plays."""

    def __init__(self, folder: Path, player: str = "") -> None:
        self.heard, self.asked, self.busy = folder / "heard", folder / "asked", folder / "busy"
        self.begun = folder / "begun"
        engine = program(folder, "engine", f'echo "$@" >> {self.asked}; cat')
        plays = (
            f"said=$(cat); echo x >> {self.begun}; while [ -e {self.busy} ]; do sleep 0.01; done; "
            f'echo "$said" >> {self.heard}'
        )
        self.voice = EspeakVoice(engine, program(folder, "player", player or plays))

    def sentences(self) -> list[str]:
        return self.heard.read_text().splitlines() if self.heard.exists() else []


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.busy.unlink(missing_ok=True)
    room.voice.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


def begun(room: Room, count: int = 1) -> Callable[[], bool]:
    return lambda: room.begun.exists() and len(room.begun.read_text().split()) >= count


def test_a_sentence_goes_through_the_engine_in_its_language_and_not_as_an_argument(room: Room) -> None:
    voice: Voice = room.voice
    voice.say("まえを みて ください", "ja")
    until(lambda: room.sentences() == ["まえを みて ください"])
    voice.say("Please look ahead", "en")
    until(lambda: len(room.sentences()) == 2)
    assert room.asked.read_text().splitlines() == [
        f"-v {VOICES[language]} -s {WORDS_A_MINUTE[language]} --stdin --stdout" for language in ("ja", "en")
    ]


def test_of_several_that_wait_only_the_newest_is_said(room: Room) -> None:
    room.busy.touch()
    room.voice.say("one", "en")
    until(begun(room))
    for told in ("two", "three", "four"):
        room.voice.say(told, "en")
    room.busy.unlink()
    until(lambda: room.sentences() == ["one", "four"])


def test_what_has_its_time_cuts_off_what_is_being_said(room: Room) -> None:
    room.busy.touch()
    room.voice.say("stay like this", "en")
    until(begun(room))
    room.voice.say("turn left", "en", at_once=True)
    until(begun(room, 2))
    room.busy.unlink()
    until(lambda: room.sentences() == ["turn left"])


def test_after_hush_nothing_more_is_said(room: Room) -> None:
    room.busy.touch()
    room.voice.say("one", "en")
    until(begun(room))
    room.voice.say("two", "en")
    room.voice.hush()
    room.busy.unlink()
    until(lambda: not room.voice._speaking)
    assert room.sentences() == []
    room.voice.say("three", "en")
    until(lambda: room.sentences() == ["three"])


def test_nobody_waits_for_the_voice_and_a_closed_one_is_silent(room: Room) -> None:
    room.busy.touch()
    began = time.monotonic()
    room.voice.say("one", "en")
    assert time.monotonic() - began < 1.0
    until(begun(room))
    room.voice.close()
    room.voice.close()
    room.voice.say("two", "en")
    room.busy.unlink()
    until(lambda: not room.voice._speaking)
    assert room.sentences() == []


@pytest.mark.parametrize(("text", "language"), [("", "ja"), ("ស្វាគមន៍", "km")])
def test_a_language_without_a_voice_is_silence(room: Room, text: str, language: str) -> None:
    room.voice.say(text, language)
    assert not room.voice._speaking
    assert not room.asked.exists()


@pytest.mark.parametrize("player", ["exit 1", "exec 0<&-; sleep 0.05; exit 3"])
def test_no_sound_device_is_warned_of_once_and_without_the_sentence(
    tmp_path: Path, player: str, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(tmp_path, player)
    for _ in range(2):
        room.voice.say("a sentence " * 20_000, "en")
        until(lambda: not room.voice._speaking)
    told = [record.getMessage() for record in caplog.records if "no voice" in record.getMessage()]
    assert len(told) == 1
    assert "sentence" not in told[0]


def test_without_its_programs_it_says_nothing(tmp_path: Path) -> None:
    voice = EspeakVoice("/nonexistent/engine", program(tmp_path, "player", "exit 0"))
    assert not voice.available
    voice.say("one", "en")
    voice.hush()
    voice.close()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="a voice is for the facility to install")
@pytest.mark.parametrize(
    ("text", "language"), [("ゆっくり ひだりを むいて ください", "ja"), ("Please stay like this", "en")]
)
def test_the_real_engine_takes_what_it_is_given(text: str, language: str) -> None:
    asked = ["espeak-ng", "-v", VOICES[language], "-s", WORDS_A_MINUTE[language], "--stdin", "--stdout"]
    done = subprocess.run(asked, input=text.encode(), capture_output=True, check=True, timeout=PATIENCE_S)
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
    assert 1.0 < (len(done.stdout) - 44) / 2 / rate < 6.0
