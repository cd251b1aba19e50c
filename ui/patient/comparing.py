"""What differs between two views: the page, its looks, or only what stands around it."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.visit.views import VisitView


def looks(view: VisitView) -> tuple[str, str, str]:
    """What everything on the screen is drawn anew for."""
    return view.language, view.text_size, view.contrast


def undressed(view: VisitView) -> VisitView:
    """The same in the looks that every visit begins with."""
    return replace(view, language="ja", text_size="medium", contrast="standard")


def same_page(one: VisitView, other: VisitView) -> bool:
    """Whether only the frame around the page differs."""

    def inner(view: VisitView) -> VisitView:
        return replace(view, progress=None, deadline=None, warned=False, back=False, staff=False)

    return inner(one) == inner(other)
