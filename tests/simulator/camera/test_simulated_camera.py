"""Papers before the simulated camera: marked, invented, and readable by others than our own reader."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.camera.opencv import OpenCvCamera
from drivers.interface import Camera, Failure, Frame
from drivers.scanner.decode import decode
from kiosk.coverage.individual_number import holds_individual_number
from simulator.camera import Sight, SimulatedCamera, certificate, code_text, seen, sheet
from simulator.camera.papers import MARK
from simulator.people import Persona, everyone, load


def _both_are_cameras(real: OpenCvCamera, simulated: SimulatedCamera) -> tuple[Camera, Camera]:
    return real, simulated  # for the type checker


@pytest.mark.parametrize("persona", everyone(), ids=lambda persona: persona.id)
def test_every_persona_has_a_paper_whose_code_is_read_back(persona: Persona) -> None:
    (code,) = decode(certificate(persona))
    assert code.text == code_text(persona)


def test_an_invented_code_says_so_and_holds_no_individual_number() -> None:
    for persona in everyone():
        assert code_text(persona).startswith(MARK)
        for line in code_text(persona).splitlines():
            assert not re.search("[0-9]{12}", line)
            assert not holds_individual_number(line)


def test_another_maker_s_reader_reads_the_same_code() -> None:
    paper = certificate(load("yamada"), code="SIMULATED 0123456789")
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(paper.convert("L")))
    assert text == "SIMULATED 0123456789"


SIGHTS = {
    "upside down": Sight(tilt=180),
    "on its side": Sight(tilt=90, near=0.5),
    "turned": Sight(tilt=30),
    "leaning": Sight(lean=0.4),
    "out of focus": Sight(blur=1.5),
    "dark": Sight(light=0.1),
    "noisy": Sight(noise=60),
    "small": Sight(near=0.3),
    "a little of everything": Sight(tilt=10, lean=0.1, blur=1.0, light=0.5, noise=30, near=0.7),
}


@pytest.mark.parametrize("name", SIGHTS)
def test_a_paper_that_is_held_badly_is_read(name: str) -> None:
    yamada = load("yamada")
    assert [code.text for code in decode(seen(certificate(yamada), SIGHTS[name]))] == [code_text(yamada)]


@pytest.mark.parametrize(
    "sight", [Sight(light=0.0), Sight(blur=12), Sight(near=0.1)], ids=["black", "blur", "far"]
)
def test_what_nobody_could_read_gives_nothing(sight: Sight) -> None:
    assert decode(seen(certificate(load("yamada")), sight)) == ()
    assert decode(seen(None, sight)) == ()


def test_the_same_sight_gives_the_same_picture() -> None:
    paper = certificate(load("yamada"))
    sight = Sight(tilt=3, lean=0.2, blur=1, light=0.7, noise=80, seed=5)
    assert seen(paper, sight).tobytes() == seen(paper, sight).tobytes()
    assert seen(paper, sight).tobytes() != seen(paper, Sight(noise=80, seed=6)).tobytes()


def test_a_sheet_may_carry_any_kind_of_code() -> None:
    for format, content in (("Codabar", "A1234567A"), ("Code39", "P12345"), ("DataMatrix", b"\x00\xff\x01")):
        (code,) = decode(sheet("診察券", [("番号", "12345")], content, format))
        assert code.content == (content if isinstance(content, bytes) else content.encode())


def test_the_camera_shows_what_lies_before_it_in_opencv_s_order_of_colours() -> None:
    camera = SimulatedCamera()
    assert isinstance(camera.frame(), Failure), "not open"
    assert camera.open() is None
    camera.show(Image.new("RGB", (200, 200), (250, 0, 10)), Sight(near=0.1))
    first, second = camera.frame(), camera.frame()
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert (first.number, second.number) == (1, 2)
    assert first.pixels.shape == (720, 1280, 3)
    assert np.asarray(first.pixels)[360, 640].tolist() == [10, 0, 250]
    camera.close()
    assert isinstance(camera.frame(), Failure)
