"""Whether what a page says can be said in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiosk.visit.views import Sentence, VisitView
from kiosk.wording.catalogues import catalogue, languages
from kiosk.wording.text import WordingError


def sentences_of(view: VisitView) -> Iterator[Sentence]:
    """Every sentence that this page needs. A page may do without the body of its own name, and a choice without the
    note of its own name; what is named otherwise must be there."""
    yield view.title
    yield from (sentence for sentence in view.body if not sentence.key.endswith(".body"))
    yield from view.notices
    for option in view.options:
        yield Sentence(option.name_key, option.slots)
        if option.note:
            yield Sentence(option.note, option.slots)
    for detail in view.details:
        yield Sentence(detail.label)
        if isinstance(detail.value, Sentence):
            yield detail.value
    if view.field is not None:
        yield from (Sentence(f"field.{view.field.field}.{choice}") for choice in view.field.choices)
        if view.field.skip:
            yield Sentence(view.field.skip)


def unsaid(views: Iterable[VisitView]) -> list[str]:
    """What one language or another cannot say of these pages."""
    needed = {sentence for view in views for sentence in sentences_of(view)}
    found = []
    for tag in languages():
        for sentence in needed:
            try:
                if not catalogue(tag).sentence(sentence.key, sentence.slots).plain:
                    found.append(f"{tag}: {sentence.key} is empty")
            except WordingError as error:
                found.append(f"{tag}: {error}")
    return sorted(found)
