"""A camera without hardware: papers, people and deceits drawn for it, and how it sees them."""

from simulator.camera.camera import SimulatedCamera
from simulator.camera.faces import SimulatedFaceCamera
from simulator.camera.papers import certificate, code_text, sheet
from simulator.camera.plays import Attack, Attempt, Pace, attack, film, pictures_of, standing
from simulator.camera.portraits import Portrait, drawn, photographed
from simulator.camera.scenes import Scene, shot
from simulator.camera.seeing import Sight, seen
from simulator.camera.sheets import Medium, Sheet

__all__ = [
    "Attack",
    "Attempt",
    "Medium",
    "Pace",
    "Portrait",
    "Scene",
    "Sheet",
    "Sight",
    "SimulatedCamera",
    "SimulatedFaceCamera",
    "attack",
    "certificate",
    "code_text",
    "drawn",
    "film",
    "photographed",
    "pictures_of",
    "seen",
    "sheet",
    "shot",
    "standing",
]
