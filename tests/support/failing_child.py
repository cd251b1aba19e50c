"""The process of one visit, in which something fails once it holds the card's photograph, and says so with photograph,
picture and template in the error's text: ``python failing_child.py STAGE RING LINK PARENT``."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from typing import Any

import numpy as np

from drivers.camera.ring import FrameRing
from drivers.face import child, messages, photo
from drivers.face.networks import Networks, Template

_photograph: list[bytes] = []
"""Once it was looked at: everything before is let pass."""


def _keep_photograph() -> None:
    real = photo.card_template

    def card_template(networks: Networks, jpeg2000: bytes) -> Template:
        template = real(networks, jpeg2000)
        _photograph.append(jpeg2000)
        return template

    child.card_template = card_template  # type: ignore[attr-defined]


def _bug(*held: Any) -> None:
    held = (*held, *_photograph)
    shown = [one.tobytes() if isinstance(one, np.ndarray | memoryview) else one for one in held]
    raise ValueError(f"canary {shown!r} {[list(one) for one in held]}", *shown)


def _capture() -> None:
    real = FrameRing.latest

    def latest(ring: FrameRing) -> object:
        frame = real(ring)
        if frame is not None and _photograph:
            _bug(np.asarray(frame.pixels))
        return frame

    FrameRing.latest = latest  # type: ignore[assignment,method-assign]


def _decode() -> None:
    photo.decoded = _bug  # type: ignore[assignment]


def _detect() -> None:
    _after("faces", lambda picture, _faces: _bug(picture))


def _align() -> None:
    _after("aligned", lambda picture, aligned: _bug(picture, aligned))


def _embed() -> None:
    _after("template", lambda aligned, template: _bug(aligned, template))


def _print() -> None:
    def tell(aligned: Any, template: Any) -> None:
        print(_photograph, aligned.tolist(), template.tolist())
        print(template.tobytes(), file=sys.stderr, flush=True)
        logging.getLogger().error("template %s", template)
        os.write(1, template.tobytes())
        _bug(template)

    _after("template", tell)


def _send() -> None:
    last: list[object] = []
    real = messages.send
    _after("template", lambda aligned, template: last.extend((aligned, template)))

    def send(link: Any, message: Any) -> None:
        if _photograph and isinstance(message, messages.Hint):
            _bug(*last)
        real(link, message)

    messages.send = send


def _abort() -> None:
    _after("template", lambda _aligned, _template: os.abort())


def _segfault() -> None:
    _after("template", lambda _aligned, _template: ctypes.string_at(0))


def _after(name: str, then: Any) -> None:
    real = getattr(Networks, name)

    def method(networks: Networks, picture: Any, *rest: Any) -> Any:
        found = real(networks, picture, *rest)
        if _photograph:
            then(picture, found)
        return found

    setattr(Networks, name, method)


STAGES = {
    one.__name__[1:]: one
    for one in (_capture, _decode, _detect, _align, _embed, _send, _print, _abort, _segfault)
}

if __name__ == "__main__":
    _keep_photograph()
    STAGES[sys.argv[1]]()
    os._exit(child.main(sys.argv[2:]))
