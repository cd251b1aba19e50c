"""What every page is put together from."""

from __future__ import annotations

from kiosk.visit.acts import Act
from kiosk.visit.views import Option, Picture, Sentence, Slots

Part = dict[str, object]
"""Some of a ``VisitView``'s fields."""

CALL_STAFF = Act("StaffCalled")
OTHER_WAYS = Option("other_ways", Act("EvidenceWanted"), "quiet")


def part(
    key: str,
    picture: Picture,
    options: tuple[Option, ...] = (),
    *,
    variant: str = "",
    slots: Slots = (),
    extra: tuple[Sentence, ...] = (),
    waiting: bool = False,
) -> Part:
    base = f"{key}.{variant}" if variant else key
    return {
        "variant": variant,
        "title": Sentence(f"{base}.title", slots),
        "body": (*extra, Sentence(f"{base}.body", slots)),
        "picture": picture,
        "options": options,
        "waiting": waiting,
    }
