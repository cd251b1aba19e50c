"""How results come back to the visit."""

from __future__ import annotations

from typing import Any, Protocol

from kiosk.visit import events as e


class Post(Protocol):
    def __call__(self, kind: type[e.Event], /, **fields: Any) -> None:
        """Gives an event its id and moment and puts it into the visit's inbox. Any thread."""
