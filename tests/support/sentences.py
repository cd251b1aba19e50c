"""Every sentence of every language, and each as it may be said."""

from __future__ import annotations

from kiosk.wording.catalogues import catalogue, languages
from kiosk.wording.text import Span, Template, Text

SAMPLES = {
    "tries": "3", "name": "ヤマダ タ＊＊", "number": "A23", "day": "2026-05-31", "seconds": "20", "count": "2",
    "tenths": "3", "other_year": "2026年", "law": "協会けんぽ", "prefecture": "神奈川県", "era": "昭和", "digits": "4",
}  # fmt: skip


def said(tag: str, key: str) -> Text:
    """The sentence with something in each of its slots."""
    slots = catalogue(tag).templates[key].slots
    return catalogue(tag).sentence(key, {slot: SAMPLES.get(slot, "12") for slot in slots})


def all_sentences() -> list[tuple[str, str, Template]]:
    """Language, key, template."""
    return [(tag, key, template) for tag in languages() for key, template in catalogue(tag).templates.items()]


def plain(template: Template) -> str:
    """What stands in the catalogue, without furigana and without what fills the slots."""
    return "".join(part.text for part in template.parts if isinstance(part, Span))
