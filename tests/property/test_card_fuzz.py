"""Whatever a card answers, the application ends in a value; a certificate changed anywhere is not believed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.card import surface, text
from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor, check
from drivers.card.channel import Channel
from drivers.card.errors import CardFinding
from drivers.card.revocation import CrlFileSource, UnknownRevocation
from drivers.interface import (
    CardConnection,
    CardFacts,
    CardText,
    Failure,
    Fault,
    LinkError,
    Listener,
    PinRefused,
    ReaderSnapshot,
    Response,
    Revocation,
    VerifiedCard,
)
from simulator.card import pki
from simulator.people.loading import load
from tests.support.certificates import NOW, der, make_issuer, make_leaf
from tests.support.reading import NOW as TODAY_NOON
from tests.support.reading import TODAY, anchors, application, bench, card_of
from tests.support.scripted_card import OneShotSecret

CHALLENGE = bytes(range(32))

STATUS = st.one_of(
    st.sampled_from(
        [0x9000, 0x9000, 0x9000, 0x6282, 0x6982, 0x6A82, 0x63C3, 0x63C0, 0x6984, 0x6700, 0x6100, 0x6C10]
    ),
    st.integers(0, 0xFFFF),
)
ANSWERS = st.lists(
    st.tuples(
        st.one_of(
            st.binary(max_size=300),
            st.just(b"JPKIAPICCTOKEN2".ljust(32)),
            st.just(b"JPKIAPGPSETOKEN".ljust(32)),
            st.binary(max_size=80).map(lambda tail: b"\x30\x82\x01\x20" + tail),
            st.binary(max_size=80).map(lambda tail: b"\xff\x20\x81\x90" + tail),
        ),
        STATUS,
    ),
    max_size=40,
)


class Babbling:
    """A reader whose card answers anything at all, and at last nothing."""

    def __init__(self, answers: list[tuple[bytes, int]], extended_length: int) -> None:
        self._answers = iter(answers)
        self.extended_length = extended_length

    def watch(self, listener: Listener) -> None: ...

    def snapshot(self) -> ReaderSnapshot:
        return ReaderSnapshot(card_present=True, insertion=1)

    def close(self) -> None: ...

    @contextmanager
    def connect(self, insertion: int) -> Iterator[CardConnection]:
        yield self

    def transmit(self, apdu: bytes) -> Response:
        for data, sw in self._answers:
            return Response(data, sw)
        raise LinkError(Failure.of(Fault.CARD_GONE, "has said enough"))


@cache
def issuer_anchors() -> tuple[Anchor, ...]:
    return tuple(anchors())


@given(ANSWERS, st.sampled_from([261, 65_544]))
@settings(max_examples=300)
def test_any_conversation_ends_in_a_value_that_is_no_bug(
    answers: list[tuple[bytes, int]], extended_length: int
) -> None:
    card = MyNumberCard(
        Babbling(answers, extended_length), issuer_anchors(), UnknownRevocation(), lambda: TODAY_NOON
    )
    results: list[object] = [card.read(1)]
    secrets = [OneShotSecret("1234"), OneShotSecret("1234"), OneShotSecret("55021720352285")]
    results.append(card.verify_pin(1, secrets[0], CHALLENGE))
    results += [card.text_tries(1, "pin"), card.read_text(1, "pin", secrets[1])]
    results += [card.photo_tries(1), card.read_photo(1, secrets[2])]
    assert all(secret.wiped for secret in secrets)
    for result in results:
        assert not isinstance(result, VerifiedCard)
        assert not isinstance(result, Failure) or result.fault is not Fault.INTERNAL


@given(ANSWERS)
@settings(max_examples=200)
def test_any_answers_to_the_unlocked_files_are_values_or_findings(answers: list[tuple[bytes, int]]) -> None:
    accepted = [(b"", 0x9000), (b"", 0x9000), *answers]
    reads: list[Callable[[Channel], CardText | surface.CardFace | PinRefused | Failure]] = [
        lambda channel: text.read_text(channel, "pin", OneShotSecret("1234")),
        lambda channel: text.read_text(channel, "number_b", OneShotSecret("55021720352285")),
        lambda channel: surface.read_face(channel, OneShotSecret("55021720352285")),
    ]
    for read in reads:
        try:
            result = read(Channel(Babbling(list(accepted), 261)))
        except LinkError:
            continue
        assert isinstance(result, CardText | surface.CardFace | PinRefused | Failure)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_wrong_byte_anywhere_in_a_good_conversation_verifies_nobody_else(data: st.DataObject) -> None:
    """Answers of a sound card, one of them disturbed: the PIN is accepted or not, but never for another card."""
    at = data.draw(st.integers(1, 12))
    with bench("inprocess") as desk:
        insertion = desk.insert(card_of("yamada"))
        connection_class = type(desk.reader)
        original = connection_class._transmit  # type: ignore[attr-defined]
        count = 0

        def disturbed(self: object, number: int, apdu: bytes) -> Response:
            nonlocal count
            count += 1
            response: Response = original(self, number, apdu)
            if count != at or not response.data:
                return response
            position = data.draw(st.integers(0, len(response.data) - 1))
            flipped = bytearray(response.data)
            flipped[position] ^= data.draw(st.integers(1, 255))
            return Response(bytes(flipped), response.sw)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection_class, "_transmit", disturbed)
            card = application(desk.reader)
            facts = card.read(insertion)
            result = card.verify_pin(insertion, OneShotSecret(load("yamada").card.pin), CHALLENGE)
        if isinstance(result, VerifiedCard):
            assert isinstance(facts, CardFacts)
            assert count < at or at in (
                1,
                2,
                3,
                10,
                11,
            )  # SELECT, label, tries, SELECT, VERIFY: no signed bytes
        else:
            assert not isinstance(result, Failure) or result.fault is not Fault.INTERNAL


CA = make_issuer("ca-2023")
LEAF = der(make_leaf(CA))
CRL = pki.crl(3, [load("revoked")], TODAY)


def mutated(original: bytes) -> st.SearchStrategy[bytes]:
    """Bytes changed, cut out, doubled or put in."""

    @st.composite
    def draw(draw: st.DrawFn) -> bytes:
        changed = bytearray(original)
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(changed) - 1))
            match draw(st.sampled_from(["change", "cut", "double", "insert", "end"])):
                case "change":
                    changed[at] = draw(st.integers(0, 255))
                case "cut":
                    del changed[at : at + draw(st.integers(1, 20))]
                case "double":
                    changed[at:at] = changed[at : at + draw(st.integers(1, 40))]
                case "insert":
                    changed[at:at] = draw(st.binary(min_size=1, max_size=8))
                case _:
                    del changed[at:]
            if not changed:
                break
        return bytes(changed)

    return draw()


@given(mutated(LEAF))
@settings(max_examples=500)
def test_a_changed_certificate_is_never_believed(changed: bytes) -> None:
    if changed == LEAF:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser warns of odd serial numbers before we refuse them
        with pytest.raises(CardFinding) as caught:
            check(changed, [Anchor(CA.certificate)], UnknownRevocation(), NOW)
    assert caught.value.failure.fault in (Fault.CARD_DAMAGED, Fault.CERTIFICATE_UNTRUSTED)


@given(mutated(CRL))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_revocation_list_says_nothing(tmp_path: Path, changed: bytes) -> None:
    if changed == CRL:
        return
    (tmp_path / "list.crl").write_bytes(changed)
    issuer = issuer_anchors()[2].certificate
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        state = CrlFileSource(tmp_path).status(issuer, issuer, TODAY_NOON)
    assert state is Revocation.UNKNOWN


def test_the_unchanged_list_speaks(tmp_path: Path) -> None:
    """Else the property above would hold for a source that never says anything."""
    (tmp_path / "list.crl").write_bytes(CRL)
    issuer = issuer_anchors()[2].certificate
    assert CrlFileSource(tmp_path).status(issuer, issuer, TODAY_NOON) is Revocation.GOOD
