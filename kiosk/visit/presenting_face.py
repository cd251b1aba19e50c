"""The two pages of the face check: the card's front, and the camera."""

from __future__ import annotations

from kiosk.visit.acts import Act
from kiosk.visit.flow.card_front import can_read_front
from kiosk.visit.flow.face import can_look_for_ways, can_switch_to_pin
from kiosk.visit.page_parts import CALL_STAFF, OTHER_WAYS, Part, part
from kiosk.visit.policy import FACE_TRIES
from kiosk.visit.states import MatchingFace, ReadingCardFront, Visit
from kiosk.visit.views import Option, Sentence

NUMBER_B_DIGITS = 14
_BACK: Part = {"back": True}
_PRIVATE = Sentence("MatchingFace.private")


def front_page(visit: Visit, state: ReadingCardFront) -> Part:
    """The number is read by a camera and confirmed, or typed; its tries are told before."""
    others = _instead(visit, state)
    if state.step == "tries":
        return part("ReadingCardFront", "reading", others, variant="tries", waiting=True) | _BACK
    slots = (("tries", str(state.tries_left)),)
    if state.step == "put_back":
        again = Option("number_b_again", Act("BackChosen"), "quiet")
        return part("ReadingCardFront", "place_card", (again,), variant="put_back")
    back: Part = {} if state.lifted else _BACK
    if state.last_try:
        accept = Option("number_b_last_try", Act("LastTryAccepted"), "equal")
        staff = Option("call_staff_instead", CALL_STAFF, "equal")
        options = (*others, staff, accept)
        return part("ReadingCardFront", "card_front", options, variant="last_try", slots=slots) | back
    if not state.typed:
        type_it = Option("type_number_b", Act("NumbersWanted"), "quiet")
        shown = part("ReadingCardFront", "card_front", (type_it, *others), variant="camera", slots=slots)
        return shown | back | {"camera": "front", "digits": NUMBER_B_DIGITS}
    read_it = (Option("read_number_b", Act("FrontWanted"), "quiet"),) if can_read_front(visit, state) else ()
    variant = "wrong" if state.wrong else "typed"
    shown = part("ReadingCardFront", "card_front", (*read_it, *others), variant=variant, slots=slots)
    if state.camera_lost:
        shown["notices"] = (Sentence("ReadingCardFront.camera_lost"),)
    return shown | back | {"keypad": True, "digits": NUMBER_B_DIGITS}


def camera_page(visit: Visit, state: MatchingFace) -> Part:
    """One thing to do at a time, in words and drawn; no countdown, and the way out is always there."""
    if state.step == "opening":
        return part("MatchingFace", "face", variant="opening", waiting=True)
    others = _instead(visit, state)
    again = Option("look_again", Act("RetryChosen"), "main")
    match state.step:
        case "again":
            left = FACE_TRIES - state.attempt + 1
            shown = part(
                "MatchingFace", "face", (again, *others), variant="again", slots=(("tries", str(left)),)
            )
            why = (Sentence(f"face_doubt.{state.doubt}"),) if state.doubt is not None else ()
            shown["body"] = (*why, Sentence("MatchingFace.again.body", (("tries", str(left)),)))
            return shown | _BACK
        case "camera_gone":
            shown = part("MatchingFace", "face", (again, *others), variant="camera_gone")
            return shown | _BACK
        case _:
            shown = part("MatchingFace", "face", others)
            hint = (Sentence(f"face_hint.{state.hint}"),) if state.hint is not None else ()
            shown["body"] = (*hint, Sentence("MatchingFace.body"))
            shown["notices"] = (_PRIVATE,)
            return shown | _BACK | {"camera": "face", "hint": state.hint or "", "waiting": True}


def _instead(visit: Visit, state: ReadingCardFront | MatchingFace) -> tuple[Option, ...]:
    if can_switch_to_pin(visit, state):
        return (Option("pin_instead", Act("PinChosen"), "quiet"),)
    return (OTHER_WAYS,) if can_look_for_ways(visit, state) else ()
