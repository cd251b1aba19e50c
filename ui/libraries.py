"""What is only there where it was set up."""

from __future__ import annotations

from importlib.util import find_spec


def missing_library() -> str:
    """What the face check cannot do without and is not installed; "" where all is there. Loads nothing."""
    return next((name for name in ("cv2", "numpy") if find_spec(name) is None), "")
