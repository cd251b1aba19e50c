"""FIDO2 keys: what the service believes of an answer. The key is one in software, behind the library's device
interface, with the library's client before it: no hardware has been tried."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fido2.ctap import CtapDevice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Account, RegisteredKey
from kiosk.accounts.security_key import (
    ORIGIN,
    TOUCH_MS,
    Challenge,
    KeyFailure,
    KeyRefusal,
    ask_to_register,
    ask_to_sign,
    registered,
    signed,
)
from tests.support.soft_key import SoftKey
from tests.support.staff import MONDAY, account


def enrolled(key: SoftKey, who: Account | None = None) -> Account:
    who = who or account()
    challenge = ask_to_register(who, os.urandom)
    kept = registered(challenge, answer(PluggedKey(key.plugged).create(challenge.options)), "blue", MONDAY)
    assert kept is not None
    return replace(who, keys=(*who.keys, kept))


def answer(said: str | KeyFailure) -> str:
    assert not isinstance(said, KeyFailure), said
    return said


def asserted(key: SoftKey, challenge: Challenge) -> str:
    return answer(PluggedKey(key.plugged).get(challenge.options))


# -- registering -----------------------------------------------------------------------------------
def test_a_key_is_registered_by_its_touch() -> None:
    who = enrolled(SoftKey())
    (kept,) = who.keys
    assert (kept.label, kept.count, kept.added) == ("blue", 1, MONDAY)
    assert who.has_second


def test_a_key_is_asked_for_a_touch_by_this_house_alone() -> None:
    options = json.loads(ask_to_register(account(), os.urandom).options)
    assert options["rp"]["id"] == "uketsuke.invalid"
    assert options["authenticatorSelection"]["userVerification"] == "discouraged"
    assert options["timeout"] == TOUCH_MS
    assert len(urlsafe_b64decode(options["challenge"] + "=")) == 32
    assert "sato" not in urlsafe_b64decode(options["user"]["id"] + "==").decode("latin-1")


def test_the_same_key_is_not_registered_twice() -> None:
    key = SoftKey()
    who = enrolled(key)
    assert PluggedKey(key.plugged).create(ask_to_register(who, os.urandom).options) is KeyFailure.NOT_THIS_ONE
    assert len(enrolled(SoftKey(), who).keys) == 2


def test_an_answer_to_another_challenge_registers_nothing() -> None:
    first, second = (ask_to_register(account(), os.urandom) for _ in range(2))
    said = answer(PluggedKey(SoftKey().plugged).create(first.options))
    assert registered(second, said, "blue", MONDAY) is None
    assert registered(first, said, "blue", MONDAY) is not None


# -- signing ---------------------------------------------------------------------------------------
def test_the_registered_key_signs_and_its_counter_is_kept() -> None:
    key = SoftKey()
    who = enrolled(key)
    for _ in range(2):
        challenge = ask_to_sign(who, os.urandom)
        used = signed(challenge, who, asserted(key, challenge))
        assert isinstance(used, RegisteredKey)
        assert used.count == key.count > who.keys[0].count
        who = replace(who, keys=(used,))


def test_a_key_that_does_not_count_is_taken() -> None:
    key = SoftKey(counts=False)
    who = enrolled(key)
    challenge = ask_to_sign(who, os.urandom)
    assert signed(challenge, who, asserted(key, challenge)) == who.keys[0]


def test_a_copy_of_a_key_is_noticed_by_its_counter() -> None:
    key = SoftKey()
    who = enrolled(key)
    copy = key.copy()
    challenge = ask_to_sign(who, os.urandom)
    used = signed(challenge, who, asserted(key, challenge))
    assert isinstance(used, RegisteredKey)
    who = replace(who, keys=(used,))
    challenge = ask_to_sign(who, os.urandom)
    assert signed(challenge, who, asserted(copy, challenge)) is KeyRefusal.COUNTER


def test_an_answer_serves_its_own_challenge_only() -> None:
    key = SoftKey()
    who = enrolled(key)
    first, second = (ask_to_sign(who, os.urandom) for _ in range(2))
    said = asserted(key, first)
    assert signed(second, who, said) is KeyRefusal.WRONG
    assert isinstance(signed(first, who, said), RegisteredKey)


def test_somebody_elses_key_does_not_fit() -> None:
    key = SoftKey()
    mine, theirs = enrolled(SoftKey()), enrolled(key, account("abe"))
    challenge = ask_to_sign(theirs, os.urandom)
    assert signed(challenge, mine, asserted(key, challenge)) is KeyRefusal.WRONG
    assert PluggedKey(key.plugged).get(ask_to_sign(mine, os.urandom).options) is KeyFailure.NOT_THIS_ONE


def _encoded(text: bytes) -> str:
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def _client_data(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def changed(said: dict[str, Any]) -> None:
        data = json.loads(urlsafe_b64decode(said["response"]["clientDataJSON"] + "=="))
        change(data)
        said["response"]["clientDataJSON"] = _encoded(json.dumps(data).encode())

    return changed


def _data(change: Callable[[bytearray], None]) -> Callable[[dict[str, Any]], None]:
    def changed(said: dict[str, Any]) -> None:
        data = bytearray(urlsafe_b64decode(said["response"]["authenticatorData"] + "=="))
        change(data)
        said["response"]["authenticatorData"] = _encoded(bytes(data))

    return changed


TAMPERED: dict[str, Callable[[dict[str, Any]], None]] = {
    "another origin": _client_data(lambda data: data.update(origin="https://elsewhere.invalid")),
    "an origin that begins alike": _client_data(lambda data: data.update(origin=f"{ORIGIN}.example")),
    "a registration": _client_data(lambda data: data.update(type="webauthn.create")),
    "another house": _data(lambda data: data.__setitem__(0, data[0] ^ 1)),
    "no touch": _data(lambda data: data.__setitem__(32, 0)),
    "a higher counter": _data(lambda data: data.__setitem__(36, 200)),
    "no signature": lambda said: said["response"].update(signature=""),
    "another credential": lambda said: said.update(id=_encoded(b"x" * 32), rawId=_encoded(b"x" * 32)),
    "nothing": lambda said: said.clear(),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_an_answer_that_was_changed_is_not_believed(how: str) -> None:
    key = SoftKey()
    who = enrolled(key)
    challenge = ask_to_sign(who, os.urandom)
    said = json.loads(asserted(key, challenge))
    TAMPERED[how](said)
    assert signed(challenge, who, json.dumps(said)) is KeyRefusal.WRONG


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "1", '{"id": 1}', "\ud800", '{"rawId": "", "response": {}}']
)
def test_what_is_no_answer_is_refused_quietly(text: str) -> None:
    who = enrolled(SoftKey())
    assert signed(ask_to_sign(who, os.urandom), who, text) is KeyRefusal.WRONG
    assert registered(ask_to_register(who, os.urandom), text, "blue", MONDAY) is None


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_change_of_a_registration_raises(data: st.DataObject) -> None:
    challenge = ask_to_register(account(), os.urandom)
    said = bytearray(answer(PluggedKey(SoftKey().plugged).create(challenge.options)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        said[data.draw(st.integers(0, len(said) - 1))] = data.draw(st.integers(0, 127))
    kept = registered(challenge, said.decode(), "blue", MONDAY)
    assert kept is None or kept.credential  # without attestation the key itself is not vouched for


# -- the key at the desk ---------------------------------------------------------------------------
def failure(devices: Callable[[], Iterator[CtapDevice]]) -> str | KeyFailure:
    return PluggedKey(devices).create(ask_to_register(account(), os.urandom).options)


def test_without_a_key_nobody_waits() -> None:
    assert failure(lambda: iter(())) is KeyFailure.ABSENT


def test_a_key_that_nobody_touches_gives_up() -> None:
    assert failure(SoftKey(touched=False).plugged) is KeyFailure.NOT_TOUCHED


def test_a_key_that_insists_on_its_pin_says_so() -> None:
    assert failure(SoftKey(wants_pin=True).plugged) is KeyFailure.PIN_NEEDED


def test_a_key_that_is_pulled_out_is_a_fault_and_no_exception() -> None:
    class Pulled(SoftKey):
        def call(self, *arguments: Any, **named: Any) -> bytes:
            raise OSError("gone")

    def no_permission() -> Iterator[CtapDevice]:
        raise PermissionError

    assert failure(Pulled().plugged) is KeyFailure.FAULT
    assert failure(no_permission) is KeyFailure.FAULT


def test_the_device_is_closed_after_use() -> None:
    closed = []

    class Closing(SoftKey):
        def close(self) -> None:
            closed.append(True)

    assert not isinstance(failure(Closing().plugged), KeyFailure)
    assert closed == [True]


def test_every_failure_has_a_remedy() -> None:
    assert all(len(failure.remedy) > 20 for failure in KeyFailure)
