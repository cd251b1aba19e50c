"""What only a simulated kiosk has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.reception.world import SystemWorld, World

if TYPE_CHECKING:
    from simulator.camera import SimulatedCamera, SimulatedFaceCamera
    from simulator.face.front import ScriptedFront
    from simulator.face.stage import Stage, StagedMatcher
    from simulator.links.inprocess import InProcessReader
    from simulator.national.faults import Faults
    from simulator.national.system import NationalSystem
    from ui.devdock.speed import SpeedWorld


@dataclass
class Simulated:
    """The handles of a simulated kiosk, for the dev dock. Never there in production."""

    reader: InProcessReader | None = None
    national: NationalSystem | None = None
    faults: Faults | None = None
    world: SpeedWorld | None = None
    camera: SimulatedCamera | None = None
    face_camera: SimulatedFaceCamera | None = None
    stage: Stage | None = None
    matcher: StagedMatcher | None = None
    front: ScriptedFront | None = None


def world_of(simulated: Simulated | None) -> World:
    """A simulated kiosk's time can be made to run faster."""
    if simulated is None:
        return SystemWorld()
    from ui.devdock.speed import SpeedWorld

    simulated.world = SpeedWorld()
    return simulated.world
