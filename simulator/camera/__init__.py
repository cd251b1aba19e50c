"""A camera without hardware: papers drawn for it, and how it sees them."""

from simulator.camera.camera import SimulatedCamera
from simulator.camera.papers import certificate, code_text, sheet
from simulator.camera.seeing import Sight, seen

__all__ = ["Sight", "SimulatedCamera", "certificate", "code_text", "seen", "sheet"]
