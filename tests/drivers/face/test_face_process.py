"""The process of one visit: what it cannot do, how it ends, and what never comes out of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from drivers.camera.oddities import Oddity
from drivers.confined.process import Process
from drivers.face import messages, visit
from drivers.face.matcher import COMMAND, ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import FaceDoubt, FaceHint, FaceVerdict, Failure, Fault
from tests.support.faces import (
    A_CARD,
    A_LIVE,
    B_LIVE,
    C_LIVE,
    Actor,
    Listener,
    StagedCamera,
    card,
    person,
    played,
)
from tests.support.killed_kiosk import child_of_a_killed_kiosk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is proven here is Linux's")

Making = Callable[..., ProcessFaceMatcher]


@pytest.fixture
def camera() -> Iterator[StagedCamera]:
    camera = StagedCamera(Actor(person(A_LIVE)))
    yield camera
    camera.discard()


@pytest.fixture
def making(camera: StagedCamera) -> Iterator[Making]:
    made = []

    def make(**options: object) -> ProcessFaceMatcher:
        matcher = ProcessFaceMatcher(camera, **{"rules": Rules(turns=0), **options})  # type: ignore[arg-type]
        made.append(matcher)
        return matcher

    yield make
    for matcher in made:
        matcher.close()


def child(matcher: ProcessFaceMatcher) -> int:
    assert matcher._visit is not None
    pid = matcher._visit.pid
    assert pid is not None
    return pid


def looking(matcher: ProcessFaceMatcher, camera: StagedCamera) -> Listener:
    listener = Listener(camera)
    matcher.look(listener)
    listener.heard(FaceHint.LOOK_AHEAD)
    return listener


def gone(pid: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("Z"):
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        threading.Event().wait(0.01)
    return False


def test_it_can_write_nothing_open_nothing_and_leaves_no_core(making: Making, camera: StagedCamera) -> None:
    matcher = making()
    looking(matcher, camera)
    limits = {
        line[:25].strip(): line[26:47].strip()
        for line in Path(f"/proc/{child(matcher)}/limits").read_text().splitlines()
    }
    assert limits["Max core file size"] == limits["Max file size"] == "0"
    assert limits["Max open files"] == "1"
    held = {os.readlink(one) for one in Path(f"/proc/{child(matcher)}/fd").iterdir()}
    assert {one.split(":")[0] for one in held} == {"/dev/null", "socket", "/memfd"}


def test_forgetting_ends_it_with_all_it_had_and_empties_the_camera(
    making: Making, camera: StagedCamera
) -> None:
    matcher = making()
    looking(matcher, camera)
    pid = child(matcher)
    matcher.forget()
    assert not Path(f"/proc/{pid}").exists()
    assert not camera.is_open
    assert camera.ring.latest() is None


def test_a_killed_process_is_told_and_the_next_attempt_has_a_new_one(
    making: Making, camera: StagedCamera
) -> None:
    matcher = making()
    listener = looking(matcher, camera)
    pid = child(matcher)
    os.kill(pid, signal.SIGKILL)
    failure = listener.ended()
    assert isinstance(failure, Failure)
    assert failure.fault is Fault.INTERNAL
    again = Listener(camera)
    matcher.match(card(), again)
    assert isinstance(again.ended(), FaceVerdict)
    assert child(matcher) != pid


def test_a_process_that_hangs_is_ended(
    making: Making, camera: StagedCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "SILENT_S", 1.5)
    matcher = making()
    listener = looking(matcher, camera)
    pid = child(matcher)
    os.kill(pid, signal.SIGSTOP)
    failure = listener.ended()
    assert isinstance(failure, Failure)
    assert (failure.fault, failure.retriable) == (Fault.TIMED_OUT, True)
    assert gone(pid)


def test_a_process_that_cannot_be_ended_keeps_no_camera_open(
    making: Making, camera: StagedCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = making()
    looking(matcher, camera)
    thread, kill = matcher._visit, Process.kill
    assert thread is not None

    def stuck(process: Process) -> int:
        kill(process)
        raise subprocess.TimeoutExpired("face", 0)

    monkeypatch.setattr(Process, "kill", stuck)
    monkeypatch.setattr(threading, "excepthook", lambda _arguments: None)
    matcher.forget()
    assert not thread.is_alive()
    assert not camera.is_open
    assert camera.ring.latest() is None


def test_forgetting_ends_a_process_that_hangs(making: Making, camera: StagedCamera) -> None:
    matcher = making()
    looking(matcher, camera)
    pid = child(matcher)
    os.kill(pid, signal.SIGSTOP)
    matcher.forget()
    assert not Path(f"/proc/{pid}").exists()


def test_it_does_not_outlive_a_kiosk_that_is_killed() -> None:
    pid = child_of_a_killed_kiosk("""
        import time
        from drivers.face.matcher import COMMAND, ProcessFaceMatcher
        from tests.support.faces import StagedCamera
        matcher = ProcessFaceMatcher(StagedCamera())
        matcher.look(lambda told: None)
        while matcher._visit.pid is None: time.sleep(0.01)
        print(matcher._visit.pid, flush=True)
        time.sleep(60)
    """)
    assert gone(pid)


def test_missing_networks_turn_the_face_path_off_with_the_reason(
    making: Making, camera: StagedCamera, tmp_path: Path
) -> None:
    matcher = making(models=tmp_path)
    wrong = matcher.ready()
    assert isinstance(wrong, Failure)
    assert wrong.fault is Fault.MODEL_WRONG
    listener = Listener(camera)
    matcher.match(card(), listener)
    assert listener.ended() == wrong


def test_a_process_that_cannot_be_started_is_a_failure(making: Making, camera: StagedCamera) -> None:
    listener = Listener(camera)
    making(command=("/nowhere/python",)).look(listener)
    failure = listener.ended()
    assert isinstance(failure, Failure)
    assert failure.fault is Fault.INTERNAL


def test_a_camera_that_is_pulled_ends_the_attempt(making: Making, camera: StagedCamera) -> None:
    camera.actor = None
    matcher, listener = making(), Listener(camera)
    matcher.match(card(), listener)
    camera.plugged = False
    failure = listener.ended()
    assert isinstance(failure, Failure)
    assert failure.fault is Fault.CAMERA_GONE


def test_a_camera_that_is_not_plugged_in_is_told_before_anybody_looks(
    making: Making, camera: StagedCamera
) -> None:
    matcher = making()
    assert matcher.ready() is None
    camera.plugged = False
    missing = matcher.ready()
    assert missing is not None
    assert missing.fault is Fault.CAMERA_GONE
    assert not camera.is_open, "it was not opened for that"
    camera.plugged = True
    assert matcher.ready() is None


def test_a_camera_that_comes_back_is_looked_through_again(making: Making, camera: StagedCamera) -> None:
    matcher = making()
    camera.plugged = False
    listener = Listener(camera)
    matcher.look(listener)
    failure = listener.ended()
    assert isinstance(failure, Failure)
    assert failure.fault is Fault.CAMERA_GONE
    camera.plugged = True
    listener.heard(FaceHint.LOOK_AHEAD)
    assert sum(isinstance(one, Failure) for one in listener.told) == 1


def test_a_lens_that_lets_light_through_its_cover_is_told_and_uncovered_again(
    making: Making, camera: StagedCamera
) -> None:
    """The process sees a grey wall and no face; the camera's judge knows that it is no wall."""
    camera.actor = Actor(lambda degrees, number: np.full((480, 640, 3), 60, np.uint8))
    matcher, listener = making(), Listener(camera)
    matcher.look(listener)
    listener.heard(FaceHint.NO_FACE)
    for odd, hint in ((Oddity.BLACK, FaceHint.CAMERA_BLACK), (Oddity.BLINDED, FaceHint.CAMERA_BLINDED)):
        camera.odd = frozenset({odd})
        listener.heard(hint)
    camera.odd = frozenset()
    before = len(listener.told)
    listener.until(lambda: len(listener.told) > before)
    assert listener.told == [
        FaceHint.NO_FACE,
        FaceHint.CAMERA_BLACK,
        FaceHint.CAMERA_BLINDED,
        FaceHint.NO_FACE,
    ]


