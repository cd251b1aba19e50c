"""The process that reads fronts: what comes out of it, what it cannot do, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from textwrap import dedent

import pytest

from drivers.confined.files import models_dir
from drivers.front import messages
from drivers.front.reader import ProcessFrontReader
from drivers.front.weights import Weights, load
from drivers.interface import CardFront, Failure, Fault, FrontHint
from simulator.camera.faces import SimulatedFaceCamera
from simulator.camera.fronts import back, front, scene
from tests.support.fronts import TODAY, front_of, somebody
from tests.support.killed_kiosk import child_of_a_killed_kiosk
from tests.support.logged import everything_logged

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is proven here is Linux's")

ME = somebody()
Told = FrontHint | CardFront | Failure
Making = Callable[..., ProcessFrontReader]


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._changed = threading.Condition()

    def __call__(self, told: Told) -> None:
        with self._changed:
            self.told.append(told)
            self._changed.notify_all()

    def heard(self, wanted: Callable[[Told], bool], seconds: float = 60.0) -> Told:
        """The first one that is wanted, told already or soon."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.told)), seconds), self.told
            return next(filter(wanted, self.told))


@pytest.fixture
def camera() -> Iterator[SimulatedFaceCamera]:
    camera = SimulatedFaceCamera(scene(front(ME, TODAY)), rate=4, by_itself=True)
    yield camera
    camera.discard()


@pytest.fixture
def making(camera: SimulatedFaceCamera) -> Iterator[Making]:
    made = []

    def make(**options: object) -> ProcessFrontReader:
        reader = ProcessFrontReader(camera, lambda: TODAY, **options)  # type: ignore[arg-type]
        made.append(reader)
        return reader

    yield make
    for reader in made:
        reader.close()


def is_front(told: Told) -> bool:
    return isinstance(told, CardFront)


def is_failure(told: Told) -> bool:
    return isinstance(told, Failure)


def fault(told: Told) -> Fault:
    assert isinstance(told, Failure)
    return told.fault


def child(reader: ProcessFrontReader) -> int:
    assert reader._reading is not None
    pid = reader._reading.pid
    assert pid is not None
    return pid


