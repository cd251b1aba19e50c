"""Sounds are short, well formed, and never in anybody's way."""

from __future__ import annotations

import io
import itertools
import wave
from array import array
from pathlib import Path

import pytest

from drivers.interface import Speaker
from drivers.speech import AplayPlayer, Silent
from drivers.speech.chimes import CHIMES, RATE, chime


def fake_aplay(folder: Path, script: str) -> str:
    path = folder / "aplay"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", sorted(CHIMES))
def test_each_chime_is_a_short_wave_file_with_soft_edges(name: str) -> None:
    with wave.open(io.BytesIO(chime(name))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        samples = array("h", file.readframes(file.getnframes()))
    assert 0.1 < len(samples) / RATE < 1.0
    assert max(map(abs, samples)) > 8_000
    steps = [abs(after - before) for before, after in itertools.pairwise(samples)]
    assert abs(samples[0]) + abs(samples[-1]) < 200
    assert max(steps) < 3_500


def test_the_chimes_differ() -> None:
    assert len({chime(name) for name in CHIMES}) == len(CHIMES) == 3


def test_the_player_gets_the_sound_through_a_pipe(tmp_path: Path) -> None:
    player: Speaker = AplayPlayer(
        fake_aplay(tmp_path, f"cat > {tmp_path}/heard; echo $@ > {tmp_path}/arguments")
    )
    player.play("ok")
    assert isinstance(player, AplayPlayer)
    assert player.wait(5)
    assert (tmp_path / "heard").read_bytes() == chime("ok")
    assert (tmp_path / "arguments").read_text().split() == ["-q", "-"]


def test_a_sound_during_another_is_left_out_and_nobody_waits(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    script = f"cat > /dev/null; echo x >> {tmp_path}/played; while [ -e {tmp_path}/go ]; do sleep 0.01; done"
    player = AplayPlayer(fake_aplay(tmp_path, script))
    for _ in range(3):
        player.play("attention")
    assert not player.wait(0.05)
    (tmp_path / "go").unlink()
    assert player.wait(5)
    assert (tmp_path / "played").read_text().count("x") == 1


@pytest.mark.parametrize("script", ["echo 'no soundcards found' >&2; exit 1", "exec sleep 30"])
def test_no_device_and_a_hung_player_are_warned_of_once(
    tmp_path: Path, script: str, caplog: pytest.LogCaptureFixture
) -> None:
    player = AplayPlayer(fake_aplay(tmp_path, script), timeout_s=0.1)
    for _ in range(2):
        player.play("ok")
        assert player.wait(5)
    assert len([record for record in caplog.records if "no sound" in record.getMessage()]) <= 1


def test_without_a_player_program_there_is_silence() -> None:
    player = AplayPlayer("/nonexistent/aplay")
    assert not player.available
    player.play("ok")
    assert player.wait(0)
    Silent().play("ok")


def test_an_unknown_sound_is_a_bug() -> None:
    with pytest.raises(KeyError):
        AplayPlayer("/nonexistent/aplay").play("fanfare")
