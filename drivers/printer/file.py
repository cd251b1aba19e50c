"""Printing into a folder: for trying out, and where another program prints."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from drivers.interface import Failure, Fault

_UNSAFE = re.compile(r"[^\w.-]+")
_TITLE_LIMIT = 60


class FilePrinter:
    """Writes each PDF as ``NNNN-title.pdf`` into one folder, whole or not at all. Numbers go on where they ended."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        """None when the file is there; PRINTER_GONE where the folder cannot take it."""
        name = _UNSAFE.sub("_", title).strip("._")[:_TITLE_LIMIT] or "document"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(name, pdf)
        except OSError as error:
            return Failure.of(Fault.PRINTER_GONE, f"print folder: {error.strerror}")
        return None

    def _write(self, name: str, pdf: bytes) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._directory, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pdf)
            number = self._last_number()
            while True:
                number += 1
                try:
                    os.link(temporary, self._directory / f"{number:04d}-{name}.pdf")
                except FileExistsError:
                    continue
                return
        finally:
            os.unlink(temporary)

    def _last_number(self) -> int:
        found = (re.match(r"(\d+)-", path.name) for path in self._directory.glob("*.pdf"))
        return max((int(match[1]) for match in found if match), default=0)