def ended(pid: int, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state.startswith("Z"):
            return True
        threading.Event().wait(0.01)
    return False


def test_a_front_is_read_by_a_process_that_can_keep_nothing_and_is_gone_afterwards(
    making: Making, camera: SimulatedFaceCamera
) -> None:
    reader, listener = making(), Listener()
    assert reader.ready() is None
    with everything_logged() as logged:
        reader.watch(listener)
        assert listener.heard(is_front) == front_of(ME)
    assert logged == []
    pid = child(reader)
    limits = {
        line[:25].strip(): line[26:47].strip()
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    assert limits["Max core file size"] == limits["Max file size"] == "0"
    assert limits["Max open files"] == "1"
    held = {os.readlink(one).split(":")[0] for one in Path(f"/proc/{pid}/fd").iterdir()}
    assert held == {"/dev/null", "socket", "/memfd"}
    assert reader.picture() is not None
    reader.rest()
    assert not Path(f"/proc/{pid}").exists()
    assert camera.ring.latest() is None
    assert reader.picture() is None


def test_the_back_comes_out_as_a_hint_alone(making: Making, camera: SimulatedFaceCamera) -> None:
    camera.show(scene(back(ME)))
    reader, listener = making(), Listener()
    reader.watch(listener)
    listener.heard(lambda told: told is FrontHint.OTHER_SIDE)
    reader.rest()
    assert set(listener.told) == {FrontHint.OTHER_SIDE}


def test_a_western_birth_is_told_and_the_next_card_is_read(
    making: Making, camera: SimulatedFaceCamera
) -> None:
    camera.show(scene(front(ME, TODAY, birth_year="western")))
    reader, listener = making(), Listener()
    reader.watch(listener)
    listener.heard(lambda told: told is FrontHint.WESTERN_BIRTH)
    assert not any(isinstance(one, CardFront | Failure) for one in listener.told)
    camera.show(scene(front(ME, TODAY)))
    assert listener.heard(is_front) == front_of(ME)


@pytest.mark.parametrize(
    ("deadly", "silent_s", "expected"),
    [(signal.SIGKILL, 30.0, Fault.INTERNAL), (signal.SIGSTOP, 3.0, Fault.TIMED_OUT)],
    ids=["dies", "hangs"],
)
def test_a_process_that_dies_or_hangs_is_told_and_another_reads_on(
    making: Making, deadly: signal.Signals, silent_s: float, expected: Fault
) -> None:
    reader, listener, after = making(silent_s=silent_s), Listener(), Listener()
    reader.watch(listener)
    listener.heard(lambda told: told is FrontHint.HOLD_STILL)
    pid = child(reader)
    os.kill(pid, deadly)
    assert fault(listener.heard(is_failure)) is expected
    assert ended(pid)
    reader.watch(after)
    after.heard(lambda told: told is FrontHint.HOLD_STILL)
    assert child(reader) != pid


def test_it_does_not_outlive_a_kiosk_that_is_killed() -> None:
    pid = child_of_a_killed_kiosk("""
        import time
        from datetime import date
        from drivers.front.reader import ProcessFrontReader
        from simulator.camera.faces import SimulatedFaceCamera
        reader = ProcessFrontReader(SimulatedFaceCamera(), lambda: date(2026, 11, 24))
        reader.watch(lambda told: None)
        while reader._reading.pid is None: time.sleep(0.01)
        print(reader._reading.pid, flush=True)
        time.sleep(60)
    """)
    assert ended(pid)


def test_missing_or_other_networks_are_told_and_nothing_is_fetched(making: Making, tmp_path: Path) -> None:
    def refused() -> Failure:
        reader, listener = making(models=tmp_path), Listener()
        missing = reader.ready()
        assert isinstance(missing, Failure)
        assert missing.fault is Fault.MODEL_WRONG
        reader.watch(listener)
        assert listener.heard(is_failure) == missing
        return missing

    assert "make setup-ocr" in refused().detail
    for file in models_dir().glob("PP-OCRv6_*.onnx"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / file.name).write_bytes(content)
    assert "another sha256" in refused().detail
    assert isinstance(load(models_dir()), Weights)


def test_a_process_that_cannot_be_started_is_a_failure(making: Making) -> None:
    listener = Listener()
    making(command=("/nowhere/python",)).watch(listener)
    assert fault(listener.heard(is_failure)) is Fault.INTERNAL


def test_a_camera_that_is_pulled_is_told_once_and_looked_through_again(
    making: Making, camera: SimulatedFaceCamera
) -> None:
    camera.unplug()
    reader, listener = making(), Listener()
    reader.watch(listener)
    assert fault(listener.heard(is_failure)) is Fault.CAMERA_GONE
    camera.plug()
    listener.heard(is_front)
    assert sum(map(is_failure, listener.told)) == 1


def test_resting_and_closing_are_idempotent_also_from_the_listener(making: Making) -> None:
    reader = making()
    reader.rest()
    done = threading.Event()

    def once(told: Told) -> None:
        reader.rest()
        done.set()

    reader.watch(once)
    assert done.wait(60)
    reader.close()
    reader.close()
    reader.watch(lambda told: None)
    assert reader._reading is None


def test_an_error_over_a_picture_tells_its_kind_and_nothing_of_the_picture(
    making: Making, tmp_path: Path
) -> None:
    """The process is replaced by one whose work fails with the picture in the error's text."""
    failing = tmp_path / "failing.py"
    failing.write_text(
        dedent("""
            import os, sys
            from drivers.front import child
            def see(reading, picture):
                raise ValueError(f"canary {picture.tobytes()!r}")
            child.Reading.see = see
            os._exit(child.main(sys.argv[1:]))
        """)
    )
    listener = Listener()
    making(command=(sys.executable, str(failing))).watch(listener)
    assert listener.heard(is_failure) == Failure.of(Fault.INTERNAL, "ValueError")


def test_values_on_their_way_show_nothing() -> None:
    digits = front_of(ME)
    message = messages.Read(digits.birth, digits.expiry_year, digits.security_code)
    assert repr(message) == "Read()"


def test_the_runtime_that_is_installed_sends_nothing_home() -> None:
    """Later builds of it carry telemetry that is on by default, with a store in the home directory."""
    found = util.find_spec("onnxruntime")
    assert found is not None
    assert found.origin is not None
    libraries = [path for path in Path(found.origin).parent.rglob("*.so*") if path.is_file()]
    assert libraries
    for library in libraries:
        content = library.read_bytes()
        assert b"events.data.microsoft" not in content
        assert b"ORT_DISABLE_TELEMETRY" not in content


def test_loading_and_reading_leave_no_file_behind_at_home(tmp_path: Path) -> None:
    """Before the process is confined, too."""
    program = dedent("""
        from datetime import date
        from pathlib import Path
        import numpy as np
        from drivers.confined.files import models_dir
        from drivers.front.child import Reading, _warm
        from drivers.front.networks import Networks
        from drivers.front.weights import load
        weights = load(models_dir())
        networks = Networks(weights.finding, weights.reading)
        _warm(networks)
        Reading(networks, date(2026, 11, 24)).see(np.full((720, 1280, 3), 128, np.uint8))
    """)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60, cwd=tmp_path)
    assert list(home.iterdir()) == []
