"""The dock's section of the camera: who stands there, in which light, and with which intent."""

from __future__ import annotations

from typing import get_args, get_type_hints

from msgspec.structs import replace
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator.face.scripted import Spoof
from simulator.people import everyone
from simulator.scenarios.scenario import CameraPart
from ui.devdock.bench import Bench
from ui.devdock.parts import choice, heading, row, switch, table

_AMISS: tuple[tuple[str, CameraPart], ...] = (
    ("nothing amiss", CameraPart()),
    ("mask", CameraPart(mask=True)),
    ("second person", CameraPart(alone=False)),
    ("too far", CameraPart(distance="far")),
    ("too near", CameraPart(distance="near")),
    ("aside", CameraPart(place="aside")),
    ("turned away", CameraPart(pose="turned")),
    ("does not stand still", CameraPart(still=False)),
    ("lens covered", CameraPart(covered=True)),
)


class CameraSection(QWidget):
    """Who stands before the camera, and how; what is chosen counts from the next look."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        people = [(f"{one.id}", one.id) for one in everyone()]
        self.who = choice(
            "camera_who", [("the holder", ""), ("nobody", "nobody"), *people], "Who stands there"
        )
        lights = get_args(get_type_hints(CameraPart)["light"])
        self.light = choice("camera_light", [(f"{one} light", one) for one in lights], "The light")
        self.amiss = choice(
            "camera_amiss", [(name, place) for place, (name, _part) in enumerate(_AMISS)], "What is amiss"
        )
        spoofs = [(one.replace("_", " ") or "no attack", one) for one in get_args(Spoof)]
        self.spoof = choice("camera_spoof", spoofs, "How somebody tries to pass for who stands there")
        self.stubborn = switch("camera_stubborn", "Stubborn", self._tell, "Does nothing that the screen asks")
        self.unplugged = switch(
            "camera_unplugged",
            "Unplug",
            lambda on: bench.set_camera_plugged(not on),
            "Pull the camera's cable",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading("Camera"))
        first = row(self.who, self.light, self.stubborn, stretch=(4, 3, 2))
        second = row(self.amiss, self.spoof, self.unplugged, stretch=(4, 3, 2))
        layout.addLayout(table([("There", first), ("Amiss", second)]))
        for box in (self.who, self.light, self.amiss, self.spoof):
            box.currentIndexChanged.connect(self._tell)
        if not bench.has_camera:
            self.hide()

    def part(self) -> CameraPart:
        _name, amiss = _AMISS[self.amiss.currentData()]
        stubborn = self.stubborn.isChecked()
        part: CameraPart = replace(
            amiss,
            who=self.who.currentData(),
            light=self.light.currentData(),
            spoof=self.spoof.currentData(),
            does_as_told=not stubborn,
            turns=not stubborn,
        )
        return part

    def _tell(self, _chosen: object = None) -> None:
        self._bench.set_camera(self.part())
