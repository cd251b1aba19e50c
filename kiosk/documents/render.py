"""From a template and its data to a PDF/A-2a, with the shipped fonts and nothing of the machine's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.documents.fonts import FAMILIES, fonts_dir
from kiosk.wording.catalogues import catalogue

if TYPE_CHECKING:
    from typst import Compiler

_TYPESETTING = threading.Lock()  # a compiler keeps its inputs between calls


class DocumentFault(Exception):
    """A template cannot be set: a mistake in the template or its data. The message never holds the data."""


def render(
    template: str, data: Mapping[str, object], language: str, *, made_at: datetime, fonts: Path | None = None
) -> bytes:
    """The PDF of ``templates/<template>.typ``. ``data`` is JSON-like and reaches the template as it is; names in it
    have passed ``safe_text``. ``made_at`` goes into the file's own date: equal arguments give equal bytes.

    Safe to call from any thread, one at a time. Raises ``FontsMissing``, ``UnknownLanguage``, ``DocumentFault``.
    """
    source = _templates() / f"{template}.typ"
    if not source.is_file():
        raise DocumentFault(f"no template is called {template!r}")
    inputs = {"data": json.dumps({**data, "lang": catalogue(language).about.lang, "families": FAMILIES})}
    compiler = _compiler(fonts_dir(fonts))
    try:
        with _TYPESETTING:
            pdf = compiler.compile(
                input=str(source), format="pdf", sys_inputs=inputs, pdf_standards=["a-2a"], timestamp=made_at
            )
    except RuntimeError as error:  # typst.TypstError; its diagnostic would quote the data
        raise DocumentFault(f"{source.name} cannot be set: {type(error).__name__}") from None
    if not isinstance(pdf, bytes):
        raise DocumentFault(f"{source.name} gave no document")
    return pdf


@cache
def _compiler(folder: Path) -> Compiler:
    import typst  # 30 MB that a first page need not wait for

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    return typst.Compiler(root=str(_templates()), font_paths=fonts, ignore_system_fonts=True)


def _templates() -> Path:
    return Path(str(resources.files("kiosk.documents"))) / "templates"
