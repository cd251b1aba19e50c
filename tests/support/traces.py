"""Golden traces: what a scenario does, step by step.

A trace that was changed on purpose is written anew from ``uketsuke simulate NAME --json --trace``.
"""

from __future__ import annotations

import json
from pathlib import Path

from simulator.playing.result import Trace

_FOLDER = Path(__file__).parent.parent / "golden" / "traces"


def golden(scenario_id: str) -> Trace:
    steps = json.loads((_FOLDER / f"{scenario_id}.json").read_text(encoding="utf-8"))
    return tuple((step["event"], step["state"], tuple(step["effects"])) for step in steps)


def names() -> list[str]:
    return sorted(path.stem for path in _FOLDER.glob("*.json"))
