"""FIDO2 security keys as second factor (WebAuthn level 2): what is asked of a key, and whether its answer holds.

The facility is its own relying party; a key answers to ``ORIGIN`` and to no other. A touch is asked for and no PIN: the
password is the other factor. Attestation is not asked for: which make a key is does not matter here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from msgspec.structs import replace

from kiosk.accounts.records import Account, RegisteredKey

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

RP_ID: Final = "uketsuke.invalid"  # RFC 2606: a name that can never be somebody's
ORIGIN: Final = f"https://{RP_ID}"
TOUCH_MS: Final = 30_000
_CHALLENGE_BYTES: Final = 32


class KeyFailure(StrEnum):
    """Why a key gave no answer."""

    ABSENT = "absent"
    NOT_TOUCHED = "not_touched"
    NOT_THIS_ONE = "not_this_one"
    PIN_NEEDED = "pin_needed"
    FAULT = "fault"

    @property
    def remedy(self) -> str:
        return _REMEDIES[self]


_REMEDIES: Final = {
    KeyFailure.ABSENT: "Plug a security key in, or hold it to the reader.",
    KeyFailure.NOT_TOUCHED: "Touch the security key while it blinks.",
    KeyFailure.NOT_THIS_ONE: "This key is another one than was asked for, or it is registered already.",
    KeyFailure.PIN_NEEDED: "This key wants its own PIN. Give it, or take another key.",
    KeyFailure.FAULT: "The security key does not answer as it should. Take it out and try again, or take another.",
}


class SecurityKey(Protocol):
    """A key at this desk with a person who touches it. Options and answers are the JSON texts of WebAuthn
    (``PublicKeyCredentialCreationOptionsJSON`` and so on). Waits up to ``TOUCH_MS``: never on a thread that draws."""

    def create(self, options: str) -> str | KeyFailure: ...

    def get(self, options: str) -> str | KeyFailure: ...


class Challenge(msgspec.Struct, frozen=True):
    """``options`` go to the key; ``state`` stays here until its answer comes, and serves once."""

    options: str
    state: dict[str, Any]


class KeyRefusal(StrEnum):
    WRONG = "key_wrong"
    COUNTER = "key_counter"  # it has counted less than once before: a copy of the key is about


def ask_to_register(account: Account, random: Callable[[int], bytes]) -> Challenge:
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    user = PublicKeyCredentialUserEntity(
        id=sha256(account.name.encode()).digest(), name=account.name, display_name=account.display
    )
    options, state = _server().register_begin(
        user,
        _credentials(account),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.DISCOURAGED,
        challenge=random(_CHALLENGE_BYTES),
    )
    return _challenge(options.public_key, state)


def registered(challenge: Challenge, answer: str, label: str, now: datetime) -> RegisteredKey | None:
    """The key to keep; None if the answer is not to this challenge."""
    try:
        data = _server().register_complete(challenge.state, json.loads(answer))
    except Exception:  # whatever the library cannot read or believe is no answer
        return None
    credential = data.credential_data
    if credential is None:
        return None
    return RegisteredKey(label=label, credential=bytes(credential), count=data.counter, added=now)


def ask_to_sign(account: Account, random: Callable[[int], bytes]) -> Challenge:
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server().authenticate_begin(
        _credentials(account),
        user_verification=UserVerificationRequirement.DISCOURAGED,
        challenge=random(_CHALLENGE_BYTES),
    )
    return _challenge(options.public_key, state)


def signed(challenge: Challenge, account: Account, answer: str) -> RegisteredKey | KeyRefusal:
    """The key that signed, with its counter as it is now."""
    from fido2.webauthn import AuthenticationResponse

    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        credential = _server().authenticate_complete(challenge.state, _credentials(account), response)
    except Exception:  # as above
        return KeyRefusal.WRONG
    key = next(key for key in account.keys if key.credential == bytes(credential))
    count = response.response.authenticator_data.counter
    if count <= key.count and (count, key.count) != (
        0,
        0,
    ):  # WebAuthn §7.2, step 21: 0 is a key that does not count
        return KeyRefusal.COUNTER
    return replace(key, count=count)


def _credentials(account: Account) -> list[AttestedCredentialData]:
    from fido2.webauthn import AttestedCredentialData

    return [AttestedCredentialData(key.credential) for key in account.keys]


def _server() -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    return Fido2Server(PublicKeyCredentialRpEntity(id=RP_ID, name="Uketsuke"), verify_origin=ORIGIN.__eq__)


def _challenge(options: Mapping[str, Any], state: dict[str, Any]) -> Challenge:
    return Challenge(json.dumps({**options, "timeout": TOUCH_MS}), state)
