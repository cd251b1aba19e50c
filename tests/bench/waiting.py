"""What the patient waits for the card, with the model of a contactless one: virtual time, exact in every run."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.interface import CardPhoto
from kiosk.visit.events import PinVerified
from simulator.links.inprocess import InProcessReader
from simulator.links.timing import Timing
from simulator.people.loading import load
from simulator.playing.cast import number_b
from simulator.playing.world import VirtualWorld
from tests.bench.recording import RecordingReader
from tests.bench.rows import Row, at_most, row
from tests.bench.stages import DAY, PERSONA, Radio, terminal
from tests.bench.verified_read import EXTENDED, SHORT, Dialogue, dialogue
from tests.support.reading import TODAY, application, card_of
from tests.support.scripted_card import OneShotSecret

CHOICE, VERIFIED, PHOTO = at_most(0.4), at_most(0.7), at_most(2.0)  # as long as five frames are looked for
MODEL = Timing()


@dataclass(frozen=True)
class Felt:
    """Seconds of virtual time from what the person does to what it leads to."""

    choice: float
    verified: float


def rows(quick: bool) -> list[Row]:
    del quick  # virtual time costs none
    return [*_rows("short", SHORT), *_rows("extended", EXTENDED)]


def _rows(name: str, extended_length: int) -> list[Row]:
    felt = feel(extended_length)
    talk = _dialogue(extended_length)
    reading, proving = (_on_air(commands) for commands in talk.transactions)
    certificate = len(talk.result.certificate)
    return [
        row(
            f"waiting.choice.{name}", f"card on the reader → choice, {name} APDUs", felt.choice, "s",
            floor=reading,
            floor_what="the model alone: the same commands strictly one after another",
            target=CHOICE, note=_over(felt.choice, CHOICE.limit), apdus=len(talk.reading),
            certificate_bytes=certificate, certificate_on_air=certificate / MODEL.bytes_per_second,
        ),
        row(
            f"waiting.verified.{name}", f"PIN → verified, {name} APDUs", felt.verified, "s",
            floor=reading + proving,
            floor_what="the model alone: everything strictly one after another, begun with the PIN",
            target=VERIFIED, note=_over(felt.verified, VERIFIED.limit), apdus=len(talk.proving),
            chip_rsa=MODEL.rsa_seconds,
        ),
        _photo(name, extended_length),
    ]  # fmt: skip


def _photo(name: str, extended_length: int) -> Row:
    """What passes behind the camera's first frames: nobody waits for the photograph that is there before them."""
    radio = Radio(VirtualWorld(DAY))
    hand = InProcessReader(extended_length=extended_length, timing=MODEL, sleep=radio.sleep)
    reader = RecordingReader(hand)
    card = application(reader)
    insertion = hand.insert(card_of(PERSONA))
    card.read(insertion)
    asked = radio.seconds
    card.photo_tries(insertion)
    confirmed = radio.seconds
    photo = card.read_photo(insertion, OneShotSecret(number_b(load(PERSONA), TODAY)))
    read = radio.seconds - confirmed
    if not isinstance(photo, CardPhoto):
        raise RuntimeError(f"photo: {photo}")
    *_, asking, commands = reader.transactions
    floor = _on_air(commands)
    return row(
        f"waiting.photo.{name}", f"照合番号B confirmed → photo read, {name} APDUs", read, "s",
        floor=floor,
        floor_what="the model alone: the same commands strictly one after another",
        target=PHOTO, note=_over(read, PHOTO.limit), apdus=len(commands), photo_bytes=len(photo.jpeg2000),
        photo_on_air=len(photo.jpeg2000) / MODEL.bytes_per_second,
        tries_asked_before=confirmed - asked, apdus_of_asking=len(asking),
    )  # fmt: skip


def feel(extended_length: int) -> Felt:
    """One visit of the whole reception on the model's clock; Python's own time is not in it (see card_inprocess)."""
    with terminal(timing=MODEL, extended_length=extended_length) as one:
        placed = one.radio.seconds
        one.place_card()
        one.act("ChoosingVerification", "PinChosen")
        entered = one.radio.seconds
        one.enter_pin()
    return Felt(one.moments["ChoosingVerification"] - placed, one.moments[PinVerified.__name__] - entered)


def _dialogue(extended_length: int) -> Dialogue:
    reader = InProcessReader(extended_length=extended_length)
    return dialogue(reader, reader.insert(card_of(PERSONA)))


def _on_air(commands: list[bytes]) -> float:
    """Seconds of the model for these commands, without any of our code between them."""
    card = card_of(PERSONA)
    return sum(MODEL.seconds(apdu, card.process(apdu)) for apdu in commands)


def _over(seconds: float, limit: float) -> str:
    return f"{seconds - limit:.3f} s too long" if seconds > limit else ""
