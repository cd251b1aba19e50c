"""One example of every page, for golden pictures, the overflow test and one's own eyes.

``python -m ui.patient.gallery OUTDIR`` writes them as PNG files.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from msgspec.structs import replace

from kiosk.visit.acts import Act
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.views import Detail, Option, Picture, Sentence, Slots, VisitView

LANGUAGES = ("ja", "ja-easy", "en")
_STAFF = Act("StaffCalled")


def _view(
    name: str,
    picture: Picture,
    *options: Option,
    slots: Slots = (),
    notices: tuple[str, ...] = (),
    **more: object,
) -> tuple[str, VisitView]:
    state, _, variant = name.partition(".")
    view = VisitView(
        state=state,
        variant=variant,
        title=Sentence(f"{name}.title", slots),
        body=(Sentence(f"{name}.body", slots),),
        notices=tuple(Sentence(key) for key in notices),
        picture=picture,
        options=options,
    )
    return name, replace(view, **more)


def _way(way: str) -> Option:
    return Option(way, Act("WayChosen", (("way", way),)), "quiet")


def examples() -> dict[str, VisitView]:
    """Name → view, for every page and every variant of it. Names and numbers are invented."""
    return dict(_examples())


def _examples() -> Iterator[tuple[str, VisitView]]:
    ways = (_way("phone"), _way("no_card"), _way("companion"))
    name, welcome = _view("Welcome", "place_card", *ways)
    yield name, welcome
    hint = (Sentence("Welcome.removed_early"), *welcome.body)
    yield "Welcome.removed_early", replace(welcome, body=hint)
    yield _view("OutOfService", "out_of_service", *ways[1:])
    yield from _reading()
    yield from _pin()
    yield from _registration()
    yield from _consent()
    yield _view("LookingUp", "looking_up", waiting=True, progress=(4, 6))
    yield _view("LookingUp.processing", "looking_up", waiting=True, progress=(4, 6))
    yield from _confirmed()
    for variant in ("finished", "abandoned"):
        yield _view(f"TakeCard.{variant}", "take_card", staff=False, progress=(6, 6))
    yield from _waiting_for_staff()
    another = Option("another_patient", Act("AnotherPatient"), "quiet")
    number = (("number", "A23"),)
    yield _view("Finished", "finished", another, slots=number, number="A23", staff=False, progress=(6, 6))
    yield _view("Finished.staff", "finished", another, staff=False, progress=(6, 6))
    for variant in ("timed_out", "card_removed", "card_changed", "closed_by_staff", "stopped"):
        yield _view(f"Abandoned.{variant}", "goodbye", staff=False)


def _reading() -> Iterator[tuple[str, VisitView]]:
    retry = Option("retry", Act("RetryChosen"), "main")
    for variant in ("", ".reader_away", ".recheck"):
        yield _view(f"ReadingCard{variant}", "reading", waiting=True, progress=(1, 6))
    for problem, picture in (("card_unreadable", "sleeve"), ("not_my_number_card", "wrong_card")):
        yield _view(f"ReadingCard.problem.{problem}", cast(Picture, picture), retry, progress=(1, 6))


def _pin() -> Iterator[tuple[str, VisitView]]:
    tries = (("tries", "3"),)
    by_staff = Option("call_staff_instead", _STAFF)
    choices = (Option("pin", Act("PinChosen"), "equal", tries), by_staff)
    yield _view("ChoosingVerification", "choose", *choices, progress=(2, 6))
    forgotten = Option("pin_forgotten", Act("PinForgotten"), "quiet")
    yield _view("EnteringPin", "pin", forgotten, slots=tries, keypad=True, back=True, progress=(2, 6))
    two = (("tries", "2"),)
    yield _view("EnteringPin.wrong", "pin", forgotten, slots=two, keypad=True, back=True, progress=(2, 6))
    last = (by_staff, Option("pin_last_try", Act("LastTryAccepted")))
    yield _view("EnteringPin.last_try", "pin", *last, slots=(("tries", "1"),), back=True, progress=(2, 6))
    yield _view("EnteringPin.checking", "pin", waiting=True, progress=(2, 6))


def _registration() -> Iterator[tuple[str, VisitView]]:
    options = (
        Option("register", Act("RegistrationAccepted")),
        Option("register_not", Act("RegistrationDeclined")),
    )
    yield _view("OfferingRegistration", "register", *options, progress=(3, 6))
    yield _view("OfferingRegistration.again", "register", *options, progress=(3, 6))
    yield _view("OfferingRegistration.sent", "register", waiting=True, progress=(3, 6))


_ITEMS = ("care", "operations", "checkups", "specific_diseases")


def _consent() -> Iterator[tuple[str, VisitView]]:
    options = (
        Option("consent_all", Act("ConsentAllGiven")),
        Option("consent_choose", Act("ConsentItemsChosen")),
        Option("consent_none", Act("ConsentAllRefused")),
    )
    notices = (*(f"consent.{item}.name" for item in _ITEMS), "AskingConsent.limit")
    yield _view("AskingConsent", "consent", *options, notices=notices, progress=(3, 6))
    for item in _ITEMS:
        decide = [
            Option(f"consent_{word}", Act("ConsentItemDecided", (("item", item), ("choice", choice))))
            for word, choice in (("yes", "agreed"), ("no", "declined"))
        ]
        _, view = _view("AskingConsent.items", "consent", *decide, back=True, progress=(3, 6))
        title, body = Sentence(f"consent.{item}.title"), (Sentence(f"consent.{item}.body"),)
        yield f"AskingConsent.items.{item}", replace(view, title=title, body=body)


def _confirmed() -> Iterator[tuple[str, VisitView]]:
    go_on = Option("next", Act("Acknowledged"), "main")
    slots = (("name", "ヤマダ タ＊＊"),)
    details = (
        Detail("detail.insurer", "見本市国民健康保険組合"),
        Detail("detail.share", Sentence("share.tenths", (("tenths", "3"),))),
        *(Detail("detail.consent_given", Sentence(f"consent.{item}.name")) for item in _ITEMS),
    )
    name, view = _view("Confirmed", "confirmed", go_on, slots=slots, details=details, progress=(5, 6))
    yield name, view
    yield _view("Confirmed.public_assistance", "confirmed", go_on, slots=slots, progress=(5, 6))
    for notice in ("certificate_expiring", "certificate_expired_grace"):
        sentence = Sentence(f"notice.{notice}", (("day", "2027-03-31"),))
        yield f"Confirmed.{notice}", replace(view, notices=(sentence,))


REASONS_SHOWN = ("pin_locked", "network_fault", "not_registered", "certificate_expired", "no_card")


def _waiting_for_staff() -> Iterator[tuple[str, VisitView]]:
    stop = Option("stop", Act("StaffCancelled"), "quiet")
    alone = Option("go_on_alone", Act("StaffCancelled"), "quiet")
    again = Option("try_again", Act("RetryChosen"), "main")
    yield _view("WaitingForStaff.called", "staff", alone, staff=False)
    _, view = _view("WaitingForStaff.reason", "staff", staff=False)
    for reason in REASONS_SHOWN:
        options = (again, stop) if reason == "network_fault" else (stop,)
        body = (Sentence(f"reason.{reason}.remedy"), *view.body)
        title = Sentence(f"reason.{reason}.patient")
        yield f"WaitingForStaff.{reason}", replace(view, title=title, body=body, options=options, code=reason)


def main(arguments: list[str] | None = None) -> int:
    from ui.theme.panel import PROFILES

    parser = argparse.ArgumentParser(prog="python -m ui.patient.gallery", description=__doc__)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--profile", action="append", choices=sorted(PROFILES))
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--size", action="append", choices=get_args(TextSize))
    parser.add_argument("--contrast", action="append", choices=get_args(Contrast))
    parser.add_argument("--only", default="", help="names that contain this")
    chosen = parser.parse_args(arguments)
    from ui.patient.gallery_pictures import write_gallery

    count = write_gallery(
        chosen.outdir,
        profiles=[PROFILES[name] for name in chosen.profile or ["portrait"]],
        languages=chosen.language or ["ja"],
        sizes=chosen.size or ["medium"],
        contrasts=chosen.contrast or ["standard"],
        only=chosen.only,
    )
    print(f"{count} pictures in {chosen.outdir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
