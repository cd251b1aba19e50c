"""Whatever is sent: the card answers, and what a secret opened is lost with the application or the power."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from simulator.card import codes
from simulator.people import load
from tests.support.talk import COMMON, JPKI, RESIDENT, SURFACE, TEXT, Talk, card_of, talk_to

AIDS = (JPKI, TEXT, SURFACE, COMMON, RESIDENT)
CODE_B = "56052020340000"
KINDS = (
    "yamada",
    "android",
    "iphone",
    "old_resident_card",
    "fido_key",
    "driving_licence",
    "damaged",
    "no_auth_certificate",
)

_HEADERS = st.tuples(
    st.sampled_from([0x00, 0x08, 0x80]),
    st.sampled_from([0x20, 0x24, 0x2A, 0x32, 0x84, 0x88, 0xA4, 0xB0, 0xB2, 0xC0, 0xCA, 0xAE, 0xFC]),
    st.sampled_from([0, 1, 2, 3, 4, 5, 0x81, 0x8A, 0xFF]),
    st.sampled_from([0, 4, 0x0C, 0x80, 0x92, 0x97, 0x98, 0x9A, 0x9C]),
).map(bytes)
_BODIES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([bytes.fromhex(f"0A{aid}") for aid in AIDS]),
    st.sampled_from([b"\x041234", b"\x02\x00\x18", b"\x02\x00\x17", b"\x00", b"\x00\x00\x00"]),
)
_APDUS = st.one_of(st.binary(max_size=30), st.tuples(_HEADERS, _BODIES).map(b"".join))


@given(st.sampled_from(KINDS), st.lists(_APDUS, max_size=20))
def test_no_sequence_of_bytes_breaks_a_card(persona: str, apdus: list[bytes]) -> None:
    card = card_of(persona)
    for apdu in apdus:
        answer = card.process(apdu)
        assert 2 <= len(answer) <= 65538
        assert answer[-2] >> 4 in (6, 9)


class Sessions(RuleBasedStateMachine):
    """A second, much simpler idea of a session: which application is selected and which secrets it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk(card_of("yamada"))
        self.aid = ""
        self.seen: set[int] = set()

    @rule(aid=st.sampled_from(AIDS))
    def select(self, aid: str) -> None:
        assert self.talk.select(aid) == 0x9000
        self.aid, self.seen = aid, set()

    @rule()
    def select_what_is_not_there(self) -> None:
        assert self.talk.select("A000000000") == 0x6A82

    @rule()
    def reset(self) -> None:
        self.talk.card.reset()
        self.aid, self.seen = "", set()

    @rule(
        secret=st.sampled_from(
            [(JPKI, 0x18, "1234"), (JPKI, 0x1B, "ABC123"), (TEXT, 0x11, "8026"), (TEXT, 0x15, CODE_B)]
        )
    )
    def verify(self, secret: tuple[str, int, str]) -> None:
        aid, file, value = secret
        if self.aid != aid:
            return
        assert self.talk.verify(file, value) == 0x9000
        self.seen.add(file)

    @rule(file=st.sampled_from([0x18, 0x11, 0x15]))
    def ask_for_the_tries(self, file: int) -> None:
        self.talk.tries(file)

    @invariant()
    def only_what_was_shown_here_opens(self) -> None:
        signs = self.talk.send("802A039701AA00") == 0x9000
        assert signs == (self.aid == JPKI and 0x18 in self.seen)
        attributes = self.aid == TEXT and self.talk.send("00B0820004") == 0x9000
        assert attributes == (self.aid == TEXT and bool(self.seen & {0x11, 0x15}))
        number = self.aid == TEXT and self.talk.send("00B0810004") == 0x9000
        assert number == (self.aid == TEXT and 0x11 in self.seen)
        certificate = self.aid == JPKI and self.talk.send("00B0810004") == 0x9000
        assert certificate == (self.aid == JPKI and 0x1B in self.seen)


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_two_cards_of_one_persona_share_nothing() -> None:
    first, second = talk_to("yamada", JPKI), talk_to("yamada", JPKI)
    assert first.verify(0x18, "0000") == 0x63C2
    assert second.tries(0x18) == 0x63C3


def test_a_card_shows_no_secret_in_its_representation() -> None:
    persona = load("baby")
    card = card_of("baby")
    shown = repr(card) + repr(vars(card))
    assert persona.card.pin not in shown
    assert persona.card.text_pin not in shown
    assert persona.card.sign_password not in shown
    assert codes.individual_number("baby") not in shown
