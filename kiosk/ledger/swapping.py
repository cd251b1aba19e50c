"""Putting whole folders in the place of others: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.storage.files import PRIVATE_FOLDER, exchange, sync_folder


def is_occupied(folder: Path) -> bool:
    """Whether anything is there that would be replaced."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


class Staging:
    """A new folder beside each target, filled before `commit` puts them all in place. A target inside another one is
    filled inside that one's. What is not committed is gone afterwards."""

    def __init__(self, targets: Iterable[Path]) -> None:
        self._targets = {target.absolute() for target in targets}
        self._tops = {one for one in self._targets if not self._targets.intersection(one.parents)}
        self._work: dict[Path, Path] = {}

    def __enter__(self) -> Self:
        try:
            for target in sorted(self._tops):
                target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
                work = tempfile.mkdtemp(prefix=f".{target.name}.restore-", dir=target.parent)
                self._work[target] = Path(work)
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean()

    def folder(self, target: Path) -> Path:
        """Where to put what is to lie in `target`."""
        target = target.absolute()
        top = next(top for top in self._tops if top == target or top in target.parents)
        work = self._work[top] / target.relative_to(top)
        work.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return work

    def commit(self, aside: str) -> None:
        """In one step for each folder. What was there stays beside it as `NAME.replaced-…`; if one step fails, those
        before it are undone. OSError."""
        done: list[tuple[Path, Path, bool]] = []
        for target in self._targets:
            sync_folder(self.folder(target))
        try:
            for target, work in self._work.items():
                occupied = is_occupied(target)
                exchange(work, target) if occupied else os.rename(work, target)
                done.append((target, work, occupied))
        except BaseException:
            for target, work, occupied in reversed(done):
                exchange(work, target) if occupied else os.rename(target, work)
            raise
        self._work.clear()  # what lies there now is what was replaced: nothing of it is deleted
        for target, work, occupied in done:
            if occupied:
                os.rename(work, target.with_name(f"{target.name}.replaced-{aside}"))
            sync_folder(target.parent)

    def _clean(self) -> None:
        for work in self._work.values():
            with suppress(OSError):
                shutil.rmtree(work)