@pytest.mark.parametrize(
    ("odd", "doubt"),
    [
        (Oddity.FROZEN, FaceDoubt.FROZEN),
        (Oddity.REPEATED, FaceDoubt.FROZEN),
        (Oddity.TOO_REGULAR, FaceDoubt.INJECTED),
        (Oddity.CLOCK_WRONG, FaceDoubt.INJECTED),
    ],
)
def test_pictures_that_no_camera_takes_count_for_nothing(
    making: Making, camera: StagedCamera, odd: Oddity, doubt: FaceDoubt
) -> None:
    camera.odd = frozenset({odd})
    matcher, listener = making(rules=Rules(turns=2)), Listener(camera)
    matcher.match(card(), listener)
    assert listener.ended() == FaceVerdict(doubt, 0, None, 0)


def test_closing_is_for_good(making: Making) -> None:
    matcher = making()
    matcher.close()
    listener = Listener()
    matcher.look(listener)
    matcher.match(card(), listener)
    assert matcher._visit is None
    assert listener.told == []


def test_turns_are_drawn_anew_for_each_attempt(making: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[messages.Order] = []
    monkeypatch.setattr(messages, "send", lambda link, message: asked.append(message))
    drawn = iter([0, 1, 1, 1])
    matcher = making(rules=Rules(turns=2), chance=lambda below: next(drawn))
    for _ in range(2):
        matcher.match(card(), lambda told: None)
    end = time.monotonic() + 10
    while sum(isinstance(one, messages.Match) for one in asked) < 2:
        assert time.monotonic() < end
        threading.Event().wait(0.01)
    turns = [one.turns for one in asked if isinstance(one, messages.Match)]
    assert turns == [("left", "right"), ("right", "right")]


def said_by(making: Making, camera: StagedCamera, live: str, owner: str) -> list[bytes]:
    """All that came out of the process for one attempt, but for its signs of life."""
    said: list[bytes] = []
    real = messages.answer

    def recorded(link: object) -> messages.Answer:
        heard = real(link)  # type: ignore[arg-type]
        if not isinstance(heard, messages.Beat):
            said.append(messages._ENCODER.encode(heard))
        return heard

    camera.actor = Actor(person(live))
    matcher, listener = making(), Listener(camera)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(messages, "answer", recorded)
        matcher.match(card(owner), listener)
        listener.ended()
        matcher.forget()
    return said


def test_different_faces_with_the_same_verdict_say_the_same_bytes(
    making: Making, camera: StagedCamera
) -> None:
    taken = [said_by(making, camera, live, owner) for live, owner in ((A_LIVE, A_CARD), (C_LIVE, C_LIVE))]
    refused = [said_by(making, camera, live, owner) for live, owner in ((A_LIVE, C_LIVE), (C_LIVE, A_CARD))]
    assert taken[0] == taken[1]
    assert refused[0] == refused[1]
    assert len(taken[0]) == len(refused[0]) == 2  # one hint, one verdict


def test_different_faces_that_turn_alike_are_told_the_same() -> None:
    told = [played(Actor(person(live)), owner) for live, owner in ((A_LIVE, A_CARD), (B_LIVE, B_LIVE))]
    assert told[0] == told[1]


def test_an_error_over_a_picture_tells_its_kind_and_nothing_of_the_picture(
    making: Making, camera: StagedCamera, tmp_path: Path
) -> None:
    """The process is replaced by one whose work fails with the picture in the error's text."""
    failing = tmp_path / "failing.py"
    failing.write_text(
        dedent("""
            import os, sys
            from drivers.face import child
            def look(networks, picture, *_, **__):
                raise ValueError(f"canary {picture.tobytes()!r}")
            child.look = look
            os._exit(child.main(sys.argv[1:]))
        """)
    )
    listener = Listener(camera)
    making(command=(sys.executable, str(failing))).match(card(), listener)
    failure = listener.ended()
    assert failure == Failure.of(Fault.INTERNAL, "ValueError")


def test_what_is_still_said_of_an_attempt_that_was_ended_is_not_taken_for_the_new_ones(
    making: Making, camera: StagedCamera, tmp_path: Path
) -> None:
    """The process is replaced by one that is always an answer behind."""
    late = tmp_path / "late.py"
    late.write_text(
        dedent("""
            import sys
            from multiprocessing.connection import Connection
            from drivers.face import messages
            from drivers.interface import FaceDoubt, FaceHint
            link = Connection(int(sys.argv[2]))
            while True:
                order = messages.order(link)
                messages.send(link, messages.Beat())
                if isinstance(order, messages.Match):
                    messages.send(link, messages.Hint(order.attempt - 1, FaceHint.TURN_LEFT))
                    messages.send(link, messages.Verdict(order.attempt - 1, None, 5, True, 5))
                    messages.send(link, messages.Verdict(order.attempt, FaceDoubt.OTHER_PERSON, 1, None, 5))
        """)
    )
    listener = Listener(camera)
    making(command=(sys.executable, str(late))).match(card(), listener)
    assert listener.ended() == FaceVerdict(FaceDoubt.OTHER_PERSON, 1, None, 5)
    assert len(listener.told) == 1


def test_values_on_their_way_show_no_photograph() -> None:
    photo = card()
    wish = visit.Wish(lambda told: None, photo)
    order = messages.Match(1, ("left",), bytes(photo.jpeg2000))
    for shown in (repr(photo), repr(wish), repr(order), str(order)):
        assert repr(order.jpeg2000[:12])[2:-1] not in shown
        assert len(shown) < 400


def test_the_usual_command_takes_nothing_from_environment_or_folder() -> None:
    assert "-I" in COMMAND


def test_without_opencv_the_kiosk_has_its_reason_and_no_error() -> None:
    tried = dedent("""
        import sys
        class Lacking:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("cv2", "numpy"):
                    raise ModuleNotFoundError(name=name)
        import importlib.util
        real = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *rest: None if name in ("cv2", "numpy") else real(name, *rest)
        sys.meta_path.insert(0, Lacking())
        from drivers.face.matcher import COMMAND, ProcessFaceMatcher
        class NoCamera:
            frame = staticmethod(lambda: None)
        print(ProcessFaceMatcher(NoCamera()).ready())
    """)
    done = subprocess.run(
        [sys.executable, "-c", tried], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert "model_wrong" in done.stdout
    assert "make setup-camera" in done.stdout
