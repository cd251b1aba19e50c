"""A facility's own telephone lines beside those of the book: those of its patients' insurers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from kiosk.evidence.model import Book, BookError, Contact


def own_contact(
    name: str,
    phone: str,
    insurer: str,
    *,
    hours: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Contact:
    """A line in the facility's own words, told to members of ``insurer`` on days from ``since`` to ``until``. Raises
    ``BookError`` for one that could never help anybody."""
    told = {"name": name, "phone": phone, "insurer": insurer}
    for field, text in told.items():
        if not text.strip():
            raise BookError(f"{field}: empty")
    if since is not None and until is not None and until < since:
        raise BookError("until: before from")
    return Contact(
        id="",
        what=name,
        name=name.strip(),
        phone=phone.strip(),
        insurer=insurer.strip(),
        hours_in_words=hours.strip(),
        since=since,
        until=until,
        sources=("own",),
    )


def with_contacts(book: Book, own: Iterable[Contact]) -> Book:
    """The book with these lines after its own, as ``own_1``, ``own_2`` … in their order."""
    added = {f"own_{place}": contact for place, contact in enumerate(own, 1)}
    named = {id: replace(contact, id=id) for id, contact in added.items()}
    return replace(book, contacts={**book.contacts, **named})
