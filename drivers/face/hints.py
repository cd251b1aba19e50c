"""One hint at a time, and none that flickers. Pure."""

from __future__ import annotations

from drivers.interface import FaceHint


class Hints:
    """Tells a hint once, when it has stood for ``settle`` milliseconds; the first one, and one asked for, at once."""

    def __init__(self, settle: int) -> None:
        self._settle = settle
        self._told: FaceHint | None = None
        self._coming: FaceHint | None = None
        self._since = 0

    def see(self, hint: FaceHint, at: int) -> list[FaceHint]:
        """The hint of a picture that was taken at this millisecond; what is to be told now: one or none."""
        if hint != self._coming:
            self._coming, self._since = hint, at
        if hint == self._told:
            return []
        if self._told is not None and at - self._since < self._settle:
            return []
        return self.ask(hint)

    def ask(self, hint: FaceHint) -> list[FaceHint]:
        """Now, whatever stood before."""
        if hint == self._told:
            return []
        self._told = self._coming = hint
        return [hint]
